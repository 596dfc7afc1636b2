package import Envelope

/// What came of a batch: an outcome for each of its events that was begun, in order.
package struct BatchResult: Sendable {
    /// What came of consecutive events.
    package struct Run: Sendable {
        package let outcome: Outcome
        /// Greater than 1 only of events that were handled and said nothing.
        package fileprivate(set) var count: Int
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

    /// As ``append(_:began:)`` of an event that was handled and said nothing, as most are.
    package mutating func appendPlain(began time: Timestamp) {
        addPlain()
        began.append(time)
    }

    /// Adds another result.
    package mutating func append(_ other: BatchResult) {
        runs += other.runs
        count += other.count
        began += other.began
        endsPlain = false
    }

    /// The outcomes one by one.
    package var outcomes: [Outcome] { runs.flatMap { Array(repeating: $0.outcome, count: $0.count) } }

    private mutating func add(_ outcome: Outcome) {
        if case .handled([]) = outcome { return addPlain() }
        runs.append(Run(outcome: outcome, count: 1))
        count += 1
        endsPlain = false
    }

    private mutating func addPlain() {
        count += 1
        if endsPlain {
            runs[runs.count - 1].count += 1
        } else {
            runs.append(Run(outcome: .handled([]), count: 1))
            endsPlain = true
        }
    }
}
