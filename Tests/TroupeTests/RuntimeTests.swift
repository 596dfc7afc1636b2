internal import Choreography
internal import Envelope
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import Testing
internal import Troupe
internal import TroupeTesting

@Suite("A handler's runtime") struct RuntimeTests {
    @Test("two runtimes with different handlers run in one process and hear each other")
    func twoInOneProcess() async throws {
        try await withHome { home in
            let options = quietOptions()
            let doubler = try HandlerRuntime(Doubler(), home: home, options: options)
            let tripler = try HandlerRuntime(Tripler(), home: home, options: options)
            try await running([doubler, tripler], until: { try registered(["doubler", "tripler"], in: home) }) {
                let (isSettled, ledger, flow) = try publish(Number(value: 5), in: home)
                #expect(isSettled)
                #expect(
                    ledger.steps(of: flow).map(\.1.event.topic.text) == ["test.number", "test.doubled", "test.tripled"])
                #expect(ledger.level(of: flow) == .synced)
            }
            #expect(
                try DirectoryFolder(home: home).publishers().allSatisfy {
                    try DirectoryFolder(home: home).live($0) == nil
                })
        }
    }

    @Test("one type plays two parts, each with its name, its topics and its place in the trace")
    func twoPartsOfOneType() async throws {
        struct Passer: Handler {
            let name: String
            let hears: String
            let says: String
            var reactions: some Reactions {
                OnTopic(hears) { event, handling in try handling.emit(topic: says, data: event.data) }.emits(
                    topics: says)
            }
        }
        let first = Passer(name: "first", hears: Number.topic, says: Doubled.topic)
        let second = Passer(name: "second", hears: Doubled.topic, says: Tripled.topic)
        try await withChoreography(.memory, first, second, options: quietOptions()) { stage in
            let flow = try await stage.publish(Number(value: 1)).settled()
            #expect(flow.deadEnds.isEmpty)
            #expect(flow.steps.map(\.event.serial.text) == ["1", "1/first.1", "1/first.1/second.1"])
        }
    }

    @Test("what was published before a handler's first start is heard when it starts")
    func lateStart() async throws {
        try await withHome { home in
            let flow = try FlowID("early")
            let root = Event(
                topic: try Topic(Number.topic), flow: flow, time: WallClock.now(), data: Array(#"{"value":1}"#.utf8))
            try RootPublisher(home: home).publish([root], level: .synced)
            let doubler = try HandlerRuntime(Doubler(), home: home, options: quietOptions())
            try await running([doubler], until: { try FlowReader(home: home).trace(flow)?.steps.count == 2 }) {}
        }
    }

    @Test("a handler that is first started with latest does not hear what was published before")
    func latest() async throws {
        try await withHome { home in
            let early = try root("early")
            try RootPublisher(home: home).publish([early], level: .synced)
            var options = quietOptions()
            options.start = .latest
            let doubler = try HandlerRuntime(Doubler(), home: home, options: options)
            try await running([doubler], until: { try registered(["doubler"], in: home) }) {
                let (isSettled, _, _) = try publish(Number(value: 2), in: home)
                #expect(isSettled)
            }
            let trace = try #require(try FlowReader(home: home).trace(early.flow))
            #expect(trace.steps.count == 1)
            #expect(trace.isSettled, "the registration's start covers it")
        }
    }

    @Test("a registered handler whose journal is missing refuses to start without --reset")
    func missingJournal() async throws {
        try await withHome { home in
            try RegistrationFolder(home: home).write(
                Registration(handler: HandlerName("doubler"), topics: [Topic(Number.topic): .earliest]))
            let runtime = try HandlerRuntime(Doubler(), home: home, options: quietOptions())
            let error = await #expect(throws: HandlerError.self) { try await runtime.run() }
            #expect(error?.code == .journalMissing)
            #expect(error?.message.contains("--reset") ?? false)
        }
    }

    @Test("a slot that is held is refused, naming the process")
    func heldSlot() async throws {
        try await withHome { home in
            let first = try HandlerRuntime(Doubler(), home: home, options: quietOptions())
            try await running([first], until: { try registered(["doubler"], in: home) }) {
                let second = try HandlerRuntime(Doubler(), home: home, options: quietOptions())
                let error = await #expect(throws: HandlerError.self) { try await second.run() }
                #expect(error?.code == .locked)
                #expect(error?.message.contains("\(getpid())") ?? false)
            }
        }
    }

    @Test("an emission that is not declared makes a dead letter that says what to do")
    func undeclared() async throws {
        struct Rogue: Handler {
            let name = "rogue"
            var reactions: some Reactions {
                On(Number.self) { number, handling in try handling.emit(Tripled(value: number.value)) }.emits(
                    Doubled.self)
            }
        }
        let error = try await deadEnd(of: Rogue())
        #expect(error.contains("'test.tripled' is not among"))
        #expect(error.contains(".emits"))
    }

    @Test("an emission from a child task fails the reaction")
    func childTask() async throws {
        struct Forker: Handler {
            let name = "forker"
            var reactions: some Reactions {
                On(Number.self) { number, handling in
                    async let emitted: Void = handling.emit(Doubled(value: number.value))
                    try await emitted
                }
                .emits(Doubled.self)
            }
        }
        let error = try await deadEnd(of: Forker())
        #expect(error.contains("child task"))
    }

    @Test("an emission after the reaction returned publishes nothing")
    func lateEmission() async throws {
        let leaked = Leak()
        try await withChoreography(.memory, Leaker(leak: leaked), options: quietOptions()) { stage in
            let flow = try await stage.publish(Number(value: 1))
            try await flow.settled().expect(steps: "1 test.number").expectNoDeadEnds()
            let handling = try #require(leaked.handling)
            let error = #expect(throws: ReactionFailure.self) { try handling.emit(Doubled(value: 1)) }
            #expect(error?.code == .lateEmission)
            try await flow.settled().expect(steps: "1 test.number")
        }
    }

    @Test("what is refused throws at once, and fails the attempt even if the reaction catches it")
    func refusedAtOnce() async throws {
        struct Unbothered: Handler {
            let name = "unbothered"
            let codes: Monitor<[ReactionFailure.Code]>
            var reactions: some Reactions {
                OnTopic(Number.topic) { _, handling in
                    try handling.emit(Doubled(value: 1))
                    for refused in [
                        { try handling.emit(Tripled(value: 1)) },
                        { try handling.emit(topic: Doubled.topic, data: [UInt8](repeating: 0x20, count: 70_000)) },
                        { try handling.emit(Doubled(value: 1), key: .of(String(repeating: "k", count: 70_000))) },
                        { try handling.emit(topic: Doubled.topic, data: [], contentType: "no media type") },
                    ] {
                        do { try refused() } catch let error as ReactionFailure { codes.with { $0.append(error.code) } }
                    }
                    try? await Task { try handling.emit(Doubled(value: 2)) }.value
                }
                .emits(Doubled.self)
            }
        }
        let codes = Monitor<[ReactionFailure.Code]>([])
        // The first refusal is the one that is told.
        #expect(try await deadEnd(of: Unbothered(codes: codes)).contains("'test.tripled' is not among"))
        #expect(codes.with { $0 } == [.undeclared, .badEmission, .badEmission, .badEmission])
    }

    @Test("a refusal that a reaction swallows with try? is a dead letter all the same")
    func swallowed() async throws {
        struct Swallower: Handler {
            let name = "swallower"
            var reactions: some Reactions {
                On(Number.self) { number, handling in
                    try? handling.emit(Tripled(value: number.value))
                    try handling.emit(Doubled(value: number.value))
                }
                .emits(Doubled.self)
            }
        }
        #expect(try await deadEnd(of: Swallower()).contains("'test.tripled' is not among"))
    }

    @Test("data over the limit makes a dead letter, not a truncated event")
    func tooLarge() async throws {
        struct Shouter: Handler {
            let name = "shouter"
            var reactions: some Reactions {
                OnTopic(Number.topic) { _, handling in
                    try handling.emit(topic: "test.noise", data: [UInt8](repeating: 0x20, count: 70_000))
                }
                .emits(topics: "test.noise")
            }
        }
        #expect(try await deadEnd(of: Shouter()).contains("the limit is 65536"))
    }

    @Test("a handler with a bad name, a bad topic or one topic twice is refused before anything is opened")
    func badDeclarations() throws {
        struct BadName: Handler {
            let name = "Bad Name"
            var reactions: some Reactions { On(Number.self) { _, _ in } }
        }
        struct Twice: Handler {
            let name = "twice"
            var reactions: some Reactions {
                On(Number.self) { _, _ in }
                On(Number.self) { _, _ in }
            }
        }
        struct BadTopic: Handler {
            let name = "bad-topic"
            var reactions: some Reactions { OnTopic("Not A Topic") { _, _ in } }
        }
        let home = Home("/nonexistent")
        #expect(throws: HandlerError.self) { try HandlerRuntime(BadName(), home: home) }
        #expect(throws: HandlerError.self) { try HandlerRuntime(Twice(), home: home) }
        #expect(throws: HandlerError.self) { try HandlerRuntime(BadTopic(), home: home) }
    }

    @Test("events that fail are retried on real threads, and a key's order is kept over the retry")
    func retries() async throws {
        try await withHome { home in
            var options = quietOptions()
            options.retry = RetryPolicy(attempts: 3, firstDelayMilliseconds: 20)
            let runtime = try HandlerRuntime(Stumbler(failures: 1), home: home, options: options)
            try await running([runtime], until: { try registered(["stumbler"], in: home) }) {
                let roots = try (1...20).map { number in
                    var event = try root("retry-\(number)")
                    event.partitionKey = "one"
                    return event
                }
                let awaiter = try FlowAwaiter(home: home)
                try RootPublisher(home: home).publish(roots, level: .synced)
                let (isSettled, ledger) = try awaiter.wait(
                    for: Set(roots.map(\.flow)), until: Deadline(after: 120_000_000))
                #expect(isSettled)
                #expect(ledger.failures.isEmpty)
                let followed = ledger.said.values.filter { $0.event.topic.text == Doubled.topic }
                    .sorted { $0.position.sequence < $1.position.sequence }.map(\.event.flow.text)
                #expect(followed == roots.map(\.flow.text))
            }
        }
    }

    // MARK: parts

    private func root(_ flow: String) throws -> Event {
        try Event(
            topic: Topic(Number.topic), flow: FlowID(flow), time: WallClock.now(), data: Array(#"{"value":1}"#.utf8))
    }

    private func publish(_ number: Number, in home: Home) throws -> (Bool, FlowLedger, FlowID) {
        let awaiter = try FlowAwaiter(home: home)
        var event = try root("flow-\(number.value)")
        event.data = try PayloadCoder.encode(number)
        try RootPublisher(home: home).publish([event], level: .synced)
        let (isSettled, _) = try awaiter.wait(for: [event.flow], until: Deadline(after: 120_000_000))
        return (isSettled, try FlowReader(home: home).ledger(of: [event.flow]), event.flow)
    }

    private func registered(_ handlers: [String], in home: Home) throws -> Bool {
        let known = try RegistrationFolder(home: home).all().map(\.handler.text).sorted()
        return try known == handlers
            && handlers.allSatisfy {
                try DirectoryFolder(home: home).live(PublisherID(handler: HandlerName($0), slot: 0)) != nil
            }
    }

    private func deadEnd(of handler: some Handler) async throws -> String {
        try await withChoreography(.memory, handler, options: quietOptions()) { stage in
            let flow = try await stage.publish(Number(value: 1)).settled()
            #expect(flow.steps.count == 1, "nothing was published")
            return try #require(flow.deadEnds.first).error
        }
    }
}

private func quietOptions() -> RuntimeOptions {
    var options = RuntimeOptions()
    options.logger = .quiet
    return options
}

/// Keeps what a reaction must not keep.
private final class Leak: Sendable {
    private let held = Monitor<Handling?>(nil)
    var handling: Handling? {
        get { held.with { $0 } }
        set { held.with { $0 = newValue } }
    }
}

private struct Leaker: Handler {
    let name = "leaker"
    let leak: Leak
    var reactions: some Reactions {
        On(Number.self) { _, handling in leak.handling = handling }.emits(Doubled.self)
    }
}

/// Runs runtimes until `body` has returned, which begins when `condition` holds; then drains them.
private func running(
    _ runtimes: [HandlerRuntime], until condition: @escaping () throws -> Bool, _ body: () async throws -> Void
) async throws {
    let group = ServiceGroup(configuration: .init(services: runtimes.map { .init(service: $0) }, logger: .quiet))
    let running = Task { try await group.run() }
    do {
        let deadline = Deadline(after: 120_000_000)
        while try !condition() {
            guard !deadline.isOver else { throw ConformanceFailure("the handlers were not ready in 120 s") }
            await Task.yield()
        }
        try await body()
    } catch {
        await group.triggerGracefulShutdown()
        try? await running.value
        throw error
    }
    await group.triggerGracefulShutdown()
    try await running.value
}
