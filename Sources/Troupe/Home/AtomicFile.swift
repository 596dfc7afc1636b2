internal import Glibc
package import Journal

/// Small files that are there whole or not at all.
package enum AtomicFile {
    /// Writes a file by way of a temporary name, synced, and a rename.
    package static func write(_ bytes: [UInt8], to path: String) throws(JournalError) {
        let fileSystem = OSFileSystem()
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        let file = try fileSystem.createExclusively(temporary)
        do throws(JournalError) {
            try file.write(bytes, at: 0)
            try file.synchronizeData()
            try fileSystem.rename(temporary, to: path)
        } catch {
            try? fileSystem.unlink(temporary)
            throw error
        }
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try fileSystem.synchronizeDirectory(folder)
    }

    /// Removes temporary files that nobody renamed, which a process killed while writing leaves; only old ones, for
    /// another may be writing now.
    package static func sweep(_ folder: String) {
        let fileSystem = OSFileSystem()
        let oldest = time(nil) - 600
        for name in (try? fileSystem.list(folder)) ?? [] where name.hasSuffix(".tmp") {
            var status = stat()
            let path = folder + "/" + name
            if stat(path, &status) == 0, status.st_mtim.tv_sec < oldest { try? fileSystem.unlink(path) }
        }
    }

    /// The most bytes of such a file; a registration with every topic of a large choreography has some thousands.
    package static let maximumSize: UInt64 = 16 << 20

    /// Reads a whole file; nil if it is not there. Throws `.corrupt` when it is larger than ``maximumSize``.
    package static func read(_ path: String) throws(JournalError) -> [UInt8]? {
        let file: any JournalFile
        do {
            file = try OSFileSystem().openForReading(path)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
        let size = try file.size()
        guard size <= maximumSize else {
            throw JournalError(
                .corrupt,
                "has \(size) bytes, and such a file has at most \(maximumSize): it is not what was written; restore it"
                    + " from a backup, or remove it", path: path)
        }
        return try file.readBytes(at: 0, count: Int(size))
    }
}
