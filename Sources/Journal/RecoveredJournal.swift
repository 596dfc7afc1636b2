/// A journal that is ready for appending: what ``Recovery`` hands to the writer.
struct RecoveredJournal {
    var fileSystem: any FileSystem
    var mark: MarkFile
    var file: any JournalFile
    var header: SegmentHeader
    /// The file offset at which the next entry goes.
    var position: UInt64
    var statedDurable: UInt64
    var lastPlainEnd: UInt64
    var report: RecoveryReport
}
