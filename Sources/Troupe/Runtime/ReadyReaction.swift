internal import Envelope

/// A reaction with what is the same for all events of its topic; an object, so that to have it is one reference.
package final class ReadyReaction: Sendable {
    let body: Reaction.Body
    /// The topics that it may emit on, by their text.
    let declared: [String: Topic]
    let topicBytes: [UInt8]
    /// Whether it takes bytes, so that no event need be made.
    let takesBytes: Bool

    /// - Precondition: the reaction's topics passed `Declaration.of`.
    package init(_ reaction: Reaction) {
        body = reaction.body
        declared = reaction.emits.reduce(into: [:]) { $0[$1] = Topic(unchecked: $1) }
        topicBytes = Array(reaction.topic.utf8)
        if case .bytes = reaction.body { takesBytes = true } else { takesBytes = false }
    }
}
