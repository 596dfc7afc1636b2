// Small helpers over bytes that the codecs share.

extension String {
    /// The text of bytes that were already checked to be valid UTF-8.
    init(checked bytes: UnsafeRawBufferPointer) {
        self.init(decoding: bytes, as: UTF8.self)
    }

    /// Calls a check with the text's UTF-8 bytes.
    func hasBytes(_ check: (UnsafeRawBufferPointer) -> Bool) -> Bool {
        var copy = self
        return copy.withUTF8 { check(UnsafeRawBufferPointer($0)) }
    }

    /// Whether both are the very same bytes in the very same place, which a text that is handed on mostly is: false is no
    /// verdict. Much cheaper than to look at the bytes.
    @inline(__always)
    package func isIdentical(to other: String) -> Bool {
        unsafeBitCast(self, to: (UInt64, UInt64).self) == unsafeBitCast(other, to: (UInt64, UInt64).self)
    }

    /// At most 80 characters of the text, quoted, for a message.
    var quotedForMessage: String {
        let start = prefix(80)
        return start.endIndex == endIndex ? "\"\(start)\"" : "\"\(start)…\""
    }
}

extension UnsafeRawBufferPointer {
    /// At most 80 bytes as text, quoted, for a message.
    var quotedForMessage: String {
        "\"" + String(decoding: prefix(80), as: UTF8.self) + (count > 80 ? "…\"" : "\"")
    }

    /// Whether these are the same bytes, compared eight at a time.
    @inline(__always)
    package func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var position = 0
        while count - position >= 8 {
            guard
                loadUnaligned(fromByteOffset: position, as: UInt64.self)
                    == other.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            else { return false }
            position += 8
        }
        while position < count {
            guard self[position] == other[position] else { return false }
            position += 1
        }
        return true
    }
}

extension [UInt8] {
    @inline(__always)
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Whether these are the same bytes.
    @inline(__always)
    package func equals(_ other: UnsafeRawBufferPointer) -> Bool { withUnsafeBytes { $0.equals(other) } }

    /// `withUnsafeBytes` with the error type kept.
    func withBytes<R>(
        _ body: (UnsafeRawBufferPointer) throws(EnvelopeError) -> R
    ) throws(EnvelopeError) -> R {
        let result: Result<R, EnvelopeError> = withUnsafeBytes { bytes in
            do throws(EnvelopeError) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

extension ArraySlice<UInt8> {
    /// `withUnsafeBytes` with the error type kept.
    func withBytes<R>(
        _ body: (UnsafeRawBufferPointer) throws(EnvelopeError) -> R
    ) throws(EnvelopeError) -> R {
        let result: Result<R, EnvelopeError> = withUnsafeBytes { bytes in
            do throws(EnvelopeError) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
