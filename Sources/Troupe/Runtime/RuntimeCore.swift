internal import Choreography
internal import Envelope
internal import Glibc
internal import Logging
internal import Synchronization

/// The threads of a running handler around its `HandlerCore`.
final class RuntimeCore: Sendable {
    private struct State {
        var core: HandlerCore?
        var isStopping = false
        var isFull = false
        var failure: (any Error)?
        /// Events appended and not yet durable.
        var pending = 0
        /// What was decided and is to be appended, in that order.
        var drafts = DraftQueue()
        private var clock = HandlerClock(journaled: Timestamp(microseconds: 0), steady: SteadyClock.now())

        /// The handler's time.
        mutating func now() -> Timestamp { clock.now(wall: WallClock.now(), steady: SteadyClock.now()) }

        /// Begins no earlier than the journal's last entry.
        mutating func begin(after journaled: Timestamp) {
            clock = HandlerClock(journaled: journaled, steady: SteadyClock.now())
        }
    }

    /// How long at most, in microseconds, what is due waits for the clocks to be looked at.
    private static let clockLook: Int64 = 1_000_000
    /// The most events that may wait for their sync before a lane pauses.
    private static let pendingLimit = 16_384

    let declaration: Declaration
    private let name: HandlerName
    private let topics: Set<Topic>
    private let runner: BatchRunner
    private let meter: RuntimeMeter?
    private let options: RuntimeOptions
    private let makeEngine: @Sendable (Declaration) throws -> any Engine
    private let monitor = Monitor(State())
    private let opened = Mutex<(log: any EngineLog, workers: [OSThread])?>(nil)
    private let stopStream: AsyncStream<Void>
    private let stopSignal: AsyncStream<Void>.Continuation

    init<H: Handler>(
        _ handler: H, options: RuntimeOptions, engine: @escaping @Sendable (Declaration) throws -> any Engine
    ) throws {
        var (declaration, reactions, name) = try Declaration.of(handler)
        declaration.command = options.command
        self.declaration = declaration
        self.name = name
        self.options = options
        topics = Set(reactions.keys)
        meter = options.metrics.map { RuntimeMeter($0, declaration: declaration, retry: options.retry) }
        runner = BatchRunner(
            handler: name, reactions: meter?.timed(reactions) ?? reactions, options: options, clock: WallClock.now)
        makeEngine = engine
        (stopStream, stopSignal) = AsyncStream.makeStream()
    }

    // MARK: start

    func start() throws {
        let engine = try makeEngine(declaration)
        let slot = PublisherID(handler: name, slot: 0)
        let known = try engine.registrations().first { $0.handler == name }
        // Asked before the slot is opened: that would make a journal, and the next start would find one.
        if known?.hasBegun == true, options.reset == nil, try !hasJournal(slot, engine) {
            throw HandlerError(
                .journalMissing,
                "handler '\(name)' is registered but its journal is missing: what it heard and said is unknown."
                    + " Restore the journal; or begin anew with --reset earliest (handles every kept event again) or"
                    + " --reset latest (skips what was published until now); under troupe up, forget it and give it a"
                    + " 'start:' in the file")
        }
        let log: any EngineLog
        do { log = try engine.open(slot) } catch let error as EngineError where error.code == .locked {
            throw HandlerError(
                .locked, "another process runs slot \(slot) already: \(error.message)")
        }
        do {
            try run(log, engine, known)
        } catch {
            try? log.close()
            throw error
        }
    }

    /// Whether the slot has a journal, in whatever state: to open it tells more.
    private func hasJournal(_ slot: PublisherID, _ engine: any Engine) throws -> Bool {
        do { _ = try engine.reader(slot).start() } catch let error as EngineError where error.code == .notFound {
            return false
        } catch is EngineError {}
        return true
    }

    private func run(_ log: any EngineLog, _ engine: any Engine, _ known: Registration?) throws {
        let registration = try register(engine, known, isReset: log.isNew && known?.hasBegun == true)
        var coreOptions = HandlerCore.Options()
        coreOptions.lanes = options.lanes
        coreOptions.retry = options.retry
        coreOptions.hopLimit = options.hopLimit
        // One lane has no more than a batch in hand, and in order.
        if options.lanes <= 1 { coreOptions.trialWindow = UInt64(coreOptions.batchLimit) }
        monitor.with { $0.begin(after: log.recoveredTime) }
        let state = try begin(log, registration)
        let isClean = log.isNew || log.recovered.isClosed
        monitor.with {
            $0.core = HandlerCore(state: state, topics: topics, options: coreOptions, isAfterCleanExit: isClean)
        }
        let workers = (0..<max(1, options.lanes)).map { lane in
            OSThread { [self] in work(lane: lane, log) }
        }
        let clerk = OSThread { [self] in appendForOthers(log) }
        opened.withLock { $0 = (log, workers + [clerk]) }
        try log.follow(
            topics,
            start: { stream in state.cursors[stream] ?? registration.start(on: stream) },
            receiver: Receiver(self, log))
        options.logger.info(
            "hearing", metadata: ["topics": "\(topics.map(\.text).sorted().joined(separator: " "))"])
        options.observer?(.hearing)
    }

    /// Writes the start positions of streams that the journal says nothing of, so that its cursors alone tell what is
    /// handled.
    private func begin(_ log: any EngineLog, _ registration: Registration) throws -> SlotState {
        var state = log.recovered
        var draft = EntryDraft(time: monitor.with { $0.now() })
        for (topic, start) in registration.topics.sorted(by: { $0.key < $1.key }) {
            guard case .latest(let tips) = start else { continue }
            for (publisher, tip) in tips.sorted(by: { $0.key < $1.key }) {
                let stream = StreamID(publisher, topic)
                if state.cursors[stream] == nil { draft.knows.append(.cursor(stream, epoch: 0, low: tip)) }
            }
        }
        if state.isClosed {
            // Or a process that dies of its first event would leave no sign that it ever was. On a full disk nothing is
            // handled either.
            do {
                try log.append(
                    EntryDraft(knows: [.opened], time: draft.time), level: min(options.durability, .written)
                ) { _ in }
            } catch let error as EngineError where error.code == .noSpace {}
        }
        guard !draft.isEmpty else { return state }
        try log.append(draft, level: options.durability) { [self] result in
            if case .failure(let error) = result { fail(error) }
        }
        state.apply(draft)
        return state
    }

    /// What was registered stays; topics that are new begin where the options say.
    private func register(_ engine: any Engine, _ known: Registration?, isReset: Bool) throws -> Registration {
        var registration = isReset ? nil : known
        let start = isReset ? options.reset ?? .earliest : options.start
        var result = registration ?? Registration(handler: name, topics: [:])
        registration = result
        result.topics = result.topics.filter { topics.contains($0.key) }
        let new = topics.filter { result.topics[$0] == nil }
        if start == .latest, !new.isEmpty {
            let tips = try TopicTips.read(new, of: engine.publishers(), reader: engine.reader)
            for topic in new { result.topics[topic] = .latest(tips: tips[topic] ?? [:]) }
        } else {
            for topic in new { result.topics[topic] = .earliest }
        }
        result.hasBegun = true
        if result != known || isReset { try engine.register(result) }
        return result
    }

    // MARK: hearing

    private final class Receiver: DeliveryReceiver {
        private let core: RuntimeCore
        private let log: any EngineLog

        init(_ core: RuntimeCore, _ log: any EngineLog) {
            self.core = core
            self.log = log
        }

        func receive(_ deliveries: [Delivery]) -> Bool {
            let room = core.monitor.with { state -> Bool in
                state.core?.deliver(deliveries)
                let room = state.core?.hasRoom ?? false
                if !room { state.isFull = true }
                return room
            }
            core.monitor.signal()
            return room
        }

        func jump(_ jump: CursorJump) {
            let level = core.options.durability
            let hasRoomAgain = core.monitor.with { state -> Bool in
                let now = state.now()
                guard let entry = state.core?.jump(jump, now: now) else { return false }
                state.drafts.add(DraftQueue.Draft(entry: entry, level: level))
                // What was lost is waited for no more: there may be no batch whose end would tell that there is room.
                let again = state.isFull && state.core?.backlog == 0
                if again { state.isFull = false }
                return again
            }
            core.monitor.signal()
            if hasRoomAgain { log.resume() }
        }

        func tips(_ tips: [Topic: UInt64], of publisher: PublisherID) {
            core.monitor.with { $0.core?.note(tips: tips, of: publisher) }
        }

        func failed(_ error: any Error) { core.fail(error) }

        func request(_ request: DeadLetterRequest, answer: @escaping @Sendable (RequestAnswer) -> Void) {
            let level = core.options.durability
            let isDecided = core.monitor.with { state -> Bool in
                let now = state.now()
                guard !state.isStopping, let entry = state.core?.carryOut(request, now: now), !entry.isEmpty
                else { return false }
                let changed = UInt32(entry.knows.filter { if case .undead = $0 { true } else { false } }.count)
                state.drafts.add(
                    DraftQueue.Draft(entry: entry, level: level) { result in
                        switch result {
                        case .success: answer(RequestAnswer(id: request.id, changed: changed))
                        case .failure(let error):
                            answer(RequestAnswer(id: request.id, changed: 0, error: "\(error)"))
                        }
                    })
                return true
            }
            if isDecided { core.monitor.signal() } else { answer(RequestAnswer(id: request.id, changed: 0)) }
        }
    }

    private func fail(_ error: any Error) {
        monitor.with { state in
            if state.failure == nil { state.failure = error }
            state.isStopping = true
        }
        monitor.signal()
        stopSignal.finish()
    }

    // MARK: working

    private func work(lane: Int, _ log: any EngineLog) {
        var place = Workplace()
        while true {
            let (batch, trial) = monitor.wait(
                due: { state in
                    guard state.pending < Self.pendingLimit, let due = state.core?.nextDue(lane: lane) else {
                        return nil
                    }
                    // Who sets the clock forward is noticed within a second.
                    return min(Self.clockLook, due.microseconds - state.now().microseconds)
                },
                until: { state -> (Batch?, UInt64?)? in
                    if state.isStopping { return (nil, nil) }
                    let now = state.now()
                    guard state.pending < Self.pendingLimit,
                        let batch = state.core?.next(lane: lane, now: now)
                    else { return nil }
                    guard let trying = batch.trying else { return (batch, nil) }
                    let ticket = state.drafts.takeTicket()
                    let entry = EntryDraft(knows: [trying], time: now)
                    state.drafts.add(DraftQueue.Draft(entry: entry, level: min(options.durability, .written)), ticket)
                    return (batch, ticket)
                })
            guard let batch else { return }
            // It must stand before the reaction begins: a process that dies of the event leaves that behind.
            if let trial {
                guard appendInTurn(log) else { return }
                let stands = monitor.wait(until: { state -> Bool? in
                    state.drafts.hasAppended(trial) ? true : state.failure == nil ? nil : false
                })
                guard stands else { return }
            }
            let result = runner.run(batch, at: &place, wait: Self.wait)
            meter?.count(batch, result)
            let (hasRoomAgain, othersMayGoOn) = monitor.with { state -> (Bool, Bool) in
                let now = state.now()
                let entry = state.core!.complete(batch, result, now: now)
                if !entry.isEmpty {
                    state.pending += result.count
                    state.drafts.add(DraftQueue.Draft(entry: entry, level: options.durability, count: result.count))
                }
                let again = state.isFull && state.core!.backlog == 0
                if again { state.isFull = false }
                return (again, options.lanes > 1 && (state.core!.backlog > 0 || state.core!.isCautious))
            }
            // A lane whose next event lay too far above the cursor, or that stood at the park limit.
            if othersMayGoOn { monitor.signal() }
            guard appendInTurn(log) else { return }
            if hasRoomAgain { log.resume() }
        }
    }

    /// Appends what has its turn until there is no more, or somebody else does. Returns false once the runtime ends.
    private func appendInTurn(_ log: any EngineLog) -> Bool {
        var next = monitor.with { $0.drafts.next() }
        while let draft = next {
            guard append(draft, log) else { return false }
            next = monitor.with { state in
                state.drafts.appended()
                return state.drafts.next()
            }
            // Somebody may wait for it to stand.
            if draft.count == 0 { monitor.signal() }
        }
        return true
    }

    /// Appends what nobody else has the time for.
    private func appendForOthers(_ log: any EngineLog) {
        while monitor.wait(until: { $0.drafts.isReady ? true : $0.isStopping ? false : nil }) {
            guard appendInTurn(log) else { return }
        }
    }

    /// A full disk blocks all that is decided and loses nothing; anything else ends the runtime. Returns whether it is
    /// appended.
    private func append(_ draft: DraftQueue.Draft, _ log: any EngineLog) -> Bool {
        let count = draft.count
        while true {
            do {
                try log.append(draft.entry, level: draft.level) { [self] result in
                    if count > 0 {
                        let wasFull = monitor.with { state in
                            state.pending -= count
                            return state.pending + count >= Self.pendingLimit
                        }
                        if wasFull { monitor.signal() }
                    }
                    if case .failure(let error) = result { fail(error) }
                    draft.then?(result)
                }
                return true
            } catch let error as EngineError where error.code == .noSpace {
                options.logger.error("there is no room; waiting for it", metadata: ["reason": "\(error)"])
                let again = Deadline(after: 500_000)
                let isOver = monitor.wait(deadline: again) { state -> Bool? in
                    if state.isStopping { return true }
                    return again.isOver ? false : nil
                }
                if isOver {
                    fail(error)
                    draft.then?(.failure(error))
                    return false
                }
            } catch {
                fail(error)
                draft.then?(.failure(error))
                return false
            }
        }
    }

    /// Runs a task to its end on the concurrency pool while this worker thread, which is ours, waits.
    private static func wait(_ body: @escaping @Sendable () async throws -> Void) throws {
        let result = Monitor<Result<Void, any Error>?>(nil)
        Task {
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            result.with { $0 = outcome }
            result.signal()
        }
        try result.wait { $0 }.get()
    }

    /// Sets the metrics that are not counts: to be called before they are read.
    func updateGauges() {
        guard let meter, let core = monitor.with({ $0.core }) else { return }
        meter.set(waiting: core.backlog, parked: core.state.parks.count, deadLetters: core.state.deadLetters.count)
    }

    // MARK: stop

    /// Suspends until somebody calls `stop`, or the journal fails.
    func finished() async { for await _ in stopStream {} }

    /// No new batch begins.
    func stop() {
        options.observer?(.draining)
        monitor.with { state in
            state.isStopping = true
            state.core?.drain()
        }
        monitor.signal()
        stopSignal.finish()
    }

    /// Waits for what is in hand, makes it durable, gives the slot up. Throws what made the runtime fail.
    func finish() throws {
        guard let (log, workers) = opened.withLock({ $0 }) else { return }
        for worker in workers { worker.join() }
        if monitor.with({ $0.failure == nil && $0.core?.isQuiet == true }) {
            // Best effort: without it the next start is careful for nothing.
            try? log.append(EntryDraft(knows: [.closed], time: monitor.with { $0.now() }), level: options.durability) {
                _ in
            }
        }
        let closing = Result { try log.close() }
        if let failure = monitor.with({ $0.failure }) { throw failure }
        try closing.get()
    }
}
