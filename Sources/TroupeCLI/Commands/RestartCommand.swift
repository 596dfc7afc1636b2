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
        discussion: """
            The launcher does it if one runs, by its file if none is named; else this command does, and the handler stays
            without launcher.
            """)

    @Argument(help: "The handler's name.", completion: Candidates.handlers)
    var name: String

    @Option(help: "How long the handler may take to drain and to start again: 500ms, 10s, 2m.")
    var timeout = TimeSpan(microseconds: 60_000_000)

    @OptionGroup var homeOptions: HomeOptions

    func run() async throws {
        try await reporting {
            let (file, home) = try fileAndHome()
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
                let lock = try folder.lock(for: "restart")
                defer { lock.unlock() }
                try RegistrationPlan.write([plan], file: file, home: home)
                if let running = try HandlerSession.of(spec.name, home: home) {
                    running.drain(holder: before)
                    while running.reap(now: SteadyClock.now(), holder: { before }) == nil {
                        guard !deadline.isOver else { throw late(before) }
                        WatchedProcess.wait(for: running.descriptors, milliseconds: 100)
                    }
                }
                let process = try plan.spawn(home)
                try note(process, spec.name, folder)
                try await wait(spec.name, home, not: before, after: nil, until: deadline) { process.reap() == nil }
            }
        }
    }

    /// The file that is named, else that of the launcher that runs, else the only one in Config/.
    private func fileAndHome() throws -> (ChoreographyFile, Home) {
        let named = try HomeOptions.named(homeOptions.home)
        if homeOptions.file == nil {
            let home = try named ?? homeOptions.resolve()
            if let path = LauncherFolder(home: home).file() { return (try ChoreographyFile.read(path), home) }
        }
        let file = try ChoreographyFile.read(homeOptions.file ?? ChoreographyFile.theOnly())
        return (file, named ?? file.resolvedHome)
    }

    /// Leaves word of a process for whoever stops or adopts it.
    private func note(_ process: WatchedProcess, _ name: HandlerName, _ folder: LauncherFolder) throws {
        var status = folder.status(name) ?? HandlerStatus(handler: name.text)
        status.state = .starting
        status.pid = process.pid
        status.startTicks = ProcessFacts.startTicks(process.pid)
        status.since = WallClock.now()
        status.until = nil
        try folder.save(status, name)
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
                Console.done("restarted: \(name), process \(pid)")
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
