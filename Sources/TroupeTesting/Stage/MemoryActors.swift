internal import Choreography
internal import Envelope
internal import Synchronization
internal import Troupe

/// Handlers on a `MemoryEngine` in virtual time: nothing waits, a retry that is due in a minute is due at once.
///
/// The same `HandlerCore` and `BatchRunner` decide as in a process; only time and threads are missing.
actor MemoryActors: StageActors {
    private let clock: VirtualClock
    private let engine: MemoryEngine
    private let ingress: any EngineLog
    private var players: [String: Player] = [:]

    /// A handler on stage.
    private struct Player {
        let name: HandlerName
        let runner: BatchRunner
        let registration: Registration
        let inbox: StageInbox
        let log: any EngineLog
    }

    init(_ handlers: [any Handler], options: RuntimeOptions) throws {
        let clock = VirtualClock()
        self.clock = clock
        engine = MemoryEngine { clock.now }
        ingress = try engine.open(.ingress)
        for handler in handlers {
            let player = try Self.enter(handler, engine: engine, clock: clock, options: options)
            players[player.name.text] = player
        }
    }

    private static func enter<H: Handler>(
        _ handler: H, engine: MemoryEngine, clock: VirtualClock, options: RuntimeOptions
    ) throws -> Player {
        let (_, reactions, name) = try Declaration.of(handler)
        let registration = Registration(
            handler: name, topics: Dictionary(uniqueKeysWithValues: reactions.keys.map { ($0, .earliest) }))
        try engine.register(registration)
        let runner = BatchRunner(handler: name, reactions: reactions, options: options) { clock.now }
        return try start(name, runner, registration, engine: engine, retry: options.retry)
    }

    private static func start(
        _ name: HandlerName, _ runner: BatchRunner, _ registration: Registration, engine: MemoryEngine,
        retry: RetryPolicy
    ) throws -> Player {
        let log = try engine.open(PublisherID(handler: name, slot: 0))
        var options = HandlerCore.Options()
        options.retry = retry
        options.hopLimit = runner.hopLimit
        let state = log.recovered
        let topics = Set(registration.topics.keys)
        let inbox = StageInbox(HandlerCore(state: state, topics: topics, options: options))
        try log.follow(
            topics, start: { state.cursors[$0] ?? registration.start(on: $0) }, receiver: inbox)
        return Player(name: name, runner: runner, registration: registration, inbox: inbox, log: log)
    }

    nonisolated var now: Timestamp { clock.now }

    func publish(_ event: Event) throws {
        try ingress.append(EntryDraft(said: [event], time: clock.now), level: .synced) { _ in }
    }

    func restart(_ handler: String) throws {
        guard let player = players[handler] else { throw StageFailure("no handler '\(handler)' on stage", trace: "") }
        engine.crash(PublisherID(handler: player.name, slot: 0))
        players[handler] = try Self.start(
            player.name, player.runner, player.registration, engine: engine,
            retry: player.inbox.with { $0.options.retry })
    }

    func settle(_ flow: FlowID, timeout: Duration) async throws -> SettledFlow {
        try await runUntilQuiet()
        var ledger = FlowLedger(flows: [flow], registrations: try engine.registrations())
        for publisher in try engine.publishers() {
            try read(publisher) { try ledger.observe(publisher, $0) }
        }
        for publisher in try engine.publishers() {
            try read(publisher) { try ledger.observeHearings(publisher, $0) }
        }
        let settled = SettledFlow(ledger, flow: flow) { players[$0.text] != nil }
        guard settled.isSettled else {
            throw StageFailure("the flow does not settle: nothing is left to do", trace: settled.description)
        }
        return settled
    }

    private func read(_ publisher: PublisherID, _ body: (EngineEntry) throws -> Void) throws {
        let reader = try engine.reader(publisher)
        _ = try reader.read(from: reader.start(), upTo: reader.end(), maxBytes: .max) { entry in
            try body(entry)
            return true
        }
    }

    /// Runs every batch that there is; when there is none, time jumps to the next that is due.
    private func runUntilQuiet() async throws {
        var turns = 0
        while true {
            var hasWorked = false
            for name in players.keys.sorted() {
                guard let player = players[name],
                    let batch = player.inbox.with({ $0.next(lane: 0, now: clock.now) })
                else { continue }
                hasWorked = true
                let result = await player.runner.run(batch)
                clock.advance(to: clock.now + 1000)
                let now = clock.now
                let draft = player.inbox.with { $0.complete(batch, result, now: now) }
                if !draft.isEmpty { try player.log.append(draft, level: .synced) { _ in } }
                player.log.resume()
            }
            turns += 1
            guard turns < 1_000_000 else {
                throw StageFailure("a million batches and no end: the choreography loops", trace: "")
            }
            if hasWorked { continue }
            let dues = players.values.compactMap { $0.inbox.with { $0.nextDue(lane: 0) } }
            guard let next = dues.min() else { return }
            clock.advance(to: max(next, clock.now + 1))
        }
    }
}

/// A stage's time: it moves only when somebody moves it.
final class VirtualClock: Sendable {
    private let time = Mutex(Timestamp(microseconds: 1_767_225_600_000_000))

    /// Begins at 2026-01-01T00:00:00Z.
    init() {}

    var now: Timestamp { time.withLock { $0 } }

    func advance(to new: Timestamp) { time.withLock { $0 = max($0, new) } }
}

/// A handler's core behind a lock, as a receiver of deliveries.
final class StageInbox: DeliveryReceiver {
    private let core: Mutex<HandlerCore>

    init(_ core: HandlerCore) { self.core = Mutex(core) }

    func with<R: Sendable>(_ body: (inout HandlerCore) throws -> R) rethrows -> R {
        try core.withLock { try body(&$0) }
    }

    func receive(_ deliveries: [Delivery]) -> Bool {
        with { core in
            core.deliver(deliveries)
            return core.hasRoom
        }
    }

    func jump(_ jump: CursorJump) {}
    func failed(_ error: any Error) {}
}
