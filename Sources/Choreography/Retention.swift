package import Envelope

/// How much of its journal a slot keeps. Whole segments go, the oldest first, and never the newest.
public struct Retention: Hashable, Sendable {
    /// How long a segment is kept after its last entry; nil: for ever.
    public var age: Duration?
    /// The size in bytes above which the oldest segments go; nil: none.
    public var size: UInt64?
    /// Whether segments go although a registered handler has not handled everything in them: it loses that, and is told.
    public var isForced = false
    /// The size in bytes at which nothing more is published until there is room; nil: the disk's.
    public var quota: UInt64?

    /// Keeps everything.
    public init() {}

    /// Whether anything is ever removed.
    package var removes: Bool { age != nil || size != nil }

    /// The size of segments that suits the limits: an eighth of the smaller one, from 64 KiB on.
    package func segmentSize(atMost largest: Int) -> Int {
        guard let limit = [size, quota].compactMap({ $0 }).min() else { return largest }
        return min(largest, max(64 << 10, Int(clamping: limit / 8)))
    }

    /// Whether the oldest segment's time has come. `ended` is when the segment after it began, `total` the journal's
    /// size in bytes with it.
    package func wantsRemoved(ended: Timestamp, total: UInt64, now: Timestamp) -> Bool {
        if let size, total > size { return true }
        if let age { return now.microseconds - ended.microseconds > age.wholeMicroseconds }
        return false
    }

    /// Whether the newest segment should end, so that what is in it can go when its time comes.
    package func wantsRotated(begun: Timestamp, now: Timestamp) -> Bool {
        age.map { now.microseconds - begun.microseconds > max(.seconds(1), $0 / 4).wholeMicroseconds } ?? false
    }
}

/// What a publisher's registered consumers still need of it, by their durable cursors.
package struct ConsumerNeeds: Sendable {
    /// Who has to handle an event yet.
    package struct Holder: Hashable, Sendable {
        package let handler: HandlerName
        package let topic: Topic
        /// The last sequence on the topic that it is done with, and all before it.
        package let low: UInt64
    }

    private let publisher: PublisherID
    private let state: SlotState
    private var holders: [Topic: [Holder]] = [:]

    /// - Parameter state: the publisher's own, which knows its epochs.
    package init(of publisher: PublisherID, _ state: SlotState) {
        self.publisher = publisher
        self.state = state
    }

    /// Notes a registered handler with the durable state of each of its slots; nil for one that has no journal yet.
    package mutating func note(_ registration: Registration, _ slots: [SlotState?]) {
        for topic in registration.topics.keys {
            let stream = StreamID(publisher, topic)
            let lows = slots.map { slot -> UInt64 in
                guard let cursor = slot?.cursors[stream] else { return registration.start(on: stream).low }
                // Its publisher lost what an older cursor counts from there on, and gave the sequences to others.
                let first = state.firstSequence(after: cursor.epoch, on: topic)
                return first.map { min(cursor.low, $0 - 1) } ?? cursor.low
            }
            holders[topic, default: []].append(
                Holder(handler: registration.handler, topic: topic, low: lows.min() ?? 0))
        }
    }

    /// Somebody who still needs an event at or below the given tips.
    package func holder(below tips: [Topic: UInt64]) -> Holder? {
        tips.keys.sorted().lazy.flatMap { holders[$0] ?? [] }.first { $0.low < tips[$0.topic]! }
    }
}
