extension JournalReader {
    /// A place at which reading can go on.
    package struct Resumption: Sendable {
        package let cursor: Cursor
        /// What was live there, where a segment begins; nil within a segment.
        package let checkpoint: [UInt8]?
    }

    /// A place of a journal in its files.
    package struct FilePlace: Sendable, Hashable {
        package let path: String
        package let byte: UInt64
    }

    /// Where the next good entry is behind one that cannot be read: only for those who look and decide nothing. In the
    /// same segment, else at the beginning of the next one that has a good header. Nil when there is none below `end`.
    ///
    /// An entry's checksum is bound to its segment and its place, so bytes that happen to look like one are none.
    package func resumption(after offset: UInt64, upTo end: JournalEnd) throws(JournalError) -> Resumption? {
        let bases = SegmentName.bases(try fileSystem.list(directory))
        if let base = bases.last(where: { $0 <= offset }), let (file, header) = try? segment(base) {
            let next = bases.first { $0 > base } ?? .max
            let limit = min(try file.size(), min(next, end.released) - base)
            var window = SegmentWindow(file, header, limit: limit)
            var position = max(offset - base + 1, header.length)
            // A length that is whole leads to the next entry at once.
            if offset >= base + header.length, let fixed = try window.bytes(at: offset - base, count: EntryFormat.fixed)
            {
                let candidate = offset - base + UInt64(EntryFormat.length(fixed))
                if candidate > offset - base, candidate < limit, case .entry = try window.entry(at: candidate) {
                    return Resumption(
                        cursor: Cursor(segmentBase: base, offset: base + candidate), checkpoint: nil)
                }
            }
            while position < limit, let fixed = try window.bytes(at: position, count: EntryFormat.fixed) {
                if Self.canBegin(fixed, at: base + position), case .entry = try window.entry(at: position) {
                    return Resumption(cursor: Cursor(segmentBase: base, offset: base + position), checkpoint: nil)
                }
                position += 1
            }
        }
        for base in bases where base > offset && base < end.released {
            guard let (file, header) = try? segment(base), let checkpoint = try? header.checkpoint(file) else {
                continue
            }
            return Resumption(
                cursor: Cursor(segmentBase: base, offset: header.firstOffset), checkpoint: checkpoint)
        }
        return nil
    }

    /// The mark's file, if it is there and is no mark: then what was released last, above what the segments prove durable,
    /// is not read.
    package var damagedMark: String? {
        guard let names = try? fileSystem.list(directory), names.contains(SegmentName.mark),
            (try? FoundMark.read(directory, fileSystem, boot: boot)) ?? nil == nil
        else { return nil }
        return directory + "/" + SegmentName.mark
    }

    /// The file that a global offset lies in, and the byte of it; nil where no segment is.
    package func filePlace(of offset: UInt64) -> FilePlace? {
        guard let names = try? fileSystem.list(directory),
            let base = SegmentName.bases(names).last(where: { $0 <= offset })
        else { return nil }
        return FilePlace(path: directory + "/" + SegmentName.name(base), byte: offset - base)
    }

    /// Whether an entry's lengths can be true: cheap, so that few places need a checksum.
    private static func canBegin(_ fixed: UnsafeRawBufferPointer, at offset: UInt64) -> Bool {
        let length = UInt64(EntryFormat.length(fixed))
        return length >= UInt64(EntryFormat.fixed)
            && UInt64(fixed.u32(44)) + UInt64(fixed.u32(48)) + UInt64(EntryFormat.fixed) <= length
            && fixed.u64(8) <= EntryFormat.highest && fixed.u64(24) <= offset && fixed[41] <= 2
    }
}
