/// A rule that is broken on purpose, to show that the simulator would notice.
package enum Sabotage: String, CaseIterable, Sendable {
    /// `fdatasync` returns and does nothing.
    case skipSync
    /// A name is called durable and is not.
    case skipDirectorySync
    /// A mark of an earlier boot is believed: what was cut gives its sequences to others in the same epoch.
    case reuseSequenceAfterCut
    /// The evidence of a failed sync is not written, so that the next start goes on in the same file.
    case recoverInPlaceAfterSyncError
    /// At `synced`, entries are released when they are written.
    case releaseBeforeSync
    /// Entries are sent when they are appended, although nobody may read them yet.
    case publishBeforeRelease
    /// A root is acknowledged when it is appended.
    case acknowledgeBeforeDurable
    /// What is heard is appended before the reaction runs, what it says after.
    case advanceCursorEarly
    /// What a reaction says is appended before what it heard.
    case sayBeforeHearing
    /// A start keeps one number for each stream: the highest heard.
    case singleNumberCursor
    /// A start reads no cursors.
    case forgetCursors
    /// Parks of a rotated segment are forgotten.
    case dropParksAtRotation
    /// A jump to a newer epoch's start is not taken.
    case ignoreEpoch
    /// No tips are sent.
    case dropTips
    /// What was released while nobody subscribed is in no tip.
    case dropUnheard
    /// Frames are counted as they come, whatever sequence they say.
    case ignoreGaps
    /// Events behind a failed one of their key are handled.
    case overtakeParked
    /// A journal that is damaged below its durable offset is cut there and used.
    case repairCorruption
    /// An event that may have ended the process before is tried without an entry that says so.
    case tryUnmarked
    /// Old segments are removed although a registered handler has not handled what is in them.
    case trimUnheard
    /// What is due is told by the time of day alone, and waits as long as somebody sets that back.
    case trustTimeOfDay
    /// What is decided about dead letters is appended after what lanes decided later.
    case appendBesideDecision
    /// A mark is believed wherever it lies: that of a copy vouches for the copy.
    case trustCopiedMark
    /// A new epoch's id comes from the clock alone, whatever epochs others have heard of.
    case epochByClock
    /// A writer does not compare its journal with what others have heard of it.
    case ignoreConsumers
    /// Who reads a journal at rest that ends before what was heard takes the rest for lost.
    case judgeUnknown
    /// Epochs are forgotten although a registered cursor is of an earlier one.
    case forgetEpochs
    /// A flow counts as settled although a handler that is registered has not heard its events.
    case settleBeforeRegistration
}
