internal import Choreography
internal import Envelope

extension FuzzTarget {
    static let heard = FuzzTarget(
        "heard", share: 24, seeds: [[FuzzPart(.heard, EntryCodec.encode(heard: Samples.runs))]],
        read: { try EntryCodec.heard($0) }, write: { EntryCodec.encode(heard: $0) })

    static let said = FuzzTarget(
        "said", share: 24, seeds: [GoldenVectors.all.map { FuzzPart(.record, $0.record) }],
        decode: { parts in
            var events: [Event] = []
            try parts.joined.withUnsafeBytes { bytes in
                try EntryCodec.forEachRecord(in: bytes) { record, _ in events.append(try RecordView(record).event()) }
            }
            return events
        },
        check: { events, parts in
            var bytes: [UInt8] = []
            for event in events { EventRecord.encode(event, into: &bytes) }
            guard bytes == parts.joined else { throw FuzzFinding("\(events) are written as other records") }
        })

    static let knows = FuzzTarget(
        "knows", share: 24,
        seeds: [[FuzzPart(.knows, EntryCodec.encode(knows: Samples.knowledge))]]
            + Samples.knowledge.map { [FuzzPart(.knows, EntryCodec.encode(knows: [$0]))] },
        read: { try EntryCodec.knows($0) }, write: { EntryCodec.encode(knows: $0) })

    /// What a segment's header carries, and what a handler makes of it when it begins with that.
    static let checkpoint = FuzzTarget(
        "checkpoint", share: 16, seeds: [[FuzzPart(.checkpoint, Samples.state.checkpoint())]],
        decode: { parts in
            let state = try parts.joined.withUnsafeBytes { try SlotState(checkpoint: $0) }
            var handling = HandledCore(state: state, isAfterCleanExit: parts.size & 1 == 0)
            let deliveries = (12...14).map { sequence in
                Delivery(
                    stream: Samples.stream(), epoch: 8, sequence: sequence, record: Samples.record(sequence)[...])
            }
            handling.deliver(deliveries, now: Samples.now, isFailing: parts.size & 2 == 0)
            handling.deliver([], now: Timestamp(microseconds: .max), isFailing: false)
            return (state, handling)
        },
        check: { (value: (state: SlotState, handling: HandledCore), _) in
            let state = value.state
            let bytes = state.checkpoint()
            let again = try bytes.withUnsafeBytes { try SlotState(checkpoint: $0) }
            guard again.checkpoint() == bytes, again.cursors == state.cursors, again.parks == state.parks,
                again.deadLetters == state.deadLetters, again.epochs == state.epochs
            else { throw FuzzFinding("\(state) is written and read again as \(again)") }
            try value.handling.check()
        })
}
