internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Glibc
internal import Troupe

/// `troupe journal verify`.
struct JournalVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read every released entry and check every checksum and sequence.",
        discussion: """
            Exits with 1 when a journal is damaged, naming each file and place, and when consumers have heard more of it
            than it holds: then it was put back from a copy, or its writer has not recovered yet.

            With --peer a handler that another program wrote is checked as strictly as those who hear it do: files,
            entries, names, sequences, and what it heard against what was said.
            """)

    @Option(
        help: ArgumentHelp(
            "Check only this handler or slot, and all that a foreign one can do wrong.", valueName: "name"),
        completion: Candidates.handlers)
    var peer: String?

    @OptionGroup var options: JournalOptions

    func validate() throws {
        if peer != nil, !options.names.isEmpty { throw ValidationError("--peer names the journal; give no other") }
    }

    func run() async throws {
        try await reporting {
            if let peer { return try check(peer) }
            let all = UnreadableList()
            var damaged: Set<String> = []
            let looks = try options.journals(note: all.add)
            for row in all.rows {
                damaged.insert(row.name)
                Console.line("\(row.name): DAMAGED: \(row.line())")
            }
            for look in looks {
                let before = all.rows.count
                let (entries, events, holes) = try verify(look)
                let rows = all.rows.dropFirst(before)
                let isDamaged = !holes.isEmpty || rows.contains { $0.kind == .journal }
                let verdict =
                    isDamaged
                    ? "DAMAGED" : rows.isEmpty ? "whole" : "whole, with \(rows.count) that cannot be understood"
                Console.line("\(look.publisher): \(entries) entries, \(events) events, \(verdict)")
                for row in rows { Console.line("  " + row.line(style: Console.style)) }
                for hole in holes { Console.line("  " + hole) }
                if isDamaged { damaged.insert(look.publisher.text) }
            }
            let unknown = try unknown(looks.map(\.publisher.text))
            for hearing in unknown { Console.line(Console.style.red(hearing.text)) }
            guard damaged.isEmpty else {
                throw CommandError(
                    "\(damaged.count) journal\(damaged.count == 1 ? " is" : "s are") damaged. Nothing was changed."
                        + " Restore the files from a backup; a handler whose journal is damaged refuses to start")
            }
            if unknown.isEmpty, let row = all.rows.first {
                throw CommandError("\(row.name) holds what cannot be understood. Nothing was changed")
            }
            if !unknown.isEmpty {
                throw CommandError("consumers have heard more than these journals hold. Nothing was changed")
            }
        }
    }

    private func check(_ name: String) throws {
        let home = try options.homeOptions.resolve()
        try home.requireReadable()
        let all = JournalShelf(home: home).publishers()
        let found = all.filter { $0.text == name || $0.handler.text == name }
        guard !found.isEmpty else {
            let known = all.map(\.text).joined(separator: ", ")
            throw CommandError(
                "\(home.path) has no journal '\(name)'; " + (known.isEmpty ? "it has none at all" : "it has \(known)"))
        }
        var count = 0
        for publisher in found {
            let check = try PeerCheck.run(publisher, home: home)
            count += check.findings.count
            Console.line(
                "\(publisher): \(check.entries) entries, \(check.events) events, "
                    + (check.findings.isEmpty ? "as the articles say" : Count.text(check.findings.count, "finding")))
            for finding in check.findings { Console.line("  " + finding.text) }
        }
        guard count == 0 else {
            throw CommandError(
                "\(name) is not what those who hear it take: \(Count.text(count, "finding")). Nothing was changed;"
                    + " the article Writing a peer says what is right")
        }
    }

    /// What consumers have heard beyond the ends of the journals that are meant.
    private func unknown(_ names: [String]) throws -> [UnknownHearing] {
        let backlogs = try HandlerBacklog.all(in: options.homeOptions.resolve())
        return backlogs.sorted { $0.key < $1.key }.flatMap(\.value.unknown).filter { names.contains($0.publisher) }
    }

    /// Reads a journal. What cannot be read is noted; returned is where sequences do not go on.
    private func verify(_ look: JournalLook) throws -> (entries: Int, events: Int, holes: [String]) {
        var progress = Progress("\(look.publisher)")
        var (entries, events) = (0, 0)
        var next: [Topic: UInt64] = [:]
        var holes: [String] = []
        let end = look.end ?? 0
        try look.read { entry in
            entries += 1
            _ = entry.readableHeard(problem: look.report)
            _ = entry.readableKnows(problem: look.report)
            entry.forEachReadable(problem: look.report) { view throws(EnvelopeError) in
                if let topic = try? Topic(String(decoding: view.topicBytes, as: UTF8.self)) {
                    if let due = next[topic], view.sequence != due, holes.count < 100 {
                        holes.append("\(topic) goes on at \(view.sequence) where \(due) was due")
                    }
                    next[topic] = view.sequence &+ 1
                }
                _ = try view.event()
                events += 1
            }
            progress.show(look.current, of: end)
        }
        progress.end()
        return (entries, events, holes)
    }
}

/// A line on standard error that says how far a long reading is; only on a terminal.
struct Progress {
    private let name: String
    private let isOn = isatty(STDERR_FILENO) == 1
    private var shown = Timestamp(microseconds: 0)

    init(_ name: String) { self.name = name }

    /// Shows how far it is, at most ten times a second.
    mutating func show(_ done: UInt64, of all: UInt64) {
        let now = SteadyClock.now()
        guard isOn, all > 0, now.microseconds - shown.microseconds > 100_000 else { return }
        shown = now
        write("\r\(name): \(done * 100 / all) % of \(all >> 20) MiB")
    }

    /// Takes the line away.
    func end() { if isOn, shown.microseconds > 0 { write("\r\u{1B}[K") } }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
