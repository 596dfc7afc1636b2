/// What the threads of a ``JournalWriter`` share.
struct WriterState {
    /// The newest segment; all older ones are durable.
    var file: any JournalFile
    var written: UInt64
    var durable: UInt64
    /// What every further call throws, once the journal failed or was closed.
    var failure: JournalError?
}
