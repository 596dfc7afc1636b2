internal import Envelope

/// What a running writer says about its journal, in the file `mark`; see <doc:JournalFormat>.
struct Mark: Equatable {
    static let magic: UInt64 = 0x4B52_4D50_554F_5254  // "TROUPMRK"
    static let version: UInt16 = 2
    static let size = 92
    /// The size in version 1, which did not say where it was written.
    private static let firstSize = 68

    /// Where and when a mark was written: what nobody who copies it can copy with it.
    struct Place: Equatable {
        var device: UInt64
        var inode: UInt64
        /// The wall clock just before the write, in microseconds since 1970.
        var stated: Int64
        /// Whether the file system dates changes by the machine's clock, so that ``stated`` can be compared.
        var isDated = true
    }

    var failed = false
    var boot: BootID
    var epoch: UInt64
    var written: UInt64
    var durable: UInt64
    var released: UInt64
    /// Nil in a mark of version 1.
    var place: Place?

    /// Whether another one says the same of the same place, whenever it was written.
    func says(_ other: Mark) -> Bool {
        var other = other
        if let place { other.place?.stated = place.stated }
        return self == other
    }

    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.withUnsafeMutableBytes { buffer in
            buffer.put(Self.magic, 0)
            buffer.put(Self.version, 8)
            buffer.put(UInt16(failed ? 1 : 0) | (place?.isDated == false ? 2 : 0), 10)
            buffer.put(boot.low, 16)
            buffer.put(boot.high, 24)
            buffer.put(epoch, 32)
            buffer.put(written, 40)
            buffer.put(durable, 48)
            buffer.put(released, 56)
            buffer.put(place?.device ?? 0, 64)
            buffer.put(place?.inode ?? 0, 72)
            buffer.put(place?.stated ?? 0, 80)
            buffer.put(CRC32C.checksum(UnsafeRawBufferPointer(rebasing: buffer[0..<88])), 88)
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

    /// Reads a mark; `nil` if it is torn, damaged, of a later version, or none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.firstSize else { return nil }
        let mark: Mark? = bytes.withUnsafeBytes { buffer in
            guard buffer.u64(0) == Self.magic else { return nil }
            let end =
                switch buffer.u16(8) {
                case 1: Self.firstSize - 4
                case Self.version: Self.size - 4
                default: Int.max - 4
                }
            guard buffer.count >= end + 4, CRC32C.checksum(buffer.part(0, end)) == buffer.u32(end) else { return nil }
            let flags = buffer.u16(10)
            var mark = Mark(
                failed: flags & 1 != 0, boot: BootID(low: buffer.u64(16), high: buffer.u64(24)),
                epoch: buffer.u64(32), written: buffer.u64(40), durable: buffer.u64(48), released: buffer.u64(56))
            if buffer.u16(8) != 1 {
                mark.place = Place(
                    device: buffer.u64(64), inode: buffer.u64(72), stated: Int64(bitPattern: buffer.u64(80)),
                    isDated: flags & 2 == 0)
            }
            return mark
        }
        guard let mark, mark.epoch <= EntryFormat.highest else { return nil }
        self = mark
    }
}
