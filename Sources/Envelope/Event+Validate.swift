extension Event {
    /// The names of attributes that an event has fields for, and of JSON members that are no attributes.
    static let knownNames: Set<String> = [
        "specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema", "data",
        "correlationid", "causationid", "causes", "serial", "sequence", "partitionkey", "traceparent", "tracestate",
        "expirytime", "notbefore", "dataref", "context",
    ]

    /// Checks names, lengths and counts, so that the event can be encoded.
    ///
    /// - Throws: an error that names the field, its limit and what to do.
    public func validate() throws(EnvelopeError) {
        guard topic.text.hasBytes(Grammar.isTopic) else {
            throw EnvelopeError(.badTopic, "\(topic.text.quotedForMessage) is no topic; make it with Topic(_:).")
        }
        guard serial.text.hasBytes(Grammar.isSerial) else {
            throw EnvelopeError(
                .badSerial,
                "The serial has \(serial.text.utf8.count) bytes and may have 4,096; does a handler hear itself?")
        }
        guard time.isInRange else { throw Event.outOfRange("time") }
        guard data.count <= EventLimits.data else {
            throw EnvelopeError(
                .dataTooLarge, "The data has \(data.count) bytes and may have \(EventLimits.data); send a dataref.")
        }
        try validateCauses()
        if !context.isEmpty { try validateContext() }
        if let extras { try validate(extras.value) }
    }

    private func validate(_ extras: EventExtras) throws(EnvelopeError) {
        try Event.check("source", extras.source, "a URI reference") { Grammar.isURIReference($0.utf8) }
        try Event.check("id", extras.foreignID, "text without control characters", Grammar.isAttributeString)
        try Event.check("subject", extras.subject, "text without control characters", Grammar.isAttributeString)
        try Event.check("datacontenttype", extras.dataContentType, "a media type") { $0.hasBytes(Grammar.isMediaType) }
        try Event.check("dataschema", extras.dataSchema, "an absolute URI") { Grammar.isAbsoluteURI($0.utf8) }
        try Event.check(
            "partitionkey", extras.partitionKey, "text without control characters", Grammar.isAttributeString)
        try Event.check("tracestate", extras.traceState, "text without control characters", Grammar.isAttributeString)
        try Event.check("dataref", extras.dataRef, "a URI reference") { Grammar.isURIReference($0.utf8) }
        if let expiry = extras.expiryTime, !expiry.isInRange { throw Event.outOfRange("expirytime") }
        if let notBefore = extras.notBefore, !notBefore.isInRange { throw Event.outOfRange("notbefore") }
        if extras.foreignID != nil {
            guard serial == .root, extras.source != nil, id != eventID.description else {
                throw EnvelopeError(
                    .badAttribute,
                    "Only a root with a source of its own may have a foreign id; leave foreignID out, or set source.")
            }
        }
        guard extras.extensions.count <= EventLimits.extensions else {
            throw EnvelopeError(
                .badAttribute, "\(extras.extensions.count) extension attributes; at most \(EventLimits.extensions).")
        }
        for (name, value) in extras.extensions {
            try Event.checkExtensionName(name)
            if case .string(let text) = value {
                try Event.check(name, text, "text without control characters", Grammar.isAttributeString)
            }
        }
    }

    private func validateCauses() throws(EnvelopeError) {
        guard let causes = extras?.value.causes else { return }
        guard causes.count <= EventLimits.causes else {
            throw EnvelopeError(
                .tooManyCauses, "\(causes.count) causes; at most \(EventLimits.causes). Join in several steps.")
        }
        for cause in causes where !cause.serial.text.hasBytes(Grammar.isSerial) {
            throw EnvelopeError(.badSerial, "\(cause.serial.text.quotedForMessage), a cause's, is no serial.")
        }
        for (left, right) in zip(causes, causes.dropFirst()) where !(left < right) {
            throw EnvelopeError(.badCauses, "Causes must be sorted and each stand once; set them through `causes`.")
        }
        guard causes.first?.flow == flow, causes.first?.serial == serial.parent else {
            throw EnvelopeError(
                .badCauses,
                "The event \(eventID.description.quotedForMessage) must be in the flow of its least cause, and its "
                    + "serial must extend that cause's serial by one step; a root has no causes.")
        }
    }

    private func validateContext() throws(EnvelopeError) {
        var size = 0
        for (key, value) in context {
            guard Grammar.isContextKey(key.utf8) else {
                throw EnvelopeError(
                    .badContext,
                    "\(key.quotedForMessage) is no context key; use 1 to 64 of A-Z, a-z, 0-9, '.', '_' and '-'.")
            }
            size += key.utf8.count + value.utf8.count
        }
        guard size <= EventLimits.context else {
            throw EnvelopeError(
                .contextTooLarge,
                "The context has \(size) bytes and may have \(EventLimits.context); put large values into the data.")
        }
    }

    static func checkExtensionName(_ name: String) throws(EnvelopeError) {
        guard Grammar.isAttributeName(name.utf8), !knownNames.contains(name) else {
            throw EnvelopeError(
                .badAttribute,
                "\(name.quotedForMessage) cannot be an extension attribute; use 1 to 20 of a-z and 0-9, and no name "
                    + "that the envelope has itself.")
        }
    }

    static func check(
        _ name: String, _ value: String?, _ wanted: String, _ isGood: (String) -> Bool
    ) throws(EnvelopeError) {
        guard let value else { return }
        guard (1...EventLimits.attribute).contains(value.utf8.count), isGood(value) else {
            throw EnvelopeError(
                .badAttribute,
                "The attribute \(name) is \(value.quotedForMessage); it must be \(wanted), 1 to "
                    + "\(EventLimits.attribute) bytes long.")
        }
    }

    static func outOfRange(_ name: String) -> EnvelopeError {
        EnvelopeError(.badTimestamp, "The attribute \(name) lies outside of the years 0001 to 9999; set a real time.")
    }
}
