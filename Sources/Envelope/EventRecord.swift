/// An event as a lean binary record, version 1: the same bytes in a journal, on the wire and in a replay.
///
/// The layout is in the article *Record format*. Nothing that can be derived is in it.
public enum EventRecord {
    /// The most bytes of a record.
    public static let maximumLength = EventLimits.record

    /// The fewest bytes of a record.
    package static let minimumLength = RecordLayout.minimum

    /// Appends one record.
    ///
    /// - Precondition: ``Event/validate()`` passes; lengths that do not fit the format trap.
    public static func encode(_ event: Event, into bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: encodedLength(of: event)))
        bytes.withUnsafeMutableBytes { all in
            _ = encode(event, sequence: event.sequence, to: UnsafeMutableRawBufferPointer(rebasing: all[start...]))
        }
    }

    /// The length of an event's record, in bytes.
    package static func encodedLength(of event: Event) -> Int { RecordWriter.length(of: event) }

    /// Writes one record, with this sequence, at the start of `bytes`. Returns its length.
    ///
    /// - Precondition: ``Event/validate()`` passes, and `bytes` have room for ``encodedLength(of:)``.
    package static func encode(_ event: Event, sequence: UInt64, to bytes: UnsafeMutableRawBufferPointer) -> Int {
        RecordWriter.write(event, sequence: sequence, to: bytes)
    }

    /// As the one for an event, of one that lies somewhere: it is not copied to be read.
    package static func encode(
        _ event: UnsafePointer<Event>, sequence: UInt64, to bytes: UnsafeMutableRawBufferPointer
    ) -> Int {
        RecordWriter.write(event, sequence: sequence, to: bytes)
    }

    /// The length of an event's record, in bytes; the event is not copied to be read.
    package static func encodedLength(of event: UnsafePointer<Event>) -> Int { RecordWriter.length(of: event) }

    /// Reads exactly one record.
    ///
    /// - Throws: what is malformed, first; nothing malformed is accepted.
    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) -> Event {
        try RecordView(bytes).event()
    }

    /// Reads exactly one record.
    ///
    /// - Throws: what is malformed, first; nothing malformed is accepted.
    public static func decode(_ bytes: [UInt8]) throws(EnvelopeError) -> Event {
        try bytes.withBytes { raw throws(EnvelopeError) in try decode(raw) }
    }

    /// Reads exactly one record.
    ///
    /// - Throws: what is malformed, first; nothing malformed is accepted.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(EnvelopeError) -> Event {
        try bytes.withBytes { raw throws(EnvelopeError) in try decode(raw) }
    }

    /// When the event of a whole record at an offset happened.
    package static func time(of bytes: UnsafeRawBufferPointer, at offset: Int) -> Timestamp {
        let micros = bytes.loadUnaligned(fromByteOffset: offset + RecordLayout.time, as: Int64.self)
        return Timestamp(microseconds: Int64(littleEndian: micros))
    }

    /// The length of the record that begins at the start of the bytes, in bytes, all of which are there.
    ///
    /// - Throws: `truncated` when the bytes end before the record does, `badHeader` when the length cannot be one.
    package static func length(at bytes: UnsafeRawBufferPointer) throws(EnvelopeError) -> Int {
        var reader = ByteReader(bytes)
        let length = Int(try reader.integer(UInt32.self, "record's length"))
        guard (RecordLayout.minimum...maximumLength).contains(length) else {
            throw EnvelopeError(
                .badHeader,
                "A record cannot have \(length) bytes, only \(RecordLayout.minimum) to \(maximumLength); these bytes "
                    + "are no record.")
        }
        guard length <= bytes.count else {
            throw EnvelopeError(
                .truncated, "The record has \(length) bytes, of which \(bytes.count) are there; read the rest.")
        }
        return length
    }

    /// Writes a sequence into a record in place, and its checksum.
    ///
    /// - Precondition: a whole record begins at `offset`.
    package static func stamp(sequence: UInt64, in bytes: inout [UInt8], at offset: Int) {
        bytes.withUnsafeMutableBytes { stamp(sequence: sequence, in: $0, at: offset) }
    }

    /// Writes a sequence into a record in place, and its checksum.
    ///
    /// - Precondition: a whole record begins at `offset`.
    package static func stamp(sequence: UInt64, in bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        precondition(offset >= 0 && bytes.count - offset >= RecordLayout.minimum, "No record begins at \(offset).")
        let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        precondition(
            length >= RecordLayout.minimum && length <= bytes.count - offset, "No whole record begins at \(offset).")
        bytes.storeBytes(of: sequence.littleEndian, toByteOffset: offset + RecordLayout.sequence, as: UInt64.self)
        let covered = bytes[(offset + RecordLayout.checksummed)..<(offset + length)]
        let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: covered))
        bytes.storeBytes(of: checksum.littleEndian, toByteOffset: offset + RecordLayout.checksum, as: UInt32.self)
    }
}
