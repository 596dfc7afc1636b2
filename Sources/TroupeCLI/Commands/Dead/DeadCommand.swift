internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe dead`.
struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "See, retry or drop dead letters: events that a handler gave up on.",
        subcommands: [DeadListCommand.self, DeadShowCommand.self, DeadRetryCommand.self, DeadDropCommand.self])
}

/// Which dead letters a command is about.
struct DeadSelection: ParsableArguments {
    @Option(help: "Only those of this handler.", completion: Candidates.handlers)
    var handler: String?

    @Option(help: "Only events on this topic.", completion: Candidates.topics)
    var topic: String?

    @Option(help: "Only events of this flow.")
    var flow: String?

    @OptionGroup var homeOptions: HomeOptions

    /// Whether nothing narrows the selection.
    var isEverything: Bool { handler == nil && topic == nil && flow == nil }

    /// The selected letters, and what could not be read of the journals that may hold more.
    func letters() throws -> (office: DeadLetterOffice, letters: [DeadLetterOffice.Letter], unreadable: [Unreadable]) {
        let flow = try flow.map { try FlowID($0) }
        let topic = try topic.map { try Topic($0) }
        let home = try homeOptions.resolve()
        try home.requireReadable()
        let office = DeadLetterOffice(home: home)
        let (all, unreadable) = office.look()
        let letters = all.filter { letter in
            (handler == nil || letter.holder.handler.text == handler || letter.holder.text == handler)
                && (topic == nil || letter.topic == topic) && (flow == nil || letter.flow == flow)
        }
        return (office, letters, unreadable.filter { isMeant($0.name) })
    }

    /// Whether a slot may hold letters that are meant.
    private func isMeant(_ slot: String) -> Bool {
        handler == nil || slot == handler || (try? PublisherID(slot))?.handler.text == handler
    }

    /// Has the holders of the selected letters do something with them, and says how many did it. One that cannot does not
    /// keep the others from it.
    func carryOut(_ verb: DeadLetterRequest.Verb, _ word: String) throws {
        let (office, letters, unreadable) = try letters()
        var (done, failed) = (0, false)
        for (holder, own) in Dictionary(grouping: letters, by: \.holder).sorted(by: { $0.key < $1.key }) {
            do { done += try office.carryOut(verb, own.map(\.letter.position), of: holder) } catch {
                failed = true
                Console.error("troupe: \(holder): \(error)")
            }
        }
        Console.line("\(word) \(done) dead letter\(done == 1 ? "" : "s")")
        Console.rows(unreadable)
        try Console.end(unreadable)
        if failed { throw ExitCode(1) }
    }
}

/// `troupe dead list`.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters, a line each: handler, topic, flow, serial, attempts, error.",
        discussion: """
            One whose record is no event is listed, too, with a line that says what is wrong with it: show prints its
            bytes, retry has its handler try it again, drop takes it away. Exits with 1 when something cannot be read.
            """)

    @OptionGroup var selection: DeadSelection

    func run() async throws {
        try await reporting {
            let (_, letters, unreadable) = try selection.letters()
            for letter in letters { Console.line(line(letter)) }
            Console.rows(letters.compactMap(\.unreadable) + unreadable)
            if letters.isEmpty, unreadable.isEmpty { Console.error("no dead letters") }
            try Console.end(letters.compactMap(\.unreadable) + unreadable)
        }
    }
}

extension DeadListCommand {
    private func line(_ letter: DeadLetterOffice.Letter) -> String {
        let serial = letter.event?.serial.text ?? "(no event)"
        let flow = letter.flow?.text ?? "(no flow)"
        return "\(letter.holder.handler)  \(letter.topic)  \(flow)  \(serial)"
            + "  \(letter.letter.attempts) attempt\(letter.letter.attempts == 1 ? "" : "s")"
            + "  \(letter.letter.error.printable)"
    }
}

/// `troupe dead show`.
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show dead letters whole: when and why each died, and its event as JSON.",
        discussion: "A record that is no event is shown as bytes, with what is wrong with it; the status is 1 then.")

    @OptionGroup var selection: DeadSelection

    func run() async throws {
        try await reporting {
            let (_, letters, unreadable) = try selection.letters()
            for letter in letters {
                let id = letter.event?.id ?? letter.flow?.text ?? letter.topic.text
                Console.line(
                    Console.style.bold("\(letter.holder.handler)  \(id.printable)") + "  heard at "
                        + "\(letter.letter.position)")
                Console.line("  given up \(letter.letter.time) after \(Count.text(letter.letter.attempts, "attempt"))")
                Console.line("  \(letter.letter.error.printable)")
                if let event = letter.event {
                    Console.line("  \(CloudEventsJSON.encode(event))")
                } else {
                    if let row = letter.unreadable { Console.line("  " + row.line(style: Console.style)) }
                    for line in HexDump.lines(letter.letter.record) { Console.line("  \(line)") }
                }
            }
            Console.rows(unreadable)
            if letters.isEmpty, unreadable.isEmpty { Console.error("no dead letters") }
            try Console.end(letters.compactMap(\.unreadable) + unreadable)
        }
    }
}

/// `troupe dead retry`.
struct DeadRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Handle dead letters again, with all attempts before them; ids, serials and trace stay.",
        discussion:
            "Name which: --handler, --topic, --flow, or --all. Works while the handler runs and while it does not.")

    @OptionGroup var selection: DeadSelection

    @Flag(help: "All dead letters of the home.")
    var all = false

    func validate() throws {
        guard all || !selection.isEverything else {
            throw ValidationError("name which to retry: --handler, --topic, --flow, or --all")
        }
    }

    func run() async throws {
        try await reporting {
            try selection.carryOut(.retry, "retrying")
        }
    }
}

/// `troupe dead drop`.
struct DeadDropCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Give dead letters up for good. Their events stay in their publishers' journals.",
        discussion: "Name which: --handler, --topic, --flow, or --all.")

    @OptionGroup var selection: DeadSelection

    @Flag(help: "All dead letters of the home.")
    var all = false

    func validate() throws {
        guard all || !selection.isEverything else {
            throw ValidationError("name which to drop: --handler, --topic, --flow, or --all")
        }
    }

    func run() async throws {
        try await reporting {
            try selection.carryOut(.drop, "dropped")
        }
    }
}
