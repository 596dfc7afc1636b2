internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal
internal import Troupe

/// Ends whatever runs in a home: its launcher if there is one, and every handler that holds a slot.
struct HomeStop {
    let home: Home
    let patience: TimeSpan

    private struct Running {
        let name: String
        let process: HandlerSession
    }

    /// Drains and waits. Returns the handlers that ran. Throws when something goes on.
    func run() throws -> [String] {
        let folder = LauncherFolder(home: home)
        let deadline = Deadline(after: patience)
        var stopped = Set(try handlers(folder).map(\.name))
        if let pid = folder.launcher(), let launcher = WatchedProcess(pid: pid), folder.launcher() == pid {
            let running = Running(name: "the launcher", process: HandlerSession(alone: launcher))
            running.process.main.signal(SIGTERM)
            try wait(for: [running], until: deadline)
        }
        try folder.prepare()
        // Held to the end, so that no `up` begins meanwhile.
        let lock = try lock(folder, until: deadline)
        defer { lock.unlock() }
        while true {
            let running = try handlers(folder)
            if running.isEmpty {
                guard let name = try SlotHolder(home: home).running().first else { break }
                // Somebody takes the slot at this moment and has not said who it is.
                guard !deadline.isOver else {
                    throw CommandError("\(name) goes on, and its process is unknown; try troupe down again")
                }
                WatchedProcess.wait(for: [], milliseconds: 10)
                continue
            }
            stopped.formUnion(running.map(\.name))
            for handler in running { handler.process.drain(holder: holder(handler.name)) }
            try wait(for: running, until: deadline)
        }
        try HomeSweep(home: home).sweep()
        for name in folder.known() {
            var status = folder.status(name) ?? HandlerStatus(handler: name.text)
            guard status.state != .stopped || status.pid != nil else { continue }
            status.state = .stopped
            status.pid = nil
            status.until = nil
            status.startTicks = nil
            try folder.save(status, name)
        }
        return stopped.sorted()
    }

    /// The launcher's lock, once another command that has it is done.
    private func lock(_ folder: LauncherFolder, until deadline: Deadline) throws -> any FileLock {
        while true {
            do { return try folder.lock(for: "down") } catch let error as CommandError {
                guard !deadline.isOver else { throw error }
                WatchedProcess.wait(for: [], milliseconds: 20)
            }
        }
    }

    private func handlers(_ folder: LauncherFolder) throws -> [Running] {
        let names = try Set(folder.known()).union(SlotHolder(home: home).running())
        return try names.sorted().compactMap { name in
            try HandlerSession.of(name, home: home).map { Running(name: name.text, process: $0) }
        }
    }

    private func holder(_ name: String) -> Int32? {
        (try? HandlerName(name)).flatMap { try? SlotHolder(home: home).pid($0) }
    }

    private func wait(for running: [Running], until deadline: Deadline) throws {
        while true {
            let left = running.filter { handler in
                handler.process.reap(now: SteadyClock.now(), holder: { holder(handler.name) }) == nil
            }
            if left.isEmpty { return }
            guard !deadline.isOver else {
                let names = left.map { "\($0.name) (process \($0.process.pid))" }.joined(separator: ", ")
                throw CommandError(
                    "not down within \(patience): \(names) still finishes what it has in hand. Wait with --timeout, or end"
                        + " it with kill -9, after which that is handled again at the next start")
            }
            WatchedProcess.wait(
                for: Array(left[0].process.descriptors.prefix(1)), milliseconds: deadline.milliseconds(atMost: 1000))
        }
    }
}
