/// The bucket of a UUID's text, without the text: it is needed of every event on both sides.
///
/// A checksum of a message of fixed length is the exclusive-or of what each of its bits adds, and each byte of a UUID stands
/// in two digits of its own. So each byte adds what it adds, whatever the others are.
enum UUIDBucket {
    /// What each value of each of the 16 bytes adds, 256 for each, the last byte first; the first also that of the hyphens.
    private nonisolated(unsafe) static let additions: UnsafePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 16 * 256)
        let none = ofText(0, 0)
        for place in 0..<16 {
            func added(_ value: Int) -> UInt8 {
                let bits = UInt64(value) << UInt64(place % 8 * 8)
                return (place < 8 ? ofText(0, bits) : ofText(bits, 0)) ^ none
            }
            // Digits, too, add up: 32 sums for a byte instead of 256.
            let (low, high) = ((0..<16).map(added), (0..<16).map { added($0 << 4) })
            for value in 0..<256 {
                table[place * 256 + value] = low[value & 15] ^ high[value >> 4] ^ (place == 0 ? none : 0)
            }
        }
        return UnsafePointer(table)
    }()

    /// The low byte of the CRC-32C of the UUID's text.
    static func of(_ high: UInt64, _ low: UInt64) -> UInt8 {
        sum(low, additions) ^ sum(high, additions + 8 * 256)
    }

    /// What the bytes of a half add.
    @inline(__always)
    private static func sum(_ half: UInt64, _ table: UnsafePointer<UInt8>) -> UInt8 {
        @inline(__always)
        func added(_ place: Int) -> UInt8 { table[place << 8 | Int(half >> UInt64(place << 3) & 0xFF)] }
        return added(0) ^ added(1) ^ added(2) ^ added(3) ^ added(4) ^ added(5) ^ added(6) ^ added(7)
    }

    /// The same by way of the text.
    static func ofText(_ high: UInt64, _ low: UInt64) -> UInt8 {
        withUnsafeTemporaryAllocation(byteCount: UUIDText.length, alignment: 8) { text in
            UUIDText.write(high, low, to: text)
            return Event.bucket(ofKey: UnsafeRawBufferPointer(text))
        }
    }
}
