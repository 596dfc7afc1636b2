public import Choreography
public import Envelope
public import Logging
public import ServiceLifecycle

/// Publishes roots from a program that lives on and hears nothing, with a journal of its own.
///
/// It is a handler without reactions: handlers hear it as they hear each other, `troupe map` and `trace` show it by its
/// name, and only one process at a time may have that name in a home. A program that comes and goes publishes by
/// `troupe publish`.
///
/// ```swift
/// let publisher = try Publisher("sensors", emits: Sample.self, home: Home("/srv/plant"))
/// let group = ServiceGroup(services: [publisher, reader], gracefulShutdownSignals: [.sigterm], logger: logger)
/// ```
/// It publishes from its initializer on; ``run()`` is there to end it in order. Calls that run at the same time share
/// appends: what is published while an append, or its wait for the disk, is under way goes into the next one together. So
/// many callers that wait for each event cost little more than one that publishes batches. At most 4,096 calls or 16 MiB are
/// taken in ahead; beyond that callers wait until there is room. No caller blocks a thread.
public final class Publisher: Service {
    /// What every event has reached when `publish` returns.
    public let durability: Durability
    private let name: HandlerName
    private let topics: Set<String>
    private let log: any EngineLog
    private let appends: SharedAppends

    /// Opens the journal, and recovers it if its last process was killed.
    ///
    /// Throws ``HandlerError`` when the name or a topic is not valid, or when another process has the name.
    ///
    /// - Parameters:
    ///   - name: as a handler's: 1 to 64 of `[a-z0-9-]`.
    ///   - types: all that it may publish, for the map and the checks.
    ///   - topics: what it may publish besides, as bytes.
    ///   - home: the folder that the choreography's handlers share; it is made if it is not there.
    public convenience init(
        _ name: String, emits types: any EventPayload.Type..., topics: [String] = [], home: Home,
        durability: Durability = .synced, logger: Logger = Logger(label: "troupe")
    ) throws {
        do {
            let topics = Set(types.map { $0.topic } + topics)
            for topic in topics { _ = try Topic(topic) }
            let handler = try HandlerName(name)
            let declaration = Declaration(handler: name, consumes: [], emits: topics.sorted())
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
    package init(
        _ name: HandlerName, emits topics: Set<String>, log: any EngineLog, durability: Durability,
        limits: PublishQueue.Limits = .init()
    ) {
        self.name = name
        self.topics = topics
        self.log = log
        self.durability = durability
        appends = SharedAppends(name.text, log: log, level: durability, limits: limits)
    }

    /// Whoever lets go of it without closing it still gives the name up.
    deinit { appends.close() }

    /// Ends when it is closed. Graceful shutdown closes it: what was called before is published and answered, what comes
    /// after throws. When the task is cancelled, calls that are not being appended throw `CancellationError`.
    ///
    /// Throws what the journal failed with; a full disk is no failure.
    public func run() async throws {
        let appends = appends
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await appends.ended()
            } onGracefulShutdown: {
                appends.close()
            }
        } onCancel: {
            appends.drop()
        }
    }

    /// Publishes all events of a batch, or none: one append. Returns when they have reached ``durability``.
    ///
    /// Throws ``HandlerError`` for a topic that was not declared, and what the journal throws: on a full disk, or over a
    /// quota, nothing was published and the call may be repeated. Throws `CancellationError` when the task is cancelled
    /// before the batch is appended; then nothing of it is published. Later the call returns as if it were not cancelled.
    /// Calls that run at once share appends; those of one topic are in the order in which they were taken in.
    public func publish(_ batch: EventBatch) async throws {
        try check(batch)
        guard !batch.isEmpty else { return }
        try await appends.publish(batch.records)
    }

    /// As ``publish(_:)-(EventBatch)``; returns when the batch is appended, and calls `then` once when it has reached
    /// ``durability``, on whatever thread that is known: it must not wait. It is not called when this throws.
    ///
    /// For a thread that may block: it appends on the thread that calls it, ahead of what waits in the queue.
    public func publish(_ batch: EventBatch, then: @escaping @Sendable (Result<Void, any Error>) -> Void) throws {
        try check(batch)
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

    /// Publishes what was called before, makes everything durable, and gives the name up. What comes after throws.
    public func close() async throws {
        appends.close()
        try await appends.ended()
    }

    /// As ``close()``, for a thread that may block.
    package func closeAndWait() throws {
        appends.close()
        try appends.waitUntilEnded()
    }

    private func check(_ batch: EventBatch) throws {
        guard topics.contains(batch.records.topic.text) else {
            throw HandlerError(
                .badTopic,
                "'\(batch.records.topic)' is not among what '\(name)' declares"
                    + " (\(topics.sorted().joined(separator: ", "))); add it to 'emits'")
        }
    }
}
