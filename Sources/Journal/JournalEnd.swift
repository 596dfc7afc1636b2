/// How far a journal may be read, as its reader saw it at one moment.
package struct JournalEnd: Hashable, Sendable {
    /// The global byte offset up to which entries may be read: released, or, without a valid mark, known to be durable.
    package var released: UInt64
    /// The global byte offset up to which a power loss would leave everything, as far as it is known.
    package var durable: UInt64
    /// The epoch that the journal was in.
    package var epoch: UInt64
    /// Whether a writer holds the journal's lock.
    package var isLive: Bool
    /// Whether a mark of the running kernel says so; else a power loss lies between, and no writer has recovered yet.
    package var markValid: Bool
    /// Whether nothing that was appended lies beyond ``released``: else, without a mark, only its next writer can tell.
    package var isWhole = true
}
