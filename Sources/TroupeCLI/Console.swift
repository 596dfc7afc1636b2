internal import ArgumentParser
internal import Glibc
internal import Synchronization
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

    /// What was done, to be told should the output be lost.
    private static let deed = Mutex<String?>(nil)

    /// Writes a line for people to standard output, at once: nothing in it but our own emphasis controls a terminal.
    static func line(_ text: String) { exact(Printable.line(text, keepsStyle: isColored)) }

    /// Writes a text for programs, which has escapes of its own and may have several lines: JSON, a picture, a script. Ends
    /// the process when that is not possible: in silence when the reader has gone, else saying so, and what was done before.
    static func exact(_ text: String) {
        let failure = FileHandle.writeLine(text, to: STDOUT_FILENO)
        if failure != 0 { FileHandle.endUnwritten(failure, by: "troupe", done: deed.withLock { $0 }) }
    }

    /// Writes the line that says what was done; whoever cannot read it learns it from standard error.
    static func done(_ text: String) {
        deed.withLock { $0 = text }
        line(text)
    }

    /// For commands that wait for more to say: from now on the process ends when its reader goes, as the next write would
    /// end it.
    static func endWithReader() {
        _ = OSThread {
            // Nothing is asked for, so that only what is always reported wakes us: the other end has gone.
            var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            while poll(&output, 1, -1) <= 0 {}
            kill(getpid(), SIGPIPE)
            exit(1)
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
        error("troupe: \(Count.text(count, "thing")) of the home cannot be read; the rest is shown")
        throw ExitCode(1)
    }
}
