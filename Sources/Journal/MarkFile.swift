internal import Synchronization

/// The mark of an open journal. Safe from several threads: the newest state is always what lies in the file.
final class MarkFile: Sendable {
    private let file: any JournalFile
    private let mark: Mutex<Mark>

    /// Opens or makes the file; it is written at the first ``update(_:)``.
    init(_ directory: String, _ fileSystem: any FileSystem, _ mark: Mark) throws(JournalError) {
        file = try fileSystem.openForWriting(directory + "/" + SegmentName.mark, create: true)
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
            do throws(JournalError) { try file.write(new.bytes, at: 0) } catch { return error }
            mark = new
            return nil
        }
        if let failure { throw failure }
    }

    /// Says that nothing is known any more. If even that cannot be written, the mark goes: without one nobody goes on in
    /// pages that a failed sync may have left off the disk.
    func condemn(_ fileSystem: any FileSystem) {
        do { try update { $0.failed = true } } catch { try? fileSystem.unlink(file.path) }
    }

    func synchronize() throws(JournalError) { try file.synchronizeData() }
}
