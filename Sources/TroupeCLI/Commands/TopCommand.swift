internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Glibc
internal import Troupe

/// `troupe top`.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch a home's handlers: rates, lag, delays, retries, dead letters, journals, restarts.",
        discussion: """
            Everything is read from journals, locks and what a launcher left; handlers are asked nothing. IN/s and OUT/s
            are events heard and said, LAG counts those that it has yet to hear, P50 and P99 are the time from an
            event's own until its handling was journaled, over the last 5 s.

            Keys: q quit, s sort by the next column, r reverse, / filter, h help. Where the output is no terminal, or
            with --once or --format json, it looks twice, --interval apart, and prints once; with status 1 when something
            cannot be read, which is a line of its own ('unreadable' in JSON).
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @OptionGroup var launch: LaunchOptions

    @Flag(help: "Look, print and end.")
    var once = false

    @Option(help: "text or json; json prints once, every key always, null where nothing is known.")
    var format = Format.text

    @Option(help: "Between two looks: 500ms, 1s, 10s.")
    var interval = TimeSpan(microseconds: 1_000_000)

    @Option(help: ArgumentHelp("The column to sort by, by its title: lag, in/s, p99 …", valueName: "column"))
    var sort: String?

    @Flag(help: "The other way round.")
    var reverse = false

    @Option(help: "Only handlers whose name or state has these words.")
    var filter = ""

    private var column: TopColumn? {
        guard let sort else { return .handler }
        return TopColumn.allCases.first { $0.title.lowercased() == sort.lowercased() }
    }

    func validate() throws {
        guard interval.milliseconds >= 100 else { throw ValidationError("--interval takes at least 100ms") }
        guard column != nil else {
            let titles = TopColumn.allCases.map { $0.title.lowercased() }
            throw ValidationError(
                "--sort '\(sort ?? "")'" + Nearest.question(sort ?? "", among: titles)
                    + " Columns are: \(titles.joined(separator: ", "))")
        }
    }

    func run() async throws {
        try await reporting {
            let home = try launch.home()
            try home.requireReadable()
            let model = TopModel(sort: column ?? .handler, isReversed: reverse, filter: filter)
            let isLive = isatty(STDOUT_FILENO) == 1 && !once && format == .text
            try await Blocking.onThread { try isLive ? watch(home, model) : look(home, model) }
        }
    }

    private func watch(_ home: Home, _ model: TopModel) throws {
        var loop = TopLoop(sampler: TopSampler(home: home), interval: interval.microseconds, model: model)
        try loop.run()
    }

    private func look(_ home: Home, _ model: TopModel) throws {
        var model = model
        let sampler = TopSampler(home: home)
        model.take(try sampler.sample())
        let due = SteadyClock.now() + interval.microseconds
        while SteadyClock.now() < due {
            poll(nil, 0, Int32((due.microseconds - SteadyClock.now().microseconds) / 1000 + 1))
        }
        model.take(try sampler.sample())
        guard format == .text else {
            Console.exact(try model.figures?.json() ?? "{}")
            try Console.end(model.figures?.unreadable ?? [])
            return
        }
        let width = isatty(STDOUT_FILENO) == 1 ? TopTerminal.size().width : TopScreen.width(of: model.rows)
        let screen = TopScreen(width: width, height: .max, style: Console.style)
        for line in screen.snapshot(model) { Console.line(line) }
        try Console.end(model.figures?.unreadable ?? [])
    }
}
