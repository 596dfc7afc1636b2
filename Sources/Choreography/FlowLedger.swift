package import Envelope

/// What the journals of a choreography say about one flow: its events, who heard them, and what is outstanding.
///
/// A flow is settled when, for each of its events and each handler registered for the event's topic, the durable
/// cursor covers the event and no park of the flow is live. Computed from positions, never from a silence, and checked
/// again whenever an entry adds events.
package struct FlowLedger: Sendable {
    /// An event of the flow, as its publisher's journal holds it.
    package struct Said: Sendable {
        package let event: Event
        package let position: Position
        package let level: Durability
    }

    /// What a handler did with an event.
    package struct Hearing: Sendable, Hashable {
        package let handler: HandlerName
        package let outcome: HeardOutcome
        package let time: Timestamp
        package let level: Durability
        package var attempts: UInt32
        package var error: String?
    }

    /// An event that somebody has yet to finish with.
    package struct Outstanding: Sendable, Hashable {
        package enum Reason: Sendable, Hashable {
            case notHeard
            case retrying(attempts: UInt32, due: Timestamp, error: String)
            case behind
            case notBefore(Timestamp)
        }

        package let event: EventID
        package let topic: Topic
        package let handler: HandlerName
        package let reason: Reason
    }

    private let flows: Set<FlowID>
    private let registrations: [Registration]
    /// Events that somebody may have yet to finish with.
    private var open: Set<EventID> = []
    private var states: [PublisherID: SlotState] = [:]
    package private(set) var said: [EventID: Said] = [:]
    private var byPosition: [StreamID: [UInt64: EventID]] = [:]
    private var hearings: [EventID: [HandlerName: Hearing]] = [:]

    /// Watches some flows with the consumers that are registered now.
    package init(flows: Set<FlowID>, registrations: [Registration]) {
        self.flows = flows
        self.registrations = registrations
    }

    /// The state of a journal where its reading begins.
    package mutating func begin(_ publisher: PublisherID, at state: SlotState) {
        states[publisher] = state
    }

    /// Folds an entry of `publisher`'s journal. Returns whether it tells of the flow something new.
    @discardableResult
    package mutating func observe(_ publisher: PublisherID, _ entry: EngineEntry) throws -> Bool {
        var isNews = false
        try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
            let view = try RecordView(bytes)
            guard try flows.count == 1 ? view.flowMatches(flows.first!) : flows.contains(view.flow()) else { return }
            let event = try view.event()
            let stream = StreamID(publisher, event.topic)
            let position = Position(stream, epoch: entry.epoch, sequence: event.sequence)
            said[event.eventID] = Said(event: event, position: position, level: entry.level)
            byPosition[stream, default: [:]][event.sequence] = event.eventID
            open.insert(event.eventID)
            isNews = true
        }
        var state = states[publisher] ?? SlotState()
        for run in try entry.heard() {
            state.hear(run)
            isNews = note(run, by: publisher.handler, entry) || isNews
        }
        for item in try entry.knows() {
            isNews = note(item, by: publisher.handler, entry, state) || isNews
            state.know(item)
        }
        states[publisher] = state
        return isNews
    }

    /// Looks again at what an entry heard, once all events of the flow are known. For reading journals in any order.
    package mutating func observeHearings(_ publisher: PublisherID, _ entry: EngineEntry) throws {
        for run in try entry.heard() { _ = note(run, by: publisher.handler, entry) }
        for item in try entry.knows() { _ = note(item, by: publisher.handler, entry, SlotState()) }
    }

    private mutating func note(_ run: HeardRun, by handler: HandlerName, _ entry: EngineEntry) -> Bool {
        guard let known = byPosition[run.stream] else { return !said.isEmpty }
        func mark(_ id: EventID) {
            hearings[id, default: [:]][handler] = Hearing(
                handler: handler, outcome: run.outcome, time: entry.time, level: entry.level,
                attempts: run.outcome == .handled ? 1 : 0)
        }
        if UInt64(known.count) <= run.range.upperBound - run.range.lowerBound {
            for (sequence, id) in known where run.range.contains(sequence) { mark(id) }
        } else {
            for sequence in run.range { if let id = known[sequence] { mark(id) } }
        }
        return true
    }

    private mutating func note(
        _ item: Knowledge, by handler: HandlerName, _ entry: EngineEntry, _ state: SlotState
    ) -> Bool {
        func id(_ position: Position) -> EventID? { byPosition[position.stream]?[position.sequence] }
        switch item {
        case .park(let park):
            guard let id = id(park.position) else { return false }
            // A dead letter that is retried opens its flow again.
            open.insert(id)
            hearings[id, default: [:]][handler] = Hearing(
                handler: handler, outcome: .parked, time: entry.time, level: entry.level, attempts: park.attempts,
                error: park.error.isEmpty ? nil : park.error)
        case .unpark(let position):
            guard let id = id(position) else { return false }
            let before = hearings[id]?[handler]?.attempts ?? 0
            let attempts = before == .max ? before : before + 1
            hearings[id, default: [:]][handler] = Hearing(
                handler: handler, outcome: .handled, time: entry.time, level: entry.level, attempts: attempts)
        case .dead(let letter):
            guard let id = id(letter.position) else { return false }
            hearings[id, default: [:]][handler] = Hearing(
                handler: handler, outcome: .dead, time: entry.time, level: entry.level, attempts: letter.attempts,
                error: letter.error)
        case .undead, .cursor, .lost, .epoch, .trying, .closed: break
        }
        return true
    }

    // MARK: answers

    /// Whether any event of the flow was found.
    package var isKnown: Bool { !said.isEmpty }

    /// Handlers registered for a topic.
    package func consumers(of topic: Topic) -> [HandlerName] {
        registrations.filter { $0.topics[topic] != nil }.map(\.handler).sorted()
    }

    /// Whether every event found so far is finished with by everybody. Asks only about those that were not before.
    package mutating func isSettled() -> Bool {
        open = open.filter { id in
            guard let item = said[id] else { return false }
            return consumers(of: item.event.topic).contains { reason(for: item, $0) != nil }
        }
        return open.isEmpty
    }

    /// What somebody has yet to finish with, in order of event and handler. Empty means settled.
    package func outstanding() -> [Outstanding] {
        var result: [Outstanding] = []
        for id in open.sorted() {
            guard let item = said[id] else { continue }
            for handler in consumers(of: item.event.topic) {
                if let reason = reason(for: item, handler) {
                    result.append(
                        Outstanding(event: id, topic: item.event.topic, handler: handler, reason: reason))
                }
            }
        }
        return result
    }

    private func reason(for item: Said, _ handler: HandlerName) -> Outstanding.Reason? {
        let position = item.position
        let slots = states.filter { $0.key.handler == handler }
        for (_, state) in slots {
            guard let park = Self.park(of: position, in: state) else { continue }
            switch park.reason {
            case .retry: return .retrying(attempts: park.attempts, due: park.due, error: park.error)
            case .behind: return .behind
            case .notBefore: return .notBefore(park.due)
            }
        }
        for (_, state) in slots {
            // A cursor of an older epoch counts sequences that the publisher lost and gave to other events.
            if let cursor = state.cursors[position.stream], cursor.epoch >= position.epoch,
                cursor.contains(position.sequence)
            {
                return nil
            }
        }
        guard let registration = registrations.first(where: { $0.handler == handler }) else { return nil }
        let isCovered =
            slots.allSatisfy { ($0.value.cursors[position.stream]?.low ?? .max) >= position.sequence }
            && registration.start(on: position.stream).contains(position.sequence)
        return isCovered ? nil : .notHeard
    }

    /// The park of an event, which may be known by a later epoch than it was said in: a replay page states the
    /// publisher's newest.
    private static func park(of position: Position, in state: SlotState) -> Park? {
        guard !state.parks.isEmpty else { return nil }
        return state.parks[position]
            ?? state.parks.values.first {
                $0.position.sequence == position.sequence && $0.position.epoch > position.epoch
                    && $0.position.stream == position.stream
            }
    }

    /// Events that a handler gave up on.
    package var failures: [(EventID, Hearing)] {
        hearings.sorted { $0.key < $1.key }.flatMap { id, byHandler in
            byHandler.values.filter { $0.outcome == .dead }.sorted { $0.handler < $1.handler }.map { (id, $0) }
        }
    }

    /// What was done with an event, by handler name.
    package func hearings(of id: EventID) -> [Hearing] {
        (hearings[id] ?? [:]).values.sorted { $0.handler < $1.handler }
    }

    /// Of how many flows the root was found.
    package var flowsSeen: Int { said.keys.reduce(0) { $0 + ($1.serial == .root ? 1 : 0) } }

    /// A flow's level: that of its weakest hop.
    package func level(of flow: FlowID) -> Durability? {
        let said = said.filter { $0.key.flow == flow }.map(\.value.level)
        let heard = hearings.filter { $0.key.flow == flow }.flatMap { $0.value.values.map(\.level) }
        return (said + heard).min()
    }

    /// One flow's events by step number.
    package func steps(of flow: FlowID) -> [(StepNumber, Said)] {
        let said = said.values.filter { $0.event.flow == flow }
        let numbers = StepNumbers.assign(said.map { StepNode($0.event) })
        return said.map { (numbers[$0.event.eventID] ?? StepNumber(path: []), $0) }
            .sorted { ($0.0, $0.1.event.serial) < ($1.0, $1.1.event.serial) }
    }
}
