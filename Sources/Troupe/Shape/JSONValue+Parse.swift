internal import FoundationEssentials

extension JSONValue {
    /// Reads JSON text that is known to be valid; nil if it is not.
    package init?(text: [UInt8]) {
        var reader = JSONValueReader(text)
        if let value = reader.read(depth: 0) {
            self = value
        } else if let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text)) {
            self = value
        } else {
            return nil
        }
    }
}

/// Reads what events mostly are: texts without escapes, no deep nesting. Nil leaves the rest to a whole decoder.
private struct JSONValueReader {
    private static let maximumDepth = 64

    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    private mutating func next() -> UInt8 {
        while position < text.count, [0x20, 0x0A, 0x0D, 0x09].contains(text[position]) { position += 1 }
        return position < text.count ? text[position] : 0
    }

    private mutating func take(_ byte: Character) -> Bool {
        guard next() == byte.asciiValue else { return false }
        position += 1
        return true
    }

    mutating func read(depth: Int) -> JSONValue? {
        guard depth < Self.maximumDepth else { return nil }
        switch next() {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return list(depth)
        case UInt8(ascii: "\""): return string().map { .text($0) }
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) -> JSONValue? {
        guard text[position...].starts(with: word.utf8) else { return nil }
        position += word.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        position += 1
        if take("}") { return .object(members) }
        repeat {
            guard next() == UInt8(ascii: "\""), let key = string(), take(":"), let value = read(depth: depth + 1) else {
                return nil
            }
            members[key] = members[key] ?? value
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func list(_ depth: Int) -> JSONValue? {
        var elements: [JSONValue] = []
        position += 1
        if take("]") { return .list(elements) }
        repeat {
            guard let value = read(depth: depth + 1) else { return nil }
            elements.append(value)
        } while take(",")
        return take("]") ? .list(elements) : nil
    }

    private mutating func string() -> String? {
        guard let end = text[(position + 1)...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let content = text[(position + 1)..<end]
        guard !content.contains(UInt8(ascii: "\\")) else { return nil }
        position = end + 1
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func number() -> JSONValue? {
        let end = text[position...].firstIndex {
            ![0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0) && !(0x30...0x39).contains($0)
        }
        let digits = String(decoding: text[position..<(end ?? text.count)], as: UTF8.self)
        position = end ?? text.count
        if let integer = Int64(digits) { return .integer(integer) }
        if let unsigned = UInt64(digits) { return .unsigned(unsigned) }
        guard let number = Double(digits) else { return nil }
        return Int64(exactly: number).map { .integer($0) } ?? .number(number)
    }
}
