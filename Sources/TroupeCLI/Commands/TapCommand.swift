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
            is up before --count events were seen.
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
            try DirectoryFolder(home: home).verify()
            let tail = try JournalTail(home: home)
            _ = try tail.begin()
            Console.endWithReader()
            Console.error("tapping \(Count.text(tail.count, "journal")) of \(home.path)")
            let deadline = Deadline(after: timeout)
            var seen = 0
            while true {
                try tail.poll { publisher, entry in
                    try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
                        let view = try RecordView(bytes)
                        if let flow, !view.flowMatches(flow) { return }
                        let event = try view.event()
                        guard prefixes.isEmpty || prefixes.contains(where: { event.topic.text.hasPrefix($0) }),
                            seen < count ?? .max
                        else { return }
                        seen += 1
                        Console.line(json ? CloudEventsJSON.encode(event) : line(event, publisher))
                    }
                }
                if let count, seen >= count { return }
                if deadline.isOver {
                    guard count == nil else {
                        Console.error("troupe: \(seen) of \(count ?? 0) events within \(timeout!)")
                        throw ExitCode(2)
                    }
                    return
                }
                tail.wait(until: deadline)
            }
        }
    }

    private func line(_ event: Event, _ publisher: PublisherID) -> String {
        let data = event.isJSON ? String(decoding: event.data, as: UTF8.self) : "(\(event.data.count) bytes)"
        let emitter = event.serial.handler ?? publisher.handler.text
        return "\(event.time)  \(event.topic)  \(emitter)  \(event.flow)  \(event.serial)  \(data)"
    }
}
