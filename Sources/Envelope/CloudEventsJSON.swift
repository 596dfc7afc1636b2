/// An event as structured CloudEvents 1.0.2 JSON, one object on one line: what people and foreign tools see.
///
/// The mapping is in the article *Record format*.
public enum CloudEventsJSON {
    /// The event as JSON text on one line.
    ///
    /// JSON data loses the space between its tokens. Data that claims to be JSON and is not goes as `data_base64`.
    public static func encode(_ event: Event) -> String {
        var bytes: [UInt8] = []
        encode(event, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the event as JSON text on one line.
    public static func encode(_ event: Event, into bytes: inout [UInt8]) {
        var writer = JSONObjectWriter()
        writer.string("specversion", "1.0", &bytes)
        writer.string("id", event.id, &bytes)
        writer.string("source", event.resolvedSource, &bytes)
        writer.string("type", event.topic.text, &bytes)
        writer.string("time", event.time.description, &bytes)
        writer.string("subject", event.subject, &bytes)
        writer.string("correlationid", event.correlationID, &bytes)
        writer.string("causationid", event.causationID, &bytes)
        let causes = event.causes
        if causes.count > 1 { writer.string("causes", causes.map(\.description).joined(separator: " "), &bytes) }
        writer.string("serial", event.serial.text, &bytes)
        if event.sequence > 0 {
            let digits = String(event.sequence)
            writer.string("sequence", String(repeating: "0", count: 20 - digits.utf8.count) + digits, &bytes)
        }
        writer.string("partitionkey", event.partitionKey, &bytes)
        writer.string("traceparent", event.traceparent?.description, &bytes)
        writer.string("tracestate", event.traceState, &bytes)
        writer.string("expirytime", event.expiryTime?.description, &bytes)
        writer.string("notbefore", event.notBefore?.description, &bytes)
        if !event.context.isEmpty { writer.string("context", contextText(event.context), &bytes) }
        for (name, value) in event.extensions.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .string(let text): writer.string(name, text, &bytes)
            case .integer(let number): writer.raw(name, String(number), &bytes)
            case .boolean(let flag): writer.raw(name, flag ? "true" : "false", &bytes)
            }
        }
        writer.string("datacontenttype", event.dataContentType, &bytes)
        writer.string("dataschema", event.dataSchema, &bytes)
        writer.string("dataref", event.dataRef, &bytes)
        if !event.data.isEmpty { write(event.data, ContentType(event.dataContentType), &writer, &bytes) }
        writer.end(&bytes)
    }

    private static func write(
        _ data: [UInt8], _ type: ContentType, _ writer: inout JSONObjectWriter, _ bytes: inout [UInt8]
    ) {
        data.withUnsafeBytes { raw in
            if type.isJSON, (try? JSONText.validate(raw, maxDepth: 500)) != nil {
                writer.name("data", &bytes)
                JSONText.minify(raw, into: &bytes)
            } else if type.isText, String(validating: raw, as: UTF8.self) != nil {
                writer.name("data", &bytes)
                JSONText.writeString(raw, into: &bytes)
            } else {
                writer.name("data_base64", &bytes)
                bytes.append(UInt8(ascii: "\""))
                Base64.encode(data, into: &bytes)
                bytes.append(UInt8(ascii: "\""))
            }
        }
    }

    private static func contextText(_ context: [String: String]) -> String {
        var bytes: [UInt8] = []
        var writer = JSONObjectWriter()
        for (key, value) in context.sorted(by: { $0.key < $1.key }) { writer.string(key, value, &bytes) }
        writer.end(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
