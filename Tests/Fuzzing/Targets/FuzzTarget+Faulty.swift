internal import Choreography
internal import Envelope

extension FuzzTarget {
    private static let tips = [[FuzzPart(.message, Samples.tip.frame())]]

    /// Whether an input is one that a faulty decoder fails at.
    private static func isTrigger(_ parts: [FuzzPart]) -> Bool { parts.joined.reduce(0, &+) % 101 == 7 }

    static let traps = FuzzTarget(
        "faulty-trap", share: 0, seeds: tips,
        decode: { parts in
            let bytes = parts.joined
            // An offset that nobody checked.
            return isTrigger(parts) ? bytes[bytes.count + Int(bytes.first ?? 0)] : 0
        },
        check: { _, _ in })

    static let hangs = FuzzTarget(
        "faulty-hang", share: 0, seeds: tips,
        decode: { parts in
            var step = parts.joined.count
            // A length of nothing that is skipped again and again.
            while isTrigger(parts), step >= 0 { step = step &* 1 }
            return step
        },
        check: { _, _ in })

    static let swells = FuzzTarget(
        "faulty-swell", share: 0, seeds: tips,
        decode: { parts in
            // A count that nobody compared with the bytes that are there.
            [UInt64](repeating: 1, count: isTrigger(parts) ? 1 << 20 : 1).count
        },
        check: { _, _ in })

    static let throwsUntyped = FuzzTarget(
        "faulty-error", share: 0, seeds: tips,
        decode: { parts in
            struct Oops: Error {}
            if isTrigger(parts) { throw Oops() }
        },
        check: { _, _ in })

    static let forgets = FuzzTarget(
        "faulty-round-trip", share: 0, seeds: tips, read: { try Tip(frame: $0) },
        write: { tip in
            // A field that is read and not written.
            Tip(publisher: tip.publisher, epoch: 7, nextDueMilliseconds: tip.nextDueMilliseconds, last: tip.last)
                .frame()
        })
}
