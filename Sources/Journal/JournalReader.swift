/// Reads a journal, in the writer's process or any other, up to its released end and never beyond.
///
/// It holds nothing open and caches nothing, so it follows rotation, trimming and recovery. Only `pread`, never mmap.
package struct JournalReader: Sendable {
    /// The directory of the journal.
    package let directory: String
    let fileSystem: any FileSystem
    let boot: BootID

    /// Makes a reader of the journal in `directory`.
    ///
    /// - Throws: `.notFound` if there is no such directory, `.permission`, `.io`.
    package init(_ directory: String, fileSystem: any FileSystem, boot: BootID) throws(JournalError) {
        self.directory = directory
        self.fileSystem = fileSystem
        self.boot = boot
        _ = try fileSystem.list(directory)
    }

    /// How far the journal may be read now.
    ///
    /// With a mark of this boot that is its released offset, if it was written where it lies; while a writer holds the
    /// lock it is its own. Without one, the highest durable offset that is stated; finding it reads the newest segment.
    /// - Throws: `.notFound` if there is no segment yet, `.corrupt`, `.badVersion`, `.io`.
    package func end() throws(JournalError) -> JournalEnd {
        let isLive = try fileSystem.lockHolder(directory + "/" + SegmentName.lock) != nil
        let found = try FoundMark.read(directory, fileSystem, boot: boot)
        if let found, found.mark.boot == boot, isLive || found.proof == .everything {
            let mark = found.mark
            return JournalEnd(
                released: mark.released, durable: mark.durable, epoch: mark.epoch, isLive: isLive, markValid: true)
        }
        return try newestSegment { base, file, header throws(JournalError) in
            let scan = try SegmentScan(file, header, size: try file.size())
            let durable = max(scan.durable, found?.durable ?? 0)
            // A writer that has the lock is about to say so. The entry that says how far the journal is durable need not be
            // so itself.
            let isWhole = isLive || (scan.flaw == nil && scan.lastPlainEnd <= durable)
            return JournalEnd(
                released: durable, durable: durable, epoch: scan.epoch, isLive: isLive, markValid: false,
                isWhole: isWhole)
        }
    }

    /// Where the oldest segment's first entry is.
    ///
    /// - Throws: `.notFound` if there is no segment yet, `.corrupt`, `.badVersion`, `.io`.
    package func start() throws(JournalError) -> Cursor {
        try retryingTrimmed { bases throws(JournalError) in
            let (_, header) = try segment(bases[0])
            return Cursor(segmentBase: header.base, offset: header.firstOffset)
        }
    }

    /// A segment that is followed by another.
    package struct Finished: Sendable {
        /// The global offset at which it begins.
        package let base: UInt64
        /// The global offset at which the next one begins.
        package let end: UInt64
        /// When the next one was begun, in microseconds since 1970.
        package let ended: Int64
        /// The checkpoint of the next one: all that was live at its end.
        package let checkpoint: [UInt8]
    }

    /// The oldest segment, if there is another after it.
    ///
    /// - Throws: as ``start()``.
    package func oldestFinished() throws(JournalError) -> Finished? {
        try retryingTrimmed { bases throws(JournalError) in
            guard bases.count > 1 else { return nil }
            let (file, header) = try segment(bases[1])
            return Finished(
                base: bases[0], end: bases[1], ended: header.created, checkpoint: try header.checkpoint(file))
        }
    }

    /// Where the oldest segment's first entry is, and its checkpoint: empty if it is the journal's first.
    ///
    /// - Throws: as ``start()``.
    package func oldest() throws(JournalError) -> (cursor: Cursor, checkpoint: [UInt8]) {
        try retryingTrimmed { bases throws(JournalError) in
            let (file, header) = try segment(bases[0])
            return (Cursor(segmentBase: header.base, offset: header.firstOffset), try header.checkpoint(file))
        }
    }

    /// Where the newest segment's first entry is, and its checkpoint, which covers every entry before it; a segment that
    /// begins beyond the released end does not count.
    ///
    /// - Throws: as ``start()``.
    package func newest() throws(JournalError) -> (cursor: Cursor, checkpoint: [UInt8]) {
        let released = try end().released
        return try retryingTrimmed { bases throws(JournalError) in
            let (file, header) = try segment(bases.last { $0 <= released } ?? bases[0])
            let checkpoint = try header.checkpoint(file)
            return (Cursor(segmentBase: header.base, offset: header.firstOffset), checkpoint)
        }
    }

    /// Where the first entry is of the newest segment whose checkpoint satisfies a predicate, else of the oldest
    /// segment: for finding where a sequence lives. Empty checkpoints are not asked about.
    ///
    /// - Throws: as ``start()``, and what the predicate throws.
    package func cursor(atOrBefore predicate: (UnsafeRawBufferPointer) throws -> Bool) throws -> Cursor {
        let released = try end().released
        let bases = SegmentName.bases(try fileSystem.list(directory))
        for base in bases.reversed() where base <= released {
            do {
                let (file, header) = try segment(base)
                let checkpoint = try header.checkpoint(file)
                if !checkpoint.isEmpty, try checkpoint.withUnsafeBytes(predicate) {
                    return Cursor(segmentBase: header.base, offset: header.firstOffset)
                }
            } catch let error as JournalError where error.code == .notFound {
                break  // Trimmed meanwhile, and so is what lies before it.
            }
        }
        return try start()
    }

    func segment(_ base: UInt64) throws(JournalError) -> (any JournalFile, SegmentHeader) {
        let file = try fileSystem.openForReading(directory + "/" + SegmentName.name(base))
        return (file, try SegmentHeader.read(file, base: base))
    }

    private func newestSegment<Result>(
        _ body: (UInt64, any JournalFile, SegmentHeader) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        try retryingTrimmed { bases throws(JournalError) in
            let base = bases[bases.count - 1]
            let (file, header) = try segment(base)
            return try body(base, file, header)
        }
    }

    /// Lists the segments for `body`, again if one that was listed is gone when it is opened.
    private func retryingTrimmed<Result>(
        _ body: ([UInt64]) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        var tries = 8
        while true {
            let bases = SegmentName.bases(try fileSystem.list(directory))
            guard !bases.isEmpty else {
                throw JournalError(.notFound, "holds no journal yet; start its handler", path: directory)
            }
            do {
                return try body(bases)
            } catch  where error.code == .notFound && tries > 0 {
                tries -= 1
            }
        }
    }
}
