internal import Envelope

/// `TracesData` of opentelemetry-proto 1.x in OTLP/JSON: ids in hexadecimal, enumerations as numbers, 64-bit integers as
/// text.
struct OTLP: Encodable {
    var resourceSpans: [ResourceSpans]

    struct ResourceSpans: Encodable {
        var resource: Resource
        var scopeSpans: [ScopeSpans]

        init(service: String, spans: [Span]) {
            resource = Resource(attributes: [Attribute("service.name", service)])
            scopeSpans = [ScopeSpans(scope: Scope(name: "troupe"), spans: spans)]
        }
    }

    struct Resource: Encodable {
        var attributes: [Attribute]
    }

    struct ScopeSpans: Encodable {
        var scope: Scope
        var spans: [Span]
    }

    struct Scope: Encodable {
        var name: String
    }

    /// `Span.SpanKind`.
    enum Kind: Int, Encodable {
        case producer = 4
        case consumer = 5
    }

    struct Span: Encodable {
        var traceId: String
        var spanId: String
        var parentSpanId: String?
        var traceState: String?
        var flags: UInt32
        var name: String
        var kind: Kind
        var startTimeUnixNano: String
        var endTimeUnixNano: String
        var attributes: [Attribute]
        var links: [Link]?
        var status: Status?

        /// Times in microseconds since 1970.
        init(
            _ own: Traceparent, parent: UInt64?, state: String?, name: String, kind: Kind, from: Int64, to: Int64,
            attributes: [Attribute]
        ) {
            traceId = own.traceIDText
            spanId = own.spanIDText
            parentSpanId = parent.map(Hex.text)
            traceState = state
            flags = UInt32(own.flags)
            self.name = name
            self.kind = kind
            startTimeUnixNano = "\(from * 1000)"
            endTimeUnixNano = "\(to * 1000)"
            self.attributes = attributes
        }
    }

    struct Link: Encodable {
        var traceId: String
        var spanId: String

        init(_ other: Traceparent) {
            traceId = other.traceIDText
            spanId = other.spanIDText
        }
    }

    struct Status: Encodable {
        /// 2 is an error.
        var code: Int
        var message: String?
    }

    struct Attribute: Encodable {
        struct Value: Encodable {
            var stringValue: String?
            /// A 64-bit integer as text.
            var intValue: String?
        }

        var key: String
        var value: Value

        init(_ key: String, _ text: String) {
            self.key = key
            value = Value(stringValue: text)
        }

        init(_ key: String, _ number: Int64) {
            self.key = key
            value = Value(intValue: "\(number)")
        }
    }
}
