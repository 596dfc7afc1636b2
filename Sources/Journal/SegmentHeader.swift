internal import Envelope

/// The head of a segment file; see <doc:JournalFormat>.
struct SegmentHeader {
    static let magic: UInt64 = 0x4745_5350_554F_5254  // "TROUPSEG"
    static let version: UInt32 = 2
    static let fixed = 60
    static let maximumName = 200
    static let maximumCheckpoint = 1 << 30

    /// Of which version it is; 1 is read, and never appended to but by the journal itself.
    var version = Self.version
    var name: [UInt8]
    var epoch: UInt64
    /// The global offset of the file's first byte.
    var base: UInt64
    /// The number of the segment's first entry.
    var firstNumber: UInt64
    /// Microseconds since 1970.
    var created: Int64
    var checkpointLength: Int
    var checkpointChecksum: UInt32
    /// The header's own checksum, from which those of its entries go on: no entry of another segment passes for one.
    var salt: UInt32

    /// The bytes from the file's first to its first entry.
    var length: UInt64 { UInt64(Self.fixed + name.count + 4 + checkpointLength) }
    /// The global offset of the first entry.
    var firstOffset: UInt64 { base &+ length }

    /// Makes a header and the bytes that a segment file begins with, checkpoint included.
    static func make(
        name: [UInt8], epoch: UInt64, base: UInt64, firstNumber: UInt64, created: Int64, checkpoint: [UInt8]
    ) -> (header: SegmentHeader, bytes: [UInt8]) {
        var header = SegmentHeader(
            name: name, epoch: epoch, base: base, firstNumber: firstNumber, created: created,
            checkpointLength: checkpoint.count,
            checkpointChecksum: checkpoint.withUnsafeBytes { CRC32C.checksum($0) }, salt: 0)
        let end = fixed + name.count
        var bytes = [UInt8](repeating: 0, count: end + 4)
        header.salt = bytes.withUnsafeMutableBytes { buffer in
            buffer.put(magic, 0)
            buffer.put(version, 8)
            buffer.put(UInt32(truncatingIfNeeded: header.length), 12)
            buffer.put(base, 16)
            buffer.put(firstNumber, 24)
            buffer.put(epoch, 32)
            buffer.put(created, 40)
            buffer.put(UInt32(truncatingIfNeeded: checkpoint.count), 48)
            buffer.put(header.checkpointChecksum, 52)
            buffer.put(UInt16(truncatingIfNeeded: name.count), 56)
            buffer.put(UInt16(0), 58)
            name.withUnsafeBytes { buffer.put($0, fixed) }
            let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: buffer[0..<end]))
            buffer.put(checksum, end)
            return checksum
        }
        return (header, bytes + checkpoint)
    }

    /// Reads the header of a segment without its checkpoint.
    ///
    /// - Throws: `.corrupt` or `.badVersion`: a segment gets its name only when its header is on disk.
    static func read(_ file: any JournalFile, base: UInt64) throws(JournalError) -> SegmentHeader {
        let bytes = try file.readBytes(at: 0, count: fixed + maximumName + 4)
        let (header, reason) = bytes.withUnsafeBytes { parse($0) }
        if let header {
            guard header.base == base else {
                throw corrupt(file, "its header says that it begins at offset \(header.base), its name \(base)")
            }
            return header
        }
        if reason == .badVersion {
            throw JournalError(
                .badVersion,
                "has a format version that this program does not know, or a damaged header; use the newer program",
                path: file.path)
        }
        throw corrupt(file, "its header is damaged")
    }

    /// Reads the checkpoint that follows the header. Throws `.corrupt` when it is not what was written.
    func checkpoint(_ file: any JournalFile) throws(JournalError) -> [UInt8] {
        if checkpointLength == 0 { return [] }
        let at = length - UInt64(checkpointLength)
        // The size is asked first, so that a damaged length cannot make this allocate more than there is.
        guard try file.size() >= length else { throw Self.corrupt(file, "it ends within its checkpoint") }
        let bytes = try file.readBytes(at: at, count: checkpointLength)
        let checksum = bytes.withUnsafeBytes { CRC32C.checksum($0) }
        guard bytes.count == checkpointLength, checksum == checkpointChecksum else {
            throw Self.corrupt(file, "its checkpoint's checksum does not match", at: at)
        }
        return bytes
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> (SegmentHeader?, JournalError.Code) {
        guard bytes.count >= fixed + 4, bytes.u64(0) == magic else { return (nil, .corrupt) }
        let versionFlaw: JournalError.Code = (1...version).contains(bytes.u32(8)) ? .corrupt : .badVersion
        let nameLength = Int(bytes.u16(56))
        guard nameLength <= maximumName, bytes.count >= fixed + nameLength + 4 else { return (nil, versionFlaw) }
        let end = fixed + nameLength
        let salt = bytes.u32(end)
        guard CRC32C.checksum(bytes.part(0, end)) == salt else { return (nil, versionFlaw) }
        let header = SegmentHeader(
            version: bytes.u32(8), name: Array(bytes.part(fixed, nameLength)), epoch: bytes.u64(32),
            base: bytes.u64(16),
            firstNumber: bytes.u64(24), created: Int64(bitPattern: bytes.u64(40)),
            checkpointLength: Int(bytes.u32(48)), checkpointChecksum: bytes.u32(52), salt: salt)
        guard versionFlaw == .corrupt else { return (nil, .badVersion) }
        guard header.checkpointLength <= maximumCheckpoint, UInt64(bytes.u32(12)) == header.length,
            max(header.base, header.firstNumber, header.epoch) <= EntryFormat.highest
        else { return (nil, .corrupt) }
        return (header, .corrupt)
    }

    static func corrupt(_ file: any JournalFile, _ what: String, at offset: UInt64 = 0) -> JournalError {
        JournalError(
            .corrupt,
            "at byte \(offset): \(what). These bytes were durable, so nothing is cut or repaired: check the disk, and "
                + "put the file back from a copy, or start this handler with a new journal",
            path: file.path)
    }
}
