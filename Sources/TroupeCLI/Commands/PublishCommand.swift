internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe publish`.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish an event, or one for each line of input.",
        discussion: """
            Prints the flow's id and the durability reached. With --await it returns when every registered handler is
            done with the whole flow, prints the trace, and exits with 0 if it settled, 1 if it settled with dead
            letters, 2 if the time was up.

              troupe publish shop.order.placed '{"orderID":"A-1","sku":"tea","quantity":2,"total":1980}' --await
              troupe publish shop.order.placed @order.json --id order-4711
              generate-orders | troupe publish shop.order.placed - --lines
            """)

    @Argument(help: "The topic, dotted lowercase: shop.order.placed.", completion: Candidates.topics)
    var topic: String

    @Argument(help: "The data: JSON text, @FILE, or - for standard input.")
    var data: String

    @Flag(help: "Publish one event for each line of the data.")
    var lines = false

    @Option(
        help: """
            The flow's id, a UUID or a name of your own; publishing it again does nothing for as long as the event is in \
            the journal. Once retention has removed it, it is published anew.
            """)
    var id: String?

    @Option(help: "The partition key: events of one key are handled in order.")
    var key: String?

    @Option(help: ArgumentHelp("An entry of the context that travels with the flow; repeatable.", valueName: "k=v"))
    var context: [String] = []

    @Option(help: "The W3C traceparent that the flow continues.")
    var traceparent: String?

    @Option(
        help: "What is reached before this returns: synced, written or memory.",
        transform: { try Choice.read($0, { Durability($0) }, "synced, written or memory") })
    var durability: Durability = .synced

    @Flag(help: "Publish data that does not fit what its consumers expect.")
    var noCheck = false

    @Flag(help: "Publish nothing on a topic that nobody hears; without this, that is only told.")
    var strict = false

    @Flag(name: .customLong("await"), help: "Wait until the flow is settled, and print its trace.")
    var awaits = false

    @Option(help: "How long --await waits: 500ms, 10s, 2m.")
    var timeout = TimeSpan(microseconds: 10_000_000)

    @OptionGroup var homeOptions: HomeOptions

    /// The most bytes of data that an event may have.
    private static let dataLimit = 64 << 10
    /// So much is read of it, with the space between its tokens.
    private static let inputLimit = 1 << 20

    func validate() throws {
        if lines, id != nil { throw ValidationError("--id names one flow; it cannot go with --lines") }
        if data == "@" { throw ValidationError("'@' needs a file's name: @order.json") }
    }

    func run() async throws {
        try await reporting {
            let topic = try Topic(topic)
            let template = try template(topic)
            let home = try homeOptions.resolve()
            let check = noCheck ? nil : try await PayloadCheck(topic, home)
            // Read and checked before anything is made or published.
            let single =
                try lines
                ? nil
                : event(template, data: InputReader.bytes(of: data, limit: Self.inputLimit), check, where: "the data")
            if awaits, !home.exists { throw nobody(topic, home) }
            try lookForAudience(topic, home)
            try home.prepare(choreography: homeOptions.choreography())
            let awaiter = awaits ? try FlowAwaiter(home: home) : nil
            if let awaiter, awaiter.consumers(of: topic).isEmpty {
                throw nobody(topic, home)
            }
            let publisher = RootPublisher(home: home) { Console.error("troupe: \($0)") }
            let flows: [FlowID]
            if let single {
                let outcome =
                    id == nil
                    ? try publishNew(single, publisher) : try publisher.publishOnce(single, level: durability)
                flows = [single.flow]
                Console.done(
                    outcome == .published
                        ? "flow \(single.flow) published at \(durability)"
                        : "flow \(single.flow) already published")
                if outcome == .alreadyPublished, awaits {
                    try await settleExisting(single.flow, home)
                    return
                }
            } else {
                flows = try publishLines(template, check, publisher)
                Console.done("published \(Count.text(flows.count, "event")) at \(durability)")
            }
            try publisher.close()
            if let awaiter { try settle(flows, awaiter, home) }
        }
    }

    /// Says that nobody hears a topic; throws that with --strict.
    private func lookForAudience(_ topic: Topic, _ home: Home) throws {
        let file = homeOptions.home == nil || homeOptions.file != nil ? try homeOptions.choreographyFile() : nil
        let audience = Audience(of: topic, in: home, file)
        guard !audience.isHeard else { return }
        if strict { throw CommandError("\(audience.complaint); nothing was published") }
        // With --await it is an error anyway.
        if !awaits { Console.error("troupe: \(audience.complaint)") }
    }

    private func nobody(_ topic: Topic, _ home: Home) -> CommandError {
        let near = Audience(of: topic, in: home, nil).suggestion
        return CommandError(
            "nobody is registered for '\(topic)' in \(home.path), so there is nothing to await; nothing was published"
                + (near.isEmpty ? "." : near) + " Start a handler that consumes it, or publish without --await")
    }

    private func publishNew(_ event: Event, _ publisher: RootPublisher) throws -> RootPublisher.Outcome {
        try publisher.publish([event], level: durability)
        return .published
    }

    // MARK: events

    /// An event with everything but its flow and data.
    private func template(_ topic: Topic) throws -> Event {
        var random = FlowRandom()
        let now = WallClock.now()
        let flow = try id.map { try FlowID($0) } ?? FlowID.generate(microseconds: now.microseconds, using: &random)
        var event = Event(topic: topic, flow: flow, time: now)
        event.partitionKey = key
        event.traceparent = try traceparent.map { try Traceparent($0) }
        for pair in context {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw CommandError("--context takes k=v, not '\(pair)'")
            }
            event.context[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        try event.validate()
        return event
    }

    private func event(_ template: Event, data: [UInt8], _ check: PayloadCheck?, where place: String) throws -> Event {
        var event = template
        event.data = try checked(data[...], check, where: place)
        return event
    }

    /// The data of an event: JSON that fits, without the space between its tokens.
    private func checked(
        _ data: ArraySlice<UInt8>, _ check: PayloadCheck?, where place: @autoclosure () -> String
    ) throws -> [UInt8] {
        // The limit is on what is stored.
        guard data.count <= Self.dataLimit || data.count <= Self.inputLimit && Self.stored(data) <= Self.dataLimit
        else {
            throw CommandError(
                "\(place()) has more than the \(Self.dataLimit) bytes that an event holds, white space outside strings"
                    + " not counted. Store it elsewhere and publish a reference to it")
        }
        let value = try PayloadCheck.read(data, where: place())
        if let check { try check.refuse(value, where: place()) }
        return data.withUnsafeBytes { JSONText.minify($0) }
    }

    private static func stored(_ data: ArraySlice<UInt8>) -> Int {
        data.withUnsafeBytes { JSONText.minify($0) }.count
    }

    private func publishLines(
        _ template: Event, _ check: PayloadCheck?, _ publisher: RootPublisher
    ) throws -> [FlowID] {
        var flows: [FlowID] = []
        var number = 0
        var batch = try EventBatch(template, dataLimit: Self.dataLimit)
        try InputReader.forEachBatch(of: data, lineLimit: Self.inputLimit) { lines in
            batch.removeAll()
            var failure: (any Error)?
            for line in lines {
                number += 1
                if line.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) { continue }
                do {
                    flows.append(try batch.append(checked(line, check, where: "line \(number)")))
                } catch {
                    failure = error
                    break
                }
            }
            try publisher.publish(batch, level: durability)
            if let failure {
                throw CommandError(
                    "\(failure) (\(Count.text(flows.count, "event")) before it"
                        + " \(flows.count == 1 ? "was" : "were") published at \(durability); mend the line and publish"
                        + " from there on)")
            }
        }
        return flows
    }

    // MARK: awaiting

    private func settle(_ flows: [FlowID], _ awaiter: FlowAwaiter, _ home: Home) throws {
        guard !flows.isEmpty else { return }
        let deadline = Deadline(after: timeout)
        let (isSettled, ledger) = try awaiter.wait(for: Set(flows), until: deadline)
        let reader = FlowReader(home: home)
        if flows.count == 1 {
            guard let trace = try reader.trace(flows[0]) else {
                throw CommandError("the flow \(flows[0]) is in no journal of \(home.path)")
            }
            try finish(trace, isSettled: isSettled)
        }
        let outstanding = ledger.outstanding()
        let open = Set(outstanding.map(\.event.flow))
        let failed = Set(ledger.failures.map(\.0.flow))
        Console.line(
            "\(flows.count - open.count) of \(flows.count) flows settled, \(failed.count) with failures,"
                + " \(ledger.said.count) events")
        if !isSettled {
            for item in outstanding.prefix(20) {
                let state = reader.isRunning(item.handler) ? "running" : "not running"
                Console.error("outstanding: \(item.topic) of flow \(item.event.flow) on \(item.handler) (\(state))")
            }
            if outstanding.count > 20 { Console.error("… and \(outstanding.count - 20) more") }
            Console.error("troupe: not settled within \(timeout)")
            throw ExitCode(2)
        }
        if !failed.isEmpty { throw ExitCode(1) }
    }

    /// Awaits a flow that was published before: its journals are read whole until it is settled.
    private func settleExisting(_ flow: FlowID, _ home: Home) async throws {
        let deadline = Deadline(after: timeout)
        let tail = try JournalTail(home: home)
        while true {
            try tail.poll { _, _ in }
            guard let trace = try FlowReader(home: home).trace(flow) else {
                throw CommandError("the flow \(flow) is in no journal of \(home.path)")
            }
            if trace.isSettled || deadline.isOver { try finish(trace, isSettled: trace.isSettled) }
            tail.wait(until: deadline)
        }
    }

    private func finish(_ trace: FlowTrace, isSettled: Bool) throws -> Never {
        for line in trace.lines(style: Console.style) { Console.line(line) }
        guard isSettled else {
            Console.error("troupe: not settled within \(timeout)")
            for item in trace.outstanding {
                let state = item.isRunning ? "running" : "not running"
                Console.error("outstanding: \(item.topic) on \(item.handler) (\(state)): \(item.reason)")
            }
            throw ExitCode(2)
        }
        throw ExitCode(trace.failures > 0 ? 1 : 0)
    }
}
