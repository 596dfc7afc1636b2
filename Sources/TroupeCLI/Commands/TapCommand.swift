internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe tap`.
struct TapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tap",
        abstract: "Show events as they are released, from now on.",
        discussion: """
            Reads the journals of the home as they grow, so that it misses nothing and costs the handlers nothing.
            Without --json an event is one line: time, topic, emitter, flow, serial, data. Exits with 2 when --timeout
            is up before --count events were seen; with 1 when something could not be read, which is a line of its own,
            with --json an object {"unreadable": …}.
            """)

    @Argument(help: "Only topics that begin so; all if none is given.", completion: Candidates.topics)
    var prefixes: [String] = []

    @Flag(help: "Print each event as CloudEvents JSON, one to a line.")
    var json = false

    @Option(help: "Only this flow.")
    var flow: String?

    @Option(help: "End after so many events.")
    var count: Int?

    @Option(help: "End after so long: 500ms, 10s, 2m.")
    var timeout: TimeSpan?

    @OptionGroup var homeOptions: HomeOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count takes at least 1") }
    }

    func run() async throws {
        try await reporting {
            let flow = try flow.map { try FlowID($0) }
            let home = try homeOptions.resolve()
            try home.requireReadable()
            let tail = try JournalTail(home: home)
            _ = try tail.begin()
            Console.endWithReader()
            Console.error("tapping \(Count.text(tail.count, "journal")) of \(home.path)")
            let deadline = Deadline(after: timeout)
            var (seen, told) = (0, 0)
            while true {
                // What cannot be read is a line when it is met, once.
                for row in tail.unreadable.dropFirst(told) { show(row) }
                told = tail.unreadable.count
                try tail.poll { publisher, entry in
                    entry.forEachReadable(problem: { tail.report($0, of: publisher) }) { view throws(EnvelopeError) in
                        if let flow, !view.flowMatches(flow) { return }
                        let event = try view.event()
                        guard prefixes.isEmpty || prefixes.contains(where: { event.topic.text.hasPrefix($0) }),
                            seen < count ?? .max
                        else { return }
                        seen += 1
                        if json {
                            Console.exact(CloudEventsJSON.encode(event))
                        } else {
                            Console.line(line(event, publisher))
                        }
                    }
                }
                if let count, seen >= count { return try end(tail, told) }
                if deadline.isOver {
                    guard count == nil else {
                        for row in tail.unreadable.dropFirst(told) { show(row) }
                        Console.error("troupe: \(seen) of \(count ?? 0) events within \(timeout!)")
                        throw ExitCode(2)
                    }
                    return try end(tail, told)
                }
                tail.wait(until: deadline)
            }
        }
    }

    private func end(_ tail: JournalTail, _ told: Int) throws {
        for row in tail.unreadable.dropFirst(told) { show(row) }
        try Console.end(tail.unreadable)
    }

    private func show(_ row: Unreadable) {
        if json { Console.exact(Unreadable.jsonLine(row)) } else { Console.line(row.line(style: Console.style)) }
    }

    private func line(_ event: Event, _ publisher: PublisherID) -> String {
        let data = event.isJSON ? String(decoding: event.data, as: UTF8.self) : "(\(event.data.count) bytes)"
        let emitter = event.serial.handler ?? publisher.handler.text
        return "\(event.time)  \(event.topic)  \(emitter)  \(event.flow)  \(event.serial)  \(data.printable)"
    }
}
