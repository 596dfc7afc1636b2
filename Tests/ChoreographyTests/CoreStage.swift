internal import Choreography
internal import Envelope
internal import Testing

/// A handler's core with a worker, in virtual time. Each entry is checked against the rule that nobody spins.
struct CoreStage {
    var core: HandlerCore
    var now = Sample.start
    var worker: Worker
    private(set) var entries: [EntryDraft] = []
    /// Events that a reaction took on, as `a1`, in order; failed attempts too.
    private(set) var tried: [String] = []

    init(
        state: SlotState = SlotState(), topics: [String] = ["a", "b"], options: HandlerCore.Options = .init(),
        isAfterCleanExit: Bool = true, hopLimit: Int = 64,
        react: @escaping (Event, Int) -> Reacting = { _, _ in .emits([]) }
    ) {
        core = HandlerCore(
            state: state, topics: Set(topics.map(Sample.topic)), options: options, isAfterCleanExit: isAfterCleanExit)
        worker = Worker(hopLimit: hopLimit, react: react)
    }

    mutating func deliver(_ events: Event...) { core.deliver(events.map { Sample.delivery($0) }) }

    /// Takes the next batch of a lane. When there is none, the lane must not ask to be woken at once.
    mutating func next(lane: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) -> Batch? {
        let isQuiet = core.isQuiet
        let batch = core.next(lane: lane, now: now)
        if batch == nil, isQuiet, let due = core.nextDue(lane: lane) {
            #expect(due > now, "the lane would spin", sourceLocation: sourceLocation)
        }
        return batch
    }

    @discardableResult
    mutating func complete(_ batch: Batch) -> EntryDraft {
        let react = worker.react
        var tried: [String] = []
        let noting = Worker(hopLimit: worker.hopLimit) { event, attempt in
            tried.append("\(event.topic)\(event.sequence)")
            return react(event, attempt)
        }
        let outcomes = noting.run(batch, now: now)
        self.tried += tried
        let draft = core.complete(batch, BatchResult(outcomes), now: now)
        entries.append(draft)
        return draft
    }

    /// Takes and completes one batch. Returns its entry, or nil when there was nothing to do.
    @discardableResult
    mutating func step(lane: Int = 0) -> EntryDraft? { next(lane: lane).map { complete($0) } }

    /// Works until there is nothing to do now.
    mutating func work(lane: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) {
        for _ in 0..<10_000 where step(lane: lane) == nil { return }
        Issue.record("there is always more to do", sourceLocation: sourceLocation)
    }

    /// Works, and lets time pass to each due moment, until nothing is due any more.
    mutating func finish(lane: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) {
        for _ in 0..<1000 {
            work(lane: lane, sourceLocation: sourceLocation)
            guard let due = core.nextDue(lane: lane) else { return }
            now = max(now, due)
        }
        Issue.record("something is always due", sourceLocation: sourceLocation)
    }

    /// Lets time pass.
    mutating func wait(milliseconds: Int64) { now = now + milliseconds * 1000 }

    /// What is heard of topic a, without the last event's checksum.
    var cursor: Cursor {
        let cursor = core.state.cursor(Sample.stream("a"))
        var plain = Cursor(epoch: cursor.epoch, low: cursor.low)
        for range in cursor.above { plain.insert(range) }
        return plain
    }

    /// Sequences of parks on topic `a`, by reason.
    func parked(_ reason: Park.Reason) -> [UInt64] {
        core.state.parks.values.filter { $0.reason == reason }.map(\.position.sequence).sorted()
    }

    var dead: [UInt64] { core.state.deadLetters.keys.map(\.sequence).sorted() }
}
