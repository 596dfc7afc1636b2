internal import Glibc

/// Writing to the standard streams without a stream's locks.
package enum FileHandle {
    /// Fills standard streams that are closed, before anything is opened: a journal must not get the number of one, and
    /// with it what is printed. What is read or printed fails as before; what is said of errors is lost.
    package static func fillStandard() {
        for (stream, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
        where fcntl(stream, F_GETFD) < 0 {
            let descriptor = open("/dev/null", mode)
            guard descriptor >= 0, descriptor != stream else { continue }
            dup2(descriptor, stream)
            close(descriptor)
        }
    }

    /// Writes a line to standard error.
    package static func writeError(_ line: String) { _ = writeLine(line, to: STDERR_FILENO) }

    /// Writes a line, whole. Returns the error's number, 0 when all was written.
    package static func writeLine(_ line: String, to descriptor: Int32) -> Int32 {
        let bytes = Array((line + "\n").utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                offset += count
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                // Somebody else made what we share with him non-blocking.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&wait, 1, -1)
            default: return errno
            }
        }
        return 0
    }

    /// Ends the process because standard output takes nothing: in silence when its reader has gone, else with a message
    /// that names what was `done` before.
    package static func endUnwritten(_ number: Int32, by program: String, done: String? = nil) -> Never {
        if number != EPIPE {
            let nevertheless = done.map { ". What was done stays done: \($0)" } ?? ""
            writeError("\(program): the output cannot be written: \(String(cString: strerror(number)))\(nevertheless)")
        }
        exit(1)
    }
}
