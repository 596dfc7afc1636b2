/// The id of a flow: all events that one root led to. CloudEvents' `correlationid`.
///
/// Either a UUID (RFC 9562), held as 16 bytes and written in canonical lower case, or a caller's own name:
/// `[A-Za-z0-9._:-]{1,128}`. Text that reads as a UUID is one.
public struct FlowID: Hashable, Sendable {
    enum Storage: Hashable, Sendable {
        case uuid(UInt64, UInt64)
        case name(String)
    }

    let storage: Storage

    /// The most bytes that a caller's own name for a flow may have.
    public static let maximumLength = 128

    /// Reads a flow id: a UUID in either case, or a caller's own name.
    ///
    /// - Throws: `badFlowID` when the text is neither.
    public init(_ text: some StringProtocol) throws(EnvelopeError) {
        var text = String(text)
        if let uuid = text.withUTF8({ UUIDText.parse(UnsafeRawBufferPointer($0)) }) {
            storage = .uuid(uuid.0, uuid.1)
            return
        }
        guard text.hasBytes(Grammar.isFlowName) else {
            throw EnvelopeError(
                .badFlowID,
                "\(text.quotedForMessage) is no flow id; use a UUID, or 1 to 128 of A-Z, a-z, 0-9, '.', '_', ':' "
                    + "and '-'.")
        }
        storage = .name(text)
    }

    /// A flow id that is a UUID, from its 16 bytes as two big-endian halves.
    package init(uuidBytes: (UInt64, UInt64)) {
        storage = .uuid(uuidBytes.0, uuidBytes.1)
    }

    init(nameBytes bytes: UnsafeRawBufferPointer) throws(EnvelopeError) {
        guard Grammar.isFlowName(bytes) else {
            throw EnvelopeError(.badFlowID, "\(bytes.quotedForMessage) is no flow id; its publisher must be mended.")
        }
        guard UUIDText.parse(bytes) == nil else {
            throw EnvelopeError(
                .badFlowID,
                "The flow \(bytes.quotedForMessage) is a UUID and stands as a name; write its 16 bytes and clear flag 0."
            )
        }
        storage = .name(String(checked: bytes))
    }

    /// Makes a version 7 UUID (RFC 9562 §5.7), which sorts by time.
    ///
    /// The 12 bits after the version hold the fraction of the millisecond (§6.2, method 3); the rest is random.
    ///
    /// - Parameters:
    ///   - microseconds: the time since the Unix epoch, in microseconds; one before the epoch counts as the epoch.
    ///   - generator: the source of the random bits.
    public static func generate(
        microseconds: Int64, using generator: inout some RandomNumberGenerator
    ) -> FlowID {
        let time = UInt64(max(0, microseconds))
        let milliseconds = (time / 1000) & 0xFFFF_FFFF_FFFF
        let fraction = (time % 1000) * 4096 / 1000
        let random: UInt64 = generator.next()
        return FlowID(uuidBytes: (milliseconds << 16 | 0x7000 | fraction, random >> 2 | 0x8000_0000_0000_0000))
    }

    /// The UUID's 16 bytes as two big-endian halves, or nil when the flow has a caller's own name.
    package var uuidBytes: (UInt64, UInt64)? {
        if case .uuid(let high, let low) = storage { return (high, low) }
        return nil
    }

    /// The flow id's text: a canonical lower-case UUID, or the caller's own name.
    public var text: String {
        switch storage {
        case .uuid(let high, let low): UUIDText.format(high, low)
        case .name(let name): name
        }
    }

    /// Calls a function with the bytes of ``text``, without making a string for a UUID.
    package func withTextBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        switch storage {
        case .uuid(let high, let low):
            return withUnsafeTemporaryAllocation(byteCount: UUIDText.length, alignment: 1) { buffer in
                UUIDText.write(high, low, to: buffer)
                return body(UnsafeRawBufferPointer(buffer))
            }
        case .name(var name):
            return name.withUTF8 { body(UnsafeRawBufferPointer($0)) }
        }
    }
}

extension FlowID: Comparable {
    /// Orders flow ids by the bytes of their text.
    public static func < (left: FlowID, right: FlowID) -> Bool {
        switch (left.storage, right.storage) {
        case (.uuid(let a, let b), .uuid(let c, let d)): (a, b) < (c, d)
        case (.name(let a), .name(let b)): a < b
        default: left.text < right.text
        }
    }
}

extension FlowID: CustomStringConvertible {
    /// The flow id's text.
    public var description: String { text }
}
