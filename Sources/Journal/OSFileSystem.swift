internal import Glibc

/// The file system of the machine (Linux).
package final class OSFileSystem: FileSystem {
    // The asm-generic values of fcntl(2)'s open file description locks, which the C headers hide behind _GNU_SOURCE.
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37

    package init() {}

    package func makeDirectories(_ path: String) throws(JournalError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        var parent = path.hasPrefix("/") ? "/" : "."
        for component in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(component) : "/" + component
            let directory = prefix
            do {
                _ = try SystemCall.retrying("mkdir", path: directory) { mkdir(directory, 0o700) }
                try synchronizeDirectory(parent)
            } catch  where error.code == .alreadyExists || isDirectory(directory) {
                // What exists was made durable by whoever made it.
            }
            parent = directory
        }
    }

    package func list(_ directory: String) throws(JournalError) -> [String] {
        guard let stream = opendir(directory) else { throw .system(errno, "opendir", path: directory) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .system(errno, "readdir", path: directory) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
    }

    package func createExclusively(_ path: String) throws(JournalError) -> any JournalFile {
        try open(path, O_RDWR | O_CREAT | O_EXCL)
    }

    package func openForReading(_ path: String) throws(JournalError) -> any JournalFile {
        try open(path, O_RDONLY)
    }

    package func openForWriting(_ path: String, create: Bool) throws(JournalError) -> any JournalFile {
        try open(path, create ? O_RDWR | O_CREAT : O_RDWR)
    }

    package func rename(_ path: String, to newPath: String) throws(JournalError) {
        _ = try SystemCall.retrying("rename to \(newPath)", path: path) { Glibc.rename(path, newPath) }
    }

    package func unlink(_ path: String) throws(JournalError) {
        _ = try SystemCall.retrying("unlink", path: path) { Glibc.unlink(path) }
    }

    package func synchronizeDirectory(_ path: String) throws(JournalError) {
        let directory = try open(path, O_RDONLY | O_DIRECTORY)
        _ = try SystemCall.retrying("fsync", path: path) { fsync(directory.descriptor) }
    }

    package func lock(_ path: String, note: String) throws(JournalError) -> any FileLock {
        let file = try open(path, O_RDWR | O_CREAT)
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        do {
            _ = try SystemCall.retrying("lock", path: path) { fcntl(file.descriptor, Self.setLock, &request) }
        } catch  where error.errno == EAGAIN || error.errno == EACCES {
            let holder = try Self.note(in: file)
            throw JournalError(
                .locked, "is held by process \(holder.isEmpty ? "(unknown)" : holder); stop it, or wait until it ends",
                path: path, errno: error.errno)
        }
        try file.truncate(to: 0)
        try file.write(Array(note.utf8), at: 0)
        return OSFileLock(file)
    }

    package func lockHolder(_ path: String) throws(JournalError) -> String? {
        let file: OSFile
        do { file = try open(path, O_RDONLY) } catch  where error.code == .notFound { return nil }
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        _ = try SystemCall.retrying("lock query", path: path) { fcntl(file.descriptor, Self.getLock, &request) }
        return request.l_type == Int16(F_UNLCK) ? nil : try Self.note(in: file)
    }

    package func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.microseconds
    }

    private static func note(in file: OSFile) throws(JournalError) -> String {
        String(decoding: try file.readBytes(at: 0, count: 64), as: UTF8.self)
    }

    private func isDirectory(_ path: String) -> Bool { (try? open(path, O_RDONLY | O_DIRECTORY)) != nil }

    private func open(_ path: String, _ flags: Int32) throws(JournalError) -> OSFile {
        let descriptor = try SystemCall.retrying("open", path: path) { Glibc.open(path, flags | O_CLOEXEC, 0o600) }
        return OSFile(descriptor, path: path)
    }
}

extension timespec {
    /// Whole microseconds.
    var microseconds: Int64 { Int64(tv_sec) * 1_000_000 + Int64(tv_nsec) / 1000 }
}
