internal import Glibc

/// An open file of the machine; owns its descriptor.
final class OSFile: JournalFile {
    let path: String
    let descriptor: Int32

    init(_ descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = Glibc.close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(JournalError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let from = off_t(clamping: offset &+ UInt64(done))
            let count = try SystemCall.retrying("pread", path: path) {
                pread(descriptor, base + done, buffer.count - done, from)
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError) {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let to = off_t(clamping: offset &+ UInt64(done))
            done += try SystemCall.retrying("pwrite", path: path) {
                pwrite(descriptor, base + done, bytes.count - done, to)
            }
        }
    }

    func write(_ stretches: [UnsafeRawBufferPointer], at offset: UInt64) throws(JournalError) {
        let vector = stretches.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress), iov_len: $0.count)
        }
        let written = try SystemCall.retrying("pwritev", path: path) {
            pwritev(descriptor, vector, Int32(vector.count), off_t(clamping: offset))
        }
        // Rarely less than all: the rest of each.
        var begin = 0
        for stretch in stretches {
            let rest = stretch.dropFirst(max(0, written - begin))
            let at = begin + stretch.count - rest.count
            if !rest.isEmpty { try write(UnsafeRawBufferPointer(rebasing: rest), at: offset &+ UInt64(at)) }
            begin += stretch.count
        }
    }

    func size() throws(JournalError) -> UInt64 {
        var status = stat()
        _ = try SystemCall.retrying("fstat", path: path) { fstat(descriptor, &status) }
        return UInt64(clamping: status.st_size)
    }

    func truncate(to size: UInt64) throws(JournalError) {
        _ = try SystemCall.retrying("ftruncate", path: path) { ftruncate(descriptor, off_t(clamping: size)) }
    }

    func synchronizeData() throws(JournalError) {
        // EINTR here would hide whether the data reached the disk, so it counts as an error like any other.
        if fdatasync(descriptor) != 0 { throw .system(errno, "fdatasync", path: path) }
    }

    func identity() throws(JournalError) -> FileIdentity {
        var status = stat()
        _ = try SystemCall.retrying("fstat", path: path) { fstat(descriptor, &status) }
        return FileIdentity(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), changed: status.st_ctim.microseconds)
    }

    func isStill(at path: String) -> Bool {
        var (mine, other) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && stat(path, &other) == 0 && mine.st_dev == other.st_dev
            && mine.st_ino == other.st_ino
    }

    // Advice: that it was not taken is no error.
    func adviseUnneeded() { _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
}
