package import Choreography
package import Envelope

/// Waits until flows are settled, by counting: registered handlers' durable cursors against the flows' events.
package final class FlowAwaiter {
    private let home: Home
    private let tail: JournalTail
    private let states: [PublisherID: SlotState]
    private let registrations: [Registration]

    /// Notes where every journal ends. To be made before the flows' roots are published.
    package init(home: Home) throws {
        self.home = home
        tail = try JournalTail(home: home)
        // Who is to be waited for must be known; what a journal cannot tell is only waited for in vain.
        registrations = try RegistrationFolder(home: home).all()
        states = try tail.begin()
    }

    /// What of the home cannot be read, and so cannot be waited for.
    package var unreadable: [Unreadable] { tail.unreadable }

    /// Handlers registered for a topic.
    package func consumers(of topic: Topic) -> [HandlerName] {
        registrations.filter { $0.topics[topic] != nil }.map(\.handler).sorted()
    }

    /// Waits until the flows are settled, or until the deadline. Returns whether they are, and what is known of them.
    package func wait(for flows: Set<FlowID>, until deadline: Deadline) throws -> (Bool, FlowLedger) {
        var ledger = FlowLedger(flows: flows, registrations: registrations)
        for (publisher, state) in states { ledger.begin(publisher, at: state) }
        var isFirst = true
        while true {
            var isNews = isFirst
            isFirst = false
            try tail.poll(
                origin: { ledger.begin($0, at: $1) },
                entry: { publisher, entry in
                    isNews = ledger.observe(publisher, entry) { tail.report($0, of: publisher) } || isNews
                })
            if isNews, ledger.flowsSeen >= flows.count, ledger.isSettled() { return (true, ledger) }
            if deadline.isOver { return (false, ledger) }
            tail.wait(until: deadline)
        }
    }
}
