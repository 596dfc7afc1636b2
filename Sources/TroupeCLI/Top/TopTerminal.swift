internal import Glibc

/// The terminal while a full-screen view is on it. It gets back its screen and its modes however the process ends, but
/// for kill -9.
enum TopTerminal {
    // Unsafe: a signal handler reaches nothing but globals. Written before the handlers are installed.
    // On the heap: Swift takes the struct for 57 bytes, and glibc fills in 60, which is its stride.
    nonisolated(unsafe) private static let before = UnsafeMutablePointer<termios>.allocate(capacity: 1)
    nonisolated(unsafe) private static var hasModes = false
    nonisolated(unsafe) private static var isOn = false

    private static let fatal = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP]
    private static let enterText: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
    private static let leaveText: StaticString = "\u{1B}[?25h\u{1B}[0m\u{1B}[?1049l"

    /// Takes the screen: the alternate one, no cursor, keys at once and unseen.
    static func enter() {
        guard !isOn else { return }
        hasModes = tcgetattr(STDIN_FILENO, before) == 0
        isOn = true
        for number in fatal {
            signal(number) { number in
                TopTerminal.leave()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        if hasModes {
            let modes = UnsafeMutablePointer<termios>.allocate(capacity: 1)
            defer { modes.deallocate() }
            memcpy(modes, before, MemoryLayout<termios>.stride)
            modes.pointee.c_lflag &= ~tcflag_t(ICANON | ECHO)
            withUnsafeMutableBytes(of: &modes.pointee.c_cc) { codes in
                codes[Int(VMIN)] = 0
                codes[Int(VTIME)] = 0
            }
            tcsetattr(STDIN_FILENO, TCSANOW, modes)
        }
        put(enterText)
    }

    /// Gives the screen back. Safe in a signal handler.
    static func leave() {
        guard isOn else { return }
        isOn = false
        put(leaveText)
        if hasModes { tcsetattr(STDIN_FILENO, TCSANOW, before) }
    }

    private static func put(_ text: StaticString) { _ = write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount) }

    /// Columns and lines; 80 by 24 where the terminal does not say.
    static func size() -> (width: Int, height: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Shows lines from the top left corner, in one write. Returns whether somebody still reads.
    static func show(_ lines: [String]) -> Bool {
        var text = "\u{1B}[H"
        text += lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        text += "\u{1B}[J"
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// What was typed since the last call.
    static func typed() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        return Array(buffer.prefix(max(0, count)))
    }
}
