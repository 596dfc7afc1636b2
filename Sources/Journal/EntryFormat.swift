internal import Envelope

/// The bytes of an entry; see <doc:JournalFormat>.
enum EntryFormat {
    /// The bytes before the sections.
    static let fixed = 52
    /// No segment's base, no entry's number and no epoch comes near it: what is greater was never written, and sums of
    /// what is not never overflow.
    static let highest: UInt64 = 1 << 62

    /// Fills in everything but the sections, which lie in `bytes` already; `borrowed` is what was said, if it lies elsewhere.
    static func seal(
        _ bytes: UnsafeMutableRawBufferPointer, borrowed: UnsafeRawBufferPointer? = nil, salt: UInt32, number: UInt64,
        epoch: UInt64, durableBefore: UInt64,
        time: Int64, kind: UInt8, level: UInt8, heard: Int, said: Int
    ) {
        bytes.put(UInt32(truncatingIfNeeded: bytes.count + (borrowed?.count ?? 0)), 4)
        bytes.put(number, 8)
        bytes.put(epoch, 16)
        bytes.put(durableBefore, 24)
        bytes.put(time, 32)
        bytes.put(kind, 40)
        bytes.put(level, 41)
        bytes.put(UInt16(0), 42)
        bytes.put(UInt32(truncatingIfNeeded: heard), 44)
        bytes.put(UInt32(truncatingIfNeeded: said), 48)
        let all = UnsafeRawBufferPointer(bytes)
        var checksum = salt
        if let borrowed {
            checksum = CRC32C.checksum(all.part(4, fixed + heard - 4), seed: checksum)
            checksum = CRC32C.checksum(borrowed, seed: checksum)
            checksum = CRC32C.checksum(all.part(fixed + heard, bytes.count - fixed - heard), seed: checksum)
        } else {
            checksum = CRC32C.checksum(all.part(4, bytes.count - 4), seed: checksum)
        }
        bytes.put(checksum, 0)
    }

    /// The length that the fixed part at the head of `bytes` states.
    static func length(_ bytes: UnsafeRawBufferPointer) -> UInt32 { bytes.u32(4) }

    /// Reads an entry of which all bytes are there, as its length states; `bytes` has at least the fixed part.
    static func parse(_ bytes: UnsafeRawBufferPointer, offset: UInt64, salt: UInt32) -> ParsedEntry {
        guard CRC32C.checksum(bytes.part(4, bytes.count - 4), seed: salt) == bytes.u32(0) else {
            return .flaw(.badChecksum)
        }
        let heard = Int(bytes.u32(44))
        let said = Int(bytes.u32(48))
        let knows = bytes.count - fixed - heard - said
        guard knows >= 0 else { return .flaw(.badLength) }
        let durableBefore = bytes.u64(24)
        guard durableBefore <= offset else { return .flaw(.badDurableOffset(durableBefore)) }
        return .entry(
            EntryView(
                number: bytes.u64(8), offset: offset, end: offset &+ UInt64(bytes.count), epoch: bytes.u64(16),
                time: Int64(bitPattern: bytes.u64(32)), kind: bytes[40], level: bytes[41],
                durableBefore: durableBefore, heard: bytes.part(fixed, heard), said: bytes.part(fixed + heard, said),
                knows: bytes.part(fixed + heard + said, knows)))
    }
}
