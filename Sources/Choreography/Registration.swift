package import Envelope

/// The durable statement that a handler consumes topics from a start position; the only thing that makes a consumer.
package struct Registration: Hashable, Sendable {
    /// Where a consumer begins on a topic.
    package enum Start: Hashable, Sendable {
        /// At the oldest event that is kept.
        case earliest
        /// After what had been published when the registration was made: the tip of each publisher by then.
        case latest(tips: [PublisherID: UInt64])
    }

    package let handler: HandlerName
    package var topics: [Topic: Start]
    /// Whether the handler has opened its log since. Only then is a missing log a loss.
    package var hasBegun: Bool

    package init(handler: HandlerName, topics: [Topic: Start], hasBegun: Bool = true) {
        self.handler = handler
        self.topics = topics
        self.hasBegun = hasBegun
    }

    /// The cursor to begin with on a stream that the handler's journal says nothing of.
    package func start(on stream: StreamID) -> Cursor {
        if case .latest(let tips)? = topics[stream.topic], let tip = tips[stream.publisher] {
            Cursor(low: tip)
        } else {
            Cursor()
        }
    }
}
