internal import Glibc

/// Tells when files in some folders change (inotify). A hint: whoever uses it scans again now and then.
package final class FolderWatch {
    package let fileDescriptor: Int32
    private var folders: [Int32: String] = [:]
    private var watches: [String: Int32] = [:]

    package init() { fileDescriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC)) }

    deinit { if fileDescriptor >= 0 { close(fileDescriptor) } }

    /// Watches a folder; a folder that is not there is tried again by the next call.
    package func add(_ folder: String) {
        guard fileDescriptor >= 0, watches[folder] == nil else { return }
        let mask = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MODIFY)
        let watch = inotify_add_watch(fileDescriptor, folder, mask)
        guard watch >= 0 else { return }
        watches[folder] = watch
        folders[watch] = folder
    }

    package func remove(_ folder: String) {
        guard let watch = watches.removeValue(forKey: folder) else { return }
        folders[watch] = nil
        inotify_rm_watch(fileDescriptor, watch)
    }

    /// The folders in which something changed since the last call.
    package func changes() -> Set<String> {
        var changed: Set<String> = []
        withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { buffer in
            while true {
                let count = read(fileDescriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { break }
                var offset = 0
                while offset + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                    if let folder = folders[event.wd] { changed.insert(folder) }
                    offset += MemoryLayout<inotify_event>.size + Int(event.len)
                }
            }
        }
        return changed
    }
}
