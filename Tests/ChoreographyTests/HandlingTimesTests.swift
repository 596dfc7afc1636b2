internal import Choreography
internal import Envelope
internal import Testing

@Suite struct HandlingTimesTests {
    private static func core() -> HandlerCore {
        HandlerCore(state: SlotState(), topics: [Sample.topic("a")], options: HandlerCore.Options())
    }

    /// A batch of events 1, 2, …, begun at these times, and ended at the last; what its entry says.
    private func draft(_ milliseconds: [Double], _ outcomes: [Outcome]? = nil) throws -> EntryDraft {
        var core = Self.core()
        let times = milliseconds.map { Sample.start + Int64($0 * 1000) }
        core.deliver((1..<UInt64(times.count)).map { Sample.delivery(Sample.event(sequence: $0)) })
        let next = core.next(lane: 0, now: Sample.start)
        let batch = try #require(next)
        let outcomes = outcomes ?? batch.works.flatMap(\.each).map { _ in .handled([]) }
        return core.complete(batch, BatchResult(outcomes, began: Array(times.dropLast())), now: times.last!)
    }

    private func span(_ draft: EntryDraft, _ sequence: UInt64) -> [Int64]? {
        HandlingTimes(heard: draft.heard, knows: draft.knows, time: draft.time).span(of: Sample.stream(), sequence)
            .map { [$0.began.microseconds, $0.ended.microseconds].map { $0 - Sample.start.microseconds } }
    }

    @Test func `each event of a slow batch has its own time`() throws {
        let draft = try draft([0, 2, 12, 13])
        #expect(draft.knows == [.took([2000, 10_000, 1000])])
        #expect((1...3).map { span(draft, $0) } == [[0, 2000], [2000, 12_000], [12_000, 13_000]])
        #expect(span(draft, 4) == nil)
    }

    @Test func `a batch that took no time states one sum, which its events share`() throws {
        let draft = try draft([0, 0.1, 0.2, 0.3])
        #expect(draft.knows == [.took([300])])
        #expect((1...3).map { span(draft, $0) } == [[0, 100], [100, 200], [200, 300]])
    }

    @Test func `what is parked, and what fails for good, has its time too`() throws {
        let failed = Outcome.failed("no", isFinal: false, key: "k")
        let dead = Outcome.failed("never", isFinal: true, key: "l")
        let draft = try draft([0, 2, 5, 9], [failed, dead, .handled([])])
        #expect(draft.knows.last == .took([2000, 3000, 4000]))
        #expect((1...3).map { span(draft, $0) } == [[0, 2000], [2000, 5000], [5000, 9000]])
    }

    @Test func `a later attempt is told by its item, before what is heard`() throws {
        var core = Self.core()
        core.deliver([Sample.delivery(Sample.event(flow: 1, sequence: 1))])
        let next = core.next(lane: 0, now: Sample.start)
        let first = try #require(next)
        _ = core.complete(first, BatchResult([.failed("no", isFinal: false, key: "k")]), now: Sample.start)
        core.deliver([Sample.delivery(Sample.event(flow: 2, sequence: 2))])
        let later = Sample.start + 1_000_000
        let secondNext = core.next(lane: 0, now: later)
        let second = try #require(secondNext)
        #expect(second.works.map(\.isParked) == [true, false])
        let draft = core.complete(
            second, BatchResult([.handled([]), .handled([])], began: [later, later + 3000]), now: later + 5000)
        #expect(draft.knows == [.unpark(Sample.position(1)), .took([3000, 2000])])
        #expect((1...2).map { span(draft, $0) } == [[1_000_000, 1_003_000], [1_003_000, 1_005_000]])
    }

    @Test func `an entry that states times for others than it has tells nothing, and no times make no item`() throws {
        let run = HeardRun(Sample.stream(), epoch: 1, range: 1...2, outcome: .handled)
        for times in [[1, 2, 3], []] as [[UInt32]] {
            let found = HandlingTimes(heard: [run], knows: [.took(times)], time: Sample.start)
            #expect(found.span(of: Sample.stream(), 1) == nil)
        }
        var core = Self.core()
        core.deliver([Sample.delivery(Sample.event(sequence: 1))])
        let next = core.next(lane: 0, now: Sample.start)
        let batch = try #require(next)
        #expect(core.complete(batch, BatchResult([.handled([])]), now: Sample.start).knows == [])
    }

    @Test func `a clock that steps back makes no negative time`() throws {
        #expect(try draft([5, 2]).knows == [.took([0])])
    }

    @Test func `an item is its tag, its length and its times`() {
        #expect(EntryCodec.encode(knows: [.took([258])]) == [32, 4, 0, 0, 0, 2, 1, 0, 0])
    }
}
