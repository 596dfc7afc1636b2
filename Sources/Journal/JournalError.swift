/// What went wrong in a journal: a code to decide by, a message that says what to do, and the file.
package struct JournalError: Error, Sendable, CustomStringConvertible {
    /// What kind of error it is; decide by this.
    package var code: Code
    /// What happened and what to do about it, for people.
    package var message: String
    /// The system's error number, if a system call failed.
    package var errno: Int32?
    /// The file or directory that the error is about.
    package var path: String

    /// Makes an error about `path`.
    package init(_ code: Code, _ message: String, path: String, errno: Int32? = nil) {
        self.code = code
        self.message = message
        self.errno = errno
        self.path = path
    }

    package var description: String { "\(code): \(path): \(message)" }
}
