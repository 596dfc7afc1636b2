extension JournalWriter {
    /// Ends the segment and begins the next, whose header carries `checkpoint`: all that is live after the last entry.
    ///
    /// The old segment is synced whole first, so everything appended is durable when this returns.
    /// - Parameters:
    ///   - checkpoint: at most 1 GiB; what recovery hands to `restore` before it replays this segment.
    ///   - time: microseconds since 1970; only recorded.
    /// - Throws: `.tooLarge`; `.noSpace`: the old segment goes on, and rotation can be tried again. Any other error is
    ///   final.
    package func rotate(checkpoint: [UInt8], time: Int64) throws(JournalError) {
        _ = try usable()
        guard checkpoint.count <= SegmentHeader.maximumCheckpoint else {
            throw JournalError(
                .tooLarge, "a checkpoint of \(checkpoint.count) bytes is over \(SegmentHeader.maximumCheckpoint)",
                path: directory)
        }
        _ = try sync()
        let base = header.base + position
        let (newHeader, bytes) = SegmentHeader.make(
            name: header.name, epoch: epoch, base: base, firstNumber: nextNumber, created: time, checkpoint: checkpoint)
        let newFile: any JournalFile
        do throws(JournalError) {
            newFile = try SegmentFile.create(directory, base: base, fileSystem: fileSystem) {
                file throws(JournalError) in
                try file.write(bytes, at: 0)
            }
        } catch  where error.code == .noSpace {
            throw error
        } catch {
            throw fail(error)
        }
        file = newFile
        header = newHeader
        position = newHeader.length
        statedDurable = newHeader.firstOffset
        lastPlainEnd = newHeader.firstOffset
        shared.withLock { $0.turn(to: newFile, end: newHeader.firstOffset) }
    }

    /// Removes the segments that lie wholly below a global offset and were released; never the newest.
    ///
    /// - Returns: how many were removed.
    /// - Throws: `.permission`, `.io`: what was not removed is still whole, and it can be tried again.
    @discardableResult
    package func trim(before offset: UInt64) throws(JournalError) -> Int {
        _ = try usable()
        let bases = SegmentName.bases(try fileSystem.list(directory))
        let limit = min(offset, mark.released)
        var removed = 0
        // Oldest first, each made durable before the next: a power loss leaves no hole.
        for (base, next) in zip(bases, bases.dropFirst()) where next <= limit && base < header.base {
            try fileSystem.unlink(directory + "/" + SegmentName.name(base))
            try fileSystem.synchronizeDirectory(directory)
            removed += 1
        }
        return removed
    }
}
