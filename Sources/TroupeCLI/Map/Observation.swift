internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// What the journals of a home tell of who said and heard what, and how far each is.
struct Observation: Hashable, Sendable {
    struct Traffic: Hashable, Sendable {
        /// Events in all.
        var count: UInt64 = 0
        /// Events a second, within the window.
        var perSecond = 0.0
    }

    struct Heard: Hashable, Sendable {
        var traffic = Traffic()
        var behind: UInt64 = 0
        var parked = 0
        var deadLetters = 0
    }

    struct State: Hashable, Sendable {
        var isRunning = false
        var parked = 0
        var deadLetters = 0
    }

    /// By handler, nil for what was published from outside, and topic.
    var said: [String?: [String: Traffic]] = [:]
    /// By handler and topic; of registered handlers also what they have not heard yet.
    var heard: [String: [String: Heard]] = [:]
    var handlers: [String: State] = [:]
    /// What could not be read: there may be more than is told.
    var unreadable: [Unreadable] = []

    init() {}

    /// Reads the newest segment of each journal; `window` in microseconds is what rates are of.
    init(_ home: Home, window: Int64, now: Timestamp) throws {
        let look = HomeLook(home)
        let (registrations, found) = (look.registrations, UnreadableList())
        for row in look.unreadable { found.add(row) }
        var states: [PublisherID: SlotState] = [:]
        for publisher in look.publishers {
            // A journal whose writer is only beginning has nothing to tell.
            guard let journal = JournalLook(publisher, home: home, note: found.add) else { continue }
            var recent = Recent(since: now.microseconds - window)
            let (state, isWhole) = try journal.foldToEnd { recent.count($0) }
            recent.isWhole = isWhole
            states[publisher] = state
            note(publisher, state, recent, now)
        }
        unreadable = found.rows
        for registration in registrations { note(registration, states) }
        let reader = FlowReader(home: home)
        for name in Set(registrations.map(\.handler)).union(states.keys.map(\.handler)) where name != .ingress {
            let slots = states.filter { $0.key.handler == name }.values
            handlers[name.text] = State(
                isRunning: reader.isRunning(name), parked: slots.reduce(0) { $0 + $1.parks.count },
                deadLetters: slots.reduce(0) { $0 + $1.deadLetters.count })
        }
    }

    private static func name(_ publisher: PublisherID) -> String? {
        publisher.handler == .ingress ? nil : publisher.handler.text
    }

    private mutating func note(_ publisher: PublisherID, _ state: SlotState, _ recent: Recent, _ now: Timestamp) {
        let handler = Self.name(publisher)
        for topic in state.nextSequence.keys where state.tip(topic) > 0 {
            said[handler, default: [:]][topic.text, default: Traffic()].count += state.tip(topic)
            said[handler]![topic.text]!.perSecond += recent.rate(recent.said[topic], now)
        }
        guard let handler else { return }
        for (topic, count) in recent.heard {
            heard[handler, default: [:]][topic.text, default: Heard()].traffic.perSecond += recent.rate(count, now)
        }
        for stream in state.cursors.keys {
            heard[handler, default: [:]][stream.topic.text, default: Heard()].behind += 0
        }
        for park in state.parks.values { heard[handler]?[park.position.stream.topic.text]?.parked += 1 }
        for letter in state.deadLetters.values { heard[handler]?[letter.position.stream.topic.text]?.deadLetters += 1 }
    }

    /// How much a registered handler has heard and not heard of each of its topics.
    private mutating func note(_ registration: Registration, _ states: [PublisherID: SlotState]) {
        let slots = states.filter { $0.key.handler == registration.handler }.values
        for (publisher, state) in states {
            for topic in registration.topics.keys where state.tip(topic) > 0 {
                let stream = StreamID(publisher, topic)
                let start = registration.start(on: stream)
                let due = start.missing(upTo: state.tip(topic))
                // Slots share a stream by key; what no slot has heard is at least what the furthest one has not.
                let behind = slots.compactMap { $0.cursors[stream]?.missing(upTo: state.tip(topic)) }.min() ?? due
                var entry = heard[registration.handler.text, default: [:]][topic.text, default: Heard()]
                entry.traffic.count += due - min(due, behind)
                entry.behind += behind
                heard[registration.handler.text, default: [:]][topic.text] = entry
            }
        }
    }
}

/// Counts what entries of late said and heard.
private struct Recent {
    let since: Int64
    var said: [Topic: Int] = [:]
    var heard: [Topic: Int] = [:]
    /// Whether nothing was said or heard before what was read.
    var isWhole = false
    private var first: Int64?

    init(since: Int64) { self.since = since }

    mutating func count(_ entry: EngineEntry) {
        if first == nil { first = entry.time.microseconds }
        guard entry.time.microseconds >= since else { return }
        // What cannot be read is told where the state is folded.
        func add(_ view: RecordView) throws(EnvelopeError) {
            said[try Topic(String(decoding: view.topicBytes, as: UTF8.self)), default: 0] += 1
        }
        entry.forEachReadable(problem: { _ in }, add)
        for run in entry.readableHeard(problem: { _ in }) {
            heard[run.stream.topic, default: 0] += Int(run.range.upperBound - run.range.lowerBound + 1)
        }
    }

    /// Events a second, since the window began or since what was read began.
    func rate(_ count: Int?, _ now: Timestamp) -> Double {
        guard let count else { return 0 }
        let begin = isWhole ? since : max(since, first ?? since)
        return Double(count) / max(1, Double(now.microseconds - begin) / 1e6)
    }
}
