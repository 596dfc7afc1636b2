/// Records of roots that have all but their flow, time and data in common: what they have in common is checked and encoded
/// once. Their sequences and checksums are written where they are appended.
package struct RootRecords: Hashable, Sendable {
    /// The topic of all.
    package let topic: Topic
    /// The records, one after the other.
    package private(set) var bytes: [UInt8] = []
    /// Their number.
    package private(set) var count = 0

    /// The record of an event without data.
    private let head: [UInt8]
    /// The bucket of the partition key; nil when the flow orders the handling.
    private let keyBucket: UInt8?

    /// - Parameter template: a root; its flow, time and data are not used.
    /// - Throws: what ``Event/validate()`` throws.
    package init(_ template: Event) throws(EnvelopeError) {
        var template = template
        template.flow = FlowID(uuidBytes: (0, 0))
        template.serial = .root
        template.data = []
        template.sequence = 0
        try template.validate()
        topic = template.topic
        keyBucket = template.partitionKey == nil ? nil : template.bucket
        var head: [UInt8] = []
        EventRecord.encode(template, into: &head)
        self.head = head
    }

    /// Adds a root.
    ///
    /// - Throws: `dataTooLarge` or `badAttribute` for what a record cannot hold; nothing is added then.
    package mutating func append(
        flow: (UInt64, UInt64), time: Timestamp, data: UnsafeRawBufferPointer
    ) throws(EnvelopeError) {
        guard data.count <= EventLimits.data else {
            throw EnvelopeError(
                .dataTooLarge, "The data has \(data.count) bytes and may have \(EventLimits.data); send a dataref.")
        }
        guard time.isInRange else { throw Event.outOfRange("time") }
        let start = bytes.count
        bytes.append(contentsOf: head)
        bytes.append(contentsOf: data)
        let length = head.count + data.count
        let bucket = keyBucket ?? Event.bucket(ofUUID: flow)
        bytes.withUnsafeMutableBytes { all in
            all.storeBytes(of: UInt32(length).littleEndian, toByteOffset: start, as: UInt32.self)
            all[start + RecordLayout.bucket] = bucket
            all.storeBytes(
                of: time.microseconds.littleEndian, toByteOffset: start + RecordLayout.time, as: Int64.self)
            all.storeBytes(of: flow.0.bigEndian, toByteOffset: start + RecordLayout.flow, as: UInt64.self)
            all.storeBytes(of: flow.1.bigEndian, toByteOffset: start + RecordLayout.flow + 8, as: UInt64.self)
        }
        count += 1
    }

    /// Adds the roots of others, whatever else they have in common.
    ///
    /// - Precondition: they are of the same topic.
    package mutating func append(contentsOf others: RootRecords) {
        precondition(others.topic == topic, "records of one topic have sequences that count on")
        bytes += others.bytes
        count += others.count
    }

    /// Removes all roots; the memory is kept.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Writes the records with their sequences, which count on from `first`, to memory that has room for ``bytes``.
    package func write(first: UInt64, to memory: UnsafeMutableRawBufferPointer) {
        bytes.withUnsafeBytes { memory.copyMemory(from: $0) }
        var offset = 0
        for index in 0..<count {
            EventRecord.stamp(sequence: first &+ UInt64(index), in: memory, at: offset)
            offset += Int(UInt32(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
    }
}
