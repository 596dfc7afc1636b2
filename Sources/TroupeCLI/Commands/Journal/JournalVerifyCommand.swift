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
        discussion: "Exits with 1 when a journal is damaged, naming the file and the place.")

    @OptionGroup var options: JournalOptions

    func run() async throws {
        try await reporting {
            var damaged = 0
            for (publisher, reader) in try options.journals() {
                do {
                    let count = try Self.verify(publisher, reader)
                    Console.line(
                        "\(publisher): \(Count.text(count.entries, "entry", "entries")), \(Count.text(count.events, "event")), whole"
                    )
                } catch {
                    damaged += 1
                    Console.line("\(publisher): DAMAGED: \(error)")
                }
            }
            guard damaged == 0 else {
                throw CommandError(
                    "\(damaged) journal\(damaged == 1 ? " is" : "s are") damaged. Nothing was changed. Restore the"
                        + " files from a backup; a handler whose journal is damaged refuses to start")
            }
        }
    }

    private static func verify(_ publisher: PublisherID, _ reader: FileEngineReader) throws -> (
        entries: Int, events: Int
    ) {
        var progress = Progress("\(publisher)")
        var (entries, events) = (0, 0)
        var next: [Topic: UInt64] = [:]
        let end = try reader.end()
        var place = try reader.start()
        while !place.reaches(end) {
            let after = try reader.read(from: place, upTo: end, maxBytes: 16 << 20) { entry in
                entries += 1
                _ = try entry.heard()
                _ = try entry.knows()
                try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
                    let event = try EventRecord.decode(bytes)
                    if let due = next[event.topic], event.sequence != due {
                        throw EngineError(
                            .corrupt, "\(event.topic) goes on at \(event.sequence) where \(due) was due")
                    }
                    next[event.topic] = event.sequence + 1
                    events += 1
                }
                return true
            }
            if after == place { break }
            place = after
            progress.show(place.low, of: end.low)
        }
        progress.end()
        return (entries, events)
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
