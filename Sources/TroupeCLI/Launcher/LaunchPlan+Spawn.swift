internal import Glibc
internal import Troupe

extension LaunchPlan {
    /// Starts the handler: in a session of its own, its output appended to its log by itself.
    func spawn(_ home: Home) throws -> WatchedProcess {
        // The service manager's socket is the launcher's, if anybody's.
        let environment = self.environment.merging(["NOTIFY_SOCKET": nil]) { own, _ in own }
        let log = try Self.openLog(LauncherFolder(home: home).logPath(spec.name.text))
        defer { close(log) }
        return try WatchedProcess.spawn(program, arguments: arguments, environment: environment, output: log)
    }

    /// A descriptor that appends to a log.
    static func openLog(_ path: String) throws -> Int32 {
        let log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else {
            throw CommandError("the log \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        return log
    }
}
