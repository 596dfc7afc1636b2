package import Envelope

/// What a reaction is about: the event, or its record as long as nobody asks for the event.
package struct ReactionSubject: Sendable {
    /// The record, checked in whole.
    private let record: ArraySlice<UInt8>
    private var decoded: Event?
    /// Which attempt this is; the first is 1.
    package let attempt: Int
    /// The topics that the reaction may emit on, by their text.
    package let declared: [String: Topic]

    /// - Precondition: the record passed `RecordDecoder.check`, or `event` is what it holds.
    package init(_ record: ArraySlice<UInt8>, event: Event?, attempt: Int, declared: [String: Topic]) {
        self.record = record
        decoded = event
        self.attempt = attempt
        self.declared = declared
    }

    /// The event; decoded when it is first asked for.
    mutating func event() -> Event {
        if let decoded { return decoded }
        guard let event = try? EventRecord.decode(record) else { preconditionFailure("the record was checked before") }
        decoded = event
        return event
    }
}
