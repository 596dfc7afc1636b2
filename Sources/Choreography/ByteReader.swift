package import Envelope

/// Reads little-endian fields from borrowed bytes, with every bound checked: hostile input ends in an error, never a trap.
package struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    /// Offset of the next unread byte.
    package private(set) var offset = 0

    /// Reads from the start of `bytes`, which must outlive the reader.
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Bytes not read yet.
    package var remaining: Int { bytes.count - offset }

    /// Reads a fixed-width integer. Throws `protocolTruncated` when too few bytes remain.
    package mutating func integer<T: FixedWidthInteger>(_: T.Type = T.self) throws -> T {
        guard remaining >= MemoryLayout<T>.size else { throw ChoreographyError.truncated(at: offset) }
        defer { offset += MemoryLayout<T>.size }
        return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// Borrows the next `count` bytes. Throws `protocolTruncated` when fewer remain.
    package mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count >= 0, remaining >= count else { throw ChoreographyError.truncated(at: offset) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    /// Reads a UTF-8 text behind its length. Throws on invalid UTF-8.
    package mutating func text<L: FixedWidthInteger & UnsignedInteger>(_: L.Type) throws -> String {
        let raw = try take(Int(truncatingIfNeeded: integer(L.self)))
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw ChoreographyError(.malformed, "text at byte \(offset) is not UTF-8")
        }
        return text
    }

    /// Reads bytes behind a 32-bit length.
    package mutating func block() throws -> UnsafeRawBufferPointer {
        try take(Int(integer(UInt32.self)))
    }

    /// Reads a topic behind its 8-bit length.
    package mutating func topic() throws -> Topic { try Topic(text(UInt8.self)) }

    /// Reads a publisher behind its 8-bit length.
    package mutating func publisher() throws -> PublisherID { try PublisherID(text(UInt8.self)) }
}

extension [UInt8] {
    /// Appends a fixed-width integer, little-endian.
    package mutating func put<T: FixedWidthInteger>(_ value: T) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends a text behind a length of type `L`. The text must be short enough for it; longer ones are cut between
    /// two Unicode scalars.
    package mutating func put<L: FixedWidthInteger & UnsignedInteger>(_ text: String, _: L.Type) {
        let utf8 = text.prefix(utf8Bytes: Int(clamping: L.max)).utf8
        put(L(utf8.count))
        append(contentsOf: utf8)
    }

    /// Appends bytes behind a 32-bit length.
    package mutating func put(block: some Collection<UInt8>) {
        put(UInt32(block.count))
        append(contentsOf: block)
    }
}

extension String {
    /// The longest beginning of whole Unicode scalars with at most `limit` bytes: half a scalar would make an entry
    /// that nobody can read.
    func prefix(utf8Bytes limit: Int) -> Substring {
        guard utf8.count > limit else { return self[...] }
        var end = utf8.index(startIndex, offsetBy: Swift.max(0, limit))
        while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end]
    }
}
