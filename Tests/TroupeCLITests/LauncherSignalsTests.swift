internal import Envelope
internal import Glibc
internal import Testing

@testable import TroupeCLI

@Suite("What a signal means to a launcher") struct LauncherSignalsTests {
    private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1000) }

    @Test("F2: signals within a second count once")
    func twice() {
        var signals = LauncherSignals(hasTerminal: true)
        expectEqual(signals.meaning(of: SIGINT, isDraining: false, now: at(0)), .drain)
        expectEqual(signals.meaning(of: SIGINT, isDraining: true, now: at(2)), nil)
        expectEqual(signals.meaning(of: SIGINT, isDraining: true, now: at(999)), nil)
        expectEqual(signals.meaning(of: SIGINT, isDraining: true, now: at(1000)), .kill)
        expectEqual(signals.meaning(of: SIGINT, isDraining: true, now: at(1500)), nil)
        expectEqual(signals.meaning(of: SIGINT, isDraining: true, now: at(2000)), .kill)
    }

    @Test("F2: only Ctrl-C asks for haste, for `down` may run twice")
    func terminate() {
        var signals = LauncherSignals(hasTerminal: false)
        expectEqual(signals.meaning(of: SIGTERM, isDraining: false, now: at(0)), .drain)
        expectEqual(signals.meaning(of: SIGTERM, isDraining: true, now: at(5000)), nil)
        expectEqual(signals.meaning(of: SIGINT, isDraining: true, now: at(5000)), .kill)
    }

    @Test("F12: SIGHUP drains where a terminal has gone, and opens the log anew where there is none")
    func hangUp() {
        var attached = LauncherSignals(hasTerminal: true)
        expectEqual(attached.meaning(of: SIGHUP, isDraining: false, now: at(0)), .drain)
        expectEqual(attached.meaning(of: SIGHUP, isDraining: true, now: at(3000)), nil)
        var detached = LauncherSignals(hasTerminal: false)
        expectEqual(detached.meaning(of: SIGHUP, isDraining: false, now: at(0)), .reopen)
        expectEqual(detached.meaning(of: SIGHUP, isDraining: true, now: at(1)), .reopen)
    }
}
