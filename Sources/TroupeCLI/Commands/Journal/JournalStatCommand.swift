internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Troupe

/// `troupe journal stat`.
struct JournalStatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stat",
        abstract: "Show what each journal says and knows: size, epoch, tips, cursors, parks, dead letters.",
        discussion: """
            What cannot be read is a line of its own, with --json in the member 'unreadable'; a journal that cannot be
            opened at all is an object {"unreadable": …}. The status is 1 then.
            """)

    @Flag(help: "Print one JSON object for each journal, one to a line.")
    var json = false

    @OptionGroup var options: JournalOptions

    /// What `--json` prints of a journal.
    struct Stat: Codable {
        var journal: String
        var isRunning: Bool
        /// Bytes up to the released end, since the journal began.
        var bytes: UInt64
        var epoch: UInt64
        /// The last sequence said on each topic.
        var said: [String: UInt64]
        /// The low mark of each stream heard, by `publisher/topic`.
        var heard: [String: UInt64]
        var parked: Int
        var deadLetters: Int
        /// What could not be read, so that the above may be less than there is.
        var unreadable: [Unreadable]
    }

    func run() async throws {
        try await reporting {
            let all = UnreadableList()
            let looks = try options.journals(note: all.add)
            // What could not be opened has no object of its own.
            let closed = all.rows
            for look in looks {
                let before = all.rows.count
                let state = try look.foldToEnd().state
                let stat = Stat(
                    journal: look.publisher.text, isRunning: look.isLive, bytes: look.end ?? look.offset,
                    epoch: state.epoch,
                    said: Dictionary(
                        state.nextSequence.map { ($0.key.text, $0.value - 1) }, uniquingKeysWith: { first, _ in first }),
                    heard: Dictionary(
                        state.cursors.map { ($0.key.description, $0.value.low) },
                        uniquingKeysWith: { first, _ in first }),
                    parked: state.parks.count, deadLetters: state.deadLetters.count,
                    unreadable: Array(all.rows.dropFirst(before)))
                try show(stat, state)
            }
            if json { for row in closed { Console.exact(Unreadable.jsonLine(row)) } } else { Console.rows(closed) }
            try Console.end(all.rows)
        }
    }

    private func show(_ stat: Stat, _ state: SlotState) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            Console.exact(String(decoding: try encoder.encode(stat), as: UTF8.self))
            return
        }
        let style = Console.style
        Console.line(
            style.bold(stat.journal) + "  \(stat.bytes) bytes, epoch \(stat.epoch), "
                + (stat.isRunning ? "running" : "not running"))
        for (topic, last) in stat.said.sorted(by: { $0.key < $1.key }) { Console.line("  said   \(topic)  \(last)") }
        for (stream, cursor) in state.cursors.sorted(by: { $0.key < $1.key }) {
            let above = cursor.above.map { "\($0.lowerBound)–\($0.upperBound)" }.joined(separator: ", ")
            Console.line("  heard  \(stream)  \(cursor.low)" + (above.isEmpty ? "" : " and \(above)"))
        }
        for park in state.parks.values.sorted(by: { $0.position < $1.position }) {
            Console.line(
                "  parked \(park.position)  \(park.reason), due \(park.due), \(park.attempts) failed  \(park.error.printable)"
            )
        }
        for letter in state.deadLetters.values.sorted(by: { $0.position < $1.position }) {
            Console.line("  dead   \(letter.position)  after \(letter.attempts): \(letter.error.printable)")
        }
        for row in stat.unreadable { Console.line("  " + row.line(style: style)) }
    }
}
