internal import Choreography
internal import Envelope
internal import Synchronization

/// An engine that passes everything on, and notes when entries stand at their level.
final class MeasuredEngine: Engine {
    private let engine: any Engine
    private let tally: EntryTally

    init(_ engine: any Engine, tally: EntryTally) {
        self.engine = engine
        self.tally = tally
    }

    func register(_ registration: Registration) throws { try engine.register(registration) }
    func registrations() throws -> [Registration] { try engine.registrations() }
    func forget(_ handler: HandlerName) throws { try engine.forget(handler) }
    func publishers() throws -> [PublisherID] { try engine.publishers() }
    func open(_ slot: PublisherID) throws -> any EngineLog { MeasuredLog(try engine.open(slot), tally: tally) }
    func reader(_ publisher: PublisherID) throws -> any EngineReader { try engine.reader(publisher) }
}

private final class MeasuredLog: EngineLog {
    private let log: any EngineLog
    private let tally: EntryTally

    init(_ log: any EngineLog, tally: EntryTally) {
        self.log = log
        self.tally = tally
    }

    var publisher: PublisherID { log.publisher }
    var recovered: SlotState { log.recovered }
    var isNew: Bool { log.isNew }
    var recoveredTime: Timestamp { log.recoveredTime }

    func append(
        _ draft: EntryDraft, level: Durability, then: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) throws {
        let heard = draft.heard.reduce(0) { $0 + $1.range.count }
        let isLast = tally.append(heard: heard)
        try log.append(draft, level: level) { [tally] result in
            if isLast { tally.last() }
            then(result)
        }
    }

    func follow(
        _ topics: Set<Topic>, start: @escaping @Sendable (StreamID) -> Cursor, receiver: any DeliveryReceiver
    ) throws {
        try log.follow(topics, start: start, receiver: receiver)
    }

    func resume() { log.resume() }
    func close() throws { try log.close() }
}
