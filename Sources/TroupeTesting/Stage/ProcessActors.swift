internal import Choreography
internal import Envelope
internal import Synchronization
internal import Troupe

/// Handlers as real processes with a home of their own.
final class ProcessActors: StageActors {
    private let stage: ProcessStage
    private let choreography: String
    private let settings: [String: Settings]
    private let handles = Mutex<[String: ProcessHandle]>([:])

    private init(_ stage: ProcessStage, choreography: String, settings: [String: Settings]) {
        self.stage = stage
        self.choreography = choreography
        self.settings = settings
    }

    /// Runs `body` while one process for each handler runs.
    static func run<R: Sendable>(
        choreography: String, handlers: [String], settings: [String: Settings],
        _ body: (Stage) async throws -> R
    ) async throws -> R {
        try await withProcessStage { processes in
            let actors = ProcessActors(processes, choreography: choreography, settings: settings)
            for handler in handlers { try actors.start(handler) }
            for handler in handlers { try await actors.waitUntilReady(handler) }
            return try await body(Stage(actors))
        }
    }

    private var home: Home { Home(stage.home) }

    var now: Timestamp { WallClock.now() }

    private func start(_ handler: String) throws {
        var arguments = ["--home", stage.home, "--choreography", choreography]
        let settings = settings[handler] ?? Settings()
        for key in settings.keys { arguments += ["--set", "\(key)=\(settings[key] ?? "")"] }
        let handle = try stage.start("\(choreography)-\(handler)", arguments)
        handles.withLock { $0[handler] = handle }
    }

    private func waitUntilReady(_ handler: String) async throws {
        let slot = PublisherID(handler: try HandlerName(handler), slot: 0)
        let handle = handles.withLock { $0[handler] }
        try await stage.eventually("\(handler) hears") {
            if let handle, !handle.isRunning {
                throw StageFailure("\(handler) ended at its start: \(handle.standardError)", trace: "")
            }
            return try DirectoryFolder(home: home).live(slot) != nil
                && RegistrationFolder(home: home).read(slot.handler) != nil
        }
    }

    func publish(_ event: Event) throws { try RootPublisher(home: home).publish([event], level: .synced) }

    func restart(_ handler: String) async throws {
        guard let handle = handles.withLock({ $0[handler] }) else {
            throw StageFailure("no handler '\(handler)' on stage", trace: "")
        }
        handle.kill()
        _ = try await handle.waitForExit()
        try start(handler)
        try await waitUntilReady(handler)
    }

    func settle(_ flow: FlowID, timeout: Duration) async throws -> SettledFlow {
        let reader = FlowReader(home: home)
        var unreadable: Set<String> = []
        func look() throws -> SettledFlow {
            let ledger = try reader.ledger(of: [flow]) { unreadable.insert($0.line()) }
            if let row = unreadable.sorted().first { throw StageFailure(row, trace: "") }
            return SettledFlow(ledger, flow: flow, isRunning: reader.isRunning)
        }
        var latest = try look()
        do {
            try await stage.eventually("flow \(flow) settles", within: timeout) {
                latest = try look()
                return latest.isSettled
            }
        } catch let error as ProcessStageError where error.code == .timeout {
            throw StageFailure(
                "the flow did not settle within \(timeout)\n\(error.message)", trace: latest.description)
        }
        return latest
    }
}
