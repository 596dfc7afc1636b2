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

/// One event for a worker, or consecutive ones of one stream.
package struct Work: Sendable {
    /// The first event's.
    package let position: Position
    /// The number of events; 1 if it is parked, or suspected.
    package let count: Int
    /// Their records, one after the other.
    package let records: ArraySlice<UInt8>
    /// Attempts that failed before; nil when the event comes from its publisher, not from a park.
    package let parkedAttempts: UInt32?
    /// How many processes in a row ended while they handled it.
    package var deaths: UInt32 = 0

    /// One event.
    package init(position: Position, record: ArraySlice<UInt8>, parkedAttempts: UInt32?) {
        self.position = position
        count = 1
        records = record
        self.parkedAttempts = parkedAttempts
    }

    init(_ delivery: Delivery) {
        position = delivery.position
        count = delivery.count
        records = delivery.records
        parkedAttempts = nil
    }

    /// The events one by one, each with its own record.
    package var each: [Work] { count == 1 ? [self] : delivery.each.map { Work($0) } }

    /// As they came from their publisher.
    var delivery: Delivery {
        Delivery(
            stream: position.stream, epoch: position.epoch, sequence: position.sequence, count: count, records: records)
    }

    /// The event that stands at an index.
    func event(at index: Int) -> Work {
        if count == 1 { return self }
        var rest = delivery
        if index > 0 { _ = rest.takeFirst(index) }
        return Work(rest.takeFirst(1))
    }

    /// What is left without the first events, of which there are more.
    func dropFirst(_ count: Int) -> Delivery {
        var rest = delivery
        if count > 0 { _ = rest.takeFirst(count) }
        return rest
    }

    package var isParked: Bool { parkedAttempts != nil }
    /// Whether it is not tried any more, since it ends every process that tries.
    package var isPoison: Bool { deaths >= Trials.limit }
}

/// Work of one lane, to be done in order by one worker; its outcomes, one for each event, make one entry.
package struct Batch: Sendable {
    package let lane: Int
    package let works: [Work]
    /// The number of events.
    package let count: Int
    /// Keys of which an earlier event waits, not to be overtaken by fresh events.
    package let blocked: Set<String>
    /// What must be appended, at `written`, before its one work is begun: the process before may have died of it.
    package let trying: Knowledge?

    package init(lane: Int, works: [Work], blocked: Set<String>, trying: Knowledge? = nil) {
        self.lane = lane
        self.works = works
        count = works.reduce(0) { $0 + $1.count }
        self.blocked = blocked
        self.trying = trying
    }
}
