/// Where an event stands in a distributed trace. W3C Trace Context, level 1, §3.2.
public struct Traceparent: Hashable, Sendable {
    /// The first 8 of the trace id's 16 bytes, big-endian.
    public let traceIDHigh: UInt64

    /// The last 8 of the trace id's 16 bytes, big-endian.
    public let traceIDLow: UInt64

    /// The span's (parent's) 8 bytes, big-endian.
    public let spanID: UInt64

    /// The trace flags; bit 0 is *sampled*.
    public let flags: UInt8

    /// Creates a traceparent from its parts.
    ///
    /// - Throws: `badTraceparent` when the trace id or the span id is all zeros, which §3.2.2 forbids.
    public init(traceID: (UInt64, UInt64), spanID: UInt64, flags: UInt8) throws(EnvelopeError) {
        guard traceID.0 | traceID.1 != 0, spanID != 0 else {
            throw EnvelopeError(.badTraceparent, "A trace id and a span id must not be all zeros; draw random ones.")
        }
        self.traceIDHigh = traceID.0
        self.traceIDLow = traceID.1
        self.spanID = spanID
        self.flags = flags
    }

    /// For parts that are known not to be all zeros.
    init(unchecked traceID: (UInt64, UInt64), spanID: UInt64, flags: UInt8) {
        traceIDHigh = traceID.0
        traceIDLow = traceID.1
        self.spanID = spanID
        self.flags = flags
    }

    /// Reads a `traceparent` header's value.
    ///
    /// A version above 00 is read as §3.3 of the standard says: the parts that are known are taken, only the *sampled*
    /// flag is kept, and the result is of version 00.
    ///
    /// - Throws: `badTraceparent` when the text is none.
    public init(_ text: some StringProtocol) throws(EnvelopeError) {
        let bytes = Array(text.utf8)
        guard let parts = Traceparent.parse(bytes) else {
            throw EnvelopeError(
                .badTraceparent,
                "\(String(text).quotedForMessage) is no traceparent; write \"00-\", 32 digits of 0-9 and a-f, '-', 16, "
                    + "'-', 2, as W3C Trace Context says.")
        }
        try self.init(traceID: (parts.0, parts.1), spanID: parts.2, flags: parts.3)
    }

    private static func parse(_ bytes: [UInt8]) -> (UInt64, UInt64, UInt64, UInt8)? {
        func hex(_ start: Int, _ length: Int) -> UInt64? {
            var value: UInt64 = 0
            for byte in bytes[start..<start + length] {
                guard !Grammar.isUpper(byte), let digit = Hex.value(byte) else { return nil }
                value = value << 4 | UInt64(digit)
            }
            return value
        }
        guard bytes.count >= 55, bytes[2] == Grammar.dash, bytes[35] == Grammar.dash, bytes[52] == Grammar.dash,
            let version = hex(0, 2), version != 0xFF, let high = hex(3, 16), let low = hex(19, 16),
            let span = hex(36, 16), let flags = hex(53, 2)
        else { return nil }
        if version == 0 {
            guard bytes.count == 55 else { return nil }
            return (high, low, span, UInt8(flags))
        }
        guard bytes.count == 55 || bytes[55] == Grammar.dash else { return nil }
        return (high, low, span, UInt8(flags & 1))
    }

    /// Whether the *sampled* flag is set.
    public var isSampled: Bool { flags & 1 == 1 }
}

extension Traceparent: CustomStringConvertible {
    /// The header's value, version 00.
    public var description: String {
        String(unsafeUninitializedCapacity: 55) { buffer in
            func put(_ value: UInt64, _ start: Int, _ length: Int) {
                for index in 0..<length {
                    buffer[start + index] = Hex.digit(value >> UInt64(4 * (length - 1 - index)))
                }
            }
            put(0, 0, 2)
            put(traceIDHigh, 3, 16)
            put(traceIDLow, 19, 16)
            put(spanID, 36, 16)
            put(UInt64(flags), 53, 2)
            buffer[2] = Grammar.dash
            buffer[35] = Grammar.dash
            buffer[52] = Grammar.dash
            return 55
        }
    }
}
