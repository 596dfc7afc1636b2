internal import Glibc

extension JournalWriter {
    /// Takes the lock of the journal in `directory`, recovers it, and hands its newest segment to the caller.
    ///
    /// The directory is made if needed; an empty one becomes a new journal. When this returns, everything that was kept
    /// is durable and released.
    ///
    /// - Parameters:
    ///   - directory: the journal's own directory.
    ///   - name: whose journal it is, at most 200 bytes, as `payment.0`; checked against the segment.
    ///   - boot: the running kernel's ``BootID``.
    ///   - now: microseconds since 1970; only recorded.
    ///   - newEpoch: proposes an id that is greater than the given epoch; called only if a new epoch begins. One that is not
    ///     greater becomes one more than that.
    ///   - isPutBack: asked once after `replay`, unless a new epoch begins anyway: whether something outside shows that this
    ///     journal is not the one that was. Then a new epoch begins.
    ///   - restore: gets the checkpoint of the newest segment, once, before `replay`; not called if it is empty.
    ///   - replay: gets each entry of the newest segment in order, the journal's own kinds included.
    /// - Throws: ``JournalError``: `.locked`, naming the process; `.wrongIdentity`; `.corrupt`, when bytes that were
    ///   durable are damaged or gone; `.badVersion`; `.noSpace`; or what `restore` and `replay` throw.
    package static func open(
        _ directory: String, name: String, fileSystem: any FileSystem, boot: BootID, now: Int64,
        options: JournalOptions = JournalOptions(), newEpoch: (UInt64) -> UInt64,
        isPutBack: () throws -> Bool = { false },
        restore: (UnsafeRawBufferPointer) throws -> Void, replay: (EntryView) throws -> Void
    ) throws -> (JournalWriter, RecoveryReport) {
        guard name.utf8.count <= SegmentHeader.maximumName else {
            throw JournalError(
                .invalidArgument, "a journal's name has at most \(SegmentHeader.maximumName) bytes: \(name)",
                path: directory)
        }
        try fileSystem.makeDirectories(directory)
        let lock = try fileSystem.lock(directory + "/" + SegmentName.lock, note: "\(getpid())")
        do {
            let recovery = Recovery(
                directory: directory, name: Array(name.utf8), fileSystem: fileSystem, boot: boot, now: now)
            var recovered = try recovery.run(newEpoch: newEpoch)
            try replayNewest(recovered, restore: restore, replay: replay)
            if !recovered.report.isNewEpoch, try isPutBack() {
                recovered = try recovery.run(newEpoch: newEpoch, isPutBack: true)
            }
            let writer = JournalWriter(recovered, directory: directory, name: name, options: options, lock: lock)
            return (writer, recovered.report)
        } catch {
            lock.unlock()
            throw error
        }
    }

    private static func replayNewest(
        _ recovered: RecoveredJournal, restore: (UnsafeRawBufferPointer) throws -> Void,
        replay: (EntryView) throws -> Void
    ) throws {
        let checkpoint = try recovered.header.checkpoint(recovered.file)
        if !checkpoint.isEmpty { try checkpoint.withUnsafeBytes(restore) }
        var window = SegmentWindow(recovered.file, recovered.header, limit: recovered.position)
        var position = recovered.header.length
        while position < recovered.position {
            switch try window.entry(at: position) {
            case .entry(let entry):
                try replay(entry)
                position = entry.end - recovered.header.base
            case .flaw(let flaw):
                throw SegmentHeader.corrupt(recovered.file, flaw.description, at: position)
            }
        }
    }
}
