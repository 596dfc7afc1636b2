internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a home, or some journals of it, back from a copy.",
        discussion: """
            Without names everything is put back: journals, registrations and settings. With names ('ingress' is that of
            troupe publish) only these journals are; the others keep what they heard since. What is replaced is kept aside
            in the home. Nothing may run meanwhile. Says what it means: what others had heard of it is set back to where it
            ends, so that nothing is swallowed; what is handled again is named, and what is missing.
            """)

    @Argument(help: "What troupe backup made, or another copy of a home.", completion: .directory)
    var dir: String

    @Argument(help: "Handlers whose journals alone are put back.", completion: Candidates.handlers)
    var names: [String] = []

    @OptionGroup var options: HomeOptions

    func run() async throws {
        try await reporting {
            guard !dir.isEmpty else { throw CommandError("DIR is empty; name the copy to put back") }
            let home = try options.resolve()
            let handlers = try names.map { try HandlerName($0) }
            if home.exists, let pid = LauncherFolder(home: home).launcher() {
                throw CommandError("the launcher (process \(pid)) runs in \(home.path). Stop it first: troupe down")
            }
            let report = try HomeRestore(Home(dir), to: home).run(handlers, choreography: try options.choreography())
            for meaning in report.journals { show(meaning) }
            if let aside = report.aside { Console.line("what was there before lies in \(aside)") }
            Console.done("put back \(Count.text(report.journals.count, "journal")) of \(home.path)")
        }
    }

    private func show(_ meaning: HomeRestore.Meaning) {
        Console.line("\(meaning.publisher): put back")
        for ahead in meaning.ahead {
            Console.line(
                "  \(ahead.consumer.handler) had heard \(ahead.topic) up to \(ahead.heard), and it ends at \(ahead.tip):"
                    + " \(Count.text(ahead.heard - ahead.tip, "event")) gone; what followed from them stays")
        }
        for (stream, count) in meaning.again.sorted(by: { $0.key < $1.key }) {
            Console.line("  handles \(Count.text(count, "event")) of \(stream) again")
        }
        for (stream, count) in meaning.missing.sorted(by: { $0.key < $1.key }) {
            Console.line(
                "  misses \(Count.text(count, "event")) of \(stream), which \(stream.publisher.handler) has"
                    + " removed since")
        }
    }
}
