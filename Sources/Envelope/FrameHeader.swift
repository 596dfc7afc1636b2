/// What stands before the records of a ZeroMQ frame.
package struct FrameHeader: Hashable, Sendable {
    /// The version of the frame's format that is written and read.
    package static let currentVersion: UInt8 = 1

    /// The version of the frame's format.
    package var version: UInt8
    /// The topic of all its records.
    package var topic: Topic
    /// The publishing slot: a handler's name, a dot and the slot's number, `payment.0`.
    package var publisher: String
    /// The id of the publisher's unbroken history.
    package var epoch: UInt64
    /// The sequence of the first record; those after it count on.
    package var firstSequence: UInt64
    /// The number of records.
    package var count: UInt32

    /// Creates a header of the current version.
    package init(topic: Topic, publisher: String, epoch: UInt64, firstSequence: UInt64, count: UInt32) {
        self.version = Self.currentVersion
        self.topic = topic
        self.publisher = publisher
        self.epoch = epoch
        self.firstSequence = firstSequence
        self.count = count
    }
}
