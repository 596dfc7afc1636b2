internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe journal cat`.
struct JournalCatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cat",
        abstract: "Print a journal's entries: what was heard, said and known, in the order of appending.",
        discussion: "With --json only what was said, as CloudEvents JSON, one event to a line.")

    @Option(help: "Only events of this flow.")
    var flow: String?

    @Flag(help: "Print said events as CloudEvents JSON.")
    var json = false

    @OptionGroup var options: JournalOptions

    func run() async throws {
        try await reporting {
            let flow = try flow.map { try FlowID($0) }
            for (publisher, reader) in try options.journals() {
                let end = try reader.end()
                var place = try reader.start()
                while !place.reaches(end) {
                    let after = try reader.read(from: place, upTo: end, maxBytes: 8 << 20) { entry in
                        try show(entry, publisher, flow)
                        return true
                    }
                    if after == place { break }
                    place = after
                }
            }
        }
    }

    private func show(_ entry: EngineEntry, _ publisher: PublisherID, _ flow: FlowID?) throws {
        var lines: [String] = []
        try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
            let view = try RecordView(bytes)
            if let flow, !view.flowMatches(flow) { return }
            let event = try view.event()
            lines.append(
                json
                    ? CloudEventsJSON.encode(event)
                    : "  said   \(event.topic)#\(event.sequence)  \(event.flow)  \(event.serial)")
        }
        if !json { lines += try heardAndKnown(entry, flow) }
        guard !lines.isEmpty else { return }
        if !json { Console.line("\(publisher)  \(entry.time)  \(entry.level)") }
        for line in lines { Console.line(line) }
    }

    /// Runs say nothing of flows: with `--flow` only parks and dead letters, which hold their records, are shown.
    private func heardAndKnown(_ entry: EngineEntry, _ flow: FlowID?) throws -> [String] {
        var lines: [String] = []
        if flow == nil {
            lines += try entry.heard().map { run in
                "  heard  \(run.stream)#\(run.range.lowerBound)…\(run.range.upperBound)  \(run.outcome)"
            }
        }
        for item in try entry.knows() {
            switch item {
            case .park(let park):
                guard try matches(park.record, flow) else { continue }
                lines.append("  parked \(park.position)  \(park.reason), due \(park.due)  \(park.error)")
            case .dead(let letter):
                guard try matches(letter.record, flow) else { continue }
                lines.append("  dead   \(letter.position)  after \(letter.attempts): \(letter.error)")
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

    private func matches(_ record: [UInt8], _ flow: FlowID?) throws -> Bool {
        guard let flow else { return true }
        return try record.withUnsafeBytes { try RecordView($0).flowMatches(flow) }
    }
}
