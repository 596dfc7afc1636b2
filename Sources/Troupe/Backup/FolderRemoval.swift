internal import Glibc
internal import Journal

/// Removes a folder of our own making with all that is in it.
enum FolderRemoval {
    static func remove(_ folder: String) {
        let disk = OSFileSystem()
        for name in (try? disk.list(folder)) ?? [] {
            let path = folder + "/" + name
            if unlink(path) != 0 { remove(path) }
        }
        rmdir(folder)
    }
}
