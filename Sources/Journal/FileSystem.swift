/// What a journal needs of a file system, and nothing more: the seam between it and the disk.
///
/// Paths are strings with `/`. What is written is safe from a power loss only after ``JournalFile/synchronizeData()``,
/// and a name only after ``synchronizeDirectory(_:)``. Safe to use from several threads.
package protocol FileSystem: Sendable {
    /// Makes a directory and its missing parents, mode 0700, so that a power loss does not undo it.
    func makeDirectories(_ path: String) throws(JournalError)

    /// The names in a directory, in no order, without `.` and `..`. Throws `.notFound` if there is none.
    func list(_ directory: String) throws(JournalError) -> [String]

    /// Makes a new file, mode 0600, for reading and writing. Throws `.alreadyExists` if it is there.
    func createExclusively(_ path: String) throws(JournalError) -> any JournalFile

    /// Opens a file for reading. Throws `.notFound` if it is not there.
    func openForReading(_ path: String) throws(JournalError) -> any JournalFile

    /// Opens a file for reading and writing. If it is not there, it is made (`create`) or `.notFound` is thrown.
    func openForWriting(_ path: String, create: Bool) throws(JournalError) -> any JournalFile

    /// Gives a file another name in the same directory; a file of that name is replaced, at once.
    func rename(_ path: String, to newPath: String) throws(JournalError)

    /// Removes a name. Throws `.notFound` if it is not there.
    func unlink(_ path: String) throws(JournalError)

    /// Makes creations, renames and removals in a directory safe from a power loss (`fsync`).
    func synchronizeDirectory(_ path: String) throws(JournalError)

    /// Takes the exclusive lock on a file, which is made if needed, and writes `note` (a process id) into it.
    ///
    /// The lock ends with the returned object, with the process, or with ``FileLock/unlock()``.
    /// Throws `.locked`, with the holder's note in the message, when somebody holds it, in this process or another.
    func lock(_ path: String, note: String) throws(JournalError) -> any FileLock

    /// The note of whoever holds the lock on a file, or `nil` if nobody does; takes nothing.
    func lockHolder(_ path: String) throws(JournalError) -> String?

    /// The time of day by the clock that dates changes of files, in microseconds since 1970.
    func now() -> Int64
}
