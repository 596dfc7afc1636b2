package import Choreography
package import Envelope

/// What journals say that handlers do, entry by entry: counts, and how long events waited to be handled.
///
/// An event's delay is the time from its own until the entry that concludes it. Whoever looks computes it, and handlers
/// pay nothing for it.
package struct HandlerActivity: Sendable {
    /// What was seen of one handler, or of `ingress`, since looking began.
    package struct Totals: Hashable, Sendable {
        /// Events heard, whatever came of them.
        package var heard: UInt64 = 0
        /// Events said.
        package var said: UInt64 = 0
        /// Failed attempts after which another was due.
        package var retries: UInt64 = 0
        package var delays = DelayHistogram()

        package init() {}
    }

    /// What an entry concluded while the times of its events may not be known yet.
    private struct Concluded {
        let handler: HandlerName
        let stream: StreamID
        let range: ClosedRange<UInt64>
        let at: Timestamp
    }

    /// The times of the newest events of a stream.
    private struct RecentTimes {
        static let limit = 1 << 16
        var first: UInt64 = 0
        var times: [Timestamp] = []

        subscript(sequence: UInt64) -> Timestamp? {
            guard sequence >= first, sequence - first < UInt64(times.count) else { return nil }
            return times[Int(sequence - first)]
        }

        mutating func append(_ time: Timestamp, _ sequence: UInt64) {
            if sequence != first &+ UInt64(times.count) {
                first = sequence
                times = []
            }
            times.append(time)
            if times.count == 2 * Self.limit {
                times.removeFirst(Self.limit)
                first += UInt64(Self.limit)
            }
        }
    }

    /// What each journal knows.
    package private(set) var states: [PublisherID: SlotState] = [:]
    package private(set) var totals: [HandlerName: Totals] = [:]
    private var times: [StreamID: RecentTimes] = [:]
    private var fresh: [Concluded] = []
    /// Concluded before the last `settle`, and still without their events.
    private var stale: [Concluded] = []

    package init() {}

    /// Notes the times of what an entry says that lies before the place where looking begins.
    package mutating func remember(_ publisher: PublisherID, _ entry: EngineEntry) {
        _ = note(said: entry, by: publisher) { _ in }
    }

    /// Goes on from what the journals know at the places where looking begins.
    package mutating func begin(_ states: [PublisherID: SlotState]) { self.states = states }

    /// What a journal knows behind a stretch that could not be read.
    package mutating func begin(_ publisher: PublisherID, _ state: SlotState) { states[publisher] = state }

    /// Folds what can be read of an entry.
    package mutating func observe(
        _ publisher: PublisherID, _ entry: EngineEntry, problem: (EntryProblem) -> Void = { _ in }
    ) {
        let handler = publisher.handler
        var seen = totals[handler] ?? Totals()
        states[publisher, default: SlotState()].applyReadable(entry, problem: problem)
        for run in entry.readableHeard(problem: { _ in }) {
            seen.heard += run.range.upperBound - run.range.lowerBound + 1
            if run.outcome != .parked {
                fresh.append(Concluded(handler: handler, stream: run.stream, range: run.range, at: entry.time))
            }
        }
        for item in entry.readableKnows(problem: { _ in }) {
            switch item {
            case .park(let park) where park.reason == .retry && park.attempts > 0: seen.retries += 1
            case .unpark(let position):
                let (stream, sequence) = (position.stream, position.sequence)
                fresh.append(
                    Concluded(handler: handler, stream: stream, range: sequence...sequence, at: entry.time))
            default: break
            }
        }
        seen.said += note(said: entry, by: publisher, problem)
        totals[handler] = seen
    }

    private mutating func note(
        said entry: EngineEntry, by publisher: PublisherID, _ problem: (EntryProblem) -> Void
    ) -> UInt64 {
        var count: UInt64 = 0
        var topic: Topic?
        entry.forEachReadable(problem: problem) { view in
            let current: Topic
            if let topic, view.topicMatches(topic) {
                current = topic
            } else {
                guard let new = try? Topic(String(decoding: view.topicBytes, as: UTF8.self)) else { return }
                current = new
                topic = current
            }
            times[StreamID(publisher, current), default: RecentTimes()].append(view.time, view.sequence)
            count += 1
        }
        return count
    }

    /// Counts the delays of what was concluded, once every journal was read. An event may be heard before its own
    /// journal's entry is met; what has no event the next time either is older than what is kept, and left out.
    package mutating func settle() {
        var unknown: [Concluded] = []
        for item in stale { _ = count(item) }
        for item in fresh where !count(item) { unknown.append(item) }
        (stale, fresh) = (unknown, [])
    }

    private mutating func count(_ item: Concluded) -> Bool {
        guard let recent = times[item.stream], recent[item.range.upperBound] != nil else { return false }
        for sequence in max(item.range.lowerBound, recent.first)...item.range.upperBound {
            guard let time = recent[sequence] else { continue }
            totals[item.handler, default: Totals()].delays.add(item.at.microseconds - time.microseconds)
        }
        return true
    }
}
