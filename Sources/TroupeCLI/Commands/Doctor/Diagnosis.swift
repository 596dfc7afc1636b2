internal import Troupe
internal import ZeroMQ

/// Judges what was measured on a machine; measures nothing itself.
enum Diagnosis {
    static func library(_ version: LibraryVersion) -> Finding {
        version < LibraryVersion(4, 3, 4)
            ? Finding(
                "libzmq", .problem, "\(version)",
                advice: "install 4.3.4 or later (Debian 12: apt-get install libzmq5)")
            : Finding("libzmq", .ok, "\(version)")
    }

    /// `soft` and `hard` are limits of open files. A handler raises the soft one to the hard one itself.
    static func descriptors(soft: UInt64, hard: UInt64) -> Finding {
        let found = "\(soft) open files, \(hard) at most"
        if hard < 256 {
            return Finding(
                "descriptors", .problem, found,
                advice: "libzmq ends the process when it has none left; raise the limit (ulimit -Hn, LimitNOFILE=)")
        }
        return hard < 4096
            ? Finding(
                "descriptors", .warning, found,
                advice: "enough for some twenty handlers; raise the hard limit (ulimit -Hn, LimitNOFILE=) for more")
            : Finding("descriptors", .ok, found)
    }

    /// `length` is that of the longest socket path in bytes.
    static func socketPath(length: Int, home: String) -> Finding {
        let found = "\(length) of 107 bytes"
        return length > 107
            ? Finding(
                "socket path", .problem, found,
                advice: "use a home whose path is \(length - 107) bytes shorter than \(home)")
            : Finding("socket path", .ok, found)
    }

    static func rights(_ problem: String?, home: String) -> Finding {
        guard let problem else { return Finding("home", .ok, home) }
        return Finding(
            "home", .problem, "\(home): \(problem)", advice: "change its owner or mode, or name another --home")
    }

    static func disk(freeBytes: UInt64) -> Finding {
        let found = "\(freeBytes >> 20) MiB free"
        if freeBytes < 64 << 20 {
            return Finding(
                "disk", .problem, found, advice: "make room: handlers wait while the disk is full, and lose nothing")
        }
        return freeBytes < 1 << 30
            ? Finding("disk", .warning, found, advice: "journals grow; make room, or move the home")
            : Finding("disk", .ok, found)
    }

    /// `kind` as the mount table names it.
    static func fileSystem(kind name: String) -> Finding {
        switch name {
        case "ext4", "ext3", "xfs", "btrfs", "zfs", "f2fs": return Finding("file system", .ok, name)
        case "tmpfs":
            return Finding(
                "file system", .warning, name, advice: "it is memory: nothing survives a reboot; put the home on a disk"
            )
        case "nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "fuse.sshfs":
            return Finding(
                "file system", .problem, name,
                advice: "locks and fdatasync cannot be relied on over it; put the home on a local disk")
        default:
            return Finding(
                "file system", .warning, name, advice: "not tried; make sure that fdatasync reaches the disk there")
        }
    }

    /// The median of some calls, in microseconds.
    static func sync(medianMicroseconds: Int64) -> Finding {
        let found = "\(medianMicroseconds) µs, median of 64"
        if medianMicroseconds < 5 {
            return Finding(
                "fdatasync", .warning, found,
                advice: "too fast to reach a disk; 'synced' is worth no more than 'written' here")
        }
        return medianMicroseconds > 20_000
            ? Finding(
                "fdatasync", .warning, found, advice: "each 'synced' step of a flow waits so long; use a faster disk")
            : Finding("fdatasync", .ok, found)
    }

    /// What a home holds: `unreadable` of the newest segments, registrations and directory records; the others are read
    /// by `troupe journal verify`.
    static func contents(_ unreadable: [Unreadable], unknown: [UnknownHearing]) -> [Finding] {
        if unreadable.isEmpty, unknown.isEmpty { return [Finding("contents", .ok, "readable, as far as was looked")] }
        return unreadable.map { Finding("contents", .problem, $0.what, advice: $0.advice) }
            + unknown.map { hearing in
                Finding("contents", .warning, hearing.text, advice: "troupe journal verify looks at all of the journal")
            }
    }

    /// `aheadSeconds` says how far the newest journal's last write lies in the future.
    static func clock(aheadSeconds: Int) -> Finding {
        aheadSeconds > 1
            ? Finding(
                "clock", .warning, "\(aheadSeconds) s behind what the journals hold",
                advice: "the clock was set back; times in traces will not agree, and retries come late. Nothing is lost"
            )
            : Finding("clock", .ok, "not behind the journals")
    }
}
