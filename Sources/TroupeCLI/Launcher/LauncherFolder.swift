internal import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Glibc
internal import Journal
internal import Troupe

/// The launcher's part of a home: its lock, what it knows of each handler, what it is asked to do.
struct LauncherFolder {
    let home: Home

    private var lockPath: String { home.launcher + "/lock" }
    private var filePath: String { home.launcher + "/file" }
    private var firstUpPath: String { home.launcher + "/first-up" }
    private func statusPath(_ name: HandlerName) -> String { home.launcher + "/\(name).json" }
    private func restartPath(_ name: HandlerName) -> String { home.launcher + "/\(name).restart" }

    /// Where a handler's output goes.
    func logPath(_ name: String) -> String { home.logs + "/\(name).log" }

    func prepare() throws {
        for folder in [home.launcher, home.logs] { try OSFileSystem().makeDirectories(folder) }
    }

    // MARK: lock

    /// Becomes the home's launcher, or with the name of a `command` keeps others from that meanwhile: nobody takes that for a
    /// launcher. Throws, naming the process, when somebody has the lock.
    func lock(for command: String? = nil) throws -> any FileLock {
        let note = (command.map { "troupe \($0), process " } ?? "") + "\(getpid())"
        do { return try OSFileSystem().lock(lockPath, note: note) } catch {
            guard error.code == .locked else { throw error }
            throw CommandError(alreadyUp)
        }
    }

    private var alreadyUp: String {
        if let holder = (try? OSFileSystem().lockHolder(lockPath)) ?? nil, holder.hasPrefix("troupe ") {
            return "\(holder), is at work on \(home.path); try again when it is done"
        }
        let process = launcher().map { "process \($0)" } ?? "another process"
        return "already up: \(process) looks after the handlers of \(home.path). See them with troupe ps, stop them"
            + " with troupe down"
    }

    /// The launcher's process, if one runs.
    func launcher() -> Int32? { ((try? OSFileSystem().lockHolder(lockPath)) ?? nil).flatMap { Int32($0) } }

    /// Throws when a launcher runs.
    func requireNoLauncher() throws {
        if try OSFileSystem().lockHolder(lockPath) != nil { throw CommandError(alreadyUp) }
    }

    /// Remembers the choreography file of the launcher that has the lock.
    func noteFile(_ path: String) throws {
        let absolute = path.hasPrefix("/") ? path : Paths.current + "/" + path
        try AtomicFile.write(Array(absolute.utf8), to: filePath)
    }

    /// The choreography file of the launcher that runs; nil if none does.
    func file() -> String? {
        guard launcher() != nil, let bytes = (try? AtomicFile.read(filePath)) ?? nil else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: statuses

    func save(_ status: HandlerStatus, _ name: HandlerName) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try AtomicFile.write(Array(encoder.encode(status)) + [10], to: statusPath(name))
    }

    /// What a launcher knew of a handler; nil if nothing, or nothing that can be read.
    func status(_ name: HandlerName) -> HandlerStatus? {
        guard let bytes = (try? AtomicFile.read(statusPath(name))) ?? nil else { return nil }
        return try? JSONDecoder().decode(HandlerStatus.self, from: Data(bytes))
    }

    /// Handlers that a launcher looked after.
    func known() -> [HandlerName] {
        let names = (try? OSFileSystem().list(home.launcher)) ?? []
        return names.filter { $0.hasSuffix(".json") }.compactMap { try? HandlerName($0.dropLast(5)) }.sorted()
    }

    func forget(_ name: HandlerName) { try? OSFileSystem().unlink(statusPath(name)) }

    /// A process that a launcher started and that has not taken its slot: nobody else can find it.
    func startingProcess(_ name: HandlerName) -> WatchedProcess? {
        guard let status = status(name), let pid = status.pid, let ticks = status.startTicks,
            let handle = WatchedProcess(pid: pid), ProcessFacts.startTicks(pid) == ticks
        else { return nil }
        return handle
    }

    // MARK: wishes

    /// Asks the launcher to drain a handler and start it again.
    func wishRestart(_ name: HandlerName) throws { try AtomicFile.write([10], to: restartPath(name)) }

    /// Takes the wishes for restarts.
    func takeRestarts() -> [HandlerName] {
        let names = (try? OSFileSystem().list(home.launcher)) ?? []
        return names.filter { $0.hasSuffix(".restart") }.compactMap { file in
            try? OSFileSystem().unlink(home.launcher + "/" + file)
            return try? HandlerName(file.dropLast(8))
        }
    }

    // MARK: first up

    /// Whether the choreography's first `up` has yet to end its registrations.
    func isFirstUp() throws -> Bool {
        if try AtomicFile.read(firstUpPath) != nil { return true }
        return try RegistrationFolder(home: home).all().isEmpty
    }

    /// Remembers that the first `up` has begun, and whether it has registered every handler of the file.
    func noteFirstUp(isComplete: Bool) throws {
        if isComplete {
            try? OSFileSystem().unlink(firstUpPath)
        } else {
            try AtomicFile.write([10], to: firstUpPath)
        }
    }
}
