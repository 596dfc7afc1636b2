internal import Synchronization

/// A file system in memory that can lose power, crash its processes, run full and fail, the same way for the same seed.
///
/// Every write lands in a page cache; ``JournalFile/synchronizeData()`` makes a file's content durable, and
/// ``synchronizeDirectory(_:)`` its name. A sync that was made to fail loses its writes for good, though they can still
/// be read, as on Linux.
// @unchecked: everything mutable, the nodes included, is used under `gate` only.
package final class MemoryFileSystem: FileSystem, @unchecked Sendable {
    let gate = Mutex<Void>(())
    var directories: Set<String> = ["", "/", "."]
    var names: [String: MemoryNode] = [:]
    var durableNames: [String: MemoryNode] = [:]
    /// What was done to names since the directory was synced last.
    var pendingNames: [PendingName] = []
    var locks: [String: (owner: ObjectIdentifier, note: String)] = [:]
    var faults: [MemoryFault] = []
    var capacityInBytes: Int = .max
    var lastInode: UInt64 = 0
    let clock: @Sendable () -> Int64

    /// A step that a power loss may undo.
    struct PendingName {
        var directory: String
        /// The new node of each path, `nil` when it was removed.
        var changes: [(path: String, node: MemoryNode?)]
    }

    /// - Parameter clock: the time of day in microseconds since 1970, which dates changes.
    package init(clock: @escaping @Sendable () -> Int64 = { 0 }) { self.clock = clock }

    /// A file that was never there before. Under the gate.
    func makeNode(_ bytes: [UInt8] = []) -> MemoryNode {
        lastInode += 1
        return MemoryNode(bytes, inode: lastInode, changed: clock())
    }

    package func now() -> Int64 { clock() }

    package func makeDirectories(_ path: String) throws(JournalError) {
        guarded {
            var path = path
            while !path.isEmpty, directories.insert(path).inserted { path = Self.parent(path) }
        }
    }

    package func list(_ directory: String) throws(JournalError) -> [String] {
        let found: [String]? = guarded {
            guard directories.contains(directory) else { return nil }
            return names.keys.filter { Self.parent($0) == directory }.map {
                String($0.dropFirst(directory.utf8.count + 1))
            }
        }
        guard let found else { throw .system(Self.noEntry, "opendir", path: directory) }
        return found
    }

    package func createExclusively(_ path: String) throws(JournalError) -> any JournalFile {
        try open(path, create: true, exclusively: true)
    }

    package func openForReading(_ path: String) throws(JournalError) -> any JournalFile {
        try open(path, create: false, exclusively: false)
    }

    package func openForWriting(_ path: String, create: Bool) throws(JournalError) -> any JournalFile {
        try open(path, create: create, exclusively: false)
    }

    package func rename(_ path: String, to newPath: String) throws(JournalError) {
        let done = guarded {
            guard let node = names.removeValue(forKey: path) else { return false }
            names[newPath] = node
            pendingNames.append(
                PendingName(directory: Self.parent(path), changes: [(path, nil), (newPath, node)]))
            return true
        }
        if !done { throw .system(Self.noEntry, "rename", path: path) }
    }

    package func unlink(_ path: String) throws(JournalError) {
        let done = guarded {
            guard names.removeValue(forKey: path) != nil else { return false }
            pendingNames.append(PendingName(directory: Self.parent(path), changes: [(path, nil)]))
            return true
        }
        if !done { throw .system(Self.noEntry, "unlink", path: path) }
    }

    package func synchronizeDirectory(_ path: String) throws(JournalError) {
        let failure: JournalError? = guarded {
            if let number = nextFault(.synchronizeDirectory, path)?.errno {
                return .system(number, "fsync", path: path)
            }
            pendingNames.removeAll { $0.directory == path }
            durableNames = durableNames.filter { Self.parent($0.key) != path }
            for (name, node) in names where Self.parent(name) == path { durableNames[name] = node }
            return nil
        }
        if let failure { throw failure }
    }

    package func lock(_ path: String, note: String) throws(JournalError) -> any FileLock {
        let file = try open(path, create: true, exclusively: false)
        let lock = MemoryFileLock(self, path: path)
        let holder: String? = guarded {
            if let held = locks[path] { return held.note }
            locks[path] = (ObjectIdentifier(lock), note)
            return nil
        }
        if let holder {
            throw JournalError(.locked, "is held by process \(holder); stop it, or wait until it ends", path: path)
        }
        try file.truncate(to: 0)
        try file.write(Array(note.utf8), at: 0)
        return lock
    }

    package func lockHolder(_ path: String) throws(JournalError) -> String? { guarded { locks[path]?.note } }

    func unlock(_ path: String, _ owner: ObjectIdentifier) {
        guarded { if locks[path]?.owner == owner { locks[path] = nil } }
    }

    func guarded<Result>(_ body: () -> Result) -> Result {
        // The results never carry what the gate protects, except nodes, which are used under it again.
        nonisolated(unsafe) var result: Result?
        gate.withLock { _ in result = body() }
        return result!
    }

    private func open(_ path: String, create: Bool, exclusively: Bool) throws(JournalError) -> any JournalFile {
        let (node, number): (MemoryNode?, Int32) = guarded {
            if let node = names[path] { return exclusively ? (nil, Self.exists) : (node, 0) }
            guard create, directories.contains(Self.parent(path)) else { return (nil, Self.noEntry) }
            let node = makeNode()
            names[path] = node
            pendingNames.append(PendingName(directory: Self.parent(path), changes: [(path, node)]))
            return (node, 0)
        }
        guard let node else { throw .system(number, "open", path: path) }
        return MemoryFile(self, node, path: path)
    }

    static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static let noEntry: Int32 = 2
    static let exists: Int32 = 17
    static let noSpace: Int32 = 28
}
