internal import Choreography
internal import Envelope
internal import Testing

/// S1: who decides that events were lost, and what is only said.
@Suite struct PutBackTests {
    private static let consumer = PublisherID(handler: Sample.handler("mail"), slot: 0)

    /// A publisher that said events 1 to `tip`, in the epochs given with their first sequences.
    private func publisher(tip: UInt64, _ epochs: KeyValuePairs<UInt64, UInt64>) -> SlotState {
        var state = SlotState()
        for (epoch, first) in epochs { state.know(.epoch(epoch, firsts: [Sample.topic("a"): first])) }
        if tip > 0 { state.say(Sample.topic("a"), sequence: tip) }
        return state
    }

    private func consumer(epoch: UInt64, low: UInt64) -> SlotState {
        var state = SlotState()
        state.hear(HeardRun(Sample.stream(), epoch: epoch, range: 1...low, outcome: .handled))
        return state
    }

    private func cursors(_ state: SlotState) -> ConsumerCursors {
        var cursors = ConsumerCursors(of: Sample.publisher())
        cursors.note(Self.consumer, state)
        return cursors
    }

    @Test func `S1: a consumer that heard more than there is shows that a journal was put back`() {
        let heard = cursors(consumer(epoch: 10, low: 9))
        let ahead = heard.ahead(of: publisher(tip: 6, [10: 1]))
        #expect(ahead.map(\.heard) == [9] && ahead.map(\.tip) == [6])
        #expect(ahead.first?.description == "mail.0 heard a up to 9, and it ends at 6")
        #expect(heard.ahead(of: publisher(tip: 9, [10: 1])).isEmpty)
    }

    @Test func `S1: once an epoch says so, nobody is ahead any more`() {
        let heard = cursors(consumer(epoch: 10, low: 9))
        #expect(heard.ahead(of: publisher(tip: 6, [10: 1, 20: 7])).isEmpty)
        // Also where the publisher has nothing on the topic any more.
        #expect(!heard.ahead(of: publisher(tip: 0, [10: 1])).isEmpty)
    }

    @Test func `an epoch is forgotten only once no registered cursor is older, and never for one who cannot be asked`()
    {
        var heard = cursors(consumer(epoch: 10, low: 9))
        #expect(heard.oldestEpoch == 10 && heard.newestEpoch == 10)
        heard.note(Sample.publisher("other"), consumer(epoch: 7, low: 1))
        #expect(heard.oldestEpoch == 7 && heard.newestEpoch == 10)
        heard.note(Sample.publisher("broken"), unreadable: "a byte is wrong")
        #expect(heard.oldestEpoch == nil)

        var state = publisher(tip: 30, [5: 1, 10: 10, 20: 20])
        state.know(.forgot(before: 10))
        #expect(state.epochs.map(\.epoch) == [10, 20])
        state.know(.forgot(before: .max))
        #expect(state.epochs.map(\.epoch) == [20])
    }

    @Test func `a cursor that is set back stands in the epoch that set it back`() {
        var state = consumer(epoch: 30, low: 9)
        state.know(.lost(Sample.stream(), epoch: 20, low: 4))
        #expect(state.cursor(Sample.stream()).epoch == 20)
        #expect(state.cursor(Sample.stream()).low == 4)
    }

    // MARK: what is read

    @Test func `S1: what a journal at rest does not show any more is unknown, and nothing is set back`() {
        var stage = FeedStage(FeedStage.want("a", next: 10, epoch: 1))
        _ = stage.atRest()
        #expect(stage.page(tips: ["a": 6]) == ["report"])
        #expect(stage.feed.isCaughtUp)
        // Its writer recovered it, and says where the new epoch begins.
        #expect(stage.handle(.grew) == ["read a10+"])
        let jump = CursorJump(stream: Sample.stream(), epoch: 2, low: 6, reason: .lost)
        #expect(
            stage.page(FeedStage.event("a", 7), epoch: 2, jumps: [jump], tips: ["a": 7]) == [
                "jump a7 lost", "deliver a7",
            ])
    }

    @Test func `the last event heard is asked for once more, and one that is another is reported`() {
        var cursor = Cursor(epoch: 1, low: 4)
        let event = FeedStage.event("a", 4)
        let checksum = Sample.record(event)[4..<8].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        cursor.note(Cursor.LastHeard(sequence: 4, checksum: checksum))
        var stage = FeedStage(Want(topic: Sample.topic("a"), after: cursor))
        #expect(stage.atRest() == ["read a4"])
        #expect(stage.page(event, FeedStage.event("a", 5)) == ["deliver a5"])

        cursor.note(Cursor.LastHeard(sequence: 4, checksum: checksum ^ 1))
        stage = FeedStage(Want(topic: Sample.topic("a"), after: cursor))
        #expect(stage.atRest() == ["read a4"])
        #expect(stage.page(event, FeedStage.event("a", 5)) == ["report", "deliver a5"])
    }

    @Test func `that the last event heard was removed since is no jump`() {
        var cursor = Cursor(epoch: 1, low: 4)
        cursor.note(Cursor.LastHeard(sequence: 4, checksum: 7))
        var stage = FeedStage(Want(topic: Sample.topic("a"), after: cursor))
        _ = stage.atRest()
        let jump = CursorJump(stream: Sample.stream(), epoch: 1, low: 4, reason: .trimmed)
        #expect(stage.page(FeedStage.event("a", 5), jumps: [jump]) == ["deliver a5"])
    }

    @Test func `a cursor keeps the checksum of the highest event that was heard`() throws {
        var state = SlotState()
        func hear(_ range: ClosedRange<UInt64>, _ checksum: UInt32) {
            state.hear(HeardRun(Sample.stream(), epoch: 1, range: range, outcome: .handled, checksum: checksum))
        }
        hear(1...3, 33)
        hear(6...8, 88)
        hear(4...5, 55)
        #expect(state.cursor(Sample.stream()).last == Cursor.LastHeard(sequence: 8, checksum: 88))
        let read = try state.checkpoint().withUnsafeBytes { try SlotState(checkpoint: $0) }
        #expect(read == state)
        state.know(.lost(Sample.stream(), epoch: 2, low: 7))
        #expect(state.cursor(Sample.stream()).last == Cursor.LastHeard())
    }
}
