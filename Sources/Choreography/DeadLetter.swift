package import Envelope

/// An event that its hearer gave up on, with its error, until somebody retries or drops it.
package struct DeadLetter: Hashable, Sendable {
    package let position: Position
    package let time: Timestamp
    package let attempts: UInt32
    package let error: String
    package let record: [UInt8]

    package init(position: Position, time: Timestamp, attempts: UInt32, error: String, record: [UInt8]) {
        self.position = position
        self.time = time
        self.attempts = attempts
        self.error = error
        self.record = record
    }
}
