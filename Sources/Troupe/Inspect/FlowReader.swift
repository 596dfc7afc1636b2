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
    package func ledger(
        of flows: Set<FlowID>, note: (Unreadable) -> Void = { _ in }
    ) throws -> FlowLedger {
        let look = HomeLook(home)
        for row in look.unreadable { note(row) }
        var ledger = FlowLedger(flows: flows, registrations: look.registrations)
        let first = try JournalTail(home: home)
        try first.poll(
            origin: { ledger.begin($0, at: $1) },
            entry: { publisher, entry in
                _ = ledger.observe(publisher, entry) { first.report($0, of: publisher) }
            })
        for row in first.unreadable { note(row) }
        guard ledger.isKnown else { return ledger }
        let second = try JournalTail(home: home)
        try second.poll { publisher, entry in
            ledger.observeHearings(publisher, entry) { second.report($0, of: publisher) }
        }
        for row in second.unreadable { note(row) }
        return ledger
    }

    /// Everything that the journals say of one flow. Long journals are looked into by an index, which the first look
    /// makes.
    package func look(for flow: FlowID, note: (Unreadable) -> Void = { _ in }) throws -> FlowLedger {
        let home = HomeLook(home)
        do {
            if let ledger = try indexed(flow, home) ?? indexed(flow, home) {
                for row in home.unreadable { note(row) }
                for publisher in home.publishers {
                    let reader = try? JournalShelf(home: self.home).reader(publisher)
                    guard (try? reader?.awaitsRecovery()) ?? false else { continue }
                    note(JournalLook.awaitsRecovery(publisher, self.home.journal(publisher.text)))
                }
                return ledger
            }
        } catch is JournalError {} catch is EngineError {} catch is EnvelopeError {} catch is ChoreographyError {}
        // An index stops where something cannot be read; reading everything passes over it.
        return try ledger(of: [flow], note: note)
    }

    /// The trace of one flow; nil if no journal has an event of it. What cannot be read is told to `note`, and stands in
    /// the trace.
    package func trace(_ flow: FlowID, note: (Unreadable) -> Void = { _ in }) throws -> FlowTrace? {
        let found = UnreadableList()
        let ledger = try look(for: flow, note: found.add)
        for row in found.rows { note(row) }
        guard ledger.isKnown else { return nil }
        var trace = FlowTrace(ledger, flow: flow, isRunning: isRunning)
        trace.note(unreadable: found.rows)
        return trace
    }

    /// As `ledger(of:)`, by the journals' indexes; nil if one of them was damaged and is removed now.
    private func indexed(_ flow: FlowID, _ look: HomeLook) throws -> FlowLedger? {
        var ledger = FlowLedger(flows: [flow], registrations: look.registrations)
        var indexes: [(PublisherID, FlowIndex)] = []
        do {
            for publisher in look.publishers {
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
