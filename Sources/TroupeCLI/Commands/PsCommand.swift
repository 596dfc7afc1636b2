internal import ArgumentParser
internal import Troupe

/// `troupe ps`.
struct PsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "Show a home's handlers: which run, how far they are behind, what went wrong.",
        discussion: """
            BEHIND counts the events on a handler's topics that its durable cursors do not cover, PARKED those that it
            set aside for later, DEAD those that it gave up on. Read from locks and journals; needs no launcher.

            What cannot be read is a line of its own ('unreadable' in JSON); the rest is shown, and the status is 1.
            'unknown' is what a handler has heard beyond the end of a publisher's journal: that was put back from a copy,
            or its writer has not recovered yet.
            """)

    @OptionGroup var launch: LaunchOptions

    @Flag(help: "Print JSON: every key always, null where nothing is known.")
    var json = false

    func run() async throws {
        try await reporting {
            let home = try launch.home()
            try home.requireReadable()
            let status = try HomeStatus(home)
            if json {
                Console.exact(try status.json())
                try Console.end(status.unreadable)
                return
            }
            guard !status.handlers.isEmpty else {
                Console.rows(status.unreadable)
                try Console.end(status.unreadable)
                Console.line("no handler has ever run in \(home.path); start some with troupe up")
                return
            }
            for line in status.lines(style: Console.style, now: WallClock.now()) { Console.line(line) }
            if status.launcher == nil, status.handlers.contains(where: { $0.pid != nil }) {
                Console.error("no launcher: what dies stays dead. troupe up adopts what runs")
            }
            try Console.end(status.unreadable)
        }
    }
}
