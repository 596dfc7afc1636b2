/// Walks over JSON text (RFC 8259), strictly, without recursion; bytes are only looked at.
package struct JSONScanner {
    package let bytes: UnsafeRawBufferPointer
    package var position = 0
    package let maxDepth: Int

    package init(_ bytes: UnsafeRawBufferPointer, maxDepth: Int = 512) {
        self.bytes = bytes
        self.maxDepth = maxDepth
    }

    @inline(__always)
    package var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    @inline(__always)
    package mutating func skipWhitespace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    package mutating func expectEnd() throws(EnvelopeError) {
        skipWhitespace()
        guard position == bytes.count else { throw failure("the end of the text") }
    }

    /// Walks over white space up to the first value. Throws when a byte order mark stands there, which no editor shows.
    package mutating func begin() throws(EnvelopeError) {
        let mark: String? =
            switch (bytes.first, bytes.dropFirst().first, bytes.dropFirst(2).first) {
            case (0xEF, 0xBB, 0xBF): "U+FEFF), which JSON does not allow (RFC 8259 §8.1); remove it"
            case (0xFF, 0xFE, _), (0xFE, 0xFF, _): "U+FEFF) of UTF-16, and JSON is UTF-8 (RFC 8259 §8.1); convert it"
            default: nil
            }
        if let mark { throw EnvelopeError(.badJSON, "The text begins with a byte order mark (\(mark).") }
        skipWhitespace()
    }

    /// Walks over one value, from its first byte to just after its last; checks that each object has a name once.
    ///
    /// - Parameter path: where the value stands, for the error.
    mutating func skipValue(at path: String = "") throws(EnvelopeError) {
        var levels: [JSONLevelNames] = []
        while true {
            guard let byte = current else { throw failure("a value") }
            var isOpen = false
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard levels.count < maxDepth else { throw failure("at most \(maxDepth) levels of nesting") }
                let isObject = byte == UInt8(ascii: "{")
                position += 1
                skipWhitespace()
                if current == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    position += 1
                    break
                }
                levels.append(JSONLevelNames(isObject: isObject))
                isOpen = true
                if isObject { try skipKey(&levels, at: path) }
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "-"), 0x30...0x39: try skipNumber()
            case UInt8(ascii: "t"): try skipWord("true")
            case UInt8(ascii: "f"): try skipWord("false")
            case UInt8(ascii: "n"): try skipWord("null")
            default: throw failure("a value")
            }
            if isOpen { continue }
            // After a value: close what ends here, and go on to the next member or element.
            while true {
                guard let isObject = levels.last?.isObject else { return }
                skipWhitespace()
                guard let next = current else {
                    throw failure(isObject ? "',' or '}'" : "',' or ']'")
                }
                position += 1
                if next == UInt8(ascii: ",") {
                    skipWhitespace()
                    if isObject {
                        try skipKey(&levels, at: path)
                    } else {
                        levels[levels.count - 1].index += 1
                    }
                    break
                }
                guard next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    position -= 1
                    throw failure(isObject ? "',' or '}'" : "',' or ']'")
                }
                levels.removeLast()
            }
        }
    }

    /// Walks over a member's name, the colon and the space around it.
    private mutating func skipKey(_ levels: inout [JSONLevelNames], at path: String) throws(EnvelopeError) {
        guard current == UInt8(ascii: "\"") else { throw failure("a member's name in quotes") }
        let start = position
        let hasEscapes = try skipString()
        let content = UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<(position - 1)])
        let name = hasEscapes ? try JSONText.unescaped(content) : String(checked: content)
        guard levels[levels.count - 1].insert(name) else {
            position = start
            throw failure("each member once, and \(JSONLevelNames.path(levels, in: path).quotedForMessage) repeats")
        }
        skipWhitespace()
        guard current == UInt8(ascii: ":") else { throw failure("':'") }
        position += 1
        skipWhitespace()
    }

    /// Walks over a string, quotes included, and checks its escapes and its UTF-8. Returns whether it has escapes.
    @discardableResult
    package mutating func skipString() throws(EnvelopeError) -> Bool {
        var hasEscapes = false
        position += 1
        while true {
            skipPlain()
            guard let byte = current else { throw failure("the string's closing quote") }
            if byte == UInt8(ascii: "\"") {
                position += 1
                return hasEscapes
            } else if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                try skipEscape()
            } else if byte < 0x20 {
                throw failure("an escape such as \\n instead of a control character")
            } else if byte < 0x80 {
                position += 1
            } else {
                try skipMultibyte()
            }
        }
    }

    /// Walks over ASCII without quotes, backslashes and control characters, eight bytes at a time.
    @inline(__always)
    private mutating func skipPlain() {
        while bytes.count - position >= 8, let start = bytes.baseAddress {
            let special = ByteWords.special(ByteWords.word(start.assumingMemoryBound(to: UInt8.self) + position))
            position += special.trailingZeroBitCount / 8
            guard special == 0 else { return }
        }
    }

    private mutating func skipEscape() throws(EnvelopeError) {
        let start = position
        position += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            let unit = try codeUnit()
            guard unit & 0xF800 == 0xD800 else { return }
            guard unit < 0xDC00, current == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "u")
            else {
                position = start
                throw failure("a whole surrogate pair")
            }
            position += 2
            guard try codeUnit() & 0xFC00 == 0xDC00 else {
                position = start
                throw failure("a whole surrogate pair")
            }
        default:
            throw failure("one of \" \\ / b f n r t u after the backslash")
        }
    }

    /// Reads the four hexadecimal digits of an escape.
    mutating func codeUnit() throws(EnvelopeError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Hex.value(byte) else { throw failure("four hexadecimal digits") }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }

    /// Walks over one character of two to four bytes (Unicode 16.0, table 3-7).
    private mutating func skipMultibyte() throws(EnvelopeError) {
        let lead = bytes[position]
        let (count, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: throw failure("valid UTF-8")
        }
        guard bytes.count - position >= count, second.contains(bytes[position + 1]),
            bytes[(position + 2)..<(position + count)].allSatisfy({ $0 & 0xC0 == 0x80 })
        else { throw failure("valid UTF-8") }
        position += count
    }

    package mutating func skipNumber() throws(EnvelopeError) {
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
            if let byte = current, Grammar.isDigit(byte) { throw failure("no digit after a leading zero") }
        } else {
            try skipDigits()
        }
        if current == Grammar.dot {
            position += 1
            try skipDigits()
        }
        if let byte = current, byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(EnvelopeError) {
        let start = position
        while let byte = current, Grammar.isDigit(byte) { position += 1 }
        guard position > start else { throw failure("a digit") }
    }

    package mutating func skipWord(_ word: StaticString) throws(EnvelopeError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[index] else { throw failure("\(word)") }
            position += 1
        }
    }

    /// The error at the current position: where it is, what was expected there and what stands there.
    package func failure(_ expected: String) -> EnvelopeError {
        var line = 1
        var column = 1
        for byte in bytes[..<min(position, bytes.count)] {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        var found = "the end"
        if let byte = current {
            found =
                (0x20..<0x7F).contains(byte)
                ? "'\(Character(Unicode.Scalar(byte)))'"
                : "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return EnvelopeError(.badJSON, "Line \(line), column \(column): expected \(expected), found \(found).")
    }
}
