/// Where an event stands: its stream, the epoch of the journal that holds it, and its sequence (from 1).
package struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let stream: StreamID
    package let epoch: UInt64
    package let sequence: UInt64

    package init(_ stream: StreamID, epoch: UInt64, sequence: UInt64) {
        self.stream = stream
        self.epoch = epoch
        self.sequence = sequence
    }

    package var description: String { "\(stream)#\(sequence)" }

    package static func < (a: Self, b: Self) -> Bool {
        a.stream == b.stream ? (a.epoch, a.sequence) < (b.epoch, b.sequence) : a.stream < b.stream
    }
}
