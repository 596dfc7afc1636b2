internal import ArgumentParser
internal import Envelope
internal import Troupe

/// `troupe trace`.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show a flow's steps, read from the journals.",
        discussion: "Exits with 1 if no journal of the home has an event of the flow.")

    /// How a trace is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case tree
        case json
    }

    @Argument(help: "The flow's id, as publish prints it.")
    var flow: String

    @Option(help: "tree for people, json for programs.")
    var format: Format = .tree

    @OptionGroup var homeOptions: HomeOptions

    func run() async throws {
        try await reporting {
            let flow = try FlowID(flow)
            let home = try homeOptions.resolve()
            try home.requireReadable()
            guard let trace = try FlowReader(home: home).trace(flow) else {
                throw CommandError(
                    "no journal of \(home.path) has an event of flow \(flow). Check the id, and the home (--home)")
            }
            switch format {
            case .tree: for line in trace.lines(style: Console.style) { Console.line(line) }
            case .json: Console.line(try trace.json())
            }
        }
    }
}
