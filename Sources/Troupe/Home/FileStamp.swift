internal import Glibc
internal import Journal

/// What tells by a look from outside that a file or folder is another than it was.
struct FileStamp: Hashable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil where there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }

    /// Whether it would look the same after one more change: the clock that dates changes ticks slowly.
    var isFresh: Bool {
        let changed = Int64(seconds) * 1_000_000 + Int64(nanoseconds / 1000)
        return abs(OSFileSystem().now() - changed) < 100_000
    }

    /// Of a folder's files, by name; empty where a look later would prove nothing.
    static func files(in folder: String) -> [String: FileStamp] {
        var stamps: [String: FileStamp] = [:]
        for name in (try? OSFileSystem().list(folder)) ?? [] {
            guard let stamp = FileStamp(folder + "/" + name), !stamp.isFresh else { return [:] }
            stamps[name] = stamp
        }
        return stamps
    }
}
