internal import Envelope
internal import Glibc

/// Decides what a signal means to a launcher.
struct LauncherSignals {
    enum Meaning: Sendable, Hashable {
        /// Drain, and end when all handlers have.
        case drain
        /// Do not wait for the drain.
        case kill
        /// Open the log anew: somebody moved it away.
        case reopen
    }

    /// Signals that come closer together count once: `timeout` and shells send one twice. Microseconds.
    static let pause: Int64 = 1_000_000

    /// Whether the process has a terminal, whose end SIGHUP tells.
    let hasTerminal: Bool
    private var last: Timestamp?

    init(hasTerminal: Bool) { self.hasTerminal = hasTerminal }

    /// What to do about a signal, nil for nothing. `now` is steady.
    ///
    /// Only Ctrl-C asks for haste: whoever sends SIGTERM again, as a second `troupe down` does, wants the drain.
    mutating func meaning(of signal: Int32, isDraining: Bool, now: Timestamp) -> Meaning? {
        if signal == SIGHUP, !hasTerminal { return .reopen }
        guard isDraining else {
            last = now
            return .drain
        }
        guard signal == SIGINT, last.map({ now.microseconds - $0.microseconds >= Self.pause }) ?? true else {
            return nil
        }
        last = now
        return .kill
    }
}
