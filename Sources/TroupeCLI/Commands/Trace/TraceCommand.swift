internal import ArgumentParser
internal import Envelope
internal import Troupe

/// `troupe trace`.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Show a flow's steps, read from the journals; or find flows.",
        discussion: """
            Each step has its number, who said it and when after the root; how long its cause was queued for that
            handler and how long the last attempt took; ▸ marks the critical path. Exits with 1 if no journal of the home
            has an event of the flow, and when something of the home cannot be read: that is a line of its own
            ('unreadable' in JSON), and the rest is shown.

            Without a flow, --topic, --since, --slowest and --failed find some, the newest first, or the slowest:

              troupe trace --topic shop.order.placed --slowest 10
              troupe trace --failed --since 1h
              troupe trace --since 10m --format otlp > traces.jsonl
            """)

    /// How a trace is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case tree
        case json
        case mermaid
        case otlp
    }

    @Argument(help: "The flow's id, as publish prints it.")
    var flow: String?

    @Option(
        help: "tree for people, json for programs, mermaid for a sequence diagram, otlp for OpenTelemetry JSON lines.")
    var format: Format = .tree

    @Flag(help: "Print the trace again whenever it changes, until the flow is settled; exits with 1 on dead letters.")
    var follow = false

    @Option(help: "How long --follow goes on: 500ms, 10s, 2m; exits with 2 when the time is up.")
    var timeout: TimeSpan?

    @OptionGroup(title: "Finding flows") var search: TraceSearch

    @OptionGroup var homeOptions: HomeOptions

    func validate() throws {
        if flow == nil, !search.isGiven {
            throw ValidationError("name the flow: troupe trace <flow>; or find some with \(TraceSearch.names)")
        }
        if flow != nil, search.isGiven {
            throw ValidationError("<flow> names one; it cannot go with \(TraceSearch.names)")
        }
        if follow, flow == nil { throw ValidationError("--follow needs a <flow>") }
        if timeout != nil, !follow { throw ValidationError("--timeout goes with --follow") }
    }

    func run() async throws {
        try await reporting {
            let home = try homeOptions.resolve()
            try home.requireReadable()
            guard let flow else {
                try find(in: home)
                return
            }
            let id = try FlowID(flow)
            if follow {
                try TraceFollower(home: home, flow: id, timeout: timeout).run(isExact: format != .tree, lines: lines)
                return
            }
            let found = UnreadableList()
            if let trace = try FlowReader(home: home).trace(id, note: found.add) {
                try show(trace)
                // A picture has no room for them.
                if format == .mermaid || format == .otlp { for row in found.rows { Console.error(row.line()) } }
                try Console.end(found.rows)
            } else {
                throw CommandError(
                    "no journal of \(home.path) has an event of flow \(id)"
                        + (found.rows.isEmpty
                            ? ". Check the id, and the home (--home)"
                            : ", as far as they can be read; "
                                + found.rows.map { $0.line() }.joined(separator: "; ")))
            }
        }
    }

    private func find(in home: Home) throws {
        let found = UnreadableList()
        let (flows, more) = try search.find(in: home, note: found.add)
        let reader = FlowReader(home: home)
        for flow in flows {
            guard let trace = try reader.trace(flow, note: found.add) else { continue }
            if format == .tree { Console.line(trace.line(style: Console.style)) } else { try show(trace) }
        }
        if flows.isEmpty { Console.error("no such flow in \(home.path)") }
        if format == .tree { Console.rows(found.rows) } else { for row in found.rows { Console.error(row.line()) } }
        if more > 0 { Console.error("… and \(more) more; --limit \(flows.count + more) shows all") }
        try Console.end(found.rows)
    }

    private func show(_ trace: FlowTrace) throws {
        for line in try lines(trace) { if format == .tree { Console.line(line) } else { Console.exact(line) } }
    }

    private func lines(_ trace: FlowTrace) throws -> [String] {
        switch format {
        case .tree: trace.lines(style: Console.style)
        case .json: [try trace.json()]
        case .mermaid: trace.mermaid()
        case .otlp: [try trace.otlp()]
        }
    }
}
