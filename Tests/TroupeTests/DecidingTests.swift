internal import Choreography
internal import Envelope
internal import Logging
internal import Synchronization
internal import Testing
internal import TroupeTesting

@testable internal import Troupe

/// S3: what is decided is appended in that order, by whomever, and a full disk is waited for.
@Suite struct DecidingTests {
    private func draft(_ low: UInt64) throws -> DraftQueue.Draft {
        let stream = StreamID(try PublisherID("a.0"), try Topic("t"))
        return DraftQueue.Draft(
            entry: EntryDraft(knows: [.cursor(stream, epoch: 1, low: low)], time: Timestamp(microseconds: 0)),
            level: .written)
    }

    @Test func `S3: drafts are appended in the order in which they were decided, whoever brings them first`() throws {
        var queue = DraftQueue()
        let (first, second) = (queue.takeTicket(), queue.takeTicket())
        queue.add(try draft(2), second)
        #expect(!queue.isReady)
        #expect(queue.next() == nil)
        queue.add(try draft(1), first)
        #expect(queue.isReady)
        #expect(queue.next()?.entry == (try draft(1)).entry)
        // One at a time.
        #expect(queue.next() == nil && !queue.isReady && !queue.hasAppended(first))
        queue.appended()
        #expect(queue.hasAppended(first) && !queue.hasAppended(second))
        #expect(queue.next()?.entry == (try draft(2)).entry)
        queue.appended()
        #expect(queue.next() == nil && queue.hasAppended(second))
    }

    @Test func `S3: a full disk is no end for what was asked of dead letters, and nothing is appended before it`()
        async throws
    {
        let engine = FullEngine()
        var options = RuntimeOptions()
        options.logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let runtime = try HandlerRuntime(Refuser(), engine: engine, options: options)
        let task = Task { try await runtime.run() }
        let ingress = try engine.base.open(.ingress)
        func say(_ id: String) throws {
            let event = Event(
                topic: try Topic(Number.topic), flow: try FlowID(id), time: Timestamp(microseconds: 1),
                data: Array(#"{"value":1}"#.utf8))
            try ingress.append(EntryDraft(said: [event], time: event.time), level: .synced) { _ in }
        }
        try await eventually { engine.receiver != nil }
        try say("one")
        let position = Position(StreamID(.ingress, try Topic(Number.topic)), epoch: 0, sequence: 1)
        try await eventually { engine.letters.first.map { $0.sequence == position.sequence } ?? false }
        let letter = try #require(engine.letters.first)

        engine.refusals.store(2, ordering: .relaxed)
        let answers = Mutex<[RequestAnswer]>([])
        engine.receiver?.request(DeadLetterRequest(id: 7, verb: .drop, positions: [letter])) { answer in
            answers.withLock { $0.append(answer) }
        }
        try say("two")
        try await eventually { answers.withLock { !$0.isEmpty } && engine.letters.count == 2 }
        #expect(answers.withLock { $0.map(\.changed) } == [1])
        #expect(engine.refusals.load(ordering: .relaxed) == 0)
        // What came behind it was decided later, and stands later.
        let order = engine.kinds
        let gone = try #require(order.firstIndex(of: "undead"))
        #expect(order.lastIndex(of: "dead").map { $0 > gone } == true)
        task.cancel()
        try await task.value
    }

    private func eventually(_ condition: () -> Bool) async throws {
        let deadline = Deadline(after: 60_000_000)
        while !condition() {
            try #require(!deadline.isOver, "not within a minute")
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// Makes a dead letter of everything.
private struct Refuser: Handler {
    let name = "refuser"
    var reactions: some Reactions {
        On(Number.self) { _, handling in try handling.emit(topic: "test.undeclared", data: []) }
    }
}

/// An engine in memory whose disk is full as often as it is told.
private final class FullEngine: Engine {
    let base = MemoryEngine { Timestamp(microseconds: 1) }
    let refusals = Atomic(0)
    private let shared = Mutex<(receiver: (any DeliveryReceiver)?, letters: [Position], kinds: [String])>((nil, [], []))

    var receiver: (any DeliveryReceiver)? { shared.withLock { $0.receiver } }
    var letters: [Position] { shared.withLock { $0.letters } }
    var kinds: [String] { shared.withLock { $0.kinds } }

    func note(_ receiver: any DeliveryReceiver) { shared.withLock { $0.receiver = receiver } }

    func note(_ draft: EntryDraft) {
        shared.withLock { shared in
            for item in draft.knows {
                switch item {
                case .dead(let letter):
                    shared.letters.append(letter.position)
                    shared.kinds.append("dead")
                case .undead: shared.kinds.append("undead")
                default: break
                }
            }
        }
    }

    func register(_ registration: Registration) throws { try base.register(registration) }
    func registrations() throws -> [Registration] { try base.registrations() }
    func forget(_ handler: HandlerName) throws { try base.forget(handler) }
    func publishers() throws -> [PublisherID] { try base.publishers() }
    func open(_ slot: PublisherID) throws -> any EngineLog { FullLog(try base.open(slot), self) }
    func reader(_ publisher: PublisherID) throws -> any EngineReader { try base.reader(publisher) }
}

private final class FullLog: EngineLog {
    private let log: any EngineLog
    private let engine: FullEngine

    init(_ log: any EngineLog, _ engine: FullEngine) {
        self.log = log
        self.engine = engine
    }

    var publisher: PublisherID { log.publisher }
    var recovered: SlotState { log.recovered }
    var isNew: Bool { log.isNew }
    var recoveredTime: Timestamp { log.recoveredTime }

    func append(
        _ draft: EntryDraft, level: Durability, then: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) throws {
        if engine.refusals.load(ordering: .relaxed) > 0 {
            engine.refusals.subtract(1, ordering: .relaxed)
            throw EngineError(.noSpace, "the disk is full")
        }
        engine.note(draft)
        try log.append(draft, level: level, then: then)
    }

    func follow(
        _ topics: Set<Topic>, start: @escaping @Sendable (StreamID) -> Cursor, receiver: any DeliveryReceiver
    ) throws {
        engine.note(receiver)
        try log.follow(topics, start: start, receiver: receiver)
    }

    func resume() { log.resume() }
    func close() throws { try log.close() }
}
