internal import Glibc

/// The one funnel for system calls: an interrupted call is made again, an error number becomes a ``JournalError``.
enum SystemCall {
    static func retrying<Result: SignedInteger>(
        _ operation: String, path: String, _ call: () -> Result
    ) throws(JournalError) -> Result {
        while true {
            let result = call()
            if result != -1 { return result }
            let number = errno
            if number != EINTR { throw .system(number, operation, path: path) }
        }
    }
}
