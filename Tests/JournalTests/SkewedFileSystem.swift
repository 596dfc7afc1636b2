@testable internal import Journal

/// A file system that dates changes by a clock of its own, as one over the network may.
final class SkewedFileSystem: FileSystem {
    private let base: MemoryFileSystem

    init(_ base: MemoryFileSystem) { self.base = base }

    func now() -> Int64 { base.now() + 3_600_000_000 }
    func makeDirectories(_ path: String) throws(JournalError) { try base.makeDirectories(path) }
    func list(_ directory: String) throws(JournalError) -> [String] { try base.list(directory) }
    func createExclusively(_ path: String) throws(JournalError) -> any JournalFile {
        try base.createExclusively(path)
    }
    func openForReading(_ path: String) throws(JournalError) -> any JournalFile { try base.openForReading(path) }
    func openForWriting(_ path: String, create: Bool) throws(JournalError) -> any JournalFile {
        try base.openForWriting(path, create: create)
    }
    func rename(_ path: String, to newPath: String) throws(JournalError) { try base.rename(path, to: newPath) }
    func unlink(_ path: String) throws(JournalError) { try base.unlink(path) }
    func synchronizeDirectory(_ path: String) throws(JournalError) { try base.synchronizeDirectory(path) }
    func lock(_ path: String, note: String) throws(JournalError) -> any FileLock {
        try base.lock(path, note: note)
    }
    func lockHolder(_ path: String) throws(JournalError) -> String? { try base.lockHolder(path) }
}
