internal import Journal

/// A process's view of its host's disk: ends with the process, and lies where a sabotage says so.
// @unchecked: a run has one thread.
final class SimulatedFileSystem: FileSystem, @unchecked Sendable {
    private let base: MemoryFileSystem
    private let fuse: Fuse
    private let sabotage: Sabotage?

    init(_ base: MemoryFileSystem, fuse: Fuse, sabotage: Sabotage?) {
        self.base = base
        self.fuse = fuse
        self.sabotage = sabotage
    }

    private func step(_ what: String, _ path: String) throws(JournalError) {
        if fuse.burns("\(what) \(path)") { throw JournalError(.io, "the process ended", path: path) }
    }

    func makeDirectories(_ path: String) throws(JournalError) {
        try step("makeDirectories", path)
        try base.makeDirectories(path)
    }

    func list(_ directory: String) throws(JournalError) -> [String] { try base.list(directory) }

    func createExclusively(_ path: String) throws(JournalError) -> any JournalFile {
        try step("create", path)
        return File(try base.createExclusively(path), self)
    }

    func openForReading(_ path: String) throws(JournalError) -> any JournalFile {
        let file = try base.openForReading(path)
        return sabotage == .trustCopiedMark ? File(file, self) : file
    }

    func openForWriting(_ path: String, create: Bool) throws(JournalError) -> any JournalFile {
        try step("open", path)
        return File(try base.openForWriting(path, create: create), self)
    }

    func rename(_ path: String, to newPath: String) throws(JournalError) {
        try step("rename", path)
        try base.rename(path, to: newPath)
    }

    func unlink(_ path: String) throws(JournalError) {
        try step("unlink", path)
        try base.unlink(path)
    }

    func synchronizeDirectory(_ path: String) throws(JournalError) {
        try step("fsync", path)
        if sabotage == .skipDirectorySync { return }
        do { try base.synchronizeDirectory(path) } catch {
            fuse.spare(3)
            throw error
        }
    }

    func lock(_ path: String, note: String) throws(JournalError) -> any FileLock {
        try base.lock(path, note: note)
    }

    func lockHolder(_ path: String) throws(JournalError) -> String? { try base.lockHolder(path) }

    func now() -> Int64 { base.now() }

    /// A file of a process that may end in the middle of a write.
    private final class File: JournalFile {
        private let base: any JournalFile
        private let owner: SimulatedFileSystem

        init(_ base: any JournalFile, _ owner: SimulatedFileSystem) {
            self.base = base
            self.owner = owner
        }

        var path: String { base.path }

        func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(JournalError) -> Int {
            try base.read(into: buffer, at: offset)
        }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError) {
            let wasBurnt = owner.fuse.isBurnt
            do { try owner.step("write", path) } catch {
                // The process is killed in the middle: a part of the bytes is there. The mark is too small for that.
                if !wasBurnt, bytes.count > 100 {
                    try base.write(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), at: offset)
                }
                throw error
            }
            if owner.sabotage == .recoverInPlaceAfterSyncError, path.hasSuffix("/mark"), bytes.count > 10,
                bytes[10] & 1 != 0
            {
                return
            }
            try base.write(bytes, at: offset)
        }

        func size() throws(JournalError) -> UInt64 { try base.size() }

        func identity() throws(JournalError) -> FileIdentity {
            var identity = try base.identity()
            let mark = path.hasSuffix("/mark") ? try base.readBytes(at: 0, count: 92) : []
            guard owner.sabotage == .trustCopiedMark, mark.count == 92 else { return identity }
            // What the mark says of its place is true, whatever the place is.
            mark.withUnsafeBytes { bytes in
                identity.inode = bytes.loadUnaligned(fromByteOffset: 72, as: UInt64.self)
                identity.changed = bytes.loadUnaligned(fromByteOffset: 80, as: Int64.self)
            }
            return identity
        }

        func truncate(to size: UInt64) throws(JournalError) {
            try owner.step("truncate", path)
            try base.truncate(to: size)
        }

        func synchronizeData() throws(JournalError) {
            try owner.step("fdatasync", path)
            if owner.sabotage == .skipSync { return }
            do { try base.synchronizeData() } catch {
                // MarkFile opens the mark, and writes or removes it.
                owner.fuse.spare(3)
                throw error
            }
        }
    }
}
