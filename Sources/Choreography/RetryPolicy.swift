package import Envelope

/// When a failed event is tried again: exponential back-off with jitter, then a dead letter.
public struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, the first included; at least 1.
    public var attempts: Int
    /// The wait after the first failure, in milliseconds; it doubles with each further one.
    public var firstDelayMilliseconds: Int
    /// The longest wait, in milliseconds.
    public var maximumDelayMilliseconds: Int

    /// Five attempts, 100 ms after the first failure, at most 30 s apart.
    public init(attempts: Int = 5, firstDelayMilliseconds: Int = 100, maximumDelayMilliseconds: Int = 30_000) {
        self.attempts = max(1, attempts)
        self.firstDelayMilliseconds = max(1, firstDelayMilliseconds)
        self.maximumDelayMilliseconds = max(1, maximumDelayMilliseconds)
    }

    /// About 35 years, in milliseconds: what a caller sets beyond it is cut, for it must not overflow.
    private static let delayLimit = 1 << 40

    /// When to try again after `failures` failures: 75 to 125 % of the nominal wait. The jitter is a function of the
    /// position, so that a run repeats.
    package func due(after failures: UInt32, of position: Position, now: Timestamp) -> Timestamp {
        let doublings = max(0, min(Int(failures) - 1, 20))
        let longest = max(1, min(maximumDelayMilliseconds, Self.delayLimit))
        let first = max(1, min(firstDelayMilliseconds, longest))
        let nominal = min(longest, first << doublings) * 1000
        var mixed = position.sequence &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(failures) &* 0xBF58_476D_1CE4_E5B9
        mixed ^= mixed >> 31
        let jitter = Int(mixed % UInt64(nominal / 2 + 1)) - nominal / 4
        return Timestamp(microseconds: now.microseconds + Int64(nominal + jitter))
    }
}
