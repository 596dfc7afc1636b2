internal import Choreography
internal import Envelope
internal import Glibc

/// Notices that a program was replaced, once its file has come to rest.
struct ExecutableWatch {
    /// What tells one build of a file from another.
    struct Stamp: Hashable, Sendable {
        var device: UInt64
        var inode: UInt64
        var size: Int64
        /// Nanoseconds.
        var modified: Int64

        init(device: UInt64, inode: UInt64, size: Int64, modified: Int64) {
            self.device = device
            self.inode = inode
            self.size = size
            self.modified = modified
        }

        /// Of a program that could be run now; nil while it is absent, empty or not executable.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0, status.st_size > 0, ExecutableFinder.isExecutable(path) else { return nil }
            self.init(
                device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
                modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
        }
    }

    /// Microseconds for which a new file must stay as it is.
    static let rest: Int64 = 500_000

    private var known: Stamp?
    private var candidate: (stamp: Stamp, since: Timestamp)?

    init(_ stamp: Stamp?) { known = stamp }

    /// Whether a change has been seen that has not come to rest.
    var isPending: Bool { candidate != nil }

    /// Takes a look. Returns whether the program is another one, and complete.
    mutating func observe(_ stamp: Stamp?, now: Timestamp) -> Bool {
        guard let stamp, stamp != known else {
            candidate = nil
            return false
        }
        guard let seen = candidate, seen.stamp == stamp else {
            candidate = (stamp, now)
            return false
        }
        guard now.microseconds - seen.since.microseconds >= Self.rest else { return false }
        known = stamp
        candidate = nil
        return true
    }
}
