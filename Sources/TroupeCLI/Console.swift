internal import ArgumentParser
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

    /// Writes a line for people to standard output, at once: nothing in it but our own emphasis controls a terminal.
    static func line(_ text: String) { exact(Printable.line(text, keepsStyle: isColored)) }

    /// Writes a text for programs, which has escapes of its own and may have several lines: JSON, a picture, a script.
    static func exact(_ text: String) {
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

    /// Writes a line for people to standard error.
    static func error(_ text: String) {
        FileHandle.writeError(text.printable)
    }

    /// Writes rows of what cannot be read, where what can be read stands.
    static func rows(_ unreadable: [Unreadable]) { for row in unreadable { line(row.line(style: style)) } }

    /// Ends the command with status 1 when something could not be read.
    static func end(_ unreadable: [Unreadable]) throws {
        guard !unreadable.isEmpty else { return }
        let count = unreadable.count
        error("troupe: \(count) thing\(count == 1 ? "" : "s") of the home cannot be read; the rest is shown")
        throw ExitCode(1)
    }
}
