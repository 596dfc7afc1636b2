internal import Glibc

/// How much lies in a folder, without its sub-folders. What cannot be read counts nothing.
package enum FolderSize {
    /// The sum of the files' sizes in bytes.
    package static func bytes(in folder: String) -> Int {
        var sum = 0
        forEachName(in: folder) { name in
            var status = stat()
            guard lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
            sum += Int(status.st_size)
        }
        return sum
    }

    /// How many things are in it.
    package static func count(in folder: String) -> Int {
        var count = 0
        forEachName(in: folder) { _ in count += 1 }
        return count
    }

    private static func forEachName(in folder: String, _ body: (String) -> Void) {
        guard let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { body(name) }
        }
    }
}
