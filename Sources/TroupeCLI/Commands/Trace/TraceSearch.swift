internal import ArgumentParser
internal import Envelope
internal import Troupe

/// What `troupe trace` finds flows by, without their ids.
struct TraceSearch: ParsableArguments {
    static let names = "--topic, --since, --slowest or --failed"

    @Option(help: "Flows with an event on this topic.", completion: Candidates.topics)
    var topic: String?

    @Option(help: "Flows that began since then: 10m ago, or an RFC 3339 time. With --failed: that failed since then.")
    var since: Moment?

    @Option(help: ArgumentHelp("The flows that took longest, the longest first.", valueName: "count"))
    var slowest: Int?

    @Flag(help: "Flows that have a dead letter.")
    var failed = false

    @Option(help: "The most flows that are shown.")
    var limit: Int = 20

    var isGiven: Bool { topic != nil || since != nil || slowest != nil || failed }

    func validate() throws {
        if let slowest, slowest < 1 { throw ValidationError("--slowest takes at least 1") }
        if limit < 1 { throw ValidationError("--limit takes at least 1") }
    }

    /// The flows to show, and how many more there are.
    func find(in home: Home, note: (Unreadable) -> Void) throws -> (flows: [FlowID], more: Int) {
        let topic = try topic.map { try Topic($0) }
        let since = since?.time
        let dead = failed ? try FlowSurvey.failed(in: home, since: since, note: note) : []
        var found = try FlowSurvey.find(in: home, topic: topic, since: failed ? nil : since, note: note)
        if failed { found = found.filter { dead.contains($0.flow) } }
        if slowest != nil {
            found.sort { ($0.duration, $1.flow) > ($1.duration, $0.flow) }
        } else {
            found.sort { ($0.began, $0.flow) > ($1.began, $1.flow) }
        }
        let shown = min(slowest ?? limit, found.count)
        return (found.prefix(shown).map(\.flow), slowest == nil ? found.count - shown : 0)
    }
}
