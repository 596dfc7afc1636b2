package import Choreography
package import Envelope

/// How far handlers are behind, by their durable cursors, from journals alone.
package struct HandlerBacklog: Sendable, Hashable {
    /// Events on the registered topics that the handler's cursors do not cover.
    package var behind: UInt64 = 0
    /// Events that the handler set aside to be handled later.
    package var parked = 0
    /// Events that the handler gave up on.
    package var deadLetters = 0
    /// What the handler has heard beyond the end of a publisher's journal.
    package var unknown: [UnknownHearing] = []

    package init() {}

    /// What the journals say of one handler. `cursors` are the consumers' as they were before `states` was read.
    package init(
        _ registration: Registration, states: [PublisherID: SlotState], cursors: [PublisherID: SlotState]? = nil
    ) {
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
        if let cursors { unknown = UnknownHearing.all(registration, cursors: cursors, tips: states) }
    }

    /// Reads every registered handler's backlog.
    package static func all(in home: Home) throws -> [HandlerName: HandlerBacklog] {
        // Registrations first: one made meanwhile is left out rather than taken for behind.
        try all(in: home, HomeLook(home)) { _ in }
    }

    /// As ``all(in:)``, with registrations that were read before; what cannot be read of the journals is told to `note`.
    package static func all(
        in home: Home, _ look: HomeLook, note: (Unreadable) -> Void
    ) throws -> [HandlerName: HandlerBacklog] {
        let tail = try JournalTail(home: home)
        let cursors = try tail.begin()
        // Consumers' cursors are older than publishers' tips, so that nobody looks lost who is ahead of the reading.
        var states = cursors
        try tail.poll(
            origin: { states[$0] = $1 },
            entry: { publisher, entry in
                states[publisher, default: SlotState()].applyReadable(entry) { tail.report($0, of: publisher) }
            })
        for row in tail.unreadable { note(row) }
        return Dictionary(
            look.registrations.map { ($0.handler, HandlerBacklog($0, states: states, cursors: cursors)) },
            uniquingKeysWith: { $1 })
    }
}
