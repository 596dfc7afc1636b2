internal import Glibc
internal import Testing

/// Runs `body` with a directory that is removed afterwards.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let directory = try makeDirectory()
    defer { remove(directory) }
    try body(directory)
}

/// As above, for what takes its time.
func withTemporaryDirectoryAsync(_ body: (String) async throws -> Void) async throws {
    let directory = try makeDirectory()
    defer { remove(directory) }
    try await body(directory)
}

private func makeDirectory() throws -> String {
    let root = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
    var template = Array("\(root)/journal-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
        mkdtemp(buffer.baseAddress!).map { String(cString: $0) }
    }
    return try #require(made)
}

private func remove(_ path: String) {
    if let stream = opendir(path) {
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { remove(path + "/" + name) }
        }
        closedir(stream)
        rmdir(path)
    } else {
        unlink(path)
    }
}
