internal import Choreography
internal import Envelope
internal import Testing

/// What a slot does after a process that did not end in order.
@Suite struct TrialTests {
    private func event(_ sequence: UInt64, key: String = "k") -> Event { Sample.event(key: key, sequence: sequence) }

    private func stage(
        _ state: SlotState = SlotState(), isClean: Bool = false, window: UInt64 = Cursor.width, lanes: Int = 1,
        react: @escaping (Event, Int) -> Reacting = { _, _ in .emits([]) }
    ) -> CoreStage {
        var options = HandlerCore.Options()
        options.trialWindow = window
        options.lanes = lanes
        return CoreStage(state: state, options: options, isAfterCleanExit: isClean, react: react)
    }

    private func taken(_ batch: Batch?) throws -> Batch { try #require(batch, "there is nothing to do") }

    private func position(_ sequence: UInt64) -> Position { Position(Sample.stream(), epoch: 1, sequence: sequence) }

    @Test func `after a clean exit nothing is written beforehand`() throws {
        var stage = stage(isClean: true)
        stage.deliver(event(1), event(2))
        let batch = try taken(stage.next())
        #expect(batch.works.count == 2)
        #expect(batch.trying == nil)
    }

    @Test func `after an unclean exit what may have been in hand runs one at a time, each behind an entry`() throws {
        var stage = stage(window: 2)
        stage.deliver(event(1), event(2), event(3), event(4))
        for sequence in 1...2 as ClosedRange<UInt64> {
            let batch = try taken(stage.next())
            #expect(batch.works.map(\.position.sequence) == [sequence])
            #expect(batch.trying == .trying(position(sequence), count: 1))
            stage.complete(batch)
        }
        let rest = try taken(stage.next())
        #expect(rest.works.map(\.position.sequence) == [3, 4])
        #expect(rest.trying == nil)
        #expect(stage.core.state.trials.isEmpty)
    }

    @Test func `F18: what was said after the start was in nobody's hand`() throws {
        var stage = stage()
        stage.core.note(tips: [Sample.topic("a"): 2], of: Sample.publisher())
        // What is told later, by another connection, changes nothing.
        stage.core.note(tips: [Sample.topic("a"): 4], of: Sample.publisher())
        stage.deliver(event(1), event(2), event(3), event(4))
        for sequence in 1...2 as ClosedRange<UInt64> {
            let batch = try taken(stage.next())
            #expect(batch.works.map(\.position.sequence) == [sequence])
            #expect(batch.trying != nil)
            stage.complete(batch)
        }
        let rest = try taken(stage.next())
        #expect(rest.works.map(\.position.sequence) == [3, 4])
        #expect(rest.trying == nil)
    }

    @Test func `only a death under an event's own entry counts, and five in a row make a dead letter`() throws {
        var state = SlotState()
        for death in 1...5 as ClosedRange<UInt32> {
            var stage = stage(state)
            stage.deliver(event(1), event(2))
            if death == 1 {
                let first = try taken(stage.next())
                state.apply(EntryDraft(knows: [try #require(first.trying)], time: stage.now))
                state.apply(stage.complete(first))
            }
            let batch = try taken(stage.next())
            #expect(batch.trying == .trying(position(2), count: death))
            // The process ends here.
            state.apply(EntryDraft(knows: [try #require(batch.trying)], time: stage.now))
        }
        var stage = stage(state)
        stage.deliver(event(2), event(3))
        let batch = try taken(stage.next())
        #expect(batch.works.map(\.isPoison) == [true])
        #expect(batch.trying == nil)
        let draft = stage.complete(batch)
        #expect(draft.heard.map(\.outcome) == [.dead])
        #expect(stage.core.state.trials.isEmpty)
        #expect(try taken(stage.next()).works.map(\.isPoison) == [false])
    }

    @Test func `an event that is handled after four deaths begins anew`() throws {
        var state = SlotState()
        state.know(.trying(position(1), count: 4))
        var stage = stage(state)
        stage.deliver(event(1))
        let batch = try taken(stage.next())
        #expect(batch.trying == .trying(position(1), count: 5))
        stage.complete(batch)
        #expect(stage.core.state.trials.isEmpty)
    }

    @Test func `a suspect waits until no lane is at work, and no lane begins beside it`() throws {
        var state = SlotState()
        state.know(.trying(position(2), count: 1))
        var stage = stage(state, isClean: true, lanes: 2)
        let (a, b) = (key(inLane: 0), key(inLane: 1))
        stage.deliver(event(1, key: a), event(2, key: b))
        let first = try taken(stage.next(lane: 0))
        #expect(stage.next(lane: 1) == nil)
        stage.complete(first)
        let suspect = try taken(stage.next(lane: 1))
        #expect(suspect.trying == .trying(position(2), count: 2))
        stage.deliver(event(3, key: a))
        #expect(stage.next(lane: 0) == nil)
        stage.complete(suspect)
        #expect(stage.next(lane: 0) != nil)
    }

    private func key(inLane lane: Int) -> String {
        for number in 0... where Int(Event.bucket(ofText: "k\(number)")) % 2 == lane { return "k\(number)" }
        preconditionFailure("every lane has keys")
    }

    @Test func `a parked suspect is tried alone, and those behind it keep their order`() throws {
        var state = SlotState()
        var before = stage(isClean: true) { event, attempt in
            event.sequence == 1 && attempt == 1 ? .fails("no") : .emits([])
        }
        before.deliver(event(1), event(2))
        before.work()
        for entry in before.entries { state.apply(entry) }
        var stage = stage(state)
        stage.now = before.now + 60_000_000
        let first = try taken(stage.next())
        #expect(first.trying == .trying(position(1), count: 1))
        stage.complete(first)
        let second = try taken(stage.next())
        #expect(second.trying == .trying(position(2), count: 1))
        stage.complete(second)
        #expect(stage.core.state.parks.isEmpty)
        #expect(stage.tried == ["a1", "a2"])
    }

    @Test func `the checkpoint carries trials, and whether the process ended in order`() throws {
        var state = SlotState()
        state.know(.trying(position(7), count: 3))
        state.know(.closed)
        let again = try state.checkpoint().withUnsafeBytes { try SlotState(checkpoint: $0) }
        #expect(again == state)
        state.apply(EntryDraft(knows: [.lost(Sample.stream(), epoch: 2, low: 5)], time: Sample.start))
        #expect(!state.isClosed)
        #expect(state.trials.isEmpty)
    }
}
