internal import Synchronization

/// An open file description lock: it is the descriptor's, so it ends when that is closed.
final class OSFileLock: FileLock {
    private let file: Mutex<OSFile?>

    init(_ file: OSFile) { self.file = Mutex(file) }

    func unlock() { file.withLock { $0 = nil } }
}
