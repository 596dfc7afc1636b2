internal import Choreography
internal import Envelope
internal import Testing

@Suite struct RetentionTests {
    private let now = Timestamp(microseconds: 1_000_000_000)
    private let publisher = Sample.stream().publisher
    private var topic: Topic { Sample.stream().topic }

    private func registration(_ handler: String, latest tip: UInt64? = nil) throws -> Registration {
        let start = tip.map { Registration.Start.latest(tips: [publisher: $0]) } ?? .earliest
        return Registration(handler: try HandlerName(handler), topics: [topic: start])
    }

    private func heard(_ ranges: ClosedRange<UInt64>..., epoch: UInt64 = 1) -> SlotState {
        var state = SlotState()
        for range in ranges { state.hear(HeardRun(Sample.stream(), epoch: epoch, range: range, outcome: .handled)) }
        return state
    }

    @Test func `segments go by age and by size, and without either they stay`() {
        var retention = Retention()
        let old = Timestamp(microseconds: 0)
        #expect(!retention.wantsRemoved(ended: old, total: .max, now: now))
        retention.age = .seconds(1000)
        #expect(!retention.wantsRemoved(ended: old, total: .max, now: now))
        #expect(retention.wantsRemoved(ended: old, total: 0, now: now + 1))
        retention.size = 100
        #expect(!retention.wantsRemoved(ended: now, total: 100, now: now))
        #expect(retention.wantsRemoved(ended: now, total: 101, now: now))
    }

    @Test func `the newest segment ends in time to go in time`() {
        var retention = Retention()
        #expect(!retention.wantsRotated(begun: Timestamp(microseconds: 0), now: now))
        retention.age = .seconds(400)
        #expect(!retention.wantsRotated(begun: now + -100_000_000, now: now))
        #expect(retention.wantsRotated(begun: now + -100_000_001, now: now))
    }

    @Test func `a size or quota makes segments small enough for it`() {
        var retention = Retention()
        #expect(retention.segmentSize(atMost: 64 << 20) == 64 << 20)
        retention.quota = 16 << 20
        #expect(retention.segmentSize(atMost: 64 << 20) == 2 << 20)
        retention.size = 1
        #expect(retention.segmentSize(atMost: 64 << 20) == 64 << 10)
    }

    @Test func `whoever has not handled all of a segment holds it`() throws {
        var needs = ConsumerNeeds(of: publisher, SlotState())
        #expect(needs.holder(below: [topic: 9]) == nil)
        needs.note(try registration("done"), [heard(1...9)])
        #expect(needs.holder(below: [topic: 9]) == nil)
        #expect(needs.holder(below: [topic: 10])?.low == 9)
        needs.note(try registration("gap"), [heard(1...4, 6...9)])
        #expect(needs.holder(below: [topic: 9])?.handler.text == "gap")
        #expect(needs.holder(below: [topic: 4]) == nil)
        #expect(needs.holder(below: [try Topic("other"): 100]) == nil)
    }

    @Test func `a registered handler that never ran holds everything from its start on`() throws {
        var needs = ConsumerNeeds(of: publisher, SlotState())
        needs.note(try registration("late", latest: 5), [nil])
        #expect(needs.holder(below: [topic: 5]) == nil)
        #expect(needs.holder(below: [topic: 6])?.low == 5)
        needs.note(try registration("never"), [nil])
        #expect(needs.holder(below: [topic: 1])?.handler.text == "never")
    }

    @Test func `each slot of a handler counts`() throws {
        var needs = ConsumerNeeds(of: publisher, SlotState())
        needs.note(try registration("two"), [heard(1...9), heard(1...3)])
        #expect(needs.holder(below: [topic: 4])?.low == 3)
    }

    @Test func `a cursor of an older epoch does not cover what its sequences mean now`() throws {
        var own = SlotState()
        own.know(.epoch(1, firsts: [:]))
        own.know(.epoch(2, firsts: [topic: 6]))
        var needs = ConsumerNeeds(of: publisher, own)
        needs.note(try registration("old"), [heard(1...9, epoch: 1)])
        #expect(needs.holder(below: [topic: 5]) == nil)
        #expect(needs.holder(below: [topic: 6])?.low == 5)
        var later = ConsumerNeeds(of: publisher, own)
        later.note(try registration("new"), [heard(1...9, epoch: 2)])
        #expect(later.holder(below: [topic: 9]) == nil)
    }
}
