internal import Glibc

/// Reads on in a file that grows, line by line. A file that is not there yet is empty.
struct LogTail {
    private let path: String
    private var offset: Int64
    private var rest: [UInt8] = []
    /// Of the file that was read last.
    private var inode: UInt64

    /// Begins at a place, by default at the file's end.
    init(_ path: String, from offset: Int64? = nil) {
        self.path = path
        self.offset = offset ?? Self.size(path)
        inode = Self.inode(path)
    }

    /// How many bytes a file has; 0 if it is not there.
    static func size(_ path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }

    /// The complete lines that were added; with `includingRest` also what stands after the last of them.
    mutating func lines(includingRest: Bool = false) -> [String] {
        let size = Self.size(path)
        let inode = Self.inode(path)
        // A file that shrank was begun anew, and another one took the place of one that was moved away.
        if size < offset || (inode != self.inode && self.inode != 0) { (offset, rest) = (0, []) }
        self.inode = inode
        if size > offset { read() }
        var lines: [String] = []
        if let end = rest.lastIndex(of: 10) {
            lines = rest[..<end].split(separator: 10, omittingEmptySubsequences: false).map(Self.text)
            rest.removeSubrange(...end)
        }
        if includingRest, !rest.isEmpty {
            lines.append(Self.text(rest[...]))
            rest = []
        }
        return lines
    }

    private mutating func read() {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        // So much at a time and no more: the file may grow faster than it is read.
        for _ in 0..<64 {
            let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
            guard count > 0 else { return }
            rest += buffer[..<count]
            offset += Int64(count)
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The last lines of a file, at most `count`, from its last 64 KiB.
    static func last(_ count: Int, of path: String, from start: Int64 = 0) -> [String] {
        var tail = LogTail(path, from: max(start, size(path) - (64 << 10)))
        return Array(tail.lines(includingRest: true).suffix(count))
    }
}
