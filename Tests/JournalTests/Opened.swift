@testable internal import Journal

/// What opening a journal gave.
struct Opened {
    var writer: JournalWriter
    var report: RecoveryReport
    var checkpoints: [[UInt8]]
    var replayed: [Recorded]
}
