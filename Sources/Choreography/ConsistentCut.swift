package import Envelope

/// Where the journals of a choreography can be cut so that together they are a state that it could have been in: no
/// publisher is cut before anything that a consumer, as it is cut, has heard of it.
///
/// Journals are looked at one after the other while they grow. So a consumer that was looked at late may have heard what a
/// publisher said after it was looked at; that one's cut is moved on until it holds it, and with it what the publisher had
/// heard until then. This ends, since all of it had happened when the last one was looked at.
package struct ConsistentCut: Sendable {
    package private(set) var states: [PublisherID: SlotState]
    /// Journals that end before what was heard of them, however far they are read.
    private var exhausted: Set<PublisherID> = []

    /// - Parameter states: each journal's state at the place where it was looked at.
    package init(_ states: [PublisherID: SlotState]) { self.states = states }

    /// A journal whose cut must be moved on, to an entry after which its tips reach these.
    package struct Need: Hashable, Sendable {
        package let publisher: PublisherID
        package let tips: [Topic: UInt64]

        /// Whether a state is far enough.
        package func isMet(by state: SlotState) -> Bool { tips.allSatisfy { state.tip($0.key) >= $0.value } }
    }

    /// The next journal to be moved on; nil once the cut is consistent.
    package func next() -> Need? {
        for (publisher, state) in states.sorted(by: { $0.key < $1.key }) where !exhausted.contains(publisher) {
            var heard = ConsumerCursors(of: publisher)
            for (consumer, other) in states where consumer != publisher { heard.note(consumer, other) }
            let tips = Dictionary(heard.ahead(of: state).map { ($0.topic, $0.heard) }, uniquingKeysWith: max)
            if !tips.isEmpty { return Need(publisher: publisher, tips: tips) }
        }
        return nil
    }

    /// A journal was read on to a place with this state; as far as it goes, if it does not meet what was needed.
    package mutating func moved(_ need: Need, to state: SlotState) {
        states[need.publisher] = state
        if !need.isMet(by: state) { exhausted.insert(need.publisher) }
    }
}
