internal import Choreography
internal import Envelope
internal import Testing

@Suite struct SlotStateTests {
    /// A state that entries of all kinds led to.
    private func state(seed: UInt64, steps: Int = 60) -> SlotState {
        var items = ItemGenerator(seed: seed)
        var state = SlotState()
        for _ in 0..<items.random.below(steps) {
            switch items.random.below(3) {
            case 0: state.hear(items.run())
            case 1: state.say(items.topic(), sequence: items.number())
            default: state.know(items.knowledge())
            }
        }
        return state
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `a checkpoint carries everything that is live`(seed: UInt64) throws {
        let state = state(seed: seed)
        let read = try state.checkpoint().withUnsafeBytes { try SlotState(checkpoint: $0) }
        #expect(read == state)
        #expect(read.checkpoint() == state.checkpoint())
    }

    @Test func `empty bytes are an empty state`() throws {
        #expect(try SlotState(checkpoint: UnsafeRawBufferPointer(start: nil, count: 0)) == SlotState())
    }

    @Test(arguments: 0..<5 as Range<UInt64>)
    func `a cut or changed checkpoint is an error or a value, never a trap`(seed: UInt64) {
        let bytes = state(seed: seed, steps: 16).checkpoint()
        for damage in [Damage.truncations, Damage.flips] {
            damage(bytes) { damaged in
                guard let state = try? SlotState(checkpoint: damaged) else { return }
                _ = state.checkpoint()
                for topic in state.nextSequence.keys { _ = state.tip(topic) }
            }
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `folding a draft is folding its entry`(seed: UInt64) throws {
        var items = ItemGenerator(seed: seed)
        var drafted = SlotState()
        let log = FakeLog(Sample.publisher())
        log.begin(epoch: 1)
        drafted.know(.epoch(1, firsts: [:]))
        for _ in 0..<10 {
            let draft = EntryDraft(
                heard: (0..<items.random.below(4)).map { _ in items.run() },
                said: (0..<items.random.below(4)).map { _ in Sample.event(items.random.pick(["a", "b"])) },
                knows: (0..<items.random.below(4)).map { _ in items.knowledge() }, time: Sample.start)
            log.append(draft)
            drafted.apply(draft)
            for event in draft.said { drafted.say(event.topic, sequence: drafted.tip(event.topic) + 1) }
            #expect(try log.fold() == drafted)
        }
    }

    @Test func `a late event of an older epoch does not set the cursor's epoch back`() {
        var state = SlotState()
        state.hear(HeardRun(Sample.stream(), epoch: 2, range: 11...11, outcome: .handled))
        state.hear(HeardRun(Sample.stream(), epoch: 1, range: 1...10, outcome: .handled))
        #expect(state.cursor(Sample.stream()) == Cursor(epoch: 2, low: 11))
    }

    @Test func `epochs are kept until they are forgotten, and the newest for ever`() {
        var state = SlotState()
        for epoch in 1...100 as ClosedRange<UInt64> { state.know(.epoch(epoch, firsts: [:])) }
        #expect(state.epochs.map(\.epoch) == Array(1...100))
        state.know(.forgot(before: 37))
        #expect(state.epochs.map(\.epoch) == Array(37...100))
        state.know(.forgot(before: 1000))
        #expect(state.epoch == 100)
        #expect(state.epochs.map(\.epoch) == [100])
    }

    @Test func `a topic that nothing was said on has tip zero`() {
        var state = SlotState()
        #expect(state.tip(Sample.topic("a")) == 0)
        state.say(Sample.topic("a"), sequence: 1)
        #expect(state.tip(Sample.topic("a")) == 1)
        state.say(Sample.topic("a"), sequence: .max)
        #expect(state.tip(Sample.topic("a")) == UInt64.max - 1)
    }
}
