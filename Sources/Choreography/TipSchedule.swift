package import Envelope

/// When a publisher speaks its tip: every 500 ms for 10 s after traffic, then at doubling distances up to 5 s, and at
/// once for somebody who joins.
package struct TipSchedule: Sendable {
    private static let busy: Int64 = 500_000
    private static let busyFor: Int64 = 10_000_000
    private static let longest: Int64 = 5_000_000

    private var lastTraffic: Timestamp
    private var interval = busy
    /// When the next tip is due.
    package private(set) var due: Timestamp

    package init(now: Timestamp) {
        lastTraffic = now
        due = now
    }

    /// Events were sent.
    package mutating func traffic(now: Timestamp) {
        lastTraffic = now
        interval = Self.busy
        due = min(due, Timestamp(microseconds: now.microseconds + Self.busy))
    }

    /// Somebody subscribed: a tip proves to it that its subscriptions are in force.
    package mutating func joined(now: Timestamp) { due = now }

    /// A tip is being sent now. Returns the milliseconds until the next, to be stated in it.
    package mutating func spoke(now: Timestamp) -> UInt32 {
        if now.microseconds - lastTraffic.microseconds > Self.busyFor {
            interval = min(interval * 2, Self.longest)
        }
        due = Timestamp(microseconds: now.microseconds + interval)
        return UInt32(interval / 1000)
    }
}
