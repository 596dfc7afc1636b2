internal import ArgumentParser
internal import Choreography
internal import Troupe

/// `troupe backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a home while it is used: journals, registrations and settings.",
        discussion: """
            Each journal is copied up to a place, so that no publisher is cut before anything that a consumer has heard of
            it; everything that is copied is checked. The copy appears at DIR once it is whole. Put it back with troupe
            restore. Logs, sockets and caches are left out.
            """)

    @Argument(help: "The folder to make; it must not be there.", completion: .directory)
    var dir: String

    @OptionGroup var options: HomeOptions

    func run() async throws {
        try await reporting {
            guard !dir.isEmpty else { throw CommandError("DIR is empty; name the folder to make") }
            let home = try options.resolve()
            try home.requireReadable()
            let report = try HomeBackup(home).run(to: dir)
            for journal in report.journals {
                Console.line(
                    "\(journal.publisher): \(Count.text(journal.events, "event")),"
                        + " \(Count.text(journal.bytes, "byte"))")
            }
            Console.done(
                "backed up \(Count.text(report.journals.count, "journal")) of \(home.path) to \(Home(dir).path)")
            for (publisher, reason) in report.failures { Console.line("\(publisher): NOT COPIED: \(reason)") }
            guard report.failures.isEmpty else {
                Console.error(
                    "troupe: \(Count.text(report.failures.count, "journal")) could not be copied; see troupe journal verify"
                )
                throw ExitCode(1)
            }
        }
    }
}
