internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal
internal import Troupe

/// `troupe restart`.
struct RestartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Drain one handler and start it again, as the file and its program are now.",
        discussion: "The launcher does it if one runs; else this command does, and the handler stays without launcher.")

    @Argument(help: "The handler's name.", completion: Candidates.handlers)
    var name: String

    @Option(help: "How long the handler may take to drain and to start again: 500ms, 10s, 2m.")
    var timeout = TimeSpan(microseconds: 60_000_000)

    @OptionGroup var homeOptions: HomeOptions

    func run() async throws {
        try await reporting {
            let file = try ChoreographyFile.read(homeOptions.file ?? ChoreographyFile.theOnly())
            let home = try HomeOptions.named(homeOptions.home) ?? file.resolvedHome
            let spec = try file.handler(name)
            try home.prepare(choreography: file.name)
            let folder = LauncherFolder(home: home)
            try folder.prepare()
            // Whatever is wrong with the file or the program shows here, while the handler still runs.
            let plan = try await LaunchPlan.all(of: file, home: home, only: [spec])[0]
            let deadline = Deadline(after: timeout)
            let before = try SlotHolder(home: home).pid(spec.name)
            if folder.launcher() != nil, let status = folder.status(spec.name) {
                try folder.wishRestart(spec.name)
                try await wait(spec.name, home, not: before, after: status.restarts, until: deadline) {
                    folder.launcher() != nil
                }
            } else {
                let lock = try folder.lock()
                defer { lock.unlock() }
                try RegistrationPlan.write([plan], file: file, home: home)
                if let running = try SlotHolder(home: home).handle(spec.name) {
                    running.signal(SIGTERM)
                    while !running.hasEnded {
                        guard !deadline.isOver else { throw late(before) }
                        WatchedProcess.wait(for: [running.descriptor], milliseconds: 100)
                    }
                }
                let process = try plan.spawn(home)
                try await wait(spec.name, home, not: before, after: nil, until: deadline) { process.reap() == nil }
            }
        }
    }

    private func late(_ pid: Int32?) -> CommandError {
        CommandError(
            "\(name) was not up again within \(timeout)" + (pid.map { " (it was process \($0))" } ?? "")
                + ": look at troupe ps and troupe logs \(name)")
    }

    /// Waits until another process has the slot. `isHopeful` tells whether one may still come; `restarts` is what the
    /// launcher had counted before.
    private func wait(
        _ name: HandlerName, _ home: Home, not before: Int32?, after restarts: Int?, until deadline: Deadline,
        isHopeful: () -> Bool
    ) async throws {
        let folder = LauncherFolder(home: home)
        let slots = SlotHolder(home: home)
        let log = folder.logPath(name.text)
        let start = LogTail.size(log)
        while true {
            if try slots.isListed(name), let pid = try slots.pid(name), pid != before {
                Console.line("restarted: \(name), process \(pid)")
                return
            }
            let status = restarts == nil ? nil : folder.status(name)
            let hasFailed = status.map { $0.earlyEnds > 0 && $0.restarts > restarts! } ?? false
            guard !hasFailed, isHopeful() else {
                for line in LogTail.last(5, of: log, from: start) { Console.error("\(name) | \(line)") }
                throw CommandError("\(name) did not start again. Its log is \(log)")
            }
            guard !deadline.isOver else { throw late(before) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
