internal import Glibc

/// Reads entries of one segment through a buffer. Whatever the bytes are, it only answers.
struct SegmentWindow: ~Copyable {
    let file: any JournalFile
    let header: SegmentHeader
    /// A file offset: nothing at or beyond it is looked at.
    let limit: UInt64
    private var buffer: UnsafeMutableRawBufferPointer
    private var start: UInt64 = 0
    private var count = 0

    init(_ file: any JournalFile, _ header: SegmentHeader, limit: UInt64, chunk: Int = 1 << 20) {
        self.file = file
        self.header = header
        self.limit = limit
        let room = Int(clamping: min(UInt64(clamping: chunk), limit))
        self.buffer = .allocate(byteCount: max(room, EntryFormat.fixed), alignment: 8)
    }

    deinit { buffer.deallocate() }

    /// The bytes at a file offset, valid until the next call, or `nil` if they are not all there.
    mutating func bytes(at offset: UInt64, count wanted: Int) throws(JournalError) -> UnsafeRawBufferPointer? {
        guard offset <= limit, UInt64(wanted) <= limit - offset else { return nil }
        if offset < start || offset + UInt64(wanted) > start + UInt64(count) {
            // What is there already is not read again.
            let kept = offset >= start && offset < start + UInt64(count) ? Int(start + UInt64(count) - offset) : 0
            let rest = UnsafeRawBufferPointer(rebasing: buffer[(count - kept)..<count])
            if wanted > buffer.count {
                let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: wanted, alignment: 8)
                larger.copyMemory(from: rest)
                buffer.deallocate()
                buffer = larger
            } else if let to = buffer.baseAddress, let from = rest.baseAddress {
                memmove(to, from, kept)
            }
            (start, count) = (offset, kept)
            let part = Int(min(UInt64(buffer.count), limit - offset))
            count += try file.read(
                into: UnsafeMutableRawBufferPointer(rebasing: buffer[kept..<part]), at: offset + UInt64(kept))
            if count < wanted { return nil }
        }
        let from = Int(offset - start)
        return UnsafeRawBufferPointer(rebasing: buffer[from..<from + wanted])
    }

    /// The entry at a file offset; its sections are valid until the next call.
    mutating func entry(at offset: UInt64) throws(JournalError) -> ParsedEntry {
        guard let fixed = try bytes(at: offset, count: EntryFormat.fixed) else { return .flaw(.incomplete) }
        let length = Int(EntryFormat.length(fixed))
        guard length >= EntryFormat.fixed else { return .flaw(.badLength) }
        guard let whole = try bytes(at: offset, count: length) else { return .flaw(.incomplete) }
        return EntryFormat.parse(whole, offset: header.base &+ offset, salt: header.salt)
    }

    /// As ``entry(at:)``, for the entry that must have this number and at least this epoch.
    mutating func entry(at offset: UInt64, number: UInt64, epoch: UInt64) throws(JournalError) -> ParsedEntry {
        let parsed = try entry(at: offset)
        guard case .entry(let entry) = parsed else { return parsed }
        if entry.number != number { return .flaw(.badNumber(found: entry.number, expected: number)) }
        if entry.epoch < epoch || entry.epoch > EntryFormat.highest {
            return .flaw(.badEpoch(found: entry.epoch, previous: epoch))
        }
        return parsed
    }
}
