internal import Synchronization

/// The mark of an open journal. Safe from several threads: the newest state is always what lies in the file.
final class MarkFile: Sendable {
    private let file: any JournalFile
    private let fileSystem: any FileSystem
    private let mark: Mutex<Mark>

    /// Longer than this between the clock and the write, in microseconds, and the mark is written again: it would not be
    /// believed.
    private static let patience: UInt64 = 20_000

    /// Opens or makes the file; it is written at the first ``update(_:)``.
    init(_ directory: String, _ fileSystem: any FileSystem, _ mark: Mark) throws(JournalError) {
        file = try fileSystem.openForWriting(directory + "/" + SegmentName.mark, create: true)
        self.fileSystem = fileSystem
        let identity = try file.identity()
        var mark = mark
        mark.place = Mark.Place(device: identity.device, inode: identity.inode, stated: 0)
        self.mark = Mutex(mark)
    }

    var current: Mark { mark.withLock { $0 } }
    var durable: UInt64 { mark.withLock { $0.durable } }
    var released: UInt64 { mark.withLock { $0.released } }

    /// Changes the mark and writes it. On an error it stays as it was.
    func update(_ change: (inout Mark) -> Void) throws(JournalError) {
        let failure: JournalError? = mark.withLock { mark in
            var new = mark
            change(&new)
            do throws(JournalError) { try write(&new) } catch { return error }
            mark = new
            return nil
        }
        if let failure { throw failure }
    }

    private func write(_ mark: inout Mark) throws(JournalError) {
        var tries = 4
        repeat {
            tries -= 1
            mark.place?.stated = fileSystem.now()
            try file.write(mark.bytes, at: 0)
            let took = fileSystem.now() &- (mark.place?.stated ?? 0)
            if took.magnitude <= Self.patience { return }
        } while tries > 0
    }

    /// Writes the mark and looks whether the file system dates that by the machine's clock. Where it does not, the mark
    /// says so, and is judged by its device and inode alone. Returns whether it does.
    func probe() throws(JournalError) -> Bool {
        for _ in 0..<3 {
            try update { _ in }
            let identity = try file.identity()
            let stated = current.place?.stated ?? 0
            // A slow machine is no wrong clock.
            guard (fileSystem.now() &- stated).magnitude <= Self.patience else { continue }
            if (identity.changed &- stated).magnitude <= UInt64(FoundMark.tolerance) { return true }
            try update { $0.place?.isDated = false }
            return false
        }
        return true
    }

    /// Says that nothing is known any more. If even that cannot be written, the mark goes: without one nobody goes on in
    /// pages that a failed sync may have left off the disk.
    func condemn(_ fileSystem: any FileSystem) {
        do { try update { $0.failed = true } } catch { try? fileSystem.unlink(file.path) }
    }

    func synchronize() throws(JournalError) { try file.synchronizeData() }
}
