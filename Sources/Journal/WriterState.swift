/// What the threads of a ``JournalWriter`` share.
struct WriterState {
    /// The newest segment; all older ones are durable.
    var file: any JournalFile
    var written: UInt64
    var durable: UInt64
    /// The segments before the newest, oldest first: those who are behind read them.
    private var finished: [any JournalFile] = []
    /// How many of them are worth being kept in memory.
    private static let warm = 4
    /// What every further call throws, once the journal failed or was closed.
    var failure: JournalError?

    init(file: any JournalFile, written: UInt64, durable: UInt64) {
        self.file = file
        self.written = written
        self.durable = durable
    }

    /// Turns to a new segment.
    mutating func turn(to new: any JournalFile, end: UInt64) {
        finished.append(file)
        (file, written, durable) = (new, end, end)
    }

    /// A segment that the system need not keep in memory any more; each once.
    mutating func takeCold() -> (any JournalFile)? { finished.count > Self.warm ? finished.removeFirst() : nil }
}
