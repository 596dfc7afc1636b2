internal import FoundationEssentials
internal import Glibc
internal import Journal

/// What /proc says of a process.
enum ProcessFacts {
    /// When a process started, in clock ticks since the boot; nil if it is not there or merely waits to be reaped.
    static func startTicks(_ pid: Int32) -> UInt64? {
        guard let text = read("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        // The name, in parentheses, may hold anything; after it: state is field 3, start time field 22.
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    /// How long a process has run.
    static func uptimeSeconds(_ pid: Int32) -> Double? {
        guard let ticks = startTicks(pid), let text = read("/proc/uptime"),
            let now = text.split(separator: " ").first.flatMap({ Double($0) })
        else { return nil }
        return max(0, now - Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// Bytes of memory that a process has in use.
    static func residentBytes(_ pid: Int32) -> Int? {
        guard let text = read("/proc/\(pid)/statm") else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
    }

    /// The numbers of all processes that this one sees.
    static func all() -> [Int32] { ((try? OSFileSystem().list("/proc")) ?? []).compactMap { Int32($0) } }

    /// A process's command line, its name first.
    static func arguments(_ pid: Int32) -> [String]? {
        read("/proc/\(pid)/cmdline").map { text in
            text.split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }

    private static func read(_ path: String) -> String? {
        (try? InputReader.wholeFile(path)).map { String(decoding: $0, as: UTF8.self) }
    }
}
