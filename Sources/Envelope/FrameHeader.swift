/// What stands before the records of a ZeroMQ frame.
package struct FrameHeader: Hashable, Sendable {
    /// The version of the frame's format: 0.
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

    /// Creates a header of version 0.
    package init(topic: Topic, publisher: String, epoch: UInt64, firstSequence: UInt64, count: UInt32) {
        self.version = 0
        self.topic = topic
        self.publisher = publisher
        self.epoch = epoch
        self.firstSequence = firstSequence
        self.count = count
    }
}
