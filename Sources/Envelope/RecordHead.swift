/// The fields at the head of a record whose bytes are known to be whole: of our own making, or under a checksum that was
/// checked. Its own checksum is not looked at; every bound is.
package struct RecordHead {
    /// The whole record.
    package let bytes: UnsafeRawBufferPointer
    /// The topic's bytes; ``RecordView/event()`` checks them.
    package let topicBytes: UnsafeRawBufferPointer

    /// Finds the fields of the record that begins at `offset`.
    ///
    /// - Throws: `truncated` or `badHeader` when no record's head is there.
    package init(in all: UnsafeRawBufferPointer, at offset: Int) throws(EnvelopeError) {
        let length = try EventRecord.length(at: UnsafeRawBufferPointer(rebasing: all[min(offset, all.count)...]))
        bytes = UnsafeRawBufferPointer(rebasing: all[offset..<offset + length])
        let isNamed = bytes[RecordLayout.flags] & RecordLayout.namedFlow != 0
        var reader = ByteReader(bytes, at: RecordLayout.flow)
        let size = isNamed ? Int(try reader.integer(UInt8.self, "flow")) : 16
        _ = try reader.slice(size, "flow")
        let topicLength = Int(try reader.integer(UInt8.self, "topic"))
        topicBytes = try reader.slice(topicLength, "topic")
    }

    /// The event's place in its publisher's topic, or 0.
    package var sequence: UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: RecordLayout.sequence, as: UInt64.self))
    }

    /// The checksum that the record states.
    package var checksum: UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: RecordLayout.checksum, as: UInt32.self))
    }

    /// Whether the checksum is that of the bytes.
    package var isWhole: Bool { Self.isWhole(bytes) }

    /// Whether a record's checksum is that of its bytes.
    static func isWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.loadUnaligned(fromByteOffset: RecordLayout.checksum, as: UInt32.self).littleEndian
            == CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[RecordLayout.checksummed...]))
    }

    /// Whether the event is of a topic.
    package func topicMatches(_ topic: Topic) -> Bool { topic.text.hasBytes { topicBytes.equals($0) } }

    /// The event's topic.
    ///
    /// - Throws: `badTopic` when its bytes are outside the grammar.
    package func topic() throws(EnvelopeError) -> Topic { try Topic(bytes: topicBytes) }
}
