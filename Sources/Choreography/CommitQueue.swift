internal import DequeModule

/// Appended entries on their way to be seen: appended, at their level, released, published, in this order.
///
/// An entry is released when it stands at its level and every entry before it was released: nothing overtakes another on
/// the wire. What is released is published and acknowledged after that, never before.
package struct CommitQueue<Commit: Sendable>: Sendable {
    private struct Waiting {
        let end: UInt64
        let level: Durability
        let commit: Commit
    }

    private var waiting: Deque<Waiting> = []

    package init() {}

    /// Whether nothing waits for its release.
    package var isEmpty: Bool { waiting.isEmpty }

    /// An entry was appended; it ends at `end`.
    package mutating func append(_ commit: Commit, end: UInt64, level: Durability) {
        waiting.append(Waiting(end: end, level: level, commit: commit))
    }

    /// How far the log may be released now, when everything below `durable` is safe from a power loss; nil if no
    /// further.
    package func releasable(durable: UInt64) -> UInt64? {
        var end: UInt64?
        for entry in waiting {
            guard entry.level < .synced || entry.end <= durable else { break }
            end = entry.end
        }
        return end
    }

    /// The log was released up to `end`: what may be published and acknowledged now.
    package mutating func released(upTo end: UInt64) -> [Commit] {
        var commits: [Commit] = []
        while let first = waiting.first, first.end <= end { commits.append(waiting.removeFirst().commit) }
        return commits
    }

    /// The log failed: what nobody will see, to be told so.
    package mutating func failed() -> [Commit] {
        defer { waiting = [] }
        return waiting.map(\.commit)
    }
}
