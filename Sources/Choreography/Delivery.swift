internal import Envelope

/// Events on their way to a consumer: consecutive ones of one stream, with their records as they stand in the
/// publisher's journal. What comes together stays together, so that little is done for each.
package struct Delivery: Sendable {
    package let stream: StreamID
    package let epoch: UInt64
    /// The first event's.
    package private(set) var sequence: UInt64
    /// The number of events, at least 1; their sequences follow one another.
    package private(set) var count: Int
    /// Their records, one after the other: a view of the frame or page that they came in.
    package private(set) var records: ArraySlice<UInt8>

    /// One event.
    package init(stream: StreamID, epoch: UInt64, sequence: UInt64, record: ArraySlice<UInt8>) {
        self.init(stream: stream, epoch: epoch, sequence: sequence, count: 1, records: record)
    }

    /// - Precondition: `records` are as many whole records as `count` says.
    package init(stream: StreamID, epoch: UInt64, sequence: UInt64, count: Int, records: ArraySlice<UInt8>) {
        self.stream = stream
        self.epoch = epoch
        self.sequence = sequence
        self.count = count
        self.records = records
    }

    /// The first event's.
    package var position: Position { Position(stream, epoch: epoch, sequence: sequence) }

    /// The last event's sequence.
    package var last: UInt64 { sequence &+ UInt64(count) &- 1 }

    /// The events one by one.
    package var each: [Delivery] {
        var rest = self
        return (0..<count).map { _ in rest.takeFirst(1) }
    }

    /// Takes events off the front: at most `count`, and none after those that reach `limit` bytes. One at least, and
    /// this has one more than are taken, or none is left of it.
    mutating func takeFirst(_ count: Int, bytes limit: Int = .max) -> Delivery {
        if self.count == 1 || (count >= self.count && records.count < limit) {
            let all = self
            (self.count, records) = (0, [])
            return all
        }
        let (taken, bytes) = RecordRun.prefix(of: records, count: min(count, self.count), bytes: max(1, limit))
        let middle = records.startIndex + bytes
        let head = Delivery(
            stream: stream, epoch: epoch, sequence: sequence, count: taken, records: records[..<middle])
        sequence &+= UInt64(taken)
        self.count -= taken
        records = records[middle...]
        return head
    }
}

/// A cursor that must be set because its publisher no longer has what comes next on the stream.
package struct CursorJump: Sendable, Hashable {
    /// Why the publisher cannot go on from where the cursor stood.
    package enum Reason: UInt8, Sendable, Hashable {
        /// Retention removed it.
        case trimmed = 0
        /// The publisher lost events that had been heard, in a power loss at `written` or a reset.
        case lost = 1
    }

    package let stream: StreamID
    package let epoch: UInt64
    /// The new low mark.
    package let low: UInt64
    package let reason: Reason
    /// The sequence to go on at. After the last that can be counted there is none, so that it stays there.
    package var next: UInt64 { low == .max ? .max : low + 1 }

    package init(stream: StreamID, epoch: UInt64, low: UInt64, reason: Reason) {
        self.stream = stream
        self.epoch = epoch
        self.low = low
        self.reason = reason
    }
}
