/// Reads little-endian values from bytes, in order; what is not there is an error and never a trap.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    var position: Int

    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    var isAtEnd: Bool { position == bytes.count }

    @inline(__always)
    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type, _ what: StaticString
    ) throws(EnvelopeError) -> T {
        let size = MemoryLayout<T>.size
        guard bytes.count - position >= size else { throw truncated(what) }
        let value = bytes.loadUnaligned(fromByteOffset: position, as: T.self)
        position += size
        return T(littleEndian: value)
    }

    @inline(__always)
    mutating func slice(_ count: Int, _ what: StaticString) throws(EnvelopeError) -> UnsafeRawBufferPointer {
        guard count >= 0, bytes.count - position >= count else { throw truncated(what) }
        let result = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
        position += count
        return result
    }

    /// Bytes that must be valid UTF-8.
    mutating func text(_ count: Int, _ what: StaticString) throws(EnvelopeError) -> String {
        let raw = try slice(count, what)
        guard let text = String(validating: raw, as: UTF8.self) else {
            throw EnvelopeError(.badAttribute, "The \(what) is not valid UTF-8; its publisher must be mended.")
        }
        return text
    }

    @inline(never)
    func truncated(_ what: StaticString) -> EnvelopeError {
        EnvelopeError(.truncated, "The bytes end within the \(what), after \(bytes.count); read the whole of them.")
    }
}
