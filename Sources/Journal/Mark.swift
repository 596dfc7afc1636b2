internal import Envelope

/// What a running writer says about its journal, in the file `mark`; see <doc:JournalFormat>.
struct Mark: Equatable {
    static let magic: UInt64 = 0x4B52_4D50_554F_5254  // "TROUPMRK"
    static let version: UInt16 = 1
    static let size = 68

    var failed = false
    var boot: BootID
    var epoch: UInt64
    var written: UInt64
    var durable: UInt64
    var released: UInt64

    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.withUnsafeMutableBytes { buffer in
            buffer.put(Self.magic, 0)
            buffer.put(Self.version, 8)
            buffer.put(UInt16(failed ? 1 : 0), 10)
            buffer.put(boot.low, 16)
            buffer.put(boot.high, 24)
            buffer.put(epoch, 32)
            buffer.put(written, 40)
            buffer.put(durable, 48)
            buffer.put(released, 56)
            buffer.put(CRC32C.checksum(UnsafeRawBufferPointer(rebasing: buffer[0..<64])), 64)
        }
        return bytes
    }

    init(failed: Bool = false, boot: BootID, epoch: UInt64, written: UInt64, durable: UInt64, released: UInt64) {
        self.failed = failed
        self.boot = boot
        self.epoch = epoch
        self.written = written
        self.durable = durable
        self.released = released
    }

    /// Reads a mark; `nil` if it is torn, damaged, of another version, or none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.size else { return nil }
        let mark: Mark? = bytes.withUnsafeBytes { buffer in
            guard buffer.u64(0) == Self.magic, buffer.u16(8) == Self.version,
                CRC32C.checksum(buffer.part(0, 64)) == buffer.u32(64)
            else { return nil }
            return Mark(
                failed: buffer.u16(10) & 1 != 0, boot: BootID(low: buffer.u64(16), high: buffer.u64(24)),
                epoch: buffer.u64(32), written: buffer.u64(40), durable: buffer.u64(48), released: buffer.u64(56))
        }
        guard let mark, mark.epoch <= EntryFormat.highest else { return nil }
        self = mark
    }

    /// Reads the mark of a journal. One that is being written right now may look torn, so that is tried again.
    static func read(_ directory: String, _ fileSystem: any FileSystem) throws(JournalError) -> Mark? {
        let file: any JournalFile
        do {
            file = try fileSystem.openForReading(directory + "/" + SegmentName.mark)
        } catch  where error.code == .notFound {
            return nil
        }
        for _ in 0..<16 {
            if let mark = Mark(try file.readBytes(at: 0, count: size)) { return mark }
        }
        return nil
    }
}
