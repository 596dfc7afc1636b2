internal import ArgumentParser
internal import Choreography
internal import Journal
internal import Troupe

/// `troupe down`.
struct DownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Drain and stop every handler of a home, and its launcher.",
        discussion: "Works without a launcher, too. The data stay, unless --purge is given.")

    @OptionGroup var launch: LaunchOptions

    @Flag(help: "Also remove the home's journals, registrations and logs. Asks nothing.")
    var purge = false

    @Option(help: "How long the handlers may take to finish what they have in hand: 500ms, 10s, 2m.")
    var timeout = TimeSpan(microseconds: 30_000_000)

    func run() async throws {
        try await reporting {
            let home = try launch.home()
            guard home.exists else {
                Console.line("nothing to stop: there is no home at \(home.path)")
                return
            }
            // What is no home gets no folders from us.
            guard try home.name() != nil || !HomeLook.slots(in: home).isEmpty else {
                guard !purge else { return try HomePurge(home: home, choreography: nil).run() }
                Console.line("nothing to stop: nothing has ever run in \(home.path)")
                return
            }
            let stopped = try HomeStop(home: home, patience: timeout).run()
            Console.done(
                stopped.isEmpty
                    ? "nothing to stop: no handler runs in \(home.path)" : "stopped: \(stopped.joined(separator: ", "))"
            )
            guard purge else { return }
            let named = launch.path ?? launch.homeOptions.file
            try HomePurge(home: home, choreography: named.map { try ChoreographyFile.read($0).name }).run()
            Console.done("removed the data of \(home.path)")
        }
    }
}
