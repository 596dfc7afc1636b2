internal import Glibc
internal import Synchronization

/// A place for real processes that share a home: start handlers, publish, kill, and see what is left.
///
/// ```swift
/// try await withProcessStage { stage in
///     try stage.start("shop-payment")
///     let output = try await stage.run("troupe", "publish", "shop.order.accepted", data, "--await")
///     #expect(output.status == .exited(0))
/// }
/// ```
/// Every process has the stage's home in `TROUPE_HOME`. Get a stage with ``withProcessStage(executables:_:)``.
public final class ProcessStage: Sendable {
    private struct State {
        var handles: [ProcessHandle] = []
        var started = 0
        var isOver = false
    }

    /// A fresh folder for this stage alone, with a short path; removed when the stage is left.
    public let folder: String
    /// The choreography's home, inside ``folder``. It is not made: the first process does that.
    public let home: String
    /// Where executables are looked for.
    public let executables: String

    private let state = Mutex(State())

    init(executables: String?) throws {
        self.executables = executables ?? Self.ownFolder
        folder = try ProcessFiles.makeFolder()
        home = folder + "/home"
    }

    /// The folder of the running executable: SwiftPM puts a package's test bundle beside its products.
    private static var ownFolder: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    /// Starts an executable and returns at once.
    ///
    /// - Parameters:
    ///   - executable: a name in ``executables``, or a path if there is a `/` in it.
    ///   - environment: added to this process's environment.
    ///   - input: what it reads from standard input; nothing by default.
    /// - Throws: ``ProcessStageError`` with `noExecutable` or `system`.
    @discardableResult
    public func start(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: [UInt8]? = nil
    ) throws -> ProcessHandle {
        let path = executable.contains("/") ? executable : executables + "/" + executable
        guard access(path, X_OK) == 0 else {
            throw ProcessStageError(
                .noExecutable,
                "there is no executable \(path). Build it (swift build --product \(executable)), or say where it is"
                    + " with withProcessStage(executables:)")
        }
        let number = state.withLock { state in
            state.started += 1
            return state.started
        }
        let stem = "\(folder)/\(number)"
        if let input { try ProcessFiles.write(input, to: stem + ".in") }
        let spawn = ProcessSpawn(
            path: path, arguments: arguments,
            environment: ["TROUPE_HOME": home].merging(environment) { _, new in new },
            input: input == nil ? "/dev/null" : stem + ".in", output: stem + ".out", error: stem + ".err")
        // With the lock held, so that no process appears after the stage has ended all of them.
        return try state.withLock { state in
            guard !state.isOver else { throw ProcessStageError(.system, "the stage is over; nothing starts on it") }
            let handle = ProcessHandle(
                name: executable, pid: try spawn.start(), outputPath: spawn.output, errorPath: spawn.error)
            state.handles.append(handle)
            return handle
        }
    }

    /// Starts an executable and returns at once. See ``start(_:_:environment:input:)``.
    @discardableResult
    public func start(
        _ executable: String, _ arguments: String..., environment: [String: String] = [:], input: [UInt8]? = nil
    ) throws -> ProcessHandle {
        try start(executable, arguments, environment: environment, input: input)
    }

    /// Every process that runs now.
    public var running: [ProcessHandle] { state.withLock { $0.handles }.filter(\.isRunning) }

    /// What the processes started with ``start(_:_:environment:input:)`` wrote to standard error, for messages.
    var allErrors: String {
        state.withLock { $0.handles }.compactMap { handle in
            let text = handle.standardError
            let status = handle.status.map { "\($0)" } ?? "running"
            return text.isEmpty && handle.isRunning ? nil : "\(handle.name) \(handle.pid), \(status): \(text)"
        }.joined(separator: "\n")
    }

    /// Ends a process and forgets it.
    func remove(_ handle: ProcessHandle) {
        handle.finish()
        state.withLock { state in state.handles.removeAll { $0 === handle } }
    }

    /// Ends every process, by its id, and removes the folder.
    func end() {
        let handles = state.withLock { state in
            state.isOver = true
            return state.handles
        }
        for handle in handles { handle.kill() }
        for handle in handles { handle.finish() }
        ProcessFiles.remove(folder)
    }
}
