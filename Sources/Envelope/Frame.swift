/// One ZeroMQ frame of events: topic, NUL, header, records.
package enum Frame {
    /// Appends what stands before the records; append the records after it.
    ///
    /// - Precondition: `publisher` is a handler's name, a dot and a slot's number.
    package static func begin(
        topic: Topic, publisher: String, epoch: UInt64, firstSequence: UInt64, count: UInt32, into bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: topic.text.utf8)
        bytes.append(0)
        bytes.append(FrameHeader.currentVersion)
        bytes.append(UInt8(publisher.utf8.count))
        bytes.append(contentsOf: publisher.utf8)
        bytes.appendLittleEndian(epoch)
        bytes.appendLittleEndian(firstSequence)
        bytes.appendLittleEndian(count)
    }

    /// A whole frame from a header and its records' bytes, one after the other.
    package static func encode(_ header: FrameHeader, records: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(header.topic.text.utf8.count + header.publisher.utf8.count + 23 + records.count)
        begin(
            topic: header.topic, publisher: header.publisher, epoch: header.epoch, firstSequence: header.firstSequence,
            count: header.count, into: &bytes)
        bytes.append(contentsOf: records)
        return bytes
    }

    /// Reads a frame's header, and says where its records lie.
    ///
    /// - Throws: `badFrame`, `badTopic`, `badVersion` or `truncated`.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer
    ) throws(EnvelopeError) -> (header: FrameHeader, records: Range<Int>) {
        guard let end = bytes.prefix(Topic.maximumLength + 1).firstIndex(of: 0) else {
            throw EnvelopeError(.badFrame, "No topic and NUL begin the frame; its sender does not speak this format.")
        }
        let topic = try Topic(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<end]))
        var reader = ByteReader(bytes, at: end + 1)
        let version = try reader.integer(UInt8.self, "frame's version")
        guard version == FrameHeader.currentVersion else {
            throw EnvelopeError(
                .badVersion,
                "The frame is of version \(version), and this reads version \(FrameHeader.currentVersion); bring all handlers to one release."
            )
        }
        let size = Int(try reader.integer(UInt8.self, "frame's publisher"))
        let publisher = try reader.slice(size, "frame's publisher")
        guard Grammar.isPublisher(publisher) else {
            throw EnvelopeError(
                .badFrame, "\(publisher.quotedForMessage) is no publisher; write handler, dot, slot: \"payment.0\".")
        }
        let epoch = try reader.integer(UInt64.self, "frame's epoch")
        let first = try reader.integer(UInt64.self, "frame's first sequence")
        let count = try reader.integer(UInt32.self, "frame's count")
        let header = FrameHeader(
            topic: topic, publisher: String(checked: publisher), epoch: epoch, firstSequence: first, count: count)
        return (header, reader.position..<bytes.count)
    }

    /// Calls a function with each record of a frame, in order.
    ///
    /// Only the records' lengths are checked here; ``RecordView`` checks the rest.
    ///
    /// - Throws: `badFrame` when the records are not exactly `count`, what ``EventRecord/length(at:)`` throws, and what
    ///   the function throws.
    package static func forEachRecord(
        in bytes: UnsafeRawBufferPointer, range: Range<Int>, count: UInt32,
        body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
            throw EnvelopeError(.truncated, "The frame ends before its records do; pass the range that it decoded to.")
        }
        var position = range.lowerBound
        for index in 0..<count {
            guard position < range.upperBound else {
                throw EnvelopeError(.badFrame, "The frame announces \(count) records and has \(index).")
            }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position..<range.upperBound])
            let length = try EventRecord.length(at: rest)
            try body(UnsafeRawBufferPointer(rebasing: rest[..<length]))
            position += length
        }
        guard position == range.upperBound else {
            throw EnvelopeError(
                .badFrame, "\(range.upperBound - position) bytes follow the frame's \(count) announced records.")
        }
    }
}
