/// What events that follow from others have in common, checked once for all of them; an object, so that to have it is one
/// reference.
package final class EventTemplate: Sendable {
    /// The topic of all.
    package let topic: Topic
    private let contentType: String?
    private let partitionKey: String?
    private let traceState: String?
    private let expiryTime: Timestamp?
    private let notBefore: Timestamp?
    private let extras: EventExtrasBox?

    /// - Throws: what ``Event/validate()`` throws.
    package init(
        topic: Topic, contentType: String?, partitionKey: String?, traceState: String?, expiryTime: Timestamp?,
        notBefore: Timestamp?
    ) throws(EnvelopeError) {
        self.topic = topic
        self.contentType = contentType
        self.partitionKey = partitionKey
        self.traceState = traceState
        self.expiryTime = expiryTime
        self.notBefore = notBefore
        let event = Event(
            topic: topic, flow: FlowID(uuidBytes: (0, 0)), time: Timestamp(microseconds: 0),
            dataContentType: contentType, partitionKey: partitionKey, traceState: traceState, expiryTime: expiryTime,
            notBefore: notBefore)
        try event.validate()
        extras = event.extras.map { box in
            RecordWriter.encoded(box.value).map { EventExtrasBox(box.value, encoded: $0) } ?? box
        }
    }

    /// Whether it was made of these, byte for byte: texts that are the same to Unicode may be of different buckets.
    package func fits(
        _ topic: String, contentType: String?, partitionKey: String?, traceState: String?, expiryTime: Timestamp?,
        notBefore: Timestamp?
    ) -> Bool {
        Self.areSame(self.topic.text, topic) && Self.areSame(self.contentType, contentType)
            && Self.areSame(self.partitionKey, partitionKey) && Self.areSame(self.traceState, traceState)
            && self.expiryTime == expiryTime && self.notBefore == notBefore
    }

    @inline(__always)
    private static func areSame(_ one: String?, _ other: String?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return one.isIdentical(to: other) || haveSameBytes(one, other)
    }

    private static func haveSameBytes(_ one: String, _ other: String) -> Bool {
        one.hasBytes { bytes in other.hasBytes { bytes.equals($0) } }
    }

    /// An event of it.
    ///
    /// - Parameter context: that of an event that was checked.
    /// - Throws: what ``Event/validate()`` throws.
    package func event(
        flow: FlowID, serial: Serial, time: Timestamp, data: [UInt8], traceparent: Traceparent?,
        context: [String: String]
    ) throws(EnvelopeError) -> Event {
        // A serial that extends a checked one can only be too long.
        if serial.text.utf8.count > Serial.maximumLength || !time.isInRange || data.count > EventLimits.data {
            try Event(
                topic: topic, flow: flow, serial: serial, time: time, sequence: 0, traceparent: traceparent,
                context: context, data: data, extras: extras
            ).validate()
        }
        // Made where it is returned, so that it is not copied.
        return Event(
            topic: topic, flow: flow, serial: serial, time: time, sequence: 0, traceparent: traceparent,
            context: context, data: data, extras: extras)
    }
}
