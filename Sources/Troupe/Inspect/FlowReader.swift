package import Choreography
package import Envelope
internal import Journal

/// Reads flows from the journals of a home.
package struct FlowReader {
    private let home: Home
    private let limits: FlowIndex.Limits

    package init(home: Home) { self.init(home: home, limits: FlowIndex.Limits()) }

    init(home: Home, limits: FlowIndex.Limits) {
        self.home = home
        self.limits = limits
    }

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

    /// Everything that the journals say of one flow. Long journals are looked into by an index, which the first look
    /// makes.
    package func look(for flow: FlowID) throws -> FlowLedger {
        try EngineError.mapping { try indexed(flow) ?? indexed(flow) ?? ledger(of: [flow]) }
    }

    /// The trace of one flow; nil if no journal has an event of it.
    package func trace(_ flow: FlowID) throws -> FlowTrace? {
        let ledger = try look(for: flow)
        return ledger.isKnown ? FlowTrace(ledger, flow: flow, isRunning: isRunning) : nil
    }

    /// As `ledger(of:)`, by the journals' indexes; nil if one of them was damaged and is removed now.
    private func indexed(_ flow: FlowID) throws -> FlowLedger? {
        var ledger = FlowLedger(flows: [flow], registrations: try RegistrationFolder(home: home).all())
        var indexes: [(PublisherID, FlowIndex)] = []
        do {
            for publisher in try JournalShelf(home: home).publishers() {
                do { indexes.append((publisher, try FlowIndex(publisher, home: home, limits: limits))) } catch let error
                    as JournalError
                    where error.code == .notFound
                { continue }
            }
            for (publisher, index) in indexes {
                ledger.begin(publisher, at: index.state)
                try index.forEachEntry(saying: flow) { try ledger.find(publisher, $0) }
            }
            guard ledger.isKnown else { return ledger }
            let positions = ledger.said.values.map(\.position)
            for (publisher, index) in indexes {
                try index.forEachEntry(hearing: positions) { try ledger.observeHearings(publisher, $0) }
            }
            return ledger
        } catch is FlowIndexTable.Damage {
            for (_, index) in indexes { index.discard() }
            return nil
        }
    }
}
