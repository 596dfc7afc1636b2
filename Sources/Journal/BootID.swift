/// The identity of one run of the kernel: what only lay in the page cache is gone when it differs.
package struct BootID: Hashable, Sendable {
    /// The first eight bytes, as a little-endian number.
    let low: UInt64
    /// The last eight bytes, as a little-endian number.
    let high: UInt64

    /// Makes an id from 16 bytes; shorter input is filled up with zeros, longer is cut.
    package init(bytes: some Sequence<UInt8>) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for (index, byte) in bytes.prefix(16).enumerated() {
            if index < 8 {
                low |= UInt64(byte) << UInt64(index * 8)
            } else {
                high |= UInt64(byte) << UInt64((index - 8) * 8)
            }
        }
        self.init(low: low, high: high)
    }

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The id as 16 bytes.
    package var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? low : high) >> UInt64(($0 % 8) * 8)) }
    }

    /// The id of the running kernel, from `/proc/sys/kernel/random/boot_id` (Linux, random(4)).
    ///
    /// - Throws: `.notFound`, `.permission` or `.io` when it cannot be read, `.corrupt` when it is not a UUID.
    package static func current() throws(JournalError) -> BootID {
        let path = "/proc/sys/kernel/random/boot_id"
        let file = try OSFileSystem().openForReading(path)
        var text: [UInt8] = []
        while text.count < 64 {
            let part = try file.readBytes(at: UInt64(text.count), count: 64 - text.count)
            if part.isEmpty { break }
            text += part
        }
        var digits: [UInt8] = []
        for byte in text {
            switch byte {
            case 0x30...0x39: digits.append(byte - 0x30)
            case 0x61...0x66: digits.append(byte - 0x61 + 10)
            case 0x41...0x46: digits.append(byte - 0x41 + 10)
            default: continue
            }
        }
        guard digits.count == 32 else {
            throw JournalError(.corrupt, "is not a UUID; is /proc mounted?", path: path)
        }
        return BootID(bytes: (0..<16).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] })
    }
}
