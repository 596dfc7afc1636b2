package import Envelope

/// What a reaction is about: the event, or its record as long as nobody asks for the event.
package struct ReactionSubject: Sendable {
    /// The records of the work that the event belongs to.
    private var records: ArraySlice<UInt8>
    /// Where its own lies, from their start; checked in whole.
    private var range: Range<Int>
    private var decoded: Event? { didSet { isDecoded = decoded != nil } }
    /// To compare an event with nil copies it.
    private var isDecoded = false
    /// Which attempt this is; the first is 1.
    private(set) var attempt: Int
    /// The topics that the reaction may emit on, by their text.
    var declared: [String: Topic] { ready.declared }
    private var ready: ReadyReaction

    /// - Precondition: the record passed `RecordDecoder.check`, or `event` is what it holds.
    package init(
        _ records: ArraySlice<UInt8>, _ range: Range<Int>, event: Event?, attempt: Int, ready: ReadyReaction
    ) {
        self.records = records
        self.range = range
        decoded = event
        isDecoded = event != nil
        self.attempt = attempt
        self.ready = ready
    }

    /// As the initializer; what stays is not written again.
    mutating func turn(
        to records: ArraySlice<UInt8>, _ range: Range<Int>, event: Event?, attempt: Int, ready: ReadyReaction
    ) {
        self.records = records
        self.range = range
        self.attempt = attempt
        if event != nil || isDecoded { decoded = event }
        if self.ready !== ready { self.ready = ready }
    }

    /// Turns to another event among the same records.
    @inline(__always)
    mutating func turn(to range: Range<Int>) {
        self.range = range
        if isDecoded { decoded = nil }
    }

    /// When the event happened.
    var time: Timestamp {
        if let decoded { return decoded.time }
        return records.withUnsafeBytes { EventRecord.time(of: $0, at: range.lowerBound) }
    }

    /// The event; decoded when it is first asked for.
    mutating func event() -> Event {
        if let decoded { return decoded }
        let start = records.startIndex
        guard
            let event = try? EventRecord.decode(records[(start + range.lowerBound)..<(start + range.upperBound)])
        else { preconditionFailure("the record was checked before") }
        decoded = event
        return event
    }
}
