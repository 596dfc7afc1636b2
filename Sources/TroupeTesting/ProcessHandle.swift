internal import Glibc
internal import Synchronization
internal import Troupe

/// A process on a ``ProcessStage``.
///
/// Signals go to this process only, and to nobody once it has ended: its process id is given back to the system
/// behind the same lock.
public final class ProcessHandle: Sendable {
    private struct State {
        var status: ProcessStatus?
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    /// The executable's name, as it was started by.
    public let name: String
    /// The process id.
    public let pid: Int32

    private let outputPath: String
    private let errorPath: String
    private let state = Mutex(State())
    private let reaper = Mutex<OSThread?>(nil)

    init(name: String, pid: Int32, outputPath: String, errorPath: String) {
        self.name = name
        self.pid = pid
        self.outputPath = outputPath
        self.errorPath = errorPath
        reaper.withLock { $0 = OSThread { [self] in reap() } }
    }

    /// Waits for the end without taking the process id from the system, then takes it with the lock held.
    private func reap() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let waiting = state.withLock { state in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state.status = ProcessStatus(wait: status)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// How it ended; nil while it runs.
    public var status: ProcessStatus? { state.withLock { $0.status } }

    /// Whether it has not ended yet; a paused process counts as running.
    public var isRunning: Bool { status == nil }

    /// What it wrote to standard output so far.
    public var standardOutput: String { ProcessFiles.text(outputPath) }

    /// What it wrote to standard error so far.
    public var standardError: String { ProcessFiles.text(errorPath) }

    /// Sends a signal by its number; does nothing once the process has ended.
    public func send(signal: Int32) {
        state.withLock { state in
            if state.status == nil { _ = Glibc.kill(pid, signal) }
        }
    }

    /// Asks it to end: SIGTERM. A handler finishes what is in hand and exits with 0.
    public func terminate() { send(signal: SIGTERM) }

    /// What Ctrl-C does: SIGINT.
    public func interrupt() { send(signal: SIGINT) }

    /// Ends it at once, in the middle of whatever it does: SIGKILL.
    public func kill() { send(signal: SIGKILL) }

    /// Halts it until ``resume()``: SIGSTOP. It keeps its locks, sockets and files.
    public func pause() { send(signal: SIGSTOP) }

    /// Lets it go on after ``pause()``: SIGCONT.
    public func resume() { send(signal: SIGCONT) }

    /// Waits until the process has ended, and says how.
    ///
    /// Throws ``ProcessStageError`` with `timeout` and what it wrote to standard error, if that takes longer than
    /// `limit`; the process goes on.
    @discardableResult
    public func waitForExit(within limit: Duration = .seconds(120)) async throws -> ProcessStatus {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let ended = state.withLock { state in
            if state.status == nil { state.waiting.append(continuation) }
            return state.status
        }
        if let ended { return ended }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in stream {} }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        if let status { return status }
        try Task.checkCancellation()
        throw ProcessStageError(
            .timeout, "\(name) (process \(pid)) has not ended within \(limit). It wrote: \(standardError)")
    }

    /// Ends the process if it runs, and the thread that waits for it.
    func finish() {
        kill()
        reaper.withLock { $0.take() }?.join()
    }
}
