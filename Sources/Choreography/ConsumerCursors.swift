package import Envelope

/// What the registered consumers of a publisher have heard of it, by their own journals.
///
/// Only the publisher's writer judges by it, once it has recovered under its lock: whoever merely looks may see a consumer
/// that is ahead of what it could read of the publisher.
package struct ConsumerCursors: Sendable {
    /// A consumer that has heard what the publisher's journal does not hold.
    package struct Ahead: Sendable, Hashable {
        package let consumer: PublisherID
        package let topic: Topic
        /// The last sequence that it heard.
        package let heard: UInt64
        /// The last sequence that there is.
        package let tip: UInt64
    }

    private let publisher: PublisherID
    private var cursors: [(consumer: PublisherID, topic: Topic, cursor: Cursor)] = []
    /// Consumers whose journals could not be read, and why.
    package private(set) var unreadable: [(consumer: PublisherID, reason: String)] = []

    package init(of publisher: PublisherID) { self.publisher = publisher }

    /// Notes what a consumer's journal amounts to.
    package mutating func note(_ consumer: PublisherID, _ state: SlotState) {
        for (stream, cursor) in state.cursors where stream.publisher == publisher {
            cursors.append((consumer, stream.topic, cursor))
        }
    }

    package mutating func note(_ consumer: PublisherID, unreadable reason: String) {
        unreadable.append((consumer, reason))
    }

    /// The same, of nobody's epochs: what a broken rule makes of it.
    package func withoutEpochs() -> ConsumerCursors {
        var changed = self
        for index in changed.cursors.indices { changed.cursors[index].cursor.epoch = 0 }
        return changed
    }

    /// The newest epoch that anybody has heard of; 0 if none.
    package var newestEpoch: UInt64 { cursors.map(\.cursor.epoch).max() ?? 0 }

    /// The oldest epoch that anybody stands in; nil where a consumer could not be asked.
    package var oldestEpoch: UInt64? {
        guard unreadable.isEmpty else { return nil }
        return cursors.map(\.cursor.epoch).filter { $0 > 0 }.min() ?? .max
    }

    /// Consumers that have heard what the publisher's journal does not hold, although none of its epochs says that it was
    /// lost: the journal was put back from a copy.
    package func ahead(of state: SlotState) -> [Ahead] {
        cursors.compactMap { consumer, topic, cursor in
            let high = cursor.above.last?.upperBound ?? cursor.low
            let first = state.firstSequence(after: cursor.epoch, on: topic)
            let heard = first.map { min(high, $0 - 1) } ?? high
            let tip = state.tip(topic)
            return heard > tip ? Ahead(consumer: consumer, topic: topic, heard: heard, tip: tip) : nil
        }.sorted { ($0.consumer, $0.topic) < ($1.consumer, $1.topic) }
    }
}

extension ConsumerCursors.Ahead: CustomStringConvertible {
    package var description: String { "\(consumer) heard \(topic) up to \(heard), and it ends at \(tip)" }
}
