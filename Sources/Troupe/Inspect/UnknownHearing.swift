internal import Choreography
internal import Envelope

/// A consumer has heard more of a stream than its publisher's journal holds, and no newer epoch explains it.
///
/// Whoever looks judges nothing by it, and sets nothing back: only the journal's writer, which recovers under its lock, can
/// tell what was lost.
package struct UnknownHearing: Codable, Hashable, Sendable {
    /// The consumer.
    package var handler: String
    /// The publisher's slot.
    package var publisher: String
    package var topic: String
    /// The last sequence that was heard.
    package var heard: UInt64
    /// The last sequence that the journal holds.
    package var end: UInt64

    /// For people, on one line.
    package var text: String {
        "unknown: \(handler) heard up to \(heard) of \(topic), and the journal \(publisher) ends at \(end); it was put back"
            + " from a copy, or its writer has not recovered yet; start it, and it says what was lost"
    }

    /// What a registered handler has heard beyond the ends of journals. The cursors must be older than the tips.
    static func all(
        _ registration: Registration, cursors: [PublisherID: SlotState], tips: [PublisherID: SlotState]
    ) -> [UnknownHearing] {
        tips.flatMap { publisher, state in
            var heard = ConsumerCursors(of: publisher)
            for (slot, cursors) in cursors where slot.handler == registration.handler { heard.note(slot, cursors) }
            return heard.ahead(of: state).filter { registration.topics[$0.topic] != nil }.map { ahead in
                UnknownHearing(
                    handler: registration.handler.text, publisher: publisher.text, topic: ahead.topic.text,
                    heard: ahead.heard, end: ahead.tip)
            }
        }.sorted { ($0.publisher, $0.topic, $0.heard) < ($1.publisher, $1.topic, $1.heard) }
    }
}
