internal import Envelope

/// An event on its way to a consumer: its address, and its record as it stands in the publisher's journal.
package struct Delivery: Sendable {
    package let stream: StreamID
    package let epoch: UInt64
    package let sequence: UInt64
    /// One record, a view of the frame or page that it came in.
    package let record: ArraySlice<UInt8>

    package init(stream: StreamID, epoch: UInt64, sequence: UInt64, record: ArraySlice<UInt8>) {
        self.stream = stream
        self.epoch = epoch
        self.sequence = sequence
        self.record = record
    }

    package var position: Position { Position(stream, epoch: epoch, sequence: sequence) }
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
