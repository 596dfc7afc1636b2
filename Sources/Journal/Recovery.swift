/// Opens a journal whose lock is held: proves that nothing was lost, or cuts, copies and begins a new epoch.
///
/// The rules, and the failures that they answer, are in <doc:JournalFormat>.
struct Recovery {
    let directory: String
    let name: [UInt8]
    let fileSystem: any FileSystem
    let boot: BootID
    let now: Int64

    /// - Parameter isPutBack: whether it is known that this journal is not the one that was: then a new epoch begins,
    ///   whatever the mark says.
    func run(newEpoch: (UInt64) -> UInt64, isPutBack: Bool = false) throws(JournalError) -> RecoveredJournal {
        let names = try fileSystem.list(directory)
        for name in names where name.hasSuffix(".seg.tmp") {
            // A segment that never got its name; nothing refers to it.
            try fileSystem.unlink(directory + "/" + name)
        }
        let bases = SegmentName.bases(names)
        let found = try FoundMark.read(directory, fileSystem, boot: boot)
        guard let newest = bases.last else {
            if let mark = found?.mark {
                throw JournalError(
                    .corrupt,
                    "\(mark.written) bytes were written here, but there is no segment; put the segments back, or remove "
                        + "this directory to begin a new journal", path: directory)
            }
            return try create(newEpoch: newEpoch)
        }
        try checkChain(bases)
        let file = try fileSystem.openForWriting(directory + "/" + SegmentName.name(newest), create: false)
        let header = try SegmentHeader.read(file, base: newest)
        guard header.name == name else {
            throw JournalError(
                .wrongIdentity,
                "is the journal of \(String(decoding: header.name, as: UTF8.self)), not of "
                    + "\(String(decoding: name, as: UTF8.self)); give the right directory", path: file.path)
        }
        let size = try file.size()
        let scan = try SegmentScan(file, header, size: size)
        let end = header.base + scan.end
        // A mark of an earlier boot proves nothing about the page cache, but what it calls durable was so.
        let durable = max(scan.durable, found?.durable ?? 0)
        guard end >= durable else {
            throw SegmentHeader.corrupt(
                file,
                "\(scan.flaw?.description ?? "the file ends"), and the journal was durable up to byte "
                    + "\(durable - header.base)"
                    + (scan.durable > end
                        ? "" : " by its mark (if you put these files back from a copy, remove 'mark')"),
                at: scan.end)
        }
        if !isPutBack, let found, found.proof == .everything, !found.mark.failed, found.mark.epoch == scan.epoch,
            found.mark.written <= end
        {
            return try goOn(file, header, scan, size: size, mark: found.mark)
        }
        return try beginAgain(file, header, scan, size: size, mark: found?.mark, durable: durable, newEpoch: newEpoch)
    }

    /// The first start: one segment that holds the entry of the first epoch.
    private func create(newEpoch: (UInt64) -> UInt64) throws(JournalError) -> RecoveredJournal {
        let epoch = next(newEpoch, after: 0)
        let (header, head) = SegmentHeader.make(
            name: name, epoch: epoch, base: 0, firstNumber: 1, created: now, checkpoint: [])
        let entry = epochEntry(header, number: 1, epoch: epoch, at: header.firstOffset, previous: 0, cut: 0)
        let file = try SegmentFile.create(directory, base: 0, fileSystem: fileSystem) { file throws(JournalError) in
            try file.write(head + entry, at: 0)
        }
        return try recovered(
            file, header, position: header.length + UInt64(entry.count), statedDurable: header.firstOffset, nil,
            RecoveryReport(
                epoch: epoch, isNewEpoch: true, previousEpoch: nil, entries: 2, cutBytes: 0, cutEntriesSeen: 0,
                lossPossible: false, isNew: true))
    }

    /// The mark proves that nothing was lost: at most an entry is cut that was never finished, let alone released.
    private func goOn(
        _ file: any JournalFile, _ header: SegmentHeader, _ scan: SegmentScan, size: UInt64, mark: Mark
    ) throws(JournalError) -> RecoveredJournal {
        do {
            if size > scan.end { try file.truncate(to: scan.end) }
            // The cut must be durable before anything is appended, or old bytes could come back behind new ones.
            try file.synchronizeData()
            // The process before may have died in a rotation, between the segment's name and the sync of it.
            try fileSystem.synchronizeDirectory(directory)
        } catch {
            try? MarkFile(directory, fileSystem, mark).condemn(fileSystem)
            throw error
        }
        return try recovered(
            file, header, position: scan.end, statedDurable: scan.lastDurable, scan,
            RecoveryReport(
                epoch: scan.epoch, isNewEpoch: false, previousEpoch: nil, entries: scan.nextNumber,
                cutBytes: size - scan.end, cutEntriesSeen: scan.entriesAfterFlaw, lossPossible: false, isNew: false))
    }

    /// Nothing proves it: what is good goes into a fresh file, with the entry of a new epoch behind it, and takes the
    /// segment's name when all of it is on disk.
    private func beginAgain(
        _ old: any JournalFile, _ header: SegmentHeader, _ scan: SegmentScan, size: UInt64, mark: Mark?,
        durable: UInt64,
        newEpoch: (UInt64) -> UInt64
    ) throws(JournalError) -> RecoveredJournal {
        let epoch = next(newEpoch, after: max(scan.epoch, mark?.epoch ?? 0))
        let end = header.base + scan.end
        let entry = epochEntry(
            header, number: scan.nextNumber, epoch: epoch, at: end, previous: scan.epoch, cut: size - scan.end)
        let position = scan.end + UInt64(entry.count)
        let file = try SegmentFile.create(
            directory, base: header.base, fileSystem: fileSystem,
            beforeRename: { () throws(JournalError) in
                // Readers must not follow the old mark beyond what both files hold.
                guard var held = mark else { return }
                held.failed = true
                held.written = min(held.written, end)
                held.released = min(held.released, end)
                // From here on it tells of this place, whatever it told of before.
                held.durable = min(held.durable, durable)
                try MarkFile(directory, fileSystem, held).update { _ in }
            },
            fill: { file throws(JournalError) in
                var at: UInt64 = 0
                while at < scan.end {
                    let part = try old.readBytes(at: at, count: Int(min(1 << 20, scan.end - at)))
                    guard !part.isEmpty else { throw changed(old, at: at) }
                    try file.write(part, at: at)
                    at += UInt64(part.count)
                }
                try file.write(entry, at: at)
                // After an fsync error the old file's pages may turn into older ones between two reads.
                let head = try SegmentHeader.read(file, base: header.base)
                let copy = try SegmentScan(file, head, size: position)
                guard copy.end == position, copy.epoch == epoch else { throw changed(old, at: copy.end) }
            })
        return try recovered(
            file, header, position: position, statedDurable: end, nil,
            RecoveryReport(
                epoch: epoch, isNewEpoch: true, previousEpoch: scan.epoch, entries: scan.nextNumber + 1,
                cutBytes: size - scan.end, cutEntriesSeen: scan.entriesAfterFlaw, lossPossible: true, isNew: false))
    }

    /// Everything in the segment is durable now, so all of it may be read: the mark says so, and vouches from here on.
    private func recovered(
        _ file: any JournalFile, _ header: SegmentHeader, position: UInt64, statedDurable: UInt64, _ scan: SegmentScan?,
        _ report: RecoveryReport
    ) throws(JournalError) -> RecoveredJournal {
        let end = header.base + position
        let isMarkNew = try !fileSystem.list(directory).contains(SegmentName.mark)
        let mark = try MarkFile(
            directory, fileSystem,
            Mark(boot: boot, epoch: report.epoch, written: end, durable: end, released: end))
        var report = report
        report.isDated = try mark.probe()
        // Or what a writer makes durable in it when it closes has no name after a power loss.
        if isMarkNew { try fileSystem.synchronizeDirectory(directory) }
        return RecoveredJournal(
            fileSystem: fileSystem, mark: mark, file: file, header: header, position: position,
            statedDurable: statedDurable, lastPlainEnd: scan?.lastPlainEnd ?? end, report: report)
    }

    /// Each segment was synced whole before the next was made, so a gap or a short one is corruption.
    private func checkChain(_ bases: [UInt64]) throws(JournalError) {
        for (base, next) in zip(bases, bases.dropFirst()) {
            let file = try fileSystem.openForReading(directory + "/" + SegmentName.name(base))
            let size = try file.size()
            guard size >= next - base else {
                throw SegmentHeader.corrupt(
                    file, "the file ends, but the next segment there is begins \(next - base) bytes after this one",
                    at: size)
            }
        }
    }

    /// The caller's id, or one more than the epoch before it, should that not be less.
    private func next(_ newEpoch: (UInt64) -> UInt64, after previous: UInt64) -> UInt64 {
        max(newEpoch(previous), previous + 1)
    }

    private func epochEntry(
        _ header: SegmentHeader, number: UInt64, epoch: UInt64, at offset: UInt64, previous: UInt64, cut: UInt64
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: EntryFormat.fixed + 16)
        bytes.withUnsafeMutableBytes { buffer in
            buffer.put(previous, EntryFormat.fixed)
            buffer.put(cut, EntryFormat.fixed + 8)
            // It can be read only where all before it was synced with it.
            EntryFormat.seal(
                buffer, salt: header.salt, number: number, epoch: epoch, durableBefore: offset, time: now,
                kind: EntryKind.epoch, level: 2, heard: 0, said: 0)
        }
        return bytes
    }

    private func changed(_ file: any JournalFile, at offset: UInt64) -> JournalError {
        JournalError(
            .io, "changed at byte \(offset) while it was copied; check the disk, then start again", path: file.path)
    }
}
