internal import Choreography
internal import Envelope
internal import Testing

@Suite("A request about dead letters") struct DeadLetterRequestTests {
    private let stream = StreamID(.ingress, Topic(unchecked: "a.b"))
    private let now = Timestamp(microseconds: 1_700_000_000_000_000)

    private func letter(_ sequence: UInt64) -> DeadLetter {
        var record: [UInt8] = []
        let flow = try! FlowID("flow-\(sequence)")
        EventRecord.encode(
            Event(topic: stream.topic, flow: flow, time: now, data: [0x31], sequence: sequence), into: &record)
        return DeadLetter(
            position: Position(stream, epoch: 1, sequence: sequence), time: now, attempts: 5, error: "it fell",
            record: record)
    }

    private func core(_ letters: [DeadLetter]) -> HandlerCore {
        var state = SlotState()
        for letter in letters {
            state.hear(
                HeardRun(stream, epoch: 1, range: letter.position.sequence...letter.position.sequence, outcome: .dead))
            state.know(.dead(letter))
        }
        return HandlerCore(state: state, topics: [stream.topic], options: .init())
    }

    @Test("retry takes the letter up again, due at once, with all its attempts")
    func retry() throws {
        var core = core([letter(1), letter(2)])
        let request = DeadLetterRequest(id: 7, verb: .retry, positions: [letter(1).position])
        let draft = core.carryOut(request, now: now)
        #expect(draft.knows.count == 2)
        #expect(core.state.deadLetters.keys.map(\.sequence) == [2])
        let next = core.next(lane: 0, now: now)
        let batch = try #require(next)
        #expect(batch.works.map(\.position) == [letter(1).position])
        #expect(batch.works[0].parkedAttempts == 0)
        _ = core.complete(batch, BatchResult([.handled([])]), now: now)
        #expect(core.state.parks.isEmpty)
    }

    @Test("drop ends the letter, and asking twice changes nothing more")
    func drop() {
        var core = core([letter(1)])
        let request = DeadLetterRequest(id: 7, verb: .drop, positions: [letter(1).position])
        let (first, second) = (core.carryOut(request, now: now), core.carryOut(request, now: now))
        #expect(first.knows == [.undead(letter(1).position)])
        #expect(second.isEmpty)
        let next = core.next(lane: 0, now: now)
        #expect(next == nil)
    }

    @Test("a retry makes the flow outstanding again, until it is handled")
    func reopens() throws {
        let flow = try FlowID("flow-1")
        let handler = try HandlerName("h")
        let slot = PublisherID(handler: handler, slot: 0)
        var ledger = FlowLedger(
            flows: [flow], registrations: [Registration(handler: handler, topics: [stream.topic: .earliest])])
        func settled() -> Bool { ledger.isSettled() }
        func observe(_ publisher: PublisherID, _ draft: EntryDraft, said: [UInt8] = []) throws {
            let (heard, knows) = (EntryCodec.encode(heard: draft.heard), EntryCodec.encode(knows: draft.knows))
            try heard.withUnsafeBytes { heard in
                try said.withUnsafeBytes { said in
                    try knows.withUnsafeBytes { knows in
                        _ = try ledger.observe(
                            publisher,
                            EngineEntry(epoch: 1, level: .synced, time: now, heard: heard, said: said, knows: knows))
                    }
                }
            }
        }
        let letter = letter(1)
        try observe(.ingress, EntryDraft(time: now), said: letter.record)
        #expect(!settled())
        let run = HeardRun(stream, epoch: 1, range: 1...1, outcome: .dead)
        try observe(slot, EntryDraft(heard: [run], knows: [.dead(letter)], time: now))
        #expect(settled())
        #expect(ledger.failures.count == 1)
        var state = SlotState()
        state.know(.dead(letter))
        let request = DeadLetterRequest(id: 1, verb: .retry, positions: [letter.position])
        try observe(slot, request.draft(for: state, now: now))
        #expect(!settled())
        try observe(slot, EntryDraft(knows: [.unpark(letter.position)], time: now))
        #expect(settled())
        #expect(ledger.failures.isEmpty)
    }

    @Test("requests and answers survive the wire, and no malformed bytes trap")
    func codec() throws {
        let request = DeadLetterRequest(
            id: 9, verb: .retry, positions: (1...20).map { Position(stream, epoch: 3, sequence: $0) })
        let bytes = request.encode()
        #expect(try bytes.withUnsafeBytes { try DeadLetterRequest($0) } == request)
        let answer = RequestAnswer(id: 9, changed: 20, error: "no")
        #expect(try answer.encode().withUnsafeBytes { try RequestAnswer($0) } == answer)
        for count in bytes.indices {
            #expect(throws: (any Error).self) {
                try Array(bytes[..<count]).withUnsafeBytes { try DeadLetterRequest($0) }
            }
            for bit in 0..<8 {
                var damaged = bytes
                damaged[count] ^= 1 << bit
                _ = try? damaged.withUnsafeBytes { try DeadLetterRequest($0) }
            }
        }
    }
}
