internal import ArgumentParser
internal import Glibc
internal import Troupe

/// `troupe map`.
struct MapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Draw who says what to whom: as declared, as seen, or what differs.",
        discussion: """
            Declared is what the programs of the choreography file say of themselves. Observed is what the journals of
            the home tell: how many events there were, how many a second of late, who is behind, what failed. With
            --diff both are drawn, with what was declared and never seen, and what was seen and is not declared.

              troupe map
              troupe map --observed
              troupe map --format svg > shop.svg
            """)

    /// How a map is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case mermaid
        case dot
        case svg
        case json
        case asyncapi
    }

    @OptionGroup var launch: LaunchOptions

    @Flag(help: "What the handlers declare; the default.")
    var declared = false

    @Flag(help: "What the journals tell.")
    var observed = false

    @Flag(help: "What is declared and was never seen, and the other way round.")
    var diff = false

    @Option(
        help: """
            text for people, mermaid, dot (Graphviz) and svg for pictures, json for programs, asyncapi for an AsyncAPI \
            3.0 document.
            """)
    var format: Format = .text

    @Option(help: ArgumentHelp("Only this handler, with its neighbours.", valueName: "handler"))
    var around: String?

    @Option(help: "Of how long rates are: 10s, 1m, 1h.")
    var window = TimeSpan(microseconds: 60_000_000)

    @Option(help: "Columns that the text may take. Default: the terminal's, else 100.")
    var width: Int?

    func validate() throws {
        guard [declared, observed, diff].count(where: { $0 }) < 2 else {
            throw ValidationError("choose one of --declared, --observed and --diff")
        }
        if let width, width < 20 { throw ValidationError("--width takes at least 20, not \(width)") }
        guard window.microseconds >= 1_000_000 else { throw ValidationError("--window takes at least 1s") }
    }

    func run() async throws {
        try await reporting {
            var map = try await map(diff ? .diff : observed ? .observed : .declared)
            if let around {
                let names = map.handlers.map(\.name)
                guard names.contains(around) else {
                    throw CommandError(
                        "there is no handler '\(around)' on the map" + Nearest.question(around, among: names)
                            + (names.isEmpty ? "" : " There are: \(names.joined(separator: ", "))"))
                }
                map = map.around(around)
            }
            switch format {
            case .text: for line in MapText.lines(map, width: columns, style: Console.style) { Console.line(line) }
            case .mermaid: Console.exact(MapDiagrams(map).mermaid())
            case .dot: Console.exact(MapDiagrams(map).dot())
            case .svg: Console.exact(MapSVG(map).text())
            case .json: Console.exact(try map.json())
            case .asyncapi: Console.exact(try MapAsyncAPI(map).json())
            }
            // A picture has no room for them.
            if format != .text, format != .json { for row in map.unreadable { Console.error(row.line()) } }
            try Console.end(map.unreadable)
        }
    }

    private func map(_ view: ChoreographyMap.View) async throws -> ChoreographyMap {
        // What is observed can do without a file: handlers that run tell what they declare.
        let isFileless = view == .observed && !launch.hasFile()
        let home = try launch.home()
        let cast: Cast
        if isFileless {
            try home.requireReadable()
            cast = try Cast(running: home)
        } else {
            let file = try launch.file()
            let (plans, findings) = await CastReader(file: file, home: try launch.home(of: file)).read()
            for finding in findings { Console.error(finding.lines(style: .plain)[0]) }
            cast = Cast(file, plans)
        }
        guard view != .declared else { return ChoreographyMap(cast, nil, view: view) }
        try home.requireReadable()
        let observation = try Observation(home, window: window.microseconds, now: WallClock.now())
        return ChoreographyMap(cast, observation, view: view)
    }

    /// The width that is meant: asked for, of the terminal, or of most.
    private var columns: Int {
        var size = winsize()
        if let width { return width }
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 20 { return Int(size.ws_col) }
        return 100
    }
}
