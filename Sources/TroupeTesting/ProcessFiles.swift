internal import Glibc

/// The files that a stage keeps: a folder of its own, and what processes write.
enum ProcessFiles {
    /// Makes a folder under the temporary folder with a short path, since socket paths end at 107 bytes.
    static func makeFolder() throws -> String {
        var root = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        if root.utf8.count > 40 || !root.hasPrefix("/") { root = "/tmp" }
        var template = Array("\(root)/troupe-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            mkdtemp(buffer.baseAddress!).map { String(cString: $0) }
        }
        guard let made else {
            throw ProcessStageError(.system, "no folder can be made in \(root): \(String(cString: strerror(errno)))")
        }
        return made
    }

    /// The whole text of a file; empty if there is none.
    static func text(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file.
    static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "we") else {
            throw ProcessStageError(.system, "\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else {
            throw ProcessStageError(.system, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Removes a file, or a folder with all that is in it; follows no links.
    static func remove(_ path: String) {
        if unlink(path) == 0 || errno != EISDIR { return }
        guard let stream = opendir(path) else { return }
        defer {
            closedir(stream)
            rmdir(path)
        }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { remove(path + "/" + name) }
        }
    }
}
