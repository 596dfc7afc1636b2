public import Choreography
public import Envelope
public import Logging

/// Publishes roots from a program that lives on and hears nothing, with a journal of its own.
///
/// It is a handler without reactions: handlers hear it as they hear each other, `troupe map` and `trace` show it by its
/// name, and only one process at a time may have that name in a home. A program that comes and goes publishes by
/// `troupe publish`.
public final class Publisher: Sendable {
    /// What every event has reached when `publish` returns.
    public let durability: Durability
    private let name: HandlerName
    private let topics: Set<String>
    private let log: any EngineLog

    /// Opens the journal, and recovers it if its last process was killed.
    ///
    /// Throws ``HandlerError`` when the name or a topic is not valid, or when another process has the name.
    ///
    /// - Parameters:
    ///   - name: as a handler's: 1 to 64 of `[a-z0-9-]`.
    ///   - topics: all that it may publish on, for the map and the checks.
    ///   - home: the folder that the choreography's handlers share; it is made if it is not there.
    public convenience init(
        _ name: String, emits topics: [String], home: Home, durability: Durability = .synced,
        logger: Logger = Logger(label: "troupe")
    ) throws {
        do {
            for topic in topics { _ = try Topic(topic) }
            let handler = try HandlerName(name)
            let declaration = Declaration(handler: name, consumes: [], emits: topics)
            try home.prepare(choreography: nil)
            let engine = try FileEngine(home: home, options: .init(declaration: declaration), logger: logger)
            let log = try engine.open(PublisherID(handler: handler, slot: 0))
            self.init(handler, emits: topics, log: log, durability: durability)
        } catch let error as EnvelopeError {
            throw HandlerError(error.code == .badTopic ? .badTopic : .badName, error.message)
        } catch let error as EngineError where error.code == .locked {
            throw HandlerError(.locked, "another process publishes as '\(name)' already: \(error.message)")
        }
    }

    /// Publishes into a log of one's own.
    package init(_ name: HandlerName, emits topics: [String], log: any EngineLog, durability: Durability) {
        self.name = name
        self.topics = Set(topics)
        self.log = log
        self.durability = durability
    }

    /// Publishes all events of a batch, or none: one append. Returns when they have reached ``durability``.
    ///
    /// Throws ``HandlerError`` for a topic that was not declared, and what the journal throws: on a full disk, or over a
    /// quota, nothing was published and the call may be repeated. Calls that run at once share their wait for the disk.
    public func publish(_ batch: EventBatch) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do { try publish(batch) { continuation.resume(with: $0) } } catch { continuation.resume(throwing: error) }
        }
    }

    /// As ``publish(_:)-(EventBatch)``; returns when the batch is appended, and calls `then` once when it has reached
    /// ``durability``, on whatever thread that is known: it must not wait. It is not called when this throws.
    public func publish(_ batch: EventBatch, then: @escaping @Sendable (Result<Void, any Error>) -> Void) throws {
        guard topics.contains(batch.records.topic.text) else {
            throw HandlerError(
                .badTopic,
                "'\(batch.records.topic)' is not among what '\(name)' declares"
                    + " (\(topics.sorted().joined(separator: ", "))); add it to 'emits'")
        }
        guard !batch.isEmpty else { return then(.success(())) }
        var draft = EntryDraft(time: WallClock.now())
        draft.roots = batch.records
        try log.append(draft, level: durability, then: then)
    }

    /// Publishes one event, and says which flow it begins. Returns when it has reached ``durability``.
    @discardableResult
    public func publish<P: EventPayload>(_ payload: P, key: String? = nil) async throws -> FlowID {
        var batch = try EventBatch(topic: P.topic, key: key)
        let flow = try batch.append(payload)
        try await publish(batch)
        return flow
    }

    /// Makes everything durable, and gives the name up. What comes after throws.
    public func close() throws { try log.close() }
}
