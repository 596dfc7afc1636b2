extension JournalReader {
    /// Hands entries to `body` from a cursor on, in order, and returns the cursor behind the last.
    ///
    /// Stops at the end, after about `maxBytes` bytes of entries (at least one entry), or when `body` returns false.
    /// Every checksum and number is checked; a bad entry below the end is an error, never skipped.
    ///
    /// - Parameters:
    ///   - end: from ``end()``; an older one than the newest is fine.
    ///   - maxBytes: how many bytes of entries to hand out, about; also how much is read ahead, up to 256 KiB.
    /// - Throws: `.corrupt`, naming file and offset; `.notFound` if the cursor's segment was trimmed; `.unknownPosition` if
    ///   a recovery cut what the cursor points to; `.io`; or what `body` throws.
    package func read(
        from cursor: Cursor, upTo end: JournalEnd, maxBytes: Int, _ body: (EntryView) throws -> Bool
    ) throws -> Cursor {
        var cursor = cursor
        var room = max(maxBytes, 1)
        /// What the next entry must have; unknown for the first one after a cursor.
        var expected: (number: UInt64, epoch: UInt64)?
        while cursor.offset < end.released {
            let (file, header) = try segment(cursor.segmentBase)
            guard cursor.offset >= header.firstOffset else { throw unknown(cursor, file) }
            if cursor.offset == header.firstOffset {
                if let expected, expected.number != header.firstNumber || expected.epoch > header.epoch {
                    throw SegmentHeader.corrupt(file, "it does not follow the segment before it")
                }
                expected = (header.firstNumber, header.epoch)
            }
            let limit = min(try file.size(), end.released - header.base)
            var window = SegmentWindow(
                file, header, limit: limit, chunk: min(max(maxBytes, 4096), 256 << 10))
            var position = cursor.offset - header.base
            var flaw: EntryFlaw?
            while position < limit, flaw == nil {
                let parsed =
                    if let expected {
                        try window.entry(at: position, number: expected.number, epoch: expected.epoch)
                    } else {
                        try window.entry(at: position)
                    }
                switch parsed {
                case .entry(let entry):
                    let goOn = try body(entry)
                    position = entry.end - header.base
                    cursor = Cursor(segmentBase: header.base, offset: entry.end)
                    room -= Int(clamping: entry.end - entry.offset)
                    if !goOn || room <= 0 { return cursor }
                    expected = (entry.number &+ 1, entry.epoch)
                case .flaw(let found):
                    flaw = found
                }
            }
            if cursor.offset >= end.released { return cursor }
            // The entries of this segment end here if the next begins here.
            guard let next = try headerIfPresent(cursor.offset) else {
                return try stop(cursor, file, header, flaw, isFirst: expected == nil)
            }
            cursor = Cursor(segmentBase: next.base, offset: next.firstOffset)
        }
        return cursor
    }

    /// The header of the segment that begins at a global offset, if there is one.
    private func headerIfPresent(_ base: UInt64) throws(JournalError) -> SegmentHeader? {
        do throws(JournalError) {
            return try segment(base).1
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    /// Decides what a missing or bad entry below the end means.
    private func stop(
        _ cursor: Cursor, _ file: any JournalFile, _ header: SegmentHeader, _ flaw: EntryFlaw?, isFirst: Bool
    ) throws(JournalError) -> Cursor {
        // A recovery may have cut the journal since the caller asked for its end.
        if cursor.offset >= (try self.end()).released { return cursor }
        if isFirst {
            let size = try file.size()
            var window = SegmentWindow(file, header, limit: size)
            var position = header.length
            while position < cursor.offset - header.base, case .entry(let entry) = try window.entry(at: position) {
                position = entry.end - header.base
            }
            let wanted = cursor.offset - header.base
            if position > wanted || (position < wanted && position == size) { throw unknown(cursor, file) }
        }
        throw SegmentHeader.corrupt(
            file, flaw?.description ?? "the file ends, and more was released", at: cursor.offset - header.base)
    }

    private func unknown(_ cursor: Cursor, _ file: any JournalFile) -> JournalError {
        JournalError(
            .unknownPosition,
            "no entry begins at offset \(cursor.offset) any more: a recovery cut what was there; read from the start or "
                + "from the newest segment", path: file.path)
    }
}
