internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe journal cat`.
struct JournalCatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Print a journal's entries: what was heard, said and known, in the order of appending.",
        discussion: """
            With --json only what was said, as CloudEvents JSON, one event to a line. What cannot be read is a line where
            it stands, with --json an object {"unreadable": …}, and what follows is printed; the status is 1 then.
            """)

    @Option(help: "Only events of this flow.")
    var flow: String?

    @Flag(help: "Print said events as CloudEvents JSON.")
    var json = false

    @OptionGroup var options: JournalOptions

    func run() async throws {
        try await reporting {
            let flow = try flow.map { try FlowID($0) }
            let found = UnreadableList()
            // Where something cannot be read, there stands its row.
            let note: (Unreadable) -> Void = { row in
                let before = found.rows.count
                found.add(row)
                guard found.rows.count > before else { return }
                if json { Console.exact(Unreadable.jsonLine(row)) } else { Console.rows([row]) }
            }
            for look in try options.journals(note: note) {
                try look.read { entry in show(entry, look, flow) }
            }
            try Console.end(found.rows)
        }
    }

    private func show(_ entry: EngineEntry, _ look: JournalLook, _ flow: FlowID?) {
        var lines: [String] = []
        entry.forEachReadable(problem: look.report) { view throws(EnvelopeError) in
            if let flow, !view.flowMatches(flow) { return }
            let event = try view.event()
            lines.append(
                json
                    ? CloudEventsJSON.encode(event)
                    : "  said   \(event.topic)#\(event.sequence)  \(event.flow)  \(event.serial)")
        }
        if !json { lines += heardAndKnown(entry, flow, look.report) }
        guard !lines.isEmpty else { return }
        if !json { Console.line("\(look.publisher)  \(entry.time)  \(entry.level)") }
        for line in lines { if json { Console.exact(line) } else { Console.line(line) } }
    }

    /// Runs say nothing of flows: with `--flow` only parks and dead letters, which hold their records, are shown.
    private func heardAndKnown(
        _ entry: EngineEntry, _ flow: FlowID?, _ problem: (EntryProblem) -> Void
    ) -> [String] {
        var lines: [String] = []
        if flow == nil {
            lines += entry.readableHeard(problem: problem).map { run in
                "  heard  \(run.stream)#\(run.range.lowerBound)…\(run.range.upperBound)  \(run.outcome)"
            }
        }
        for item in entry.readableKnows(problem: problem) {
            switch item {
            case .park(let park):
                guard matches(park.record, flow) else { continue }
                lines.append("  parked \(park.position)  \(park.reason), due \(park.due)  \(park.error.printable)")
            case .dead(let letter):
                guard matches(letter.record, flow) else { continue }
                lines.append("  dead   \(letter.position)  after \(letter.attempts): \(letter.error.printable)")
            case .unpark(let position): if flow == nil { lines.append("  done   \(position)") }
            case .undead(let position): if flow == nil { lines.append("  undead \(position)") }
            case .lost(let stream, _, let low): if flow == nil { lines.append("  lost   \(stream)  above \(low)") }
            case .cursor(let stream, _, let low): if flow == nil { lines.append("  cursor \(stream)  \(low)") }
            case .epoch(let epoch, _): if flow == nil { lines.append("  epoch  \(epoch)") }
            case .trying(let position, let count):
                if flow == nil { lines.append("  trying \(position)  for the \(count). time in a row") }
            case .closed: if flow == nil { lines.append("  closed") }
            case .forgot(let oldest): if flow == nil { lines.append("  forgot the epochs before \(oldest)") }
            case .opened: if flow == nil { lines.append("  opened") }
            case .took(let times):
                if flow == nil { lines.append("  took   " + times.map { "\($0) µs" }.joined(separator: ", ")) }
            }
        }
        return lines
    }

    private func matches(_ record: [UInt8], _ flow: FlowID?) -> Bool {
        guard let flow else { return true }
        return record.withUnsafeBytes { (try? RecordView($0).flowMatches(flow)) ?? false }
    }
}
