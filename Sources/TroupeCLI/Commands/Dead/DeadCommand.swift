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

    func letters() throws -> (DeadLetterOffice, [DeadLetterOffice.Letter]) {
        let flow = try flow.map { try FlowID($0) }
        let topic = try topic.map { try Topic($0) }
        let home = try homeOptions.resolve()
        try home.requireReadable()
        let office = DeadLetterOffice(home: home)
        let letters = try office.letters().filter { letter in
            (handler == nil || letter.holder.handler.text == handler || letter.holder.text == handler)
                && (topic == nil || letter.event.topic == topic) && (flow == nil || letter.event.flow == flow)
        }
        return (office, letters)
    }

    /// Has the holders of the selected letters do something with them. Returns how many did it.
    func carryOut(_ verb: DeadLetterRequest.Verb) throws -> Int {
        let (office, letters) = try letters()
        let byHolder = Dictionary(grouping: letters, by: \.holder)
        return try byHolder.sorted { $0.key < $1.key }.reduce(0) { sum, item in
            try sum + office.carryOut(verb, item.value.map(\.letter.position), of: item.key)
        }
    }
}

/// `troupe dead list`.
struct DeadListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List dead letters, a line each: handler, topic, flow, serial, attempts, error.")

    @OptionGroup var selection: DeadSelection

    func run() async throws {
        try await reporting {
            let (_, letters) = try selection.letters()
            for letter in letters {
                let event = letter.event
                Console.line(
                    "\(letter.holder.handler)  \(event.topic)  \(event.flow)  \(event.serial)"
                        + "  \(Count.text(letter.letter.attempts, "attempt"))  \(letter.letter.error)")
            }
            if letters.isEmpty { Console.error("no dead letters") }
        }
    }
}

/// `troupe dead show`.
struct DeadShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show dead letters whole: when and why each died, and its event as JSON.")

    @OptionGroup var selection: DeadSelection

    func run() async throws {
        try await reporting {
            let (_, letters) = try selection.letters()
            for letter in letters {
                Console.line(
                    Console.style.bold("\(letter.holder.handler)  \(letter.event.id)") + "  heard at "
                        + "\(letter.letter.position)")
                Console.line("  given up \(letter.letter.time) after \(Count.text(letter.letter.attempts, "attempt"))")
                Console.line("  \(letter.letter.error)")
                Console.line("  \(CloudEventsJSON.encode(letter.event))")
            }
            if letters.isEmpty { Console.error("no dead letters") }
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
            let count = try selection.carryOut(.retry)
            Console.line("retrying \(count) dead letter\(count == 1 ? "" : "s")")
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
            let count = try selection.carryOut(.drop)
            Console.line("dropped \(count) dead letter\(count == 1 ? "" : "s")")
        }
    }
}
