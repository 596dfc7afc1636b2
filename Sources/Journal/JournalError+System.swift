internal import Glibc

extension JournalError {
    /// The error for a failed system call: the code by the error number, the message with what to do.
    package static func system(_ number: Int32, _ operation: String, path: String) -> JournalError {
        let code: Code
        let advice: String
        switch number {
        case ENOSPC, EDQUOT: (code, advice) = (.noSpace, "make room on this disk, or raise the quota")
        case ENOENT, ENOTDIR: (code, advice) = (.notFound, "check that it exists")
        case EEXIST: (code, advice) = (.alreadyExists, "another process may be at work here")
        case EACCES, EPERM, EROFS: (code, advice) = (.permission, "check the owner, the mode and the mount")
        case EMFILE, ENFILE: (code, advice) = (.io, "raise the limit of open files")
        default: (code, advice) = (.io, "check the disk and the kernel's log")
        }
        let text = String(cString: strerror(number))
        return JournalError(
            code, "\(operation) failed: \(text) (errno \(number)); \(advice)", path: path, errno: number)
    }
}
