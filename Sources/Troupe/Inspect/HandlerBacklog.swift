package import Choreography
package import Envelope
internal import Journal

/// How far handlers are behind, by their durable cursors, from journals alone.
package struct HandlerBacklog: Sendable, Hashable {
    /// Events on the registered topics that the handler's cursors do not cover.
    package var behind: UInt64 = 0
    /// Events that the handler set aside to be handled later.
    package var parked = 0
    /// Events that the handler gave up on.
    package var deadLetters = 0

    package init() {}

    /// What the journals say of one handler.
    package init(_ registration: Registration, states: [PublisherID: SlotState]) {
        let slots = states.filter { $0.key.handler == registration.handler }.map(\.value)
        parked = slots.reduce(0) { $0 + $1.parks.count }
        deadLetters = slots.reduce(0) { $0 + $1.deadLetters.count }
        for (publisher, state) in states {
            for topic in registration.topics.keys where state.tip(topic) > 0 {
                let stream = StreamID(publisher, topic)
                let cursors = slots.compactMap { $0.cursors[stream] }
                // Slots share a stream by key; what no slot has heard is at least what the furthest one has not.
                let left = cursors.map { $0.missing(upTo: state.tip(topic)) }.min()
                behind += left ?? registration.start(on: stream).missing(upTo: state.tip(topic))
            }
        }
    }

    /// Reads every registered handler's backlog.
    package static func all(in home: Home) throws -> [HandlerName: HandlerBacklog] {
        // Registrations first: one made meanwhile is left out rather than taken for behind.
        let registrations = try RegistrationFolder(home: home).all()
        let states = try JournalTail(home: home).begin()
        return Dictionary(
            registrations.map { ($0.handler, HandlerBacklog($0, states: states)) }, uniquingKeysWith: { $1 })
    }
}
