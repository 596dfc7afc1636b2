package import Envelope

/// What a reaction is about: the event, or its record as long as nobody asks for the event.
package struct ReactionSubject: Sendable {
    /// The records of the work that the event belongs to.
    private var records: ArraySlice<UInt8>
    /// Where its own lies, from their start; checked in whole.
    private var range: Range<Int>
    /// The event once it is decoded, else an older one; its fields are read in place, which an optional would copy.
    private(set) var event: Event
    private var isDecoded: Bool
    /// Whether the record is like the one before it to the decoder.
    private var isRepeated = false
    /// Whether the event is that of a record like this one.
    private var isAlike = false
    private var decoder: RecordDecoder
    /// Which attempt this is; the first is 1.
    private(set) var attempt: Int
    /// The topics that the reaction may emit on, by their text.
    var declared: [String: Topic] { ready.declared }
    private var ready: ReadyReaction

    private static let placeholder: Event = {
        guard let topic = try? Topic("none") else { preconditionFailure("'none' is a topic") }
        return Event(topic: topic, flow: FlowID(uuidBytes: (0, 0)), time: Timestamp(microseconds: 0))
    }()

    /// - Parameter decoder: one that remembers what the records have in common.
    /// - Precondition: the record passed `decoder`, or `event` is what it holds.
    package init(
        _ records: ArraySlice<UInt8>, _ range: Range<Int>, event: Event?, attempt: Int, ready: ReadyReaction,
        decoder: RecordDecoder
    ) {
        self.records = records
        self.range = range
        self.event = event ?? Self.placeholder
        isDecoded = event != nil
        self.attempt = attempt
        self.ready = ready
        self.decoder = decoder
    }

    /// As the initializer; what stays is not written again.
    mutating func turn(
        to records: ArraySlice<UInt8>, _ range: Range<Int>, event: Event?, attempt: Int, ready: ReadyReaction,
        decoder: RecordDecoder
    ) {
        self.records = records
        self.range = range
        self.attempt = attempt
        isDecoded = event != nil
        isRepeated = false
        isAlike = false
        if let event { self.event = event } else { self.decoder = decoder }
        if self.ready !== ready { self.ready = ready }
    }

    /// Whether it is this reaction's.
    func serves(_ other: ReadyReaction) -> Bool { ready === other }

    /// Turns to another event among the same records; `isRepeated` if the decoder said that its record repeats the one before.
    @inline(__always)
    mutating func turn(to range: Range<Int>, isRepeated: Bool) {
        self.range = range
        self.isRepeated = isRepeated
        isDecoded = false
    }

    /// When the event happened.
    var time: Timestamp {
        if isDecoded { return event.time }
        return records.withUnsafeBytes { EventRecord.time(of: $0, at: range.lowerBound) }
    }

    /// Decodes the event when it is first asked for; then ``event`` is it.
    mutating func decode() {
        if isDecoded { return }
        isDecoded = true
        let records = records
        if isRepeated {
            // It was checked a moment ago, against what this decoder knows too.
            records.withUnsafeBytes { all in
                let record = UnsafeRawBufferPointer(rebasing: all[range])
                assert(decoder.repeats(record), "the record is not like the one before it")
                if isAlike { decoder.turn(&event, toRepeated: record) } else { event = decoder.repeated(record) }
            }
            isAlike = true
            return
        }
        isAlike = false
        records.withUnsafeBytes { all in
            do throws(EnvelopeError) {
                event = try decoder.event(of: UnsafeRawBufferPointer(rebasing: all[range]))
            } catch {
                preconditionFailure("the record was checked before: \(error)")
            }
        }
    }
}
