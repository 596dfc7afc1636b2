internal import Glibc
internal import Troupe

/// Where the launcher speaks and repeats the handlers' logs. When nobody reads any more it goes on in silence.
struct LauncherOutput {
    private let prefix: LinePrefix
    private var isClosed = false

    init(_ names: [String]) { prefix = LinePrefix(names, isColored: Console.isColored) }

    mutating func line(_ name: String, _ text: String) {
        guard !isClosed else { return }
        // As `logs` prints it.
        let text = isatty(STDOUT_FILENO) == 1 ? Printable.log(text) : text
        let bytes = Array((prefix.line(name, text) + "\n").utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                isClosed = true
                return
            }
            offset += count
        }
    }

    /// Says something of the launcher's own.
    mutating func note(_ text: String) { line(LinePrefix.launcher, text) }
}
