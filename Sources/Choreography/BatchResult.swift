package import Envelope

/// What came of a batch: an outcome for each of its works that was begun, in order.
package struct BatchResult: Sendable {
    package var outcomes: [Outcome] = []
    /// When each of those works was begun.
    package var began: [Timestamp] = []

    package init() {}

    package mutating func reserveCapacity(_ count: Int) {
        outcomes.reserveCapacity(count)
        began.reserveCapacity(count)
    }

    package mutating func append(_ outcome: Outcome, began time: Timestamp) {
        outcomes.append(outcome)
        began.append(time)
    }
}
