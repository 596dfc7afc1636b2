internal import Glibc
internal import Troupe

/// Where the launcher speaks and repeats the handlers' logs. When nobody reads any more it goes on in silence; a full disk
/// costs it what it would have said meanwhile.
struct LauncherOutput {
    private let prefix: LinePrefix
    private var isClosed = false
    /// Whether something could not be written although there is somebody to read it.
    private(set) var hasFailed = false

    init(_ names: [String]) { prefix = LinePrefix(names, isColored: Console.isColored) }

    mutating func line(_ name: String, _ text: String) {
        guard !isClosed else { return }
        // As `logs` prints it.
        let text = isatty(STDOUT_FILENO) == 1 ? Printable.log(text) : text
        let failure = FileHandle.writeLine(prefix.line(name, text), to: STDOUT_FILENO)
        switch failure {
        case 0: break
        // The terminal is gone, or the reader.
        case EPIPE, EIO: isClosed = true
        default:
            if !hasFailed {
                Console.error(
                    "troupe: the output cannot be written: \(String(cString: strerror(failure))). The handlers go on")
            }
            hasFailed = true
        }
    }

    /// Writes into a log from now on: it is opened anew.
    mutating func reopen(_ log: String) throws {
        let descriptor = try LaunchPlan.openLog(log)
        defer { close(descriptor) }
        for stream in [STDOUT_FILENO, STDERR_FILENO] { dup2(descriptor, stream) }
        isClosed = false
    }

    /// Says something of the launcher's own.
    mutating func note(_ text: String) { line(LinePrefix.launcher, text) }
}
