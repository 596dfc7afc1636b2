package import Envelope

/// One publisher's events on one topic: the unit of sequence numbers and of cursors.
package struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let publisher: PublisherID
    package let topic: Topic

    package init(_ publisher: PublisherID, _ topic: Topic) {
        self.publisher = publisher
        self.topic = topic
    }

    package var description: String { "\(publisher)/\(topic)" }

    package static func < (a: Self, b: Self) -> Bool {
        a.publisher == b.publisher ? a.topic < b.topic : a.publisher < b.publisher
    }
}
