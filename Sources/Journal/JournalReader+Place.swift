extension JournalReader {
    /// The cursors of places before which entries end or at which they begin, by global offset, in the same order; without
    /// those that were trimmed.
    package func cursors(at offsets: [UInt64]) throws(JournalError) -> [Cursor] {
        let bases = SegmentName.bases(try fileSystem.list(directory))
        var cursors: [Cursor] = []
        for offset in offsets {
            var (from, to) = (0, bases.count)
            while from < to {
                let middle = (from + to) / 2
                if bases[middle] <= offset { from = middle + 1 } else { to = middle }
            }
            guard from > 0 else { continue }
            let base = bases[from - 1]
            // Where a segment ends the next begins, with its header.
            let place = base == offset ? try segment(base).1.firstOffset : offset
            cursors.append(Cursor(segmentBase: base, offset: place))
        }
        return cursors
    }

    /// The bytes before the sections of the entry that begins at a global offset: checksum, number, epoch, time. An entry
    /// that has the same ones is the same. Nil if they are not there.
    package func seal(at offset: UInt64) throws(JournalError) -> [UInt8]? {
        guard let cursor = try cursors(at: [offset]).first else { return nil }
        do throws(JournalError) {
            let file = try segment(cursor.segmentBase).0
            let bytes = try file.readBytes(at: offset - cursor.segmentBase, count: EntryFormat.fixed)
            return bytes.count == EntryFormat.fixed ? bytes : nil
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }
}
