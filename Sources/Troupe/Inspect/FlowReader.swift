package import Choreography
package import Envelope
internal import Journal

/// Reads flows from the journals of a home.
package struct FlowReader {
    private let home: Home

    package init(home: Home) { self.home = home }

    /// Whether a process holds the handler's slot.
    package func isRunning(_ handler: HandlerName) -> Bool {
        let slot = PublisherID(handler: handler, slot: 0)
        return ((try? OSFileSystem().lockHolder(home.lock(slot.text))) ?? nil) != nil
    }

    /// Everything that the journals say of some flows. Reads them twice: first who said what, then who heard it, for
    /// a consumer's journal may come before its publisher's.
    package func ledger(of flows: Set<FlowID>) throws -> FlowLedger {
        var ledger = FlowLedger(flows: flows, registrations: try RegistrationFolder(home: home).all())
        try JournalTail(home: home).poll(
            origin: { ledger.begin($0, at: $1) }, entry: { try ledger.observe($0, $1) })
        guard ledger.isKnown else { return ledger }
        try JournalTail(home: home).poll { try ledger.observeHearings($0, $1) }
        return ledger
    }

    /// The trace of one flow; nil if no journal has an event of it.
    package func trace(_ flow: FlowID) throws -> FlowTrace? {
        let ledger = try ledger(of: [flow])
        return ledger.isKnown ? FlowTrace(ledger, flow: flow, isRunning: isRunning) : nil
    }
}
