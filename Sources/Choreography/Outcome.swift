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
    /// How many processes in a row ended while they handled it.
    package var deaths: UInt32 = 0

    package init(position: Position, record: ArraySlice<UInt8>, parkedAttempts: UInt32?) {
        self.position = position
        self.record = record
        self.parkedAttempts = parkedAttempts
    }

    package var isParked: Bool { parkedAttempts != nil }
    /// Whether it is not tried any more, since it ends every process that tries.
    package var isPoison: Bool { deaths >= Trials.limit }
}

/// Work of one lane, to be done in order by one worker; its outcomes make one entry.
package struct Batch: Sendable {
    package let lane: Int
    package let works: [Work]
    /// Keys of which an earlier event waits, not to be overtaken by fresh events.
    package let blocked: Set<String>
    /// What must be appended, at `written`, before its one work is begun: the process before may have died of it.
    package let trying: Knowledge?

    package init(lane: Int, works: [Work], blocked: Set<String>, trying: Knowledge? = nil) {
        self.lane = lane
        self.works = works
        self.blocked = blocked
        self.trying = trying
    }
}
