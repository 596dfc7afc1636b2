extension MemoryFileSystem {
    /// Lets a write fail once: the `nth` from now (1: the next) to a path that ends with `suffix`; the first
    /// `partialBytes` of it are written.
    package func failWrite(_ nth: Int, errno: Int32, path suffix: String = "", partialBytes: Int = 0) {
        add(MemoryFault(operation: .write, suffix: suffix, after: nth - 1, errno: errno, partialBytes: partialBytes))
    }

    /// Lets a sync of a file's data fail once: the `nth` from now (1: the next) for a path that ends with `suffix`.
    /// What it should have synced is never made durable.
    package func failSync(_ nth: Int, errno: Int32, path suffix: String = "") {
        add(MemoryFault(operation: .synchronize, suffix: suffix, after: nth - 1, errno: errno, partialBytes: 0))
    }

    /// Lets a sync of a directory fail once: the `nth` from now (1: the next).
    package func failDirectorySync(_ nth: Int, errno: Int32) {
        add(MemoryFault(operation: .synchronizeDirectory, suffix: "", after: nth - 1, errno: errno, partialBytes: 0))
    }

    /// Forgets the faults that have not happened yet.
    package func clearFaults() { guarded { faults = [] } }

    /// How many bytes all files may have together; a write beyond it writes what fits and fails with ENOSPC.
    package var capacity: Int {
        get { guarded { capacityInBytes } }
        set { guarded { capacityInBytes = newValue } }
    }

    /// How many bytes all files have together.
    package var used: Int { guarded { usedBytes } }

    /// The content of a file, or `nil`.
    package func contents(_ path: String) -> [UInt8]? { guarded { names[path]?.cache } }

    /// Replaces the content of a file, in the cache and on disk; makes it if needed.
    package func setContents(_ path: String, _ bytes: [UInt8]) {
        guarded {
            let node = names[path] ?? makeNode()
            node.cache = bytes
            node.durable = bytes
            node.pending = []
            names[path] = node
            durableNames[path] = node
        }
    }

    /// Flips a bit of a file, in the cache and on disk.
    package func flipBit(_ path: String, byte: Int, bit: Int) {
        guarded {
            guard let node = names[path] else { return }
            if node.cache.indices.contains(byte) { node.cache[byte] ^= 1 << UInt8(bit & 7) }
            if node.durable.indices.contains(byte) { node.durable[byte] ^= 1 << UInt8(bit & 7) }
        }
    }

    /// Cuts a file to a size, in the cache and on disk.
    package func cut(_ path: String, to size: Int) {
        guarded {
            guard let node = names[path] else { return }
            node.cache = Array(node.cache.prefix(size))
            node.durable = Array(node.durable.prefix(size))
            node.pending = []
        }
    }

    /// Ends every process that uses this file system: its locks go, all that was written stays.
    package func kill() { guarded { locks = [:] } }

    /// A file system with the same files, all of them durable, and neither locks nor faults.
    package func copy() -> MemoryFileSystem {
        let copy = MemoryFileSystem(clock: clock)
        guarded {
            copy.directories = directories
            copy.names = names.mapValues { MemoryNode($0.cache, inode: $0.inode, changed: $0.changed) }
            copy.durableNames = copy.names
            copy.lastInode = lastInode
        }
        return copy
    }

    /// How files of a copy come to where they were taken from.
    package enum PutBack: Sendable {
        /// As new files, after the old ones were removed: `mv`, `tar`, `rsync`.
        case asNewFiles
        /// Into files of the same names that are there, as `rsync --inplace --delete` does.
        case intoFiles
        /// As the device had them, whatever it had since: a snapshot below the file system.
        case byDevice
    }

    /// Replaces the files of a directory by those of a copy, durably. Whoever had them open writes to nowhere.
    package func putBack(_ directory: String, from copy: MemoryFileSystem, _ way: PutBack) {
        let files = copy.guarded {
            copy.names.filter { Self.parent($0.key) == directory }.mapValues { ($0.cache, $0.inode, $0.changed) }
        }
        guarded {
            let old = names.filter { Self.parent($0.key) == directory }
            for path in old.keys { names[path] = nil }
            for (path, file) in files.sorted(by: { $0.key < $1.key }) {
                let node: MemoryNode
                switch (way, old[path]) {
                case (.byDevice, _): node = MemoryNode(file.0, inode: file.1, changed: file.2)
                case (.intoFiles, let there?): node = MemoryNode(file.0, inode: there.inode, changed: clock())
                default: node = makeNode(file.0)
                }
                names[path] = node
            }
            pendingNames.removeAll { $0.directory == directory }
            durableNames = durableNames.filter { Self.parent($0.key) != directory }
            for (path, node) in names where Self.parent(path) == directory { durableNames[path] = node }
        }
    }

    var usedBytes: Int { names.values.reduce(0) { $0 + $1.cache.count } }

    func nextFault(_ operation: MemoryFault.Operation, _ path: String) -> MemoryFault? {
        for index in faults.indices where faults[index].operation == operation && path.hasSuffix(faults[index].suffix) {
            if faults[index].after == 0 { return faults.remove(at: index) }
            faults[index].after -= 1
        }
        return nil
    }

    private func add(_ fault: MemoryFault) { guarded { faults.append(fault) } }
}
