package import Envelope

/// What came of a batch: an outcome for each of its events that was begun, in order.
package struct BatchResult: Sendable {
    /// What came of consecutive events.
    package struct Run: Sendable {
        /// Of all of them: where they were handled, with what they said one after the other.
        package let outcome: Outcome
        /// Greater than 1 only of events that were handled.
        package fileprivate(set) var count: Int
        /// How many events had been said after each of them; empty if there is one, or if they said nothing.
        fileprivate var ends: [Int] = []

        /// What came of one of them.
        func outcome(at index: Int) -> Outcome {
            guard !ends.isEmpty else { return outcome }
            return .handled(Array(said(index..<index + 1)))
        }

        /// What some of them said; nothing unless they were handled.
        func said(_ range: Range<Int>) -> ArraySlice<Event> {
            guard case .handled(let said) = outcome else { return [] }
            guard !ends.isEmpty, !range.isEmpty else { return said[...] }
            return said[(range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1])..<ends[range.upperBound - 1]]
        }

        /// What all of them said, without a copy.
        var saidByAll: [Event] {
            if case .handled(let said) = outcome { said } else { [] }
        }
    }

    package private(set) var runs: [Run] = []
    /// The number of events.
    package private(set) var count = 0
    /// When each of those events was begun; empty if nobody noted it.
    package private(set) var began: [Timestamp] = []
    private var endsPlain = false

    package init() {}

    /// A result of outcomes that are known.
    package init(_ outcomes: [Outcome], began times: [Timestamp] = []) {
        for outcome in outcomes { add(outcome) }
        began = times
    }

    package mutating func reserveCapacity(_ count: Int) { began.reserveCapacity(count) }

    /// Adds an event.
    package mutating func append(_ outcome: Outcome, began time: Timestamp) {
        add(outcome)
        began.append(time)
    }

    /// Adds when an event was begun whose outcome comes with ``appendHandled(_:saying:ends:)``.
    package mutating func note(began time: Timestamp) { began.append(time) }

    /// Adds events of one work that were handled, which were begun as noted.
    ///
    /// - Parameter ends: how many of `said` there were after each; empty if nothing was said.
    package mutating func appendHandled(_ events: Int, saying said: [Event], ends: [Int]) {
        guard events > 0 else { return }
        if said.isEmpty {
            addPlain(events)
        } else {
            precondition(ends.count == events && ends.last == said.count, "what was said is not told apart")
            runs.append(Run(outcome: .handled(said), count: events, ends: events == 1 ? [] : ends))
            count += events
            endsPlain = false
        }
    }

    /// Adds another result.
    package mutating func append(_ other: BatchResult) {
        runs += other.runs
        count += other.count
        began += other.began
        endsPlain = false
    }

    /// The outcomes one by one.
    package var outcomes: [Outcome] { runs.flatMap { run in (0..<run.count).map { run.outcome(at: $0) } } }

    private mutating func add(_ outcome: Outcome) {
        if case .handled(let said) = outcome, said.isEmpty { return addPlain(1) }
        runs.append(Run(outcome: outcome, count: 1))
        count += 1
        endsPlain = false
    }

    private mutating func addPlain(_ events: Int) {
        count += events
        if endsPlain {
            runs[runs.count - 1].count += events
        } else {
            runs.append(Run(outcome: .handled([]), count: events))
            endsPlain = true
        }
    }
}
