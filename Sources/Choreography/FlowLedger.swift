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
        /// When the entry that says it was appended.
        package let time: Timestamp
    }

    /// What a handler did with an event.
    package struct Hearing: Sendable, Hashable {
        package let handler: HandlerName
        package let outcome: HeardOutcome
        package let time: Timestamp
        package let level: Durability
        package var attempts: UInt32
        package var error: String?
        /// When the first attempt began, and when the last one did and how long it took; nil where the entry does not say.
        package var firstBegan: Timestamp?
        package var began: Timestamp?
        package var took: Int64?
    }

    /// An event that somebody has yet to finish with.
    package struct Outstanding: Sendable, Hashable {
        package enum Reason: Sendable, Hashable {
            case notHeard
            /// The handler's cursor covers the sequence, by another history of the publisher's journal than the one that is
            /// there: whether it heard this event is only known once both have recovered.
            case unknown
            case retrying(attempts: UInt32, due: Timestamp, error: String)
            case behind
            case notBefore(Timestamp)
        }

        package let event: EventID
        package let topic: Topic
        package let handler: HandlerName
        package let reason: Reason
        /// How many events of its stream the handler has to hear before it.
        package let behind: UInt64
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

    /// Folds an entry of `publisher`'s journal. Returns whether it tells of the flow something new. Throws what cannot be
    /// read of it, and folds the rest.
    @discardableResult
    package mutating func observe(_ publisher: PublisherID, _ entry: EngineEntry) throws -> Bool {
        try Self.strictly { observe(publisher, entry, problem: $0) }
    }

    /// Looks in an entry for events of the flows. Returns whether there are any. Throws as ``observe(_:_:)``.
    @discardableResult
    package mutating func find(_ publisher: PublisherID, _ entry: EngineEntry) throws -> Bool {
        try Self.strictly { find(publisher, entry, problem: $0) }
    }

    /// Looks again at what an entry heard, once all events of the flow are known. For reading journals in any order.
    /// Throws as ``observe(_:_:)``.
    package mutating func observeHearings(_ publisher: PublisherID, _ entry: EngineEntry) throws {
        try Self.strictly { observeHearings(publisher, entry, problem: $0) }
    }

    private static func strictly<R>(_ body: ((EntryProblem) -> Void) -> R) throws -> R {
        var first: EntryProblem?
        let result = body { if first == nil { first = $0 } }
        if let first { throw ChoreographyError(.malformed, first.reason) }
        return result
    }

    /// As ``observe(_:_:)``; what cannot be read is left out, and told to `problem`.
    package mutating func observe(
        _ publisher: PublisherID, _ entry: EngineEntry, problem: (EntryProblem) -> Void
    ) -> Bool {
        var isNews = find(publisher, entry, problem: problem)
        var state = states[publisher] ?? SlotState()
        let hearing = Hearings(publisher.handler, entry, problem)
        for run in hearing.heard {
            state.hear(run)
            isNews = note(run, hearing) || isNews
        }
        for item in hearing.knows {
            isNews = note(item, hearing) || isNews
            state.know(item)
        }
        states[publisher] = state
        return isNews
    }

    /// As ``find(_:_:)``; what cannot be read is left out, and told to `problem`.
    package mutating func find(
        _ publisher: PublisherID, _ entry: EngineEntry, problem: (EntryProblem) -> Void
    ) -> Bool {
        var isNews = false
        func look(_ view: RecordView) throws(EnvelopeError) {
            guard try flows.count == 1 ? view.flowMatches(flows.first!) : flows.contains(view.flow()) else { return }
            let event = try view.event()
            let stream = StreamID(publisher, event.topic)
            let position = Position(stream, epoch: entry.epoch, sequence: event.sequence)
            said[event.eventID] = Said(event: event, position: position, level: entry.level, time: entry.time)
            byPosition[stream, default: [:]][event.sequence] = event.eventID
            open.insert(event.eventID)
            isNews = true
        }
        entry.forEachReadable(problem: problem, look)
        return isNews
    }

    /// As ``observeHearings(_:_:)``; what cannot be read is left out, and told to `problem`.
    package mutating func observeHearings(
        _ publisher: PublisherID, _ entry: EngineEntry, problem: (EntryProblem) -> Void
    ) {
        let hearing = Hearings(publisher.handler, entry, problem)
        for run in hearing.heard { _ = note(run, hearing) }
        for item in hearing.knows { _ = note(item, hearing) }
    }

    /// What one entry of a handler says of hearings.
    private struct Hearings {
        let handler: HandlerName
        let time: Timestamp
        let level: Durability
        let heard: [HeardRun]
        let knows: [Knowledge]
        let times: HandlingTimes

        init(_ handler: HandlerName, _ entry: EngineEntry, _ problem: (EntryProblem) -> Void) {
            self.handler = handler
            time = entry.time
            level = entry.level
            heard = entry.readableHeard(problem: problem)
            knows = entry.readableKnows(problem: problem)
            times = HandlingTimes(heard: heard, knows: knows, time: time)
        }
    }

    private mutating func note(_ run: HeardRun, _ entry: Hearings) -> Bool {
        guard let known = byPosition[run.stream] else { return !said.isEmpty }
        func mark(_ id: EventID) {
            hearings[id, default: [:]][entry.handler] = nil
            let isHandled = run.outcome == .handled
            set(id, run.outcome, entry, attempts: isHandled ? 1 : 0, isAttempt: isHandled)
        }
        if UInt64(known.count) <= run.range.upperBound - run.range.lowerBound {
            for (sequence, id) in known where run.range.contains(sequence) { mark(id) }
        } else {
            for sequence in run.range { if let id = known[sequence] { mark(id) } }
        }
        return true
    }

    private mutating func note(_ item: Knowledge, _ entry: Hearings) -> Bool {
        func id(_ position: Position) -> EventID? { byPosition[position.stream]?[position.sequence] }
        switch item {
        case .park(let park):
            guard let id = id(park.position) else { return false }
            // A dead letter that is retried opens its flow again.
            open.insert(id)
            set(
                id, .parked, entry, attempts: park.attempts, error: park.error.isEmpty ? nil : park.error,
                isAttempt: park.reason == .retry)
        case .unpark(let position):
            guard let id = id(position) else { return false }
            let before = hearings[id]?[entry.handler]?.attempts ?? 0
            set(id, .handled, entry, attempts: before == .max ? before : before + 1, isAttempt: true)
        case .dead(let letter):
            guard let id = id(letter.position) else { return false }
            set(id, .dead, entry, attempts: letter.attempts, error: letter.error, isAttempt: true)
        case .undead, .cursor, .lost, .epoch, .trying, .closed, .opened, .forgot: break
        case .took: return false
        }
        return true
    }

    private mutating func set(
        _ id: EventID, _ outcome: HeardOutcome, _ entry: Hearings, attempts: UInt32, error: String? = nil,
        isAttempt: Bool
    ) {
        var hearing = Hearing(
            handler: entry.handler, outcome: outcome, time: entry.time, level: entry.level, attempts: attempts,
            error: error)
        let before = hearings[id]?[entry.handler]
        hearing.firstBegan = before?.firstBegan
        (hearing.began, hearing.took) = (before?.began, before?.took)
        if isAttempt, let position = said[id]?.position,
            let span = entry.times.span(of: position.stream, position.sequence)
        {
            hearing.firstBegan = hearing.firstBegan ?? span.began
            hearing.began = span.began
            hearing.took = span.ended.microseconds - span.began.microseconds
        }
        hearings[id, default: [:]][entry.handler] = hearing
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
        return open.isEmpty && !hasStray()
    }

    /// An event of the flow that a handler has set aside, and whose publisher has removed or lost it since.
    private func strays() -> [(id: EventID, topic: Topic, handler: HandlerName, park: Park)] {
        var found: [(id: EventID, topic: Topic, handler: HandlerName, park: Park)] = []
        for (publisher, state) in states where !state.parks.isEmpty {
            for park in state.parks.values {
                let event = try? park.record.withUnsafeBytes { bytes -> Event? in
                    let view = try RecordView(bytes)
                    return try flows.contains(view.flow()) ? try view.event() : nil
                }
                guard let event, said[event.eventID] == nil else { continue }
                found.append((event.eventID, event.topic, publisher.handler, park))
            }
        }
        return found.sorted { ($0.id, $0.handler) < ($1.id, $1.handler) }
    }

    private func hasStray() -> Bool { states.values.contains { !$0.parks.isEmpty } && !strays().isEmpty }

    /// What somebody has yet to finish with, in order of event and handler. Empty means settled.
    package func outstanding() -> [Outstanding] {
        var result: [Outstanding] = []
        for id in open.sorted() {
            guard let item = said[id] else { continue }
            for handler in consumers(of: item.event.topic) {
                if let reason = reason(for: item, handler) {
                    result.append(
                        Outstanding(
                            event: id, topic: item.event.topic, handler: handler, reason: reason,
                            behind: behind(item.position, handler)))
                }
            }
        }
        result += strays().map {
            Outstanding(event: $0.id, topic: $0.topic, handler: $0.handler, reason: Self.reason($0.park), behind: 0)
        }
        return result
    }

    private static func reason(_ park: Park) -> Outstanding.Reason {
        switch park.reason {
        case .retry: .retrying(attempts: park.attempts, due: park.due, error: park.error)
        case .behind: .behind
        case .notBefore: .notBefore(park.due)
        }
    }

    private func behind(_ position: Position, _ handler: HandlerName) -> UInt64 {
        let start = registrations.first { $0.handler == handler }?.start(on: position.stream) ?? Cursor()
        let cursors = states.filter { $0.key.handler == handler }.compactMap { $0.value.cursors[position.stream] }
        return (cursors.isEmpty ? [start] : cursors).map { $0.missing(upTo: position.sequence - 1) }.min() ?? 0
    }

    private func reason(for item: Said, _ handler: HandlerName) -> Outstanding.Reason? {
        let position = item.position
        let slots = states.filter { $0.key.handler == handler }
        for (_, state) in slots {
            guard let park = Self.park(of: position, in: state) else { continue }
            return Self.reason(park)
        }
        var isUnknown = false
        for (_, state) in slots {
            guard let cursor = state.cursors[position.stream], cursor.contains(position.sequence) else { continue }
            if counts(cursor, for: position) { return nil }
            // A newer epoch says that the publisher lost what was heard: this event is another one.
            let publisher = states[position.stream.publisher]
            isUnknown = publisher?.firstSequence(after: cursor.epoch, on: position.stream.topic) == nil
        }
        guard let registration = registrations.first(where: { $0.handler == handler }) else { return nil }
        let isCovered =
            slots.allSatisfy { ($0.value.cursors[position.stream]?.low ?? .max) >= position.sequence }
            && registration.start(on: position.stream).contains(position.sequence)
        return isCovered ? nil : isUnknown ? .unknown : .notHeard
    }

    /// Whether a cursor that covers an event's sequence heard that event, and no other that the publisher gave the number
    /// to before it lost it, or in another history of its journal, which was put back from a copy since.
    private func counts(_ cursor: Cursor, for position: Position) -> Bool {
        let (topic, publisher) = (position.stream.topic, states[position.stream.publisher])
        guard let publisher, let newest = publisher.epochs.last else { return cursor.epoch >= position.epoch }
        if cursor.epoch >= position.epoch, publisher.epochs.contains(where: { $0.epoch == cursor.epoch }) {
            return true
        }
        let first =
            cursor.epoch > newest.epoch
            ? newest.firsts[topic] ?? 1 : publisher.firstSequence(after: cursor.epoch, on: topic)
        guard let first else { return cursor.epoch >= position.epoch }
        return position.sequence < first
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
