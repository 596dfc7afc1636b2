internal import Glibc
internal import Synchronization

/// Tells when files in some folders change (inotify). A hint: whoever uses it looks again now and then.
///
/// Watches may be set from any thread. A user has few inotify instances, so a process should have one.
package final class FolderWatch: Sendable {
    /// What changed since the last look.
    package struct Changes: Sendable {
        /// The names that changed in each folder; of a file that is watched itself, none.
        package var names: [String: Set<String>] = [:]
        /// Whether there was more than the system could keep.
        package var isIncomplete = false
    }

    private struct State {
        var paths: [Int32: String] = [:]
        var watches: [String: Int32] = [:]
        var hasFailed = false
    }

    package let fileDescriptor: Int32
    private let state = Mutex(State())

    package init() { fileDescriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }

    deinit { if fileDescriptor >= 0 { close(fileDescriptor) } }

    /// Whether the system took every watch on what is there; where it did not, looking again is all that helps.
    package var isWorking: Bool { fileDescriptor >= 0 && !state.withLock { $0.hasFailed } }

    /// Watches a folder; a folder that is not there is tried again by the next call.
    package func add(_ folder: String) {
        add(folder, UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MODIFY))
    }

    /// Watches for a process that had a file open for writing to close it, or to end.
    package func addClosing(_ file: String) { add(file, UInt32(IN_CLOSE_WRITE)) }

    private func add(_ path: String, _ mask: UInt32) {
        guard fileDescriptor >= 0 else { return }
        state.withLock { state in
            guard state.watches[path] == nil else { return }
            let watch = inotify_add_watch(fileDescriptor, path, mask)
            guard watch >= 0 else {
                if errno != ENOENT { state.hasFailed = true }
                return
            }
            state.watches[path] = watch
            state.paths[watch] = path
        }
    }

    package func remove(_ path: String) {
        state.withLock { state in
            guard let watch = state.watches.removeValue(forKey: path) else { return }
            state.paths[watch] = nil
            inotify_rm_watch(fileDescriptor, watch)
        }
    }

    /// What changed since the last call. What is gone is watched no more, and may be added again.
    package func changes() -> Changes {
        var changes = Changes()
        withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { buffer in
            while true {
                let count = read(fileDescriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { break }
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    let begin = offset + MemoryLayout<inotify_event>.size
                    offset = begin + Int(event.len)
                    let name = buffer[begin..<min(offset, count)].prefix { $0 != 0 }
                    note(event, String(decoding: name, as: UTF8.self), &changes)
                }
            }
        }
        return changes
    }

    private func note(_ event: inotify_event, _ name: String, _ changes: inout Changes) {
        if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { changes.isIncomplete = true }
        let path = state.withLock { state -> String? in
            guard let path = state.paths[event.wd] else { return nil }
            if event.mask & UInt32(IN_IGNORED) != 0 {
                state.paths[event.wd] = nil
                state.watches[path] = nil
            }
            return path
        }
        guard let path else { return }
        changes.names[path, default: []].formUnion(name.isEmpty ? [] : [name])
    }
}
