package import Envelope

/// A handler's time: the time of day, as long as that goes on; else the last time that its journal knows, and what has
/// passed since.
///
/// A retry is due a while after a failure, and that while must not become an hour because somebody sets the clock back by
/// one, nor stay away for years because the clock once stood in 2038. Set forward, what is due by then is due.
package struct HandlerClock: Sendable {
    private var base: Timestamp
    private var steady: Timestamp

    /// - Parameters:
    ///   - journaled: when the newest entry was appended, by the handler's time.
    ///   - steady: now, on a clock that nobody sets.
    package init(journaled: Timestamp, steady: Timestamp) {
        base = journaled
        self.steady = steady
    }

    /// The handler's time, by both clocks. It never goes back.
    package mutating func now(wall: Timestamp, steady: Timestamp) -> Timestamp {
        let passed = max(0, steady.microseconds - self.steady.microseconds)
        base = max(wall, base + passed)
        self.steady = max(self.steady, steady)
        return base
    }
}
