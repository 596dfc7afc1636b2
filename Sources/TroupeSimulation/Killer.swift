internal import Envelope

/// Ends processes by what they handle: a reaction cannot end its simulated process, so it says that it would.
// @unchecked: a run has one thread.
final class Killer: @unchecked Sendable {
    private var kills: [EventID: Int] = [:]
    /// Whether the process has ended in a reaction.
    private(set) var hasStruck = false

    /// Another process begins.
    func rearm() { hasStruck = false }

    /// Whether the event ends the process, which it does `times` times. What is dead does nothing more.
    func strikes(_ id: EventID, _ times: Int) -> Bool {
        if hasStruck { return true }
        guard kills[id, default: 0] < times else { return false }
        kills[id, default: 0] += 1
        hasStruck = true
        return true
    }
}
