package import Envelope

/// An event set aside inside its hearer's journal, to be handled later.
package struct Park: Hashable, Sendable {
    /// Why the event waits.
    package enum Reason: UInt8, Sendable, Hashable {
        /// A reaction threw; the next attempt comes when it is due.
        case retry = 0
        /// An earlier event of the same key waits; this one goes after it.
        case behind = 1
        /// Its `notbefore` lies ahead.
        case notBefore = 2
    }

    package let position: Position
    package var reason: Reason
    /// When it may be handled; for `behind` the time it was parked.
    package var due: Timestamp
    /// Attempts that failed so far.
    package var attempts: UInt32
    /// The ordering key: the partition key, or the flow id.
    package let key: String
    /// What the last attempt threw; empty if none did.
    package var error: String
    /// The event's record, so that it can be handled although its publisher may be gone.
    package let record: [UInt8]

    package init(
        position: Position, reason: Reason, due: Timestamp, attempts: UInt32, key: String, error: String,
        record: [UInt8]
    ) {
        self.position = position
        self.reason = reason
        self.due = due
        self.attempts = attempts
        self.key = key
        self.error = error
        self.record = record
    }
}
