/// Writes values of `Encodable` types as JSON (RFC 8259) without spaces, without Foundation's coder.
///
/// Members stand in the order in which they are encoded, those of a `Dictionary` sorted by the bytes of their names, so
/// that equal values give equal text. Slashes are not escaped; control characters and noncharacters are. A `Date` is an
/// RFC 3339 string of whole seconds, `Data` is Base64, a `URL` is a string, and a `Decimal` is a number.
public struct EventJSONEncoder: Sendable {
    /// Whether the members of every object are sorted by the bytes of their names.
    public var sortsMembers = false
    /// The greatest depth of values within each other.
    public var maxDepth = 512
    /// For the types that are encoded.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    public init() {}

    /// Writes a value.
    ///
    /// - Throws: `EventJSONError`, and what a type's own `encode(to:)` throws.
    public func encode(_ value: some Encodable) throws -> [UInt8] {
        let writer = JSONWriter(self)
        do {
            try writer.write(value)
        } catch let error as EncodingError {
            throw EventJSONError(error)
        }
        return Array(writer.text)
    }
}
