internal import Choreography
internal import Envelope
internal import Troupe

/// What was true of a home at one moment, and what was counted until then.
struct TopSample: Sendable {
    struct Handler: Sendable {
        var row: HandlerRow
        /// Events that failed and wait for another attempt.
        var retrying: Int?
        var journalBytes: Int?
        var totals = HandlerActivity.Totals()
    }

    /// By a clock that nobody sets.
    var time: Timestamp
    /// The time of day, for people.
    var clock: Timestamp
    var home: String
    var choreography: String?
    var launcher: Int32?
    var handlers: [Handler]
    /// Events that `troupe publish` published since looking began.
    var published: UInt64 = 0
    var unreadable: [Unreadable] = []
    var unknown: [UnknownHearing] = []
}
