/// An open file of a ``MemoryFileSystem``.
final class MemoryFile: JournalFile {
    let path: String
    private let fileSystem: MemoryFileSystem
    private let node: MemoryNode

    init(_ fileSystem: MemoryFileSystem, _ node: MemoryNode, path: String) {
        self.fileSystem = fileSystem
        self.node = node
        self.path = path
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(JournalError) -> Int {
        fileSystem.guarded {
            let from = Int(clamping: offset)
            guard from < node.cache.count else { return 0 }
            let count = min(buffer.count, node.cache.count - from)
            node.cache.withUnsafeBytes { buffer.put($0.part(from, count), 0) }
            return count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError) {
        let failure: JournalError? = fileSystem.guarded {
            let at = Int(clamping: offset)
            var count = bytes.count
            var number: Int32?
            if let fault = fileSystem.nextFault(.write, path) {
                count = min(count, fault.partialBytes)
                number = fault.errno
            } else {
                let growth = max(0, at + count - node.cache.count)
                let room = max(0, fileSystem.capacityInBytes - fileSystem.usedBytes)
                if growth > room {
                    count = max(0, count - (growth - room))
                    number = MemoryFileSystem.noSpace
                }
            }
            if count > 0 {
                node.change(.write(offset: at, bytes: Array(bytes.part(0, count))), now: fileSystem.clock())
            }
            return number.map { .system($0, "pwrite", path: path) }
        }
        if let failure { throw failure }
    }

    func size() throws(JournalError) -> UInt64 { fileSystem.guarded { UInt64(node.cache.count) } }

    func truncate(to size: UInt64) throws(JournalError) {
        fileSystem.guarded {
            node.change(.truncate(size: Int(clamping: size)), now: fileSystem.clock())
        }
    }

    func identity() throws(JournalError) -> FileIdentity {
        fileSystem.guarded { FileIdentity(device: 1, inode: node.inode, changed: node.changed) }
    }

    func synchronizeData() throws(JournalError) {
        let failure: JournalError? = fileSystem.guarded {
            if let fault = fileSystem.nextFault(.synchronize, path) {
                // The kernel calls such pages clean: they can be read, and no later sync writes them.
                node.pending = []
                return .system(fault.errno, "fdatasync", path: path)
            }
            node.synchronize()
            return nil
        }
        if let failure { throw failure }
    }
}
