internal import Glibc
internal import Troupe

/// Where a command writes.
enum Console {
    /// Emphasis for standard output: only on a terminal, and not with NO_COLOR (no-color.org).
    static var style: TextStyle { isColored ? .terminal : .plain }

    /// Whether standard output takes terminal escapes.
    static var isColored: Bool {
        let refuses = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
        return isatty(STDOUT_FILENO) == 1 && !refuses
    }

    /// Writes a line to standard output, at once.
    static func line(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                // The reader has gone: nothing that is said now is heard.
                exit(1)
            }
            offset += count
        }
    }

    /// Writes a line to standard error.
    static func error(_ text: String) { FileHandle.writeError(text) }
}
