internal import Glibc

/// How a process ended.
public enum ProcessStatus: Sendable, Hashable, CustomStringConvertible {
    /// It returned from `main` or called `exit`, with this status.
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32)

    /// Whether it exited with 0.
    public var isSuccess: Bool { self == .exited(0) }

    public var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal): "signal \(signal) (\(String(cString: strsignal(signal))))"
        }
    }

    /// Reads what `waitpid` gives of a process that has ended.
    init(wait status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }
}
