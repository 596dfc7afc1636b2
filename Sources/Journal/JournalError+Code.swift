extension JournalError {
    /// The kind of a ``JournalError``; more may be added.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        package let description: String

        private init(_ description: String) { self.description = description }

        /// The device or the file system reported an error.
        package static let io = Code("io")
        /// The disk or the quota is full; nothing was lost, and the call can be made again when there is room.
        package static let noSpace = Code("noSpace")
        /// Bytes that had been made durable, or released, are not what they were. Never repaired by this module.
        package static let corrupt = Code("corrupt")
        /// Another process holds the journal; the message names it.
        package static let locked = Code("locked")
        /// There is no such file, journal or (trimmed) segment.
        package static let notFound = Code("notFound")
        /// There is such a file already.
        package static let alreadyExists = Code("alreadyExists")
        /// The entry or the checkpoint is over its limit; nothing was written.
        package static let tooLarge = Code("tooLarge")
        /// The file was written by a newer version of the format.
        package static let badVersion = Code("badVersion")
        /// The journal in this directory has another name.
        package static let wrongIdentity = Code("wrongIdentity")
        /// The journal failed earlier, and this writer does nothing any more: open it again to recover.
        package static let failed = Code("failed")
        /// The writer was closed.
        package static let closed = Code("closed")
        /// The file system forbids it.
        package static let permission = Code("permission")
        /// The caller broke this module's contract; nothing was written.
        package static let invalidArgument = Code("invalidArgument")
        /// A cursor points to where no entry begins: what it followed was cut. Read from the start or the newest segment.
        package static let unknownPosition = Code("unknownPosition")
    }
}
