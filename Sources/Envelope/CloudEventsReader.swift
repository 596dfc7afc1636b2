/// The members of one structured CloudEvents JSON event.
struct CloudEventsReader {
    private let bytes: UnsafeRawBufferPointer
    private var values: [String: Range<Int>] = [:]

    init(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) {
        self.bytes = bytes
        for member in try JSONText.members(of: bytes) {
            // An attribute that is null is not set (CloudEvents 1.0.2 JSON format §2.2); data may be null.
            let isNull = bytes[member.value.lowerBound] == UInt8(ascii: "n")
            if !isNull || member.key == "data" { values[member.key] = member.value }
        }
    }

    func event(receivedAt: Timestamp?) throws(EnvelopeError) -> Event {
        let version = try required("specversion")
        guard version == "1.0" else {
            throw EnvelopeError(.badVersion, "specversion is \(version.quotedForMessage); send CloudEvents \"1.0\".")
        }
        let id = try required("id")
        let source = try required("source")
        let topic = try Topic(try required("type"))
        let time: Timestamp
        if let text = try string("time") {
            time = try Timestamp(text)
        } else if let receivedAt {
            time = receivedAt
        } else {
            throw EnvelopeError(.badTimestamp, "The event \(id.quotedForMessage) has no time; add \"time\".")
        }
        let serial = try string("serial")
        let flow = try flow(id: id, isOurs: serial != nil)
        var event = Event(topic: topic, flow: flow, time: time)
        if let serial { event.serial = try Serial(serial) }
        event.source = source
        event.foreignID = id
        if serial != nil {
            try readCauses(&event)
            try checkIdentity(event, id: id, source: source)
            event.sequence = try sequence()
        }
        try readAttributes(&event)
        event.data = try data(event.dataContentType)
        return event
    }

    private func flow(id: String, isOurs: Bool) throws(EnvelopeError) -> FlowID {
        if let correlation = try string("correlationid") { return try FlowID(correlation) }
        guard !isOurs else {
            throw EnvelopeError(
                .badAttribute, "The event \(id.quotedForMessage) has a serial and no flow; add \"correlationid\".")
        }
        do {
            return try FlowID(id)
        } catch {
            throw EnvelopeError(
                .badFlowID,
                "The id \(id.quotedForMessage) cannot name a flow; add a \"correlationid\": a UUID, or 1 to 128 of A-Z, "
                    + "a-z, 0-9, '.', '_', ':' and '-'.")
        }
    }

    /// A foreign id needs a root, and a source that is not one of ours.
    private func checkIdentity(_ event: Event, id: String, source: String) throws(EnvelopeError) {
        guard event.foreignID != nil else { return }
        guard event.serial == .root, event.source != nil else {
            throw EnvelopeError(
                .badEventID,
                "The id \(id.quotedForMessage) is not \(event.eventID.description.quotedForMessage), which correlationid "
                    + "and serial say; mend it, or leave serial out for an event from elsewhere.")
        }
    }

    private func readCauses(_ event: inout Event) throws(EnvelopeError) {
        let derived = event.causes
        if let text = try string("causes") {
            var causes: [EventID] = []
            for part in text.split(separator: " ", maxSplits: EventLimits.causes + 1, omittingEmptySubsequences: false)
            {
                guard causes.count < EventLimits.causes else {
                    throw EnvelopeError(.tooManyCauses, "Over \(EventLimits.causes) causes; join in several steps.")
                }
                causes.append(try EventID(part))
            }
            for (left, right) in zip(causes, causes.dropFirst()) where !(left < right) {
                throw EnvelopeError(.badCauses, "causes must be sorted by flow, then serial, and each stand once.")
            }
            event.causes = causes
        }
        guard let cause = try string("causationid") else { return }
        guard let least = event.causes.first, least == derived.first, try EventID(cause) == least else {
            throw EnvelopeError(
                .badCauses,
                "causationid is \(cause.quotedForMessage); it must be the least cause, which the serial extends, and a "
                    + "root has none.")
        }
    }

    private func sequence() throws(EnvelopeError) -> UInt64 {
        guard let text = try string("sequence") else { return 0 }
        guard text.utf8.count == 20, text.utf8.allSatisfy(Grammar.isDigit), let value = UInt64(text) else {
            throw EnvelopeError(
                .badAttribute,
                "sequence is \(text.quotedForMessage); write 20 digits with leading zeros, at most "
                    + "18446744073709551615.")
        }
        return value
    }

    private func readAttributes(_ event: inout Event) throws(EnvelopeError) {
        event.subject = try string("subject")
        event.partitionKey = try string("partitionkey")
        event.traceState = try string("tracestate")
        event.dataContentType = try string("datacontenttype")
        event.dataSchema = try string("dataschema")
        event.dataRef = try string("dataref")
        if let text = try string("traceparent") { event.traceparent = try Traceparent(text) }
        if let text = try string("expirytime") { event.expiryTime = try Timestamp(text) }
        if let text = try string("notbefore") { event.notBefore = try Timestamp(text) }
        if let text = try string("context") { event.context = try CloudEventsReader.context(text) }
        var extensions: [String: ExtensionValue] = [:]
        for (name, range) in values where !Event.knownNames.contains(name) && name != "data_base64" {
            try Event.checkExtensionName(name)
            extensions[name] = try extensionValue(name, range)
        }
        event.extensions = extensions
    }

    private static func context(_ text: String) throws(EnvelopeError) -> [String: String] {
        try Array(text.utf8).withBytes { raw throws(EnvelopeError) in
            var context: [String: String] = [:]
            do throws(EnvelopeError) {
                for member in try JSONText.members(of: raw) {
                    context[member.key] = try JSONText.string(in: raw, at: member.value)
                }
            } catch {
                throw EnvelopeError(
                    .badContext,
                    "context must be a JSON object of strings, itself written as a string. \(error.message)")
            }
            return context
        }
    }

    private func extensionValue(_ name: String, _ range: Range<Int>) throws(EnvelopeError) -> ExtensionValue {
        switch bytes[range.lowerBound] {
        case UInt8(ascii: "\""): return .string(try JSONText.string(in: bytes, at: range))
        case UInt8(ascii: "t"): return .boolean(true)
        case UInt8(ascii: "f"): return .boolean(false)
        default:
            guard let number = Int32(String(decoding: bytes[range], as: UTF8.self)) else {
                throw EnvelopeError(
                    .badAttribute,
                    "The attribute \(name) must be a string, true, false or a whole number of 32 bits; write anything "
                        + "else as a string.")
            }
            return .integer(number)
        }
    }

    private func data(_ contentType: String?) throws(EnvelopeError) -> [UInt8] {
        if let text = try string("data_base64") {
            guard values["data"] == nil else {
                throw EnvelopeError(.badAttribute, "The event has data and data_base64; leave one of them out.")
            }
            guard let data = Base64.decode(text) else {
                throw EnvelopeError(.badAttribute, "data_base64 is not Base64 with padding (RFC 4648 §4).")
            }
            return data
        }
        guard let range = values["data"] else { return [] }
        if ContentType(contentType).isJSON { return JSONText.minify(UnsafeRawBufferPointer(rebasing: bytes[range])) }
        guard bytes[range.lowerBound] == UInt8(ascii: "\"") else {
            throw EnvelopeError(
                .badAttribute,
                "data is no string and datacontenttype is not JSON; set \"application/json\", or send a string or "
                    + "data_base64.")
        }
        return Array(try JSONText.string(in: bytes, at: range).utf8)
    }

    private func required(_ name: String) throws(EnvelopeError) -> String {
        guard let value = try string(name), !value.isEmpty else {
            throw EnvelopeError(
                .badAttribute, "The event has no \(name), which CloudEvents 1.0.2 requires; add \"\(name)\".")
        }
        return value
    }

    private func string(_ name: String) throws(EnvelopeError) -> String? {
        guard let range = values[name] else { return nil }
        guard bytes[range.lowerBound] == UInt8(ascii: "\"") else {
            throw EnvelopeError(.badAttribute, "The attribute \(name) must be a string; put it in quotes.")
        }
        return try JSONText.string(in: bytes, at: range)
    }
}
