/// A record looked at in place: its bounds and checksum are checked once, and nothing is allocated.
///
/// It is valid only while the bytes that it was made from are.
package struct RecordView {
    /// The whole record.
    package let bytes: UnsafeRawBufferPointer

    let parts: Parts

    /// Where a record's parts are, in bytes from its start.
    struct Parts: Sendable {
        var attributeCount: UInt8 = 0
        var topicStart = 0
        var serialStart = 0
        var serialEnd = 0
        var dataStart = 0
        var partitionKey: Range<Int>?
        // Where the values of these attributes begin, or 0.
        var expiryStart = 0
        var notBeforeStart = 0

        var attributesStart: Int { serialEnd }
    }

    /// Checks that the bytes are exactly one record of this version with a good checksum, and finds its parts.
    ///
    /// Names and values are checked by ``event()``.
    ///
    /// - Throws: `truncated`, `badHeader`, `badChecksum`, `badVersion` or `badAttribute`.
    package init(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) {
        let length = try EventRecord.length(at: bytes)
        guard length == bytes.count else {
            throw EnvelopeError(
                .badHeader, "\(bytes.count - length) bytes follow the record of \(length); pass one record alone.")
        }
        guard RecordHead.isWhole(bytes) else {
            throw EnvelopeError(.badChecksum, "The record's bytes were damaged; fetch it from its publisher again.")
        }
        guard bytes[RecordLayout.version] == RecordLayout.currentVersion else {
            throw EnvelopeError(
                .badVersion,
                "The record is of version \(bytes[RecordLayout.version]), and this reads version "
                    + "\(RecordLayout.currentVersion); bring all "
                    + "handlers to one release.")
        }
        let flags = bytes[RecordLayout.flags]
        guard flags & ~RecordLayout.namedFlow == 0 else {
            throw EnvelopeError(.badHeader, "The record has flags \(flags), of which only bit 0 has a meaning.")
        }
        var reader = ByteReader(bytes, at: RecordLayout.flow)
        if flags & RecordLayout.namedFlow != 0 {
            let size = Int(try reader.integer(UInt8.self, "flow"))
            _ = try reader.slice(size, "flow")
        } else {
            _ = try reader.slice(16, "flow")
        }
        var parts = Parts()
        let topicLength = Int(try reader.integer(UInt8.self, "topic"))
        parts.topicStart = reader.position
        _ = try reader.slice(topicLength, "topic")
        let serialLength = Int(try reader.integer(UInt16.self, "serial"))
        parts.serialStart = reader.position
        _ = try reader.slice(serialLength, "serial")
        parts.serialEnd = reader.position
        parts.attributeCount = bytes[RecordLayout.attributeCount]
        var lastKey: UInt8 = 0
        for _ in 0..<parts.attributeCount {
            let (key, size) = try RecordView.attributeHeader(&reader)
            guard key > lastKey else {
                throw EnvelopeError(
                    .badAttribute, "Attribute key \(key) follows \(lastKey); keys must ascend and each stand once.")
            }
            lastKey = key
            let start = reader.position
            _ = try reader.slice(size, "attributes")
            switch key {
            case AttributeKey.partitionKey: parts.partitionKey = start..<reader.position
            case AttributeKey.expiryTime: if size == 8 { parts.expiryStart = start }
            case AttributeKey.notBefore: if size == 8 { parts.notBeforeStart = start }
            default: break
            }
        }
        parts.dataStart = reader.position
        self.parts = parts
        self.bytes = bytes
    }

    /// A record that is known to be whole and to have its parts in these places.
    init(_ bytes: UnsafeRawBufferPointer, parts: Parts) {
        self.bytes = bytes
        self.parts = parts
    }

    /// Where the topic's length stands when the flow is a UUID.
    static let commonStart = RecordLayout.flow + 16

    /// The bytes from the topic's length to the data, of a record whose flow is a UUID.
    var commonBytes: UnsafeRawBufferPointer { part(RecordView.commonStart, parts.dataStart) }

    static func attributeHeader(_ reader: inout ByteReader) throws(EnvelopeError) -> (key: UInt8, size: Int) {
        let key = try reader.integer(UInt8.self, "attributes")
        if key >= 0x80 { return (key, Int(try reader.integer(UInt32.self, "attributes"))) }
        return (key, Int(try reader.integer(UInt16.self, "attributes")))
    }

    /// The event's place in its publisher's topic, or 0.
    package var sequence: UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: RecordLayout.sequence, as: UInt64.self))
    }

    /// When the event happened.
    package var time: Timestamp { timestamp(at: RecordLayout.time) }

    /// From when on the event is heard as expired.
    package var expiryTime: Timestamp? { parts.expiryStart > 0 ? timestamp(at: parts.expiryStart) : nil }

    /// Until when the event's handling waits.
    package var notBefore: Timestamp? { parts.notBeforeStart > 0 ? timestamp(at: parts.notBeforeStart) : nil }

    /// The number of events on the event's causal path, this one included.
    package var depth: Int {
        var depth = 1
        for byte in serialBytes where byte == Grammar.slash { depth += 1 }
        return depth
    }

    /// The low byte of the CRC-32C of the ordering key, as the record states it.
    package var bucket: UInt8 { bytes[RecordLayout.bucket] }

    /// The topic's bytes; ``event()`` checks them.
    package var topicBytes: UnsafeRawBufferPointer { part(parts.topicStart, parts.serialStart - 2) }

    /// The serial's bytes; ``event()`` checks them.
    package var serialBytes: UnsafeRawBufferPointer { part(parts.serialStart, parts.serialEnd) }

    /// The partition key's bytes, or nil when the flow orders the event's handling; ``event()`` checks them.
    package var partitionKeyBytes: UnsafeRawBufferPointer? {
        parts.partitionKey.map { part($0.lowerBound, $0.upperBound) }
    }

    /// The payload's bytes.
    package var data: UnsafeRawBufferPointer { part(parts.dataStart, bytes.count) }

    /// The bytes of a flow's own name, or nil when the flow is a UUID.
    package var flowNameBytes: UnsafeRawBufferPointer? {
        bytes[RecordLayout.flags] & RecordLayout.namedFlow == 0
            ? nil : part(RecordLayout.flow + 1, parts.topicStart - 1)
    }

    /// The flow's UUID as two big-endian halves, or nil when it has a name of its own.
    package var flowUUIDBytes: (UInt64, UInt64)? {
        bytes[RecordLayout.flags] & RecordLayout.namedFlow == 0 ? Self.flowUUID(of: bytes) : nil
    }

    /// The flow's UUID of a record that has one.
    static func flowUUID(of bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        let high = bytes.loadUnaligned(fromByteOffset: RecordLayout.flow, as: UInt64.self)
        let low = bytes.loadUnaligned(fromByteOffset: RecordLayout.flow + 8, as: UInt64.self)
        return (UInt64(bigEndian: high), UInt64(bigEndian: low))
    }

    /// The flow that the event belongs to.
    ///
    /// - Throws: `badFlowID` when a name is outside the grammar; a UUID never throws and allocates nothing.
    package func flow() throws(EnvelopeError) -> FlowID {
        if let uuid = flowUUIDBytes { return FlowID(uuidBytes: uuid) }
        return try FlowID(nameBytes: flowNameBytes ?? UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Whether the event belongs to a flow.
    package func flowMatches(_ flow: FlowID) -> Bool {
        if let mine = flowUUIDBytes, let other = flow.uuidBytes { return mine == other }
        guard let name = flowNameBytes, flow.uuidBytes == nil else { return false }
        return flow.withTextBytes { name.elementsEqual($0) }
    }

    /// Whether the event is of a topic.
    package func topicMatches(_ topic: Topic) -> Bool {
        topic.text.hasBytes { topicBytes.equals($0) }
    }

    private func timestamp(at offset: Int) -> Timestamp {
        Timestamp(microseconds: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
    }

    private func part(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[start..<end])
    }
}
