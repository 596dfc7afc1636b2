/// The text form of a UUID (RFC 9562 §4): 36 bytes, hyphens at 8, 13, 18 and 23.
enum UUIDText {
    static let length = 36

    static func parse(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64)? {
        guard bytes.count == length else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if isHyphen(index) {
                guard byte == Grammar.dash else { return nil }
                continue
            }
            guard let digit = Hex.value(byte) else { return nil }
            if digits < 16 {
                high = high << 4 | UInt64(digit)
            } else {
                low = low << 4 | UInt64(digit)
            }
            digits += 1
        }
        return (high, low)
    }

    /// Writes 36 bytes; it is on the way of every event, whose bucket is summed over this text.
    static func write(_ high: UInt64, _ low: UInt64, to buffer: UnsafeMutableRawBufferPointer) {
        let second = Hex.digits(UInt32(truncatingIfNeeded: high))
        let third = Hex.digits(UInt32(truncatingIfNeeded: low >> 32))
        buffer.storeBytes(
            of: Hex.digits(UInt32(truncatingIfNeeded: high >> 32)).bigEndian, toByteOffset: 0, as: UInt64.self)
        buffer.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32).bigEndian, toByteOffset: 9, as: UInt32.self)
        buffer.storeBytes(of: UInt32(truncatingIfNeeded: second).bigEndian, toByteOffset: 14, as: UInt32.self)
        buffer.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32).bigEndian, toByteOffset: 19, as: UInt32.self)
        buffer.storeBytes(of: UInt32(truncatingIfNeeded: third).bigEndian, toByteOffset: 24, as: UInt32.self)
        buffer.storeBytes(of: Hex.digits(UInt32(truncatingIfNeeded: low)).bigEndian, toByteOffset: 28, as: UInt64.self)
        buffer[8] = Grammar.dash
        buffer[13] = Grammar.dash
        buffer[18] = Grammar.dash
        buffer[23] = Grammar.dash
    }

    static func format(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            write(high, low, to: UnsafeMutableRawBufferPointer(buffer))
            return length
        }
    }

    @inline(__always)
    private static func isHyphen(_ index: Int) -> Bool { index == 8 || index == 13 || index == 18 || index == 23 }
}
