internal import Choreography

/// Drafts on their way to the journal: appended in the order in which they were decided, by one thread at a time.
///
/// A decision changes what the next one sees, so its entry must stand before theirs: otherwise the fold of the journal,
/// after a crash, is not what the process had in memory. Whoever decides takes a ticket in the same breath, and brings the
/// draft when it is made.
struct DraftQueue {
    /// What was decided.
    struct Draft: Sendable {
        let entry: EntryDraft
        let level: Durability
        /// How many events it concludes.
        var count = 0
        /// Called when the entry stands at its level, or cannot.
        var then: (@Sendable (Result<Void, any Error>) -> Void)?
    }

    private var last: UInt64 = 0
    private var turn: UInt64 = 1
    private var ready: [UInt64: Draft] = [:]
    private var isAppending = false

    /// The place in the journal's order of what is decided now.
    mutating func takeTicket() -> UInt64 {
        last += 1
        return last
    }

    /// Brings what was decided when the ticket was taken.
    mutating func add(_ draft: Draft, _ ticket: UInt64) { ready[ticket] = draft }

    /// Decides and brings at once.
    mutating func add(_ draft: Draft) { add(draft, takeTicket()) }

    /// Whether a draft has its turn and nobody appends it yet.
    var isReady: Bool { !isAppending && ready[turn] != nil }

    /// Whether the draft of a ticket stands.
    func hasAppended(_ ticket: UInt64) -> Bool { turn > ticket }

    /// The draft that has its turn, for the caller to append, if nobody appends one; ``appended()`` must follow.
    mutating func next() -> Draft? {
        guard !isAppending, let draft = ready.removeValue(forKey: turn) else { return nil }
        isAppending = true
        return draft
    }

    /// The draft that had its turn stands.
    mutating func appended() {
        isAppending = false
        turn += 1
    }
}
