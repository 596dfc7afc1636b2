internal import Choreography
internal import Envelope

/// What a worker keeps from one event to the next, so that alike events cost little: what the records have in common, the
/// reaction, and a handling that nobody else holds.
package struct Workplace {
    var decoder = RecordDecoder()
    private var ready: ReadyReaction?
    private var handling: Handling?

    package init() {}

    /// The reaction to a record's topic.
    mutating func reaction(to topic: UnsafeRawBufferPointer, in all: [ReadyReaction]) -> ReadyReaction? {
        if let ready, ready.topicBytes.equals(topic) { return ready }
        ready = all.first { $0.topicBytes.equals(topic) }
        return ready
    }

    /// A handling for an event of a work: the last one, unless somebody kept it. It is the caller's until it is put back.
    mutating func takeHandling(
        for work: Work, _ range: Range<Int>, event: Event?, ready: ReadyReaction, make: (ReactionSubject) -> Handling
    ) -> Handling {
        let attempt = Int(work.parkedAttempts ?? 0) + 1
        if isKnownUniquelyReferenced(&handling), let handling {
            self.handling = nil
            handling.turn(
                to: work.records, range, event: event, attempt: attempt, ready: ready, decoder: decoder)
            return handling
        }
        return make(
            ReactionSubject(work.records, range, event: event, attempt: attempt, ready: ready, decoder: decoder))
    }

    /// Keeps a handling for the next event.
    mutating func put(_ handling: Handling) { self.handling = handling }
}
