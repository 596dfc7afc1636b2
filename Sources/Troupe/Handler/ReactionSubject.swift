package import Envelope

/// What a reaction is about: the event, or its record as long as nobody asks for the event.
package struct ReactionSubject: Sendable {
    /// The record, checked in whole.
    private var record: ArraySlice<UInt8>
    private var decoded: Event?
    /// Which attempt this is; the first is 1.
    private(set) var attempt: Int
    /// The topics that the reaction may emit on, by their text.
    var declared: [String: Topic] { ready.declared }
    private var ready: ReadyReaction

    /// - Precondition: the record passed `RecordDecoder.check`, or `event` is what it holds.
    package init(_ record: ArraySlice<UInt8>, event: Event?, attempt: Int, ready: ReadyReaction) {
        self.record = record
        decoded = event
        self.attempt = attempt
        self.ready = ready
    }

    /// As the initializer; what stays is not written again.
    mutating func turn(to record: ArraySlice<UInt8>, event: Event?, attempt: Int, ready: ReadyReaction) {
        self.record = record
        self.attempt = attempt
        if event != nil || decoded != nil { decoded = event }
        if self.ready !== ready { self.ready = ready }
    }

    /// The event; decoded when it is first asked for.
    mutating func event() -> Event {
        if let decoded { return decoded }
        guard let event = try? EventRecord.decode(record) else { preconditionFailure("the record was checked before") }
        decoded = event
        return event
    }
}
