internal import Envelope

/// What a worker keeps from one event to the next, so that alike events cost little: what the records have in common, the
/// reaction, and a context that nobody else holds.
package struct Workplace {
    var decoder = RecordDecoder()
    private var ready: ReadyReaction?
    private var context: Context?

    package init() {}

    /// The reaction to a record's topic.
    mutating func reaction(to view: RecordView, in all: [ReadyReaction]) -> ReadyReaction? {
        if let ready, ready.topicBytes.equals(view.topicBytes) { return ready }
        ready = all.first { $0.topicBytes.equals(view.topicBytes) }
        return ready
    }

    /// A context for an event: the last one, unless somebody kept it.
    mutating func context(
        for record: ArraySlice<UInt8>, event: Event?, attempt: Int, ready: ReadyReaction,
        make: (ReactionSubject) -> Context
    ) -> Context {
        if !isKnownUniquelyReferenced(&context) {
            let new = make(ReactionSubject(record, event: event, attempt: attempt, ready: ready))
            context = new
            return new
        }
        context!.turn(to: record, event: event, attempt: attempt, ready: ready)
        return context!
    }
}
