internal import Envelope
internal import FoundationEssentials

extension JSONWriter {
    /// Writes a value of any type: of some without the detour over their own `encode(to:)`, or in another form.
    func write<T: Encodable>(_ value: T) throws {
        // Each cast only says what the comparison before it has found.
        if T.self == String.self { return write(unsafeBitCast(value, to: String.self)) }
        if T.self == Int.self { return write(integer: unsafeBitCast(value, to: Int.self)) }
        if T.self == Double.self { return try write(unsafeBitCast(value, to: Double.self)) }
        if T.self == Date.self { return try write(unsafeBitCast(value, to: Date.self)) }
        if T.self == Data.self {
            return write(unsafeBitCast(value, to: Data.self))
        }
        if T.self == URL.self { return write(unsafeBitCast(value, to: URL.self).absoluteString) }
        if T.self == Decimal.self { return try write(unsafeBitCast(value, to: Decimal.self)) }
        try nest(value)
    }

    private func write(_ date: Date) throws {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        // The bounds are those of the years 0001 to 9999.
        guard seconds >= -62_135_596_800, seconds < 253_402_300_800 else {
            throw error("a Date outside of the years 0001 to 9999 has no RFC 3339 form", date)
        }
        let text = Timestamp(microseconds: Int64(seconds) * 1_000_000).description
        write(String(text.prefix(19)) + "Z")
    }

    private func write(_ data: Data) {
        var text: [UInt8] = []
        Base64.encode(Array(data), into: &text)
        write(String(decoding: text, as: UTF8.self))
    }

    private func write(_ decimal: Decimal) throws {
        guard decimal.isFinite else {
            throw error("the Decimal is not a number; encode an optional or a string", decimal)
        }
        write(raw: decimal.description)
    }
}
