/// Reads records one after the other, and looks once at what they have in common.
///
/// Everything that ``RecordView/event()`` checks is checked for every record; a topic, a serial or attributes with the
/// bytes of a record that passed before need no second look, and their values are shared.
package struct RecordDecoder: Sendable {
    /// The most bytes of attributes that are remembered.
    private static let attributesLimit = 1024

    private var topic: Topic?
    private var topicBytes: [UInt8] = []
    private var serial = Serial.root
    private var serialBytes: [UInt8] = []
    private var attributeBytes: [UInt8] = []
    private var attributeCount: UInt8 = 0
    private var context: [String: String] = [:]
    private var extras: EventExtrasBox?
    /// The bucket of the partition key among the attributes; nil when the flow orders the handling.
    private var keyBucket: UInt8?
    /// Where the parts of such a record are, when only its sequence, time, flow, bucket and data are its own.
    private var pattern: RecordView.Parts?
    /// The bytes from its topic to its data.
    private var patternBytes: [UInt8] = []

    package init() {}

    /// Checks every part of a record without making an event, where the record before was alike.
    ///
    /// - Throws: what ``RecordView/event()`` throws.
    package mutating func check(_ view: RecordView) throws(EnvelopeError) {
        if isKnown(view) { return }
        remember(try view.event(), view)
    }

    /// The whole event, every part of it checked.
    ///
    /// - Throws: what ``RecordView/event()`` throws.
    package mutating func event(_ view: RecordView) throws(EnvelopeError) -> Event {
        guard isKnown(view), let topic else {
            let event = try view.event()
            remember(event, view)
            return event
        }
        let traceparent = try split(view).traceparent.map { value throws(EnvelopeError) in
            try RecordView.traceparent(value)
        }
        return Event(
            topic: topic, flow: try view.flow(), serial: serial, time: view.time, sequence: view.sequence,
            traceparent: traceparent, context: context, data: [UInt8](view.data), extras: extras)
    }

    /// The whole event of a record that is alone in the bytes.
    ///
    /// - Throws: what ``RecordView/event()`` throws, and what is wrong with the record.
    package mutating func event(of bytes: UnsafeRawBufferPointer) throws(EnvelopeError) -> Event {
        guard pattern != nil, repeats(bytes) else { return try event(RecordView(bytes)) }
        return repeated(bytes)
    }

    /// Makes an event that was made of a record which this one repeats the event of this one: what they have in common stays.
    ///
    /// Mutating as well, so that the decoder is not copied.
    ///
    /// - Precondition: ``repeats(_:)`` said so of both.
    package mutating func turn(_ event: inout Event, toRepeated bytes: UnsafeRawBufferPointer) {
        guard let pattern else { preconditionFailure("nothing is repeated") }
        let view = RecordView(bytes, parts: pattern)
        event.flow = FlowID(uuidBytes: RecordView.flowUUID(of: bytes))
        event.time = view.time
        event.sequence = view.sequence
        let data = view.data
        guard event.data.count == data.count else {
            event.data = [UInt8](data)
            return
        }
        // In place, unless somebody kept the last one's.
        event.data.withUnsafeMutableBytes { $0.copyMemory(from: data) }
    }

    /// The event of a record that ``repeats(_:)`` said to be like the one before. Mutating as well.
    package mutating func repeated(_ bytes: UnsafeRawBufferPointer) -> Event {
        guard let pattern, let topic else { preconditionFailure("nothing is repeated") }
        let view = RecordView(bytes, parts: pattern)
        return Event(
            topic: topic, flow: FlowID(uuidBytes: RecordView.flowUUID(of: bytes)), serial: serial, time: view.time,
            sequence: view.sequence, traceparent: nil, context: context, data: [UInt8](view.data), extras: extras)
    }

    /// The record, if it is whole and passes every check, as far as that is cheap to tell: nil is no verdict.
    package mutating func known(_ bytes: UnsafeRawBufferPointer) -> RecordView? {
        if let pattern, repeats(bytes) { return RecordView(bytes, parts: pattern) }
        guard let view = try? RecordView(bytes), isKnown(view) else { return nil }
        return view
    }

    /// Whether a record is whole and passes every check since it is, but for sequence, time, flow, bucket and data, the last
    /// one that passed: its parts stand in the same places. False is no verdict. Mutating so that the decoder is not copied.
    package mutating func repeats(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let pattern, bytes.count >= pattern.dataStart, bytes.count - pattern.dataStart <= EventLimits.data,
            bytes.loadUnaligned(fromByteOffset: RecordLayout.length, as: UInt32.self).littleEndian == bytes.count,
            bytes[RecordLayout.version] == RecordLayout.currentVersion, bytes[RecordLayout.flags] == 0,
            bytes[RecordLayout.attributeCount] == pattern.attributeCount,
            patternBytes.equals(UnsafeRawBufferPointer(rebasing: bytes[RecordView.commonStart..<pattern.dataStart])),
            RecordHead.isWhole(bytes), EventRecord.time(of: bytes, at: 0).isInRange
        else { return false }
        return bytes[RecordLayout.bucket] == keyBucket ?? Event.bucket(ofUUID: RecordView.flowUUID(of: bytes))
    }

    /// Whether the record passes every check, as far as that is cheap to tell: false is no verdict.
    ///
    /// Mutating as well.
    package mutating func isKnown(_ view: RecordView) -> Bool {
        guard topic != nil, topicBytes.equals(view.topicBytes), serialBytes.equals(view.serialBytes),
            view.time.isInRange, view.data.count <= EventLimits.data
        else { return false }
        let (traceparent, rest, count) = split(view)
        if let traceparent, (try? RecordView.traceparent(traceparent)) == nil { return false }
        guard count == attributeCount, attributeBytes.equals(rest) else { return false }
        if let uuid = view.flowUUIDBytes { return view.bucket == keyBucket ?? Event.bucket(ofUUID: uuid) }
        guard let flow = try? view.flow() else { return false }
        return view.bucket == keyBucket ?? Event.bucket(ofFlow: flow)
    }

    /// The traceparent, which differs from event to event, and the other attributes with their number.
    private func split(
        _ view: RecordView
    ) -> (traceparent: UnsafeRawBufferPointer?, rest: UnsafeRawBufferPointer, count: UInt8) {
        let all = UnsafeRawBufferPointer(rebasing: view.bytes[view.parts.attributesStart..<view.parts.dataStart])
        let count = view.bytes[RecordLayout.attributeCount]
        guard count > 0, all.count >= 28, all[0] == AttributeKey.traceparent, all[1] == 25, all[2] == 0 else {
            return (nil, all, count)
        }
        return (
            UnsafeRawBufferPointer(rebasing: all[3..<28]), UnsafeRawBufferPointer(rebasing: all[28...]), count - 1
        )
    }

    private mutating func remember(_ event: Event, _ view: RecordView) {
        let (traceparent, rest, count) = split(view)
        // What is checked against the event's own flow or serial holds for that event alone.
        let value = event.extras?.value
        guard rest.count <= Self.attributesLimit, value?.causes == nil, value?.source == nil, value?.foreignID == nil
        else { return }
        topic = event.topic
        topicBytes = [UInt8](view.topicBytes)
        serial = event.serial
        serialBytes = [UInt8](view.serialBytes)
        attributeBytes = [UInt8](rest)
        attributeCount = count
        context = event.context
        extras = event.extras
        keyBucket = event.partitionKey == nil ? nil : view.bucket
        pattern = traceparent == nil && view.flowUUIDBytes != nil ? view.parts : nil
        patternBytes = pattern == nil ? [] : [UInt8](view.commonBytes)
    }
}
