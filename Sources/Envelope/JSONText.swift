/// JSON text (RFC 8259) as bytes: checked, minified, taken apart, written; never made into a tree.
package enum JSONText {
    /// Checks that the bytes are one JSON value in valid UTF-8.
    ///
    /// Half a surrogate pair as an escape, which §8.2 calls unpredictable, is an error too, and a name that stands twice
    /// in an object, whose meaning each reader chooses (I-JSON, RFC 7493 §2.3).
    ///
    /// - Throws: `badJSON` with line and column (in characters, both from 1), what was expected and what was found.
    package static func validate(_ bytes: UnsafeRawBufferPointer, maxDepth: Int = 512) throws(EnvelopeError) {
        var scanner = JSONScanner(bytes, maxDepth: maxDepth)
        try scanner.begin()
        try scanner.skipValue()
        try scanner.expectEnd()
    }

    /// The text without the space between its tokens.
    ///
    /// - Precondition: the bytes are valid JSON; others come back mangled, but never trap.
    package static func minify(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        minify(bytes, into: &result)
        return result
    }

    /// Appends the text without the space between its tokens.
    static func minify(_ bytes: UnsafeRawBufferPointer, into result: inout [UInt8]) {
        var copied = 0
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                    position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                position += 1
            case 0x20, 0x0A, 0x0D, 0x09:
                result.append(contentsOf: bytes[copied..<position])
                position += 1
                copied = position
            default:
                position += 1
            }
        }
        if copied < bytes.count { result.append(contentsOf: bytes[copied...]) }
    }

    /// The members of the object that the text is, in order, with where their values lie.
    ///
    /// - Throws: `badJSON` when the text is not one valid object, or a member's name repeats in an object.
    package static func members(
        of bytes: UnsafeRawBufferPointer
    ) throws(EnvelopeError) -> [(key: String, value: Range<Int>)] {
        var scanner = JSONScanner(bytes)
        try scanner.begin()
        guard scanner.current == UInt8(ascii: "{") else { throw scanner.failure("'{'") }
        scanner.position += 1
        scanner.skipWhitespace()
        var members: [(key: String, value: Range<Int>)] = []
        var names = SeenNames()
        if scanner.current == UInt8(ascii: "}") {
            scanner.position += 1
            try scanner.expectEnd()
            return members
        }
        while true {
            let start = scanner.position
            guard scanner.current == UInt8(ascii: "\"") else { throw scanner.failure("a member's name in quotes") }
            try scanner.skipString()
            let key = try string(in: bytes, at: start..<scanner.position)
            guard names.insert(key) else {
                scanner.position = start
                throw scanner.failure("each member once, and \(key.quotedForMessage) repeats")
            }
            scanner.skipWhitespace()
            guard scanner.current == UInt8(ascii: ":") else { throw scanner.failure("':'") }
            scanner.position += 1
            scanner.skipWhitespace()
            let value = scanner.position
            try scanner.skipValue(at: key)
            members.append((key, value..<scanner.position))
            scanner.skipWhitespace()
            let next = scanner.current
            guard next == UInt8(ascii: ",") || next == UInt8(ascii: "}") else { throw scanner.failure("',' or '}'") }
            scanner.position += 1
            if next == UInt8(ascii: "}") {
                try scanner.expectEnd()
                return members
            }
            scanner.skipWhitespace()
        }
    }

    /// The text that a JSON string says.
    ///
    /// - Parameters:
    ///   - bytes: the text that the string stands in.
    ///   - range: where it stands, quotes included.
    /// - Throws: `badJSON` when there is no valid string.
    package static func string(
        in bytes: UnsafeRawBufferPointer, at range: Range<Int>
    ) throws(EnvelopeError) -> String {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            throw EnvelopeError(.badJSON, "The text ends before the string does; read the whole of it.")
        }
        let text = UnsafeRawBufferPointer(rebasing: bytes[range])
        var scanner = JSONScanner(text)
        guard scanner.current == UInt8(ascii: "\"") else { throw scanner.failure("a string") }
        try scanner.skipString()
        guard scanner.position == text.count else { throw scanner.failure("the end of the string") }
        let content = UnsafeRawBufferPointer(rebasing: text[1..<(text.count - 1)])
        guard content.contains(UInt8(ascii: "\\")) else { return String(checked: content) }
        return try unescaped(content)
    }

    /// What the checked content of a string says, given without its quotes.
    package static func unescaped(_ content: UnsafeRawBufferPointer) throws(EnvelopeError) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var scanner = JSONScanner(content)
        while let byte = scanner.current {
            scanner.position += 1
            guard byte == UInt8(ascii: "\\"), let escape = scanner.current else {
                result.append(byte)
                continue
            }
            scanner.position += 1
            switch escape {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var value = try scanner.codeUnit()
                if value & 0xFC00 == 0xD800 {
                    scanner.position += 2
                    let low = try scanner.codeUnit()
                    value = 0x10000 + ((value & 0x3FF) << 10 | (low & 0x3FF))
                }
                let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
                result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: result.append(escape)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
