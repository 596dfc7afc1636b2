internal import Choreography
internal import Envelope

/// What a worker keeps from one event to the next, so that alike events cost little: what the records have in common, the
/// reaction, and a context that nobody else holds.
package struct Workplace {
    /// A reaction with what is the same for all events of its topic; an object, so that to have it is one reference.
    package final class Ready: Sendable {
        let body: Reaction.Body
        let declared: [String: Topic]
        let topicBytes: [UInt8]
        /// Whether it takes bytes, so that no event need be made.
        let takesBytes: Bool

        package init(_ reaction: Reaction) {
            body = reaction.body
            declared = reaction.emits.reduce(into: [:]) { $0[$1] = Topic(unchecked: $1) }
            topicBytes = Array(reaction.topic.utf8)
            if case .bytes = reaction.body { takesBytes = true } else { takesBytes = false }
        }
    }

    var decoder = RecordDecoder()
    private var ready: Ready?
    private var context: Context?

    package init() {}

    /// The reaction to a record's topic.
    mutating func reaction(to view: RecordView, in all: [Ready]) -> Ready? {
        if let ready, ready.topicBytes.equals(view.topicBytes) { return ready }
        ready = all.first { $0.topicBytes.equals(view.topicBytes) }
        return ready
    }

    /// A context for a subject: the last one, unless somebody kept it.
    mutating func context(for subject: ReactionSubject, make: () -> Context) -> Context {
        if !isKnownUniquelyReferenced(&context) {
            let new = make()
            context = new
            return new
        }
        context!.turn(to: subject)
        return context!
    }
}
