/// The grammars of the names in an envelope, over raw bytes, so that decoding checks them without making strings.
enum Grammar {
    static let slash = UInt8(ascii: "/")
    static let dot = UInt8(ascii: ".")
    static let dash = UInt8(ascii: "-")
    static let colon = UInt8(ascii: ":")

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }

    @inline(__always)
    static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }

    /// Dotted segments of `[a-z0-9-]`, each beginning with a letter or digit, 1 to 200 bytes in all.
    static func isTopic(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard (1...Topic.maximumLength).contains(bytes.count) else { return false }
        var atStart = true
        for byte in bytes {
            if isLower(byte) || isDigit(byte) {
                atStart = false
            } else if atStart {
                return false
            } else if byte == dot {
                atStart = true
            } else if byte != dash {
                return false
            }
        }
        return !atStart
    }

    /// `[a-z][a-z0-9-]{0,62}`.
    static func isHandlerName(_ bytes: some Collection<UInt8>) -> Bool {
        guard (1...HandlerName.maximumLength).contains(bytes.count), let first = bytes.first, isLower(first) else {
            return false
        }
        return bytes.allSatisfy { isLower($0) || isDigit($0) || $0 == dash }
    }

    /// `[A-Za-z0-9._:-]{1,128}`.
    static func isFlowName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard (1...FlowID.maximumLength).contains(bytes.count) else { return false }
        return bytes.allSatisfy {
            isLetter($0) || isDigit($0) || $0 == dot || $0 == dash || $0 == colon || $0 == UInt8(ascii: "_")
        }
    }

    /// `1`, then any number of `/` handler `.` index, 4,096 bytes in all.
    static func isSerial(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard (1...Serial.maximumLength).contains(bytes.count), bytes[0] == UInt8(ascii: "1") else { return false }
        var position = 1
        while position < bytes.count {
            guard bytes[position] == slash else { return false }
            position += 1
            let start = position
            while position < bytes.count, bytes[position] != dot { position += 1 }
            guard position < bytes.count, isHandlerName(UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
            else {
                return false
            }
            position += 1
            let digits = position
            while position < bytes.count, isDigit(bytes[position]) { position += 1 }
            guard position > digits, bytes[digits] != UInt8(ascii: "0"), position - digits <= 10 else { return false }
            var index = 0
            for byte in bytes[digits..<position] { index = index * 10 + Int(byte - 0x30) }
            guard index <= Serial.maximumIndex else { return false }
        }
        return true
    }

    /// A handler's name, a dot and a slot number without leading zeros: `payment.0`.
    static func isPublisher(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let split = bytes.lastIndex(of: dot) else { return false }
        let slot = bytes[(split + 1)...]
        guard (1...5).contains(slot.count), slot.allSatisfy(isDigit) else { return false }
        guard slot.count == 1 || slot.first != UInt8(ascii: "0") else { return false }
        return isHandlerName(bytes[..<split])
    }

    /// `[a-z0-9]{1,20}` (CloudEvents 1.0.2 §3, naming convention).
    static func isAttributeName(_ bytes: some Collection<UInt8>) -> Bool {
        (1...20).contains(bytes.count) && bytes.allSatisfy { isLower($0) || isDigit($0) }
    }

    /// `[a-zA-Z0-9._-]{1,64}`.
    static func isContextKey(_ bytes: some Collection<UInt8>) -> Bool {
        (1...64).contains(bytes.count)
            && bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == dot || $0 == dash || $0 == UInt8(ascii: "_") }
    }

    /// The characters of a URI reference (RFC 3986 §2), with whole percent escapes.
    static func isURIReference(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        var escaped = 0
        for byte in bytes {
            if escaped > 0 {
                guard isDigit(byte) || (0x61...0x66).contains(byte | 0x20) else { return false }
                escaped -= 1
            } else if byte == UInt8(ascii: "%") {
                escaped = 2
            } else if !isLetter(byte), !isDigit(byte), !isURIPunctuation(byte) {
                return false
            }
        }
        return escaped == 0
    }

    /// A URI reference that begins with a scheme (RFC 3986 §3).
    static func isAbsoluteURI(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        guard let end = bytes.firstIndex(of: colon), let first = bytes.first, isLetter(first) else { return false }
        let scheme = bytes[..<end].allSatisfy {
            isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "+") || $0 == dash || $0 == dot
        }
        return scheme && isURIReference(bytes)
    }

    /// `type/subtype`, and after it nothing, or `;` and printable ASCII (RFC 2045 §5.1).
    static func isMediaType(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let type = skip(bytes, from: 0, isToken)
        guard type > 0, type < bytes.count, bytes[type] == slash else { return false }
        let subtype = skip(bytes, from: type + 1, isToken)
        guard subtype > type + 1 else { return false }
        let end = skip(bytes, from: subtype) { $0 == 0x20 }
        guard end < bytes.count else { return true }
        return bytes[end] == UInt8(ascii: ";") && skip(bytes, from: end) { (0x20...0x7E).contains($0) } == bytes.count
    }

    /// The offset of the first byte that does not satisfy a condition.
    @inline(__always)
    private static func skip(_ bytes: UnsafeRawBufferPointer, from start: Int, _ isGood: (UInt8) -> Bool) -> Int {
        var position = start
        while position < bytes.count, isGood(bytes[position]) { position += 1 }
        return position
    }

    /// A non-empty string without what CloudEvents 1.0.2 §3.1 forbids: control characters and noncharacters.
    static func isAttributeString(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        return text.unicodeScalars.allSatisfy(isAllowed)
    }

    /// Whether CloudEvents 1.0.2 §3.1 allows this character in a string attribute.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        if value < 0x20 || (0x7F...0x9F).contains(value) { return false }
        if (0xFDD0...0xFDEF).contains(value) || value & 0xFFFE == 0xFFFE { return false }
        return true
    }

    private static func isURIPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"),
            UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: "="):
            return true
        default:
            return false
        }
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default:
            return isLetter(byte) || isDigit(byte)
        }
    }
}
