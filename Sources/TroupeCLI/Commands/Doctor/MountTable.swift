/// The file systems that are mounted, as /proc/self/mountinfo (proc(5)) lists them.
struct MountTable: Equatable {
    private struct Mount: Equatable {
        let point: String
        let kind: String
    }

    private let mounts: [Mount]

    /// Reads the running system's; empty where there is none.
    static func current() -> MountTable {
        let bytes = (try? InputReader.wholeFile("/proc/self/mountinfo")) ?? []
        return MountTable(String(decoding: bytes, as: UTF8.self))
    }

    /// Reads the text of a mountinfo file; lines that do not fit are passed over.
    init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { return nil }
            return Mount(point: String(fields[4]), kind: String(fields[dash + 1]))
        }
    }

    /// The kind of file system that holds a path; `unknown` if none does.
    func kind(of path: String) -> String {
        let holding = mounts.filter { mount in
            mount.point == "/" || path == mount.point || path.hasPrefix(mount.point + "/")
        }
        // The last of equal points hides those before it.
        let longest = holding.map(\.point.utf8.count).max()
        return holding.last { $0.point.utf8.count == longest }?.kind ?? "unknown"
    }
}
