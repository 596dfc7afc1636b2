package import Choreography
package import Envelope

/// What a handler once made of an event, as the journals tell it.
package struct RecordedHandling: Sendable {
    package let event: Event
    package let hearing: FlowLedger.Hearing
    /// What it said then, by emission.
    package let said: [Event]

    /// How to ask for it again, at the time when the last attempt began.
    package var request: DryRunRequest {
        DryRunRequest(
            event: CloudEventsJSON.encode(event), attempt: max(1, hearing.attempts),
            time: (hearing.began ?? hearing.time).description)
    }

    /// As a dry run would have answered then.
    package var answer: DryRunAnswer {
        switch hearing.outcome {
        case .handled: DryRunAnswer(outcome: "handled", said: said.map { CloudEventsJSON.encode($0) })
        case .expired: DryRunAnswer(outcome: "expired")
        case .dead: DryRunAnswer(outcome: "failed", error: hearing.error ?? "")
        case .parked:
            hearing.error.map { DryRunAnswer(outcome: "failed", error: $0) } ?? DryRunAnswer(outcome: "wait")
        }
    }

    /// What a handler made of a flow's events, in the order in which it was done with them.
    package static func of(_ handler: HandlerName, in ledger: FlowLedger) -> [RecordedHandling] {
        let effects = Dictionary(grouping: ledger.said.values.map(\.event)) { event in
            event.serial.handler == handler.text
                ? event.serial.parent.map { EventID(flow: event.flow, serial: $0) } : nil
        }
        return ledger.said.flatMap { id, said in
            ledger.hearings(of: id).filter { $0.handler == handler }.map { hearing in
                RecordedHandling(
                    event: said.event, hearing: hearing,
                    said: (effects[id] ?? []).sorted { ($0.serial.emissionIndex ?? 0) < ($1.serial.emissionIndex ?? 0) }
                )
            }
        }
        .sorted { ($0.hearing.time, $0.event.eventID) < ($1.hearing.time, $1.event.eventID) }
    }

    /// What a handler was done with since a time, of whatever flow.
    package static func of(
        _ handler: HandlerName, since: Timestamp, home: Home, note row: (Unreadable) -> Void = { _ in }
    ) throws -> [RecordedHandling] {
        var heard: [StreamID: Set<UInt64>] = [:]
        let found = UnreadableList()
        for slot in JournalShelf(home: home).publishers() where slot.handler == handler {
            guard let look = JournalLook(slot, home: home, note: found.add) else { continue }
            try look.read { entry in
                if entry.time >= since { note(entry, in: &heard, problem: look.report) }
            }
        }
        var flows: Set<FlowID> = []
        let tail = try JournalTail(home: home)
        try tail.poll { publisher, entry in
            entry.forEachReadable(problem: { tail.report($0, of: publisher) }) { view throws(EnvelopeError) in
                let stream = StreamID(publisher, try Topic(String(decoding: view.topicBytes, as: UTF8.self)))
                if heard[stream]?.contains(view.sequence) ?? false { flows.insert(try view.flow()) }
            }
        }
        for item in tail.unreadable { found.add(item) }
        let ledger = try FlowReader(home: home).ledger(of: flows, note: found.add)
        for item in found.rows { row(item) }
        return of(handler, in: ledger).filter { $0.hearing.time >= since }
    }

    private static func note(
        _ entry: EngineEntry, in heard: inout [StreamID: Set<UInt64>], problem: (EntryProblem) -> Void
    ) {
        for run in entry.readableHeard(problem: problem) { heard[run.stream, default: []].formUnion(run.range) }
        for item in entry.readableKnows(problem: problem) {
            switch item {
            case .unpark(let position): heard[position.stream, default: []].insert(position.sequence)
            case .dead(let letter): heard[letter.position.stream, default: []].insert(letter.position.sequence)
            case .park(let park): heard[park.position.stream, default: []].insert(park.position.sequence)
            case .undead, .cursor, .lost, .epoch, .trying, .closed, .opened, .forgot, .took: break
            }
        }
    }
}
