internal import Glibc

/// Signals as bytes that can be polled for, so that they are handled in the loop like everything else.
enum SignalPipe {
    // Unsafe: a signal handler reaches nothing but globals. Written once, before the handlers are installed.
    nonisolated(unsafe) private static var writer: Int32 = -1

    /// Redirects some signals of this process into a pipe. Returns the end to poll and to `take` from.
    static func open(_ signals: [Int32]) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CommandError("no pipe for signals: \(String(cString: strerror(errno)))") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        writer = ends[1]
        for number in signals {
            var action = sigaction()
            // Whoever began us with nohup(1) wants it so.
            if number == SIGHUP, sigaction(number, nil, &action) == 0,
                unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
                    == unsafeBitCast(SIG_IGN, to: Int.self)
            {
                continue
            }
            signal(number) { number in
                let saved = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(SignalPipe.writer, &byte, 1)
                errno = saved
            }
        }
        return ends[0]
    }

    /// The signals that came since the last call.
    static func take(_ reader: Int32) -> [Int32] {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(reader, &buffer, buffer.count)
        return count > 0 ? buffer[..<count].map { Int32($0) } : []
    }
}
