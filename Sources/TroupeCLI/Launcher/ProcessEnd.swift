internal import Glibc

/// How a process ended.
enum ProcessEnd: Sendable, Hashable {
    case exited(Int32)
    case signaled(Int32)
    /// It was not this launcher's child: nobody told.
    case unknown

    /// Reads what waitpid(2) gives.
    init(waitStatus status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited((status >> 8) & 0xff) : .signaled(signal)
    }

    /// For messages: `exited with status 1`, `was ended by SIGKILL`.
    var text: String {
        switch self {
        case .exited(0): "exited (status 0)"
        case .exited(let status): "exited with status \(status)"
        case .signaled(let signal): "was ended by \(Self.name(ofSignal: signal))"
        case .unknown: "ended (how is unknown: another launcher had started it)"
        }
    }

    /// `SIGKILL`; `signal 42` for one without a name.
    static func name(ofSignal signal: Int32) -> String { names[signal] ?? "signal \(signal)" }

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
        SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGUSR1: "SIGUSR1",
        SIGSEGV: "SIGSEGV", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
        SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS",
    ]
}
