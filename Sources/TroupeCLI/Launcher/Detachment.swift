internal import Envelope
internal import Glibc
internal import Troupe

/// Starts a launcher in the background and waits until its handlers are there.
struct Detachment {
    let home: Home
    let names: [HandlerName]

    /// A handler that ended so often before it had its slot is not waited for.
    private static let earlyEndLimit = 2

    /// `arguments` are the launcher's, without `--background`. Throws when it, or a handler, cannot start.
    func run(_ arguments: [String]) throws {
        let folder = LauncherFolder(home: home)
        try folder.requireNoLauncher()
        let log = folder.logPath("launcher")
        let starts = Dictionary(uniqueKeysWithValues: names.map { ($0, LogTail.size(folder.logPath($0.text))) })
        let logStart = LogTail.size(log)
        // What an earlier launcher left does not count; times of day would not tell it when somebody sets the clock.
        let left = Dictionary(uniqueKeysWithValues: names.map { ($0, folder.status($0)) })
        let output = try LaunchPlan.openLog(log)
        defer { close(output) }
        let launcher = try WatchedProcess.spawn(
            "/proc/self/exe", as: "troupe", arguments: arguments + ["--background"],
            output: output)
        let slots = SlotHolder(home: home)
        var waiting = names
        while true {
            // Listed is not enough: the launcher must look after it, or nobody would start it again.
            waiting = try waiting.filter { name in
                guard let status = folder.status(name), status != left[name] else { return true }
                return try status.state != .running || !slots.isListed(name, pid: status.pid)
            }
            if waiting.isEmpty { break }
            for name in waiting {
                guard let pid = try slots.unlisted(name) else { continue }
                throw CommandError("\(name) cannot be used: \(SlotHolder.unlistedText(name, pid))")
            }
            if let end = launcher.reap() {
                let lines = LogTail.last(20, of: log, from: logStart)
                for line in lines { Console.error(line) }
                throw CommandError("the launcher \(end.text); its log is \(log)")
            }
            for name in waiting {
                guard let status = folder.status(name), status != left[name],
                    status.earlyEnds >= Self.earlyEndLimit
                else { continue }
                let path = folder.logPath(name.text)
                for line in LogTail.last(5, of: path, from: starts[name] ?? 0) { Console.error("\(name) | \(line)") }
                throw CommandError(
                    "\(name) cannot start: it \(status.lastEnd ?? "ended"), \(status.earlyEnds) times in a row. Its log is"
                        + " \(path). The launcher (process \(launcher.pid)) goes on trying, and the others run; stop all"
                        + " with troupe down")
            }
            WatchedProcess.wait(for: [launcher.descriptor], milliseconds: 20)
        }
        Console.done(
            "up: \(names.map(\.text).joined(separator: ", ")); launcher process \(launcher.pid), home \(home.path)")
    }
}
