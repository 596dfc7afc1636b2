/// What opening a journal found and did.
package struct RecoveryReport: Hashable, Sendable {
    /// The epoch that the journal is in now.
    package var epoch: UInt64
    /// Whether this start began the epoch; then the caller's next entry must list each topic's first sequence.
    package var isNewEpoch: Bool
    /// The epoch before it, if a new one began in a journal that existed.
    package var previousEpoch: UInt64?
    /// The number that the next entry will have.
    package var entries: UInt64
    /// How many bytes were cut after the last good entry.
    package var cutBytes: UInt64
    /// How many whole, good entries were among what was cut, after a bad one.
    package var cutEntriesSeen: UInt64
    /// Whether something that was written, and perhaps seen by others, may be gone.
    package var lossPossible: Bool
    /// Whether the journal was made by this start.
    package var isNew: Bool
    /// Whether the file system dates changes by the machine's clock. Where it does not, a copy that is put into the very
    /// files that it was taken from is not noticed.
    package var isDated = true
}
