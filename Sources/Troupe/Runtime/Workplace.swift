internal import Choreography
internal import Envelope

/// What a worker keeps from one event to the next, so that alike events cost little: what the records have in common, the
/// reaction, and a context that nobody else holds.
package struct Workplace {
    var decoder = RecordDecoder()
    private var ready: ReadyReaction?
    private var context: Context?

    package init() {}

    /// The reaction to a record's topic.
    mutating func reaction(to topic: UnsafeRawBufferPointer, in all: [ReadyReaction]) -> ReadyReaction? {
        if let ready, ready.topicBytes.equals(topic) { return ready }
        ready = all.first { $0.topicBytes.equals(topic) }
        return ready
    }

    /// A context for an event of a work: the last one, unless somebody kept it. It is the caller's until it is put back.
    mutating func takeContext(
        for work: Work, _ range: Range<Int>, event: Event?, ready: ReadyReaction, make: (ReactionSubject) -> Context
    ) -> Context {
        let attempt = Int(work.parkedAttempts ?? 0) + 1
        if isKnownUniquelyReferenced(&context), let context {
            self.context = nil
            context.turn(
                to: work.records, range, event: event, attempt: attempt, ready: ready, decoder: decoder)
            return context
        }
        return make(
            ReactionSubject(work.records, range, event: event, attempt: attempt, ready: ready, decoder: decoder))
    }

    /// Keeps a context for the next event.
    mutating func put(_ context: Context) { self.context = context }
}
