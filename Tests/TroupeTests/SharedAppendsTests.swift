internal import Choreography
internal import Envelope
internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import Testing
internal import Troupe
internal import TroupeTesting

private struct Sampled: EventPayload {
    static let topic = "sensor.sample"
    var value: Int
}

/// A log whose appends are over when the test says so.
private final class HeldLog: EngineLog {
    struct Held {
        let count: Int
        let then: @Sendable (Result<Void, any Error>) -> Void
    }

    private struct State {
        var held: [Held] = []
        var counts: [Int] = []
        var isClosed = false
    }

    private let state = Monitor(State())
    let publisher: PublisherID
    let recovered = SlotState()
    let isNew = true
    var recoveredTime: Timestamp { Timestamp(microseconds: 0) }

    init() throws { publisher = PublisherID(handler: try HandlerName("sensors"), slot: 0) }

    var counts: [Int] { state.with { $0.counts } }
    var isClosed: Bool { state.with { $0.isClosed } }

    func append(
        _ draft: EntryDraft, level: Durability, then: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) throws {
        let count = draft.roots?.count ?? 0
        state.with { state in
            state.held.append(Held(count: count, then: then))
            state.counts.append(count)
        }
    }

    /// Ends the append that is under way, once there is one. Returns how many events it has.
    @discardableResult
    func end(_ result: Result<Void, any Error> = .success(())) async -> Int {
        await waitForAppend()
        let held = state.with { $0.held.removeFirst() }
        held.then(result)
        return held.count
    }

    /// Returns when an append is under way. The threads of the pool are the callers' as well, so none is blocked.
    func waitForAppend() async {
        while state.with({ $0.held.isEmpty }) { await Task.yield() }
    }

    func follow(_: Set<Topic>, start: @escaping @Sendable (StreamID) -> Cursor, receiver: any DeliveryReceiver) {}
    func resume() {}
    func close() { state.with { $0.isClosed = true } }
}

/// Says when the services of a group have started.
private struct Started: Service {
    let isRunning = Monitor(false)
    func run() async throws {
        isRunning.with { $0 = true }
        try await gracefulShutdown()
    }
}

@Suite struct SharedAppendsTests {
    private let log: HeldLog
    private let publisher: Publisher

    init() throws {
        log = try HeldLog()
        var limits = PublishQueue.Limits()
        limits.calls = 2
        publisher = Publisher(
            try HandlerName("sensors"), emits: [Sampled.topic], log: log, durability: .synced, limits: limits)
    }

    private func call(_ value: Int) -> Task<FlowID, any Error> {
        Task { [publisher] in try await publisher.publish(Sampled(value: value)) }
    }

    @Test func `a full disk is each caller's own news, and the next call is tried again`() async throws {
        let first = call(1)
        await log.end(.failure(EngineError(.noSpace, "the disk is full")))
        await #expect(throws: EngineError.self) { try await first.value }
        let second = call(2)
        await log.end()
        _ = try await second.value
        #expect(log.counts == [1, 1])
        try await publisher.close()
        #expect(log.isClosed)
    }

    @Test func `a journal that failed ends the service with its error`() async throws {
        let running = Task { [publisher] in try await publisher.run() }
        let first = call(1)
        await log.end(.failure(EngineError(.failed, "the disk is gone")))
        await #expect(throws: EngineError.self) { try await first.value }
        await #expect(throws: EngineError.self) { try await running.value }
        await #expect(throws: HandlerError.self) { try await publisher.publish(Sampled(value: 2)) }
    }

    @Test func `a graceful shutdown answers what was called before, and refuses what comes after`() async throws {
        let started = Started()
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: publisher, successTerminationBehavior: .ignore),
                    .init(service: started, successTerminationBehavior: .ignore),
                ], logger: .quiet))
        let running = Task { try await group.run() }
        while !started.isRunning.with({ $0 }) { await Task.yield() }
        let first = call(1)
        await log.waitForAppend()
        await group.triggerGracefulShutdown()
        #expect(!log.isClosed, "an append is under way")
        await log.end()
        _ = try await first.value
        try await running.value
        #expect(log.isClosed && log.counts == [1])
        await #expect(throws: HandlerError.self) { try await publisher.publish(Sampled(value: 2)) }
    }

    @Test func `who is cancelled while an append is under way hears its result, and who waits is removed`() async throws
    {
        let first = call(1)
        await log.waitForAppend()
        let second = call(2)
        // Cancelled before, while or after it is taken in: nothing of it may be appended.
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.cancel()
        await log.end()
        _ = try await first.value
        try await publisher.close()
        #expect(log.counts == [1])
    }

    @Test func `a service that is cancelled turns away who waits, and ends`() async throws {
        let running = Task { [publisher] in try await publisher.run() }
        let first = call(1)
        await log.waitForAppend()
        let others = (2...6).map { call($0) }
        running.cancel()
        for other in others { await #expect(throws: (any Error).self) { try await other.value } }
        await log.end()
        _ = try await first.value
        try await running.value
        #expect(log.counts == [1] && log.isClosed)
    }

    @Test func `more callers than there is room for all get through`() async throws {
        let calls = (1...40).map { call($0) }
        let ender = Task { [log] in
            var ended = 0
            while ended < 40 { ended += await log.end() }
        }
        var flows: Set<FlowID> = []
        for call in calls { flows.insert(try await call.value) }
        await ender.value
        #expect(flows.count == 40 && log.counts.reduce(0, +) == 40)
        #expect(log.counts.allSatisfy { $0 <= 2 }, "no more are taken in ahead than the bound says: \(log.counts)")
        try await publisher.close()
    }
}
