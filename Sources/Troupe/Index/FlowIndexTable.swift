internal import Choreography
internal import Envelope
internal import Journal

/// A `FlowIndexPart` in a file, of which a look reads a few pages. Every byte that is believed has a checksum.
///
/// The file: magic, `u32` version, `u32` length of the head, its CRC-32C; in the head `u64` from, to, the last entry's
/// offset and its first 52 bytes; the first key of each page; each stream with its blocks; the state as a checkpoint.
/// Then pages of 4 KiB: CRC-32C, number of rows, rows of `u64` key and `u64` offset, by key.
struct FlowIndexTable {
    private static let magic: UInt64 = 0x5844_4950_554F_5254  // "TROUPIDX"
    private static let version: UInt32 = 0
    private static let fixed = 20
    private static let pageSize = 4096
    private static let rowsPerPage = (pageSize - 8) / 16

    /// What makes a table worthless.
    struct Damage: Error {}

    let path: String
    let from: UInt64
    let to: UInt64
    /// The offset of the last entry that it covers, and the bytes that the entry begins with.
    let last: UInt64
    let seal: [UInt8]
    private let file: any JournalFile
    private let head: [UInt8]
    private let firstKeys: Range<Int>
    private let streams: [StreamID: Range<Int>]
    private let checkpoint: Range<Int>

    // MARK: writing

    /// A part's bytes. `seal` is that of its last entry.
    static func encode(_ part: FlowIndexPart, last: UInt64, seal: [UInt8]) -> [UInt8] {
        let rows = part.rows.sorted { ($0.key, $0.offset) < ($1.key, $1.offset) }
        let pages = (rows.count + rowsPerPage - 1) / rowsPerPage
        var head: [UInt8] = []
        head.put(part.from)
        head.put(part.to)
        head.put(last)
        head.put(block: seal)
        head.put(UInt32(pages))
        for page in 0..<pages { head.put(rows[page * rowsPerPage].key) }
        head.put(UInt32(part.blocks.count))
        for (stream, blocks) in part.blocks.sorted(by: { $0.key < $1.key }) {
            head.put(stream.publisher.text, UInt8.self)
            head.put(stream.topic.text, UInt8.self)
            head.put(UInt32(blocks.count))
            for block in blocks { for number in [block.first, block.last, block.from, block.to] { head.put(number) } }
        }
        head.put(block: part.state.checkpoint())
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fixed + head.count + pages * pageSize)
        bytes.put(magic)
        bytes.put(version)
        bytes.put(UInt32(head.count))
        bytes.put(head.withUnsafeBytes { CRC32C.checksum($0) })
        bytes += head
        for page in 0..<pages {
            let own = rows[(page * rowsPerPage)..<min(rows.count, (page + 1) * rowsPerPage)]
            var body: [UInt8] = []
            body.reserveCapacity(pageSize)
            body.put(UInt32(own.count))
            for row in own {
                body.put(row.key)
                body.put(row.offset)
            }
            body += [UInt8](repeating: 0, count: pageSize - 4 - body.count)
            bytes.put(body.withUnsafeBytes { CRC32C.checksum($0) })
            bytes += body
        }
        return bytes
    }

    // MARK: reading

    /// Opens a table and reads its head. Throws `Damage` if it is none.
    init(_ path: String, fileSystem: any FileSystem) throws {
        self.path = path
        file = try fileSystem.openForReading(path)
        let start = try file.readBytes(at: 0, count: 128 << 10)
        guard start.count >= Self.fixed else { throw Damage() }
        var (length, checksum) = (0, UInt32(0))
        try start.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            guard try reader.integer() == Self.magic, try reader.integer() == Self.version else { throw Damage() }
            length = Int(try reader.integer(UInt32.self))
            checksum = try reader.integer()
        }
        guard UInt64(Self.fixed + length) <= (try file.size()) else { throw Damage() }
        head =
            start.count >= Self.fixed + length
            ? Array(start[Self.fixed..<Self.fixed + length])
            : try file.readBytes(at: UInt64(Self.fixed), count: length)
        guard head.count == length, head.withUnsafeBytes({ CRC32C.checksum($0) }) == checksum else { throw Damage() }
        (from, to, last, seal, firstKeys, streams, checkpoint) = try head.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            let (from, to, last) = try (
                reader.integer(UInt64.self), reader.integer(UInt64.self), reader.integer(UInt64.self)
            )
            let seal = try Array(reader.block())
            let keys = try Self.skip(Int(reader.integer(UInt32.self)) * 8, &reader)
            var streams: [StreamID: Range<Int>] = [:]
            for _ in 0..<(try reader.integer(UInt32.self)) {
                let stream = try StreamID(reader.publisher(), reader.topic())
                streams[stream] = try Self.skip(Int(reader.integer(UInt32.self)) * 32, &reader)
            }
            let checkpoint = try Self.skip(Int(reader.integer(UInt32.self)), &reader)
            return (from, to, last, seal, keys, streams, checkpoint)
        }
        guard from < to, last < to else { throw Damage() }
    }

    private static func skip(_ count: Int, _ reader: inout ByteReader) throws -> Range<Int> {
        let start = reader.offset
        _ = try reader.take(count)
        return start..<reader.offset
    }

    /// What is live after the stretch.
    func state() throws -> SlotState {
        try head.withUnsafeBytes { try SlotState(checkpoint: UnsafeRawBufferPointer(rebasing: $0[checkpoint])) }
    }

    private func number(_ offset: Int) -> UInt64 {
        head.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
    }

    /// Offsets of the entries with a key; there may be others among them. Throws `Damage` for a page that is not whole.
    func offsets(of key: UInt64) throws -> [UInt64] {
        let pages = firstKeys.count / 8
        var (low, high) = (0, pages)
        while low < high {
            let middle = (low + high) / 2
            if number(firstKeys.lowerBound + 8 * middle) < key { low = middle + 1 } else { high = middle }
        }
        var found: [UInt64] = []
        // Rows of the key may begin in the page before the first that begins with it.
        var page = max(0, low - 1)
        while page < pages, number(firstKeys.lowerBound + 8 * page) <= key {
            let bytes = try file.readBytes(
                at: UInt64(Self.fixed + head.count + page * Self.pageSize), count: Self.pageSize)
            guard bytes.count == Self.pageSize else { throw Damage() }
            try bytes.withUnsafeBytes { raw in
                var reader = ByteReader(raw)
                let checksum = try reader.integer(UInt32.self)
                guard CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[4...])) == checksum else { throw Damage() }
                for _ in 0..<(try reader.integer(UInt32.self)) {
                    let (own, offset) = try (reader.integer(UInt64.self), reader.integer(UInt64.self))
                    if own == key { found.append(offset) }
                }
            }
            page += 1
        }
        return found
    }

    /// Stretches of the journal that may hear an event.
    func ranges(hearing position: Position) -> [Range<UInt64>] {
        guard let blocks = streams[position.stream] else { return [] }
        var found: [Range<UInt64>] = []
        for block in stride(from: blocks.lowerBound, to: blocks.upperBound, by: 32)
        where number(block) <= position.sequence && position.sequence <= number(block + 8) {
            let (from, to) = (number(block + 16), number(block + 24))
            if from < to { found.append(from..<to) }
        }
        return found
    }
}
