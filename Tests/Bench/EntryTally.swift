internal import Synchronization

/// Counts what a part heard and appended, sees that no event is missing or comes twice, and tells when the entry with
/// the last one stands at its level.
final class EntryTally: Sendable {
    private struct State {
        var entries: UInt64 = 0
        var heard: UInt64 = 0
        var reactions: UInt64 = 0
        var first: UInt64 = 0
        var total: UInt64?
        /// Events that were not the successor of the one before.
        var strays: UInt64 = 0
    }

    private let state = Mutex(State())

    /// A reaction ran on a numbered event; `total` is not 0 for the last one.
    func reacted(number: UInt64, total: UInt64) {
        state.withLock { state in
            if state.reactions == 0 { state.first = Nanoseconds.now() }
            state.reactions += 1
            if state.reactions != number { state.strays += 1 }
            if total > 0 { state.total = total }
        }
    }

    /// An entry is about to be appended. Returns whether it holds the last event.
    func append(heard: Int) -> Bool {
        state.withLock { state in
            state.entries += 1
            state.heard += UInt64(heard)
            return state.total == state.reactions
        }
    }

    /// The entry with the last event stands at its level.
    func last() {
        let now = Nanoseconds.now()
        let state = state.withLock { state in
            defer { state.total = nil }
            return state
        }
        Report.line(
            "done",
            [
                "at": now, "first": state.first, "reactions": state.reactions, "strays": state.strays,
                "entries": state.entries,
            ])
    }
}
