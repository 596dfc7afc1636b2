internal import Envelope

/// The virtual time of a run.
// @unchecked: a run has one thread.
final class VirtualTime: @unchecked Sendable {
    /// Microseconds since the run began.
    var now: Int64 = 0
}

/// A host's clocks: one that is set, now and then, and one that is not.
// @unchecked: a run has one thread.
final class VirtualClock: @unchecked Sendable {
    private let time: VirtualTime
    private let uptime: Int64
    /// What the time of day is ahead of virtual time.
    var offset: Int64

    init(_ time: VirtualTime, offset: Int64, uptime: Int64) {
        self.time = time
        self.offset = offset
        self.uptime = uptime
    }

    /// The time of day.
    var wall: Timestamp { Timestamp(microseconds: 1_700_000_000_000_000 + time.now + offset) }
    /// The time since the host started, about.
    var steady: Timestamp { Timestamp(microseconds: time.now + uptime) }
    /// The virtual time of a steady moment.
    func virtual(_ steady: Timestamp) -> Int64 {
        steady.microseconds > .max / 2 ? .max / 2 : max(time.now, steady.microseconds - uptime)
    }
}
