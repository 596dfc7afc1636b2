/// A lock in a ``MemoryFileSystem``.
final class MemoryFileLock: FileLock {
    private let fileSystem: MemoryFileSystem
    private let path: String

    init(_ fileSystem: MemoryFileSystem, path: String) {
        self.fileSystem = fileSystem
        self.path = path
    }

    deinit { unlock() }

    func unlock() { fileSystem.unlock(path, ObjectIdentifier(self)) }
}
