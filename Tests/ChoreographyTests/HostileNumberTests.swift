internal import Choreography
internal import Envelope
internal import Testing

/// Numbers that nobody counts to, from a publisher or a journal that means harm: each ends in a value or an error.
@Suite struct HostileNumberTests {
    @Test func `a jump to the last sequence has a next one`() {
        for reason in [CursorJump.Reason.trimmed, .lost] {
            let jump = CursorJump(stream: Sample.stream(), epoch: 2, low: .max, reason: reason)
            var want = Want(topic: Sample.topic("a"), epoch: 1, next: 5)
            want.jump(jump)
            #expect(jump.next == .max)
            #expect(want.next == (reason == .lost ? 5 : .max))
            #expect(want.epoch == 2)
        }
    }

    @Test func `what follows the last sequence is asked for as it is meant`() throws {
        var want = Want(topic: Sample.topic("a"), epoch: 1, next: .max)
        want.advance(to: UInt64.max &+ 1)
        let request = ReplayRequest(id: 1, wants: [want], token: nil, credit: 1)
        #expect(try ReplayCodec.encode(request).withUnsafeBytes { try ReplayCodec.request($0) } == request)
    }

    @Test func `a journal whose last record has the last sequence is replayed`() throws {
        let log = FakeLog(Sample.publisher())
        log.begin(epoch: 1)
        log.sayAsIs(Sample.event("a", sequence: .max))
        let request = ReplayRequest(
            id: 1, wants: [Want(topic: Sample.topic("a"), epoch: 0, next: 1)], token: nil, credit: 1000)
        let page = try ReplaySource.answer(
            request, publisher: log.publisher, state: log.state, isWhole: true, reader: log)
        #expect(page.records == Sample.record(Sample.event("a", sequence: .max)))
    }

    @Test func `an event that was attempted as often as can be counted fails once more`() {
        var state = SlotState()
        let record = Sample.record(Sample.event("a", sequence: 1))
        state.know(.park(Sample.park(Sample.position(1), attempts: .max, record: record)))
        var stage = CoreStage(state: state) { _, _ in .fails("no") }
        stage.work()
        #expect(stage.core.state.deadLetters[Sample.position(1)]?.attempts == .max)
    }

    @Test func `a frame that announces more records than it has is refused`() {
        var stage = FeedStage(FeedStage.want("a", epoch: 1))
        _ = stage.live()
        _ = stage.page()
        _ = stage.tip(["a": 0])
        let header = FrameHeader(
            topic: Sample.topic("a"), publisher: Sample.publisher().text, epoch: 1, firstSequence: 1, count: .max)
        let actions = stage.handle(.frame(Frame.encode(header, records: [])))
        #expect(stage.delivered.isEmpty)
        #expect(actions.first == "report", "\(actions)")
    }
}
