/// Where an appended entry lies.
package struct AppendedEntry: Hashable, Sendable {
    /// Its number, contiguous since the journal began.
    package var number: UInt64
    /// Where it begins, as a byte offset that grows across segments.
    package var offset: UInt64
    /// Where it ends; what ``JournalWriter/release(upTo:)`` takes and ``JournalWriter/sync()`` returns.
    package var end: UInt64
}
