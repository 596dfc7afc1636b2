internal import Choreography
internal import Envelope

extension FuzzTarget {
    static let tip = FuzzTarget(
        "tip", share: 24, seeds: [[FuzzPart(.message, Samples.tip.frame())]], read: { try Tip(frame: $0) },
        write: { $0.frame() })

    static let replayRequest = FuzzTarget(
        "replay-request", share: 24, seeds: [[FuzzPart(.message, ReplayCodec.encode(Samples.request))]],
        read: { try ReplayCodec.request($0) }, write: { ReplayCodec.encode($0) })

    static let replayAnswer = FuzzTarget(
        "replay-answer", share: 24,
        seeds: [page([]), page([Samples.record(3)]), page((3...5).map { Samples.record($0) })],
        decode: { parts in
            let page = try parts.joined.withUnsafeBytes { try ReplayCodec.page($0) }
            try page.records.withUnsafeBytes { bytes in
                try EntryCodec.forEachRecord(in: bytes) { record, _ in _ = try RecordView(record).event() }
            }
            return page
        },
        check: { page, _ in
            let publisher = page.jumps.first?.stream.publisher ?? Samples.publisher
            let bytes = ReplayCodec.encode(page, publisher: publisher)
            let again = try bytes.withUnsafeBytes { try ReplayCodec.page($0) }
            guard ReplayCodec.encode(again, publisher: publisher) == bytes else {
                throw FuzzFinding("\(page) is written and read again as \(again)")
            }
        })

    static let deadLetterRequest = FuzzTarget(
        "dead-letter-request", share: 24,
        seeds: DeadLetterRequest.Verb.allCases.map { verb in
            let request = DeadLetterRequest(id: 9, verb: verb, positions: (1...3).map { Samples.position($0) })
            return [FuzzPart(.message, request.encode())]
        },
        read: { try DeadLetterRequest($0) }, write: { $0.encode() })

    static let deadLetterAnswer = FuzzTarget(
        "dead-letter-answer", share: 24,
        seeds: [[FuzzPart(.message, RequestAnswer(id: 9, changed: 3, error: "no röom").encode())]],
        read: { try RequestAnswer($0) }, write: { $0.encode() })

    static func page(_ records: [[UInt8]]) -> [FuzzPart] {
        [FuzzPart(.message, ReplayCodec.encode(Samples.page([]), publisher: Samples.publisher))]
            + records.map { FuzzPart(.record, $0) }
    }
}
