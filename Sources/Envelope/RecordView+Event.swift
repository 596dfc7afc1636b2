extension RecordView {
    /// The whole event, every part of it checked.
    ///
    /// - Throws: what is malformed, first.
    package func event() throws(EnvelopeError) -> Event {
        var event = Event(
            topic: try Topic(bytes: topicBytes), flow: try flow(), serial: try Serial(bytes: serialBytes), time: time,
            sequence: sequence)
        var extras = EventExtras()
        var reader = ByteReader(bytes, at: parts.attributesStart)
        for _ in 0..<bytes[RecordLayout.attributeCount] {
            let (key, size) = try RecordView.attributeHeader(&reader)
            let value = try reader.slice(size, "attributes")
            guard size > 0 else {
                throw EnvelopeError(.badAttribute, "Attribute key \(key) is empty; leave it out.")
            }
            try RecordView.read(key, value, into: &event, &extras)
        }
        if !extras.isEmpty { event.extras = EventExtrasBox(extras) }
        event.data = [UInt8](data)
        guard bucket == event.bucket else {
            throw EnvelopeError(
                .badHeader,
                "The record says bucket \(bucket) and its key is of bucket \(event.bucket); its publisher must be "
                    + "mended.")
        }
        try event.validate()
        try event.checkNothingDerivable()
        return event
    }

    private static func read(
        _ key: UInt8, _ value: UnsafeRawBufferPointer, into event: inout Event, _ extras: inout EventExtras
    ) throws(EnvelopeError) {
        switch key {
        case AttributeKey.traceparent: event.traceparent = try traceparent(value)
        case AttributeKey.traceState: extras.traceState = try text(value, "tracestate")
        case AttributeKey.partitionKey: extras.partitionKey = try text(value, "partitionkey")
        case AttributeKey.subject: extras.subject = try text(value, "subject")
        case AttributeKey.source: extras.source = try text(value, "source")
        case AttributeKey.foreignID: extras.foreignID = try text(value, "foreign id")
        case AttributeKey.dataContentType: extras.dataContentType = try text(value, "datacontenttype")
        case AttributeKey.dataSchema: extras.dataSchema = try text(value, "dataschema")
        case AttributeKey.dataRef: extras.dataRef = try text(value, "dataref")
        case AttributeKey.expiryTime: extras.expiryTime = try timestamp(value, "expirytime")
        case AttributeKey.notBefore: extras.notBefore = try timestamp(value, "notbefore")
        case AttributeKey.causes: extras.causes = try causes(value, of: event)
        case AttributeKey.context: event.context = try context(value)
        case AttributeKey.extensions: extras.extensions = try extensions(value)
        default:
            throw EnvelopeError(.badAttribute, "Attribute key \(key) has no meaning in version 1.")
        }
    }

    private static func text(_ value: UnsafeRawBufferPointer, _ what: StaticString) throws(EnvelopeError) -> String {
        var reader = ByteReader(value)
        return try reader.text(value.count, what)
    }

    private static func timestamp(
        _ value: UnsafeRawBufferPointer, _ what: StaticString
    ) throws(EnvelopeError) -> Timestamp {
        guard value.count == 8 else {
            throw EnvelopeError(.badAttribute, "The attribute \(what) has \(value.count) bytes and must have 8.")
        }
        var reader = ByteReader(value)
        return Timestamp(microseconds: try reader.integer(Int64.self, what))
    }

    static func traceparent(_ value: UnsafeRawBufferPointer) throws(EnvelopeError) -> Traceparent {
        guard value.count == 25 else {
            throw EnvelopeError(.badAttribute, "The attribute traceparent has \(value.count) bytes and must have 25.")
        }
        var reader = ByteReader(value)
        let high = try reader.integer(UInt64.self, "traceparent").byteSwapped
        let low = try reader.integer(UInt64.self, "traceparent").byteSwapped
        let span = try reader.integer(UInt64.self, "traceparent").byteSwapped
        return try Traceparent(traceID: (high, low), spanID: span, flags: value[24])
    }

    private static func causes(_ value: UnsafeRawBufferPointer, of event: Event) throws(EnvelopeError) -> [EventID] {
        var reader = ByteReader(value)
        var causes = event.causes
        while !reader.isAtEnd {
            guard causes.count < EventLimits.causes else {
                throw EnvelopeError(.tooManyCauses, "The record has over \(EventLimits.causes) causes.")
            }
            let flow: FlowID
            let kind = try reader.integer(UInt8.self, "causes")
            switch kind {
            case 0:
                flow = event.flow
            case 1:
                let high = try reader.integer(UInt64.self, "causes").byteSwapped
                let low = try reader.integer(UInt64.self, "causes").byteSwapped
                flow = FlowID(uuidBytes: (high, low))
            case 2:
                let size = Int(try reader.integer(UInt8.self, "causes"))
                flow = try FlowID(nameBytes: try reader.slice(size, "causes"))
            default:
                throw EnvelopeError(.badAttribute, "A cause is of kind \(kind); only 0, 1 and 2 have a meaning.")
            }
            guard kind == 0 || flow != event.flow else {
                throw EnvelopeError(.badAttribute, "A cause states the event's own flow; write kind 0 and no flow.")
            }
            let size = Int(try reader.integer(UInt16.self, "causes"))
            causes.append(EventID(flow: flow, serial: try Serial(bytes: try reader.slice(size, "causes"))))
        }
        return causes
    }

    private static func context(_ value: UnsafeRawBufferPointer) throws(EnvelopeError) -> [String: String] {
        var reader = ByteReader(value)
        var context: [String: String] = [:]
        var last = ""
        while !reader.isAtEnd {
            let keySize = Int(try reader.integer(UInt8.self, "context"))
            let key = try reader.text(keySize, "context")
            guard last.utf8.lexicographicallyPrecedes(key.utf8) else {
                throw EnvelopeError(.badContext, "A record's context keys must ascend and each stand once.")
            }
            last = key
            let size = Int(try reader.integer(UInt16.self, "context"))
            context[key] = try reader.text(size, "context")
        }
        return context
    }

    private static func extensions(
        _ value: UnsafeRawBufferPointer
    ) throws(EnvelopeError) -> [String: ExtensionValue] {
        var reader = ByteReader(value)
        var extensions: [String: ExtensionValue] = [:]
        var last = ""
        while !reader.isAtEnd {
            let nameSize = Int(try reader.integer(UInt8.self, "extensions"))
            let name = try reader.text(nameSize, "extensions")
            guard last.utf8.lexicographicallyPrecedes(name.utf8) else {
                throw EnvelopeError(.badAttribute, "A record's extension names must ascend and each stand once.")
            }
            last = name
            extensions[name] = try extensionValue(&reader)
        }
        return extensions
    }

    private static func extensionValue(_ reader: inout ByteReader) throws(EnvelopeError) -> ExtensionValue {
        switch try reader.integer(UInt8.self, "extensions") {
        case 0:
            let size = Int(try reader.integer(UInt16.self, "extensions"))
            return .string(try reader.text(size, "extensions"))
        case 1:
            return .integer(try reader.integer(Int32.self, "extensions"))
        case 2:
            switch try reader.integer(UInt8.self, "extensions") {
            case 0: return .boolean(false)
            case 1: return .boolean(true)
            default: throw EnvelopeError(.badAttribute, "A boolean extension must be 0 or 1.")
            }
        case let kind:
            throw EnvelopeError(.badAttribute, "An extension is of type \(kind); only 0, 1 and 2 have a meaning.")
        }
    }
}

extension Event {
    /// Refuses what a record must leave out, so that an event has one record and no other.
    fileprivate func checkNothingDerivable() throws(EnvelopeError) {
        guard let extras = extras?.value else { return }
        var derivable: String?
        if let causes = extras.causes, causes.count < 2 { derivable = "causes" }
        if let source = extras.source, source == Event.derivedSource(serial) { derivable = "source" }
        if extras.dataContentType == Event.defaultContentType { derivable = "datacontenttype" }
        if let derivable {
            throw EnvelopeError(.badAttribute, "The record states \(derivable), which is derived; leave it out.")
        }
    }
}
