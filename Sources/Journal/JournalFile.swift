/// An open file; closed when the last reference goes. Safe to use from several threads.
package protocol JournalFile: AnyObject, Sendable {
    /// The path by which it was opened, for messages.
    var path: String { get }

    /// Reads at an offset (bytes); returns how many bytes were read, fewer than asked for only at the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(JournalError) -> Int

    /// Writes all bytes at an offset (bytes), or throws; then any part of them may have been written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(JournalError)

    /// As ``write(_:at:)``, of stretches one after the other.
    func write(_ stretches: [UnsafeRawBufferPointer], at offset: UInt64) throws(JournalError)

    /// The size in bytes.
    func size() throws(JournalError) -> UInt64

    /// Cuts the file to a size in bytes.
    func truncate(to size: UInt64) throws(JournalError)

    /// Makes what was written, and the size, safe from a power loss (`fdatasync`).
    ///
    /// After an error nothing is known about what was written before: never call it again to repair that.
    func synchronizeData() throws(JournalError)

    /// Which file this is.
    func identity() throws(JournalError) -> FileIdentity

    /// Whether `path` still names this very file, and not one that was put in its place; false if that cannot be told.
    func isStill(at path: String) -> Bool

    /// Says that what is durable of the file will hardly be read again soon: the system need not keep it in memory.
    func adviseUnneeded()
}

extension JournalFile {
    package func adviseUnneeded() {}
    package func isStill(at path: String) -> Bool { false }

    package func write(_ stretches: [UnsafeRawBufferPointer], at offset: UInt64) throws(JournalError) {
        try write(stretches.flatMap { Array($0) }, at: offset)
    }
}
