/// Base64 with padding (RFC 4648 §4).
package enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    package static func encode(_ data: [UInt8], into bytes: inout [UInt8]) {
        func digit(_ value: UInt32) -> UInt8 { alphabet.utf8Start[Int(value & 63)] }
        var position = 0
        while position < data.count {
            let rest = data.count - position
            let second = rest > 1 ? UInt32(data[position + 1]) : 0
            let third = rest > 2 ? UInt32(data[position + 2]) : 0
            let group = UInt32(data[position]) << 16 | second << 8 | third
            bytes.append(digit(group >> 18))
            bytes.append(digit(group >> 12))
            bytes.append(rest > 1 ? digit(group >> 6) : UInt8(ascii: "="))
            bytes.append(rest > 2 ? digit(group) : UInt8(ascii: "="))
            position += 3
        }
    }

    /// The data, or nil when the text is not canonical: wrong length, alphabet, padding, or bits after the data.
    package static func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count / 4 * 3)
        for start in stride(from: 0, to: bytes.count, by: 4) {
            let isLast = start + 4 == bytes.count
            var padding = 0
            if isLast, bytes[start + 3] == UInt8(ascii: "=") { padding = bytes[start + 2] == UInt8(ascii: "=") ? 2 : 1 }
            var group: UInt32 = 0
            for index in 0..<4 {
                var digit: UInt32 = 0
                if index < 4 - padding {
                    guard let value = value(bytes[start + index]) else { return nil }
                    digit = value
                }
                group = group << 6 | digit
            }
            guard padding == 0 || group & (padding == 1 ? 0xFF : 0xFFFF) == 0 else { return nil }
            result.append(UInt8(truncatingIfNeeded: group >> 16))
            if padding < 2 { result.append(UInt8(truncatingIfNeeded: group >> 8)) }
            if padding < 1 { result.append(UInt8(truncatingIfNeeded: group)) }
        }
        return result
    }

    private static func value(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte) - 0x41
        case 0x61...0x7A: UInt32(byte) - 0x61 + 26
        case 0x30...0x39: UInt32(byte) - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
