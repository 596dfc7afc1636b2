internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Handle recorded events again in a dry run, and show what a handler would say otherwise.",
        discussion: """
            Nothing is published or journaled; what a reaction does to the outside world it does again. Ids are as
            recorded, and context.now is when the last attempt began. Each difference is shown as what was said then (-)
            and now (+). Exits with 1 when there is one, or when the handler heard no such event.

              troupe replay payment --flow 01a1fbfb-0ddb-7f2b-b8e1-8598860227c8
              troupe replay payment --since 1h --against .build/release/shop-payment
            """)

    @Argument(help: "The handler's name.", completion: Candidates.handlers)
    var handler: String

    @Option(help: "The events of this flow.")
    var flow: String?

    @Option(help: "The events that it was done with since then: 10m ago, or an RFC 3339 time.")
    var since: Moment?

    @Option(
        help: ArgumentHelp(
            "The program that handles them. Default: the one that the choreography file names.", valueName: "executable"
        ))
    var against: String?

    @Option(name: .customLong("set"), help: ArgumentHelp("A setting, over the file's; repeatable.", valueName: "k=v"))
    var set: [String] = []

    @OptionGroup var homeOptions: HomeOptions

    func validate() throws {
        guard (flow == nil) != (since == nil) else {
            throw ValidationError("say which events: either --flow ID or --since T")
        }
    }

    func run() async throws {
        try await reporting {
            let name = try HandlerName(handler)
            let home = try homeOptions.resolve()
            try home.requireReadable()
            let found = UnreadableList()
            let recorded = try recorded(name, home, note: found.add)
            Console.rows(found.rows)
            guard !recorded.isEmpty else {
                throw CommandError(
                    "the journals of \(home.path) have no such event that \(name) is done with. Check the handler's name,"
                        + " --flow or --since, and the home (--home)")
            }
            let program = try ReplayProgram(handler: name, against: against, set: set, homeOptions)
            let answers = try await program.answers(to: recorded.map(\.request))
            let different = try zip(recorded, answers).reduce(0) { count, pair in
                guard let difference = try ReplayDifference(then: pair.0.answer, now: pair.1) else { return count }
                show(pair.0, difference)
                return count + 1
            }
            let events = "\(recorded.count) event\(recorded.count == 1 ? "" : "s")"
            Console.line(
                "replayed \(events) of \(name): \(recorded.count - different) the same, \(different) different")
            try Console.end(found.rows)
            if different > 0 { throw ExitCode(1) }
        }
    }

    private func recorded(
        _ name: HandlerName, _ home: Home, note: (Unreadable) -> Void
    ) throws -> [RecordedHandling] {
        if let since { return try RecordedHandling.of(name, since: since.time, home: home, note: note) }
        let flow = try FlowID(flow ?? "")
        return try RecordedHandling.of(name, in: FlowReader(home: home).look(for: flow, note: note))
    }

    private func show(_ handling: RecordedHandling, _ difference: ReplayDifference) {
        let style = Console.style
        Console.line(style.bold("\(handling.event.topic)  \(handling.event.id.printable)"))
        for line in difference.lines {
            Console.line("  " + (line.hasPrefix("-") ? style.red(line.printable) : style.green(line.printable)))
        }
    }
}
