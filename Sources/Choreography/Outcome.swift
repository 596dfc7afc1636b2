package import Envelope

/// What came of one piece of work.
package enum Outcome: Sendable {
    /// The reaction returned; these are the events it emitted.
    case handled([Event])
    case expired
    /// To be handled when its time has come.
    case wait(until: Timestamp, key: String)
    /// To be handled after the earlier event of its key.
    case behind(key: String)
    /// The reaction threw. `isFinal` says that another attempt cannot help.
    case failed(String, isFinal: Bool, key: String)
}

/// One event for a worker.
package struct Work: Sendable {
    package let position: Position
    package let record: ArraySlice<UInt8>
    /// Attempts that failed before; nil when the event comes from its publisher, not from a park.
    package let parkedAttempts: UInt32?

    package var isParked: Bool { parkedAttempts != nil }
}

/// Work of one lane, to be done in order by one worker; its outcomes make one entry.
package struct Batch: Sendable {
    package let lane: Int
    package let works: [Work]
    /// Keys of which an earlier event waits, not to be overtaken by fresh events.
    package let blocked: Set<String>

    package init(lane: Int, works: [Work], blocked: Set<String>) {
        self.lane = lane
        self.works = works
        self.blocked = blocked
    }
}
