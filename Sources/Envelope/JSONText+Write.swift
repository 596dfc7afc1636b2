extension JSONText {
    /// Appends a string as JSON, quotes included.
    ///
    /// Quotes, backslashes, control characters (those after ASCII too) and noncharacters are escaped, so that the result
    /// is a string that CloudEvents 1.0.2 §3.1 allows within another.
    package static func writeString(_ string: String, into bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { writeString(UnsafeRawBufferPointer($0), into: &bytes) }
    }

    /// Appends bytes of valid UTF-8 as a JSON string, quotes included.
    package static func writeString(_ text: UnsafeRawBufferPointer, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var copied = 0
        var position = 0
        while position < text.count {
            let byte = text[position]
            if isPlain(byte) {
                position += 1
                continue
            }
            let (scalar, length) = character(text, position)
            guard byte < 0x80 || !Grammar.isAllowed(scalar) else {
                position += length
                continue
            }
            bytes.append(contentsOf: text[copied..<position])
            writeEscape(scalar, into: &bytes)
            position += length
            copied = position
        }
        bytes.append(contentsOf: text[copied...])
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a byte can neither be, nor begin, a character that needs an escape.
    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte < 0x7F
            ? byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            : byte >= 0x80 && byte != 0xC2 && byte < 0xEF
    }

    private static func character(_ text: UnsafeRawBufferPointer, _ position: Int) -> (Unicode.Scalar, Int) {
        let lead = text[position]
        let count = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        let end = min(position + count, text.count)
        var value = UInt32(lead) & (count == 1 ? 0x7F : 0xFF >> UInt32(count + 1))
        for byte in text[(position + 1)..<end] { value = value << 6 | UInt32(byte & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", end - position)
    }

    private static func writeEscape(_ scalar: Unicode.Scalar, into bytes: inout [UInt8]) {
        switch scalar {
        case "\"": bytes.append(contentsOf: "\\\"".utf8)
        case "\\": bytes.append(contentsOf: "\\\\".utf8)
        case "\n": bytes.append(contentsOf: "\\n".utf8)
        case "\r": bytes.append(contentsOf: "\\r".utf8)
        case "\t": bytes.append(contentsOf: "\\t".utf8)
        case "\u{08}": bytes.append(contentsOf: "\\b".utf8)
        case "\u{0C}": bytes.append(contentsOf: "\\f".utf8)
        default:
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                bytes.append(contentsOf: "\\u".utf8)
                for shift: UInt64 in [12, 8, 4, 0] { bytes.append(Hex.digit(UInt64(unit) >> shift)) }
            }
        }
    }
}
