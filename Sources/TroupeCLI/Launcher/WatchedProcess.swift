internal import CProcess
internal import Glibc

/// A process by descriptor (pidfd): it cannot be mistaken for a later one with its number, child or not.
final class WatchedProcess {
    let pid: Int32
    /// Becomes readable when the process ends.
    let descriptor: Int32
    private let isChild: Bool

    private init(pid: Int32, descriptor: Int32, isChild: Bool) {
        self.pid = pid
        self.descriptor = descriptor
        self.isChild = isChild
    }

    deinit { close(descriptor) }

    /// A process that is there; nil if none has the number.
    convenience init?(pid: Int32) {
        let descriptor = troupe_process_descriptor(pid)
        guard descriptor >= 0 else { return nil }
        self.init(pid: pid, descriptor: descriptor, isChild: false)
    }

    /// Starts a program in a session of its own, which goes on when this process dies; what it writes goes to
    /// `output`. `name` is what process lists show, by default the path. The environment is this process's, byte for byte,
    /// but for `environment`, where nil takes a variable away. Throws what the system says.
    static func spawn(
        _ path: String, as name: String? = nil, arguments: [String], environment: [String: String?] = [:],
        output: Int32
    ) throws -> WatchedProcess {
        var argv = ([name ?? path] + arguments).map { strdup($0) } + [nil]
        var envp = inherited(without: Set(environment.keys))
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            if let value { envp.append(strdup("\(name)=\(value)")) }
        }
        envp.append(nil)
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let status = troupe_spawn(&pid, path, &argv, &envp, output)
        guard status == 0 else { throw CommandError("\(path): \(String(cString: strerror(status)))") }
        let descriptor = troupe_process_descriptor(pid)
        // A child keeps its number until it is waited for, so that this can only fail for want of descriptors.
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            throw CommandError("\(path): the process cannot be watched: \(reason)")
        }
        return WatchedProcess(pid: pid, descriptor: descriptor, isChild: true)
    }

    /// Copies of this process's variables but for some.
    private static func inherited(without names: Set<String>) -> [UnsafeMutablePointer<CChar>?] {
        var variables: [UnsafeMutablePointer<CChar>?] = []
        var next = environ
        while let variable = next.pointee {
            next += 1
            let name = UnsafeRawBufferPointer(start: variable, count: strlen(variable)).prefix { $0 != 61 }
            if !names.contains(String(decoding: name, as: UTF8.self)) { variables.append(strdup(variable)) }
        }
        return variables
    }

    /// Sends a signal; a process that has ended gets none.
    func signal(_ signal: Int32) { _ = troupe_process_signal(descriptor, signal) }

    /// Whether the process has ended.
    var hasEnded: Bool { Self.wait(for: [descriptor], milliseconds: 0) }

    /// How it ended, nil while it runs. A child is reaped by the first answer.
    func reap() -> ProcessEnd? {
        guard hasEnded else { return nil }
        guard isChild else { return .unknown }
        var status: Int32 = 0
        return waitpid(pid, &status, 0) == pid ? ProcessEnd(waitStatus: status) : .unknown
    }

    /// Waits until one of some descriptors is readable. Returns whether one is.
    @discardableResult
    static func wait(for descriptors: [Int32], milliseconds: Int) -> Bool {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let count = poll(&polled, nfds_t(polled.count), Int32(clamping: milliseconds))
        return count > 0
    }
}
