/// Reads values of `Decodable` types from JSON (RFC 8259), without Foundation's coder.
///
/// The whole text is checked first, what no type asks for too. An object that has a name twice is refused (I-JSON,
/// RFC 7493 §2.3); names are compared byte by byte, after their escapes. A `Date` is an RFC 3339 string, `Data` is Base64, a `URL` is a
/// string, and a `Decimal` is a number.
public struct EventJSONDecoder: Sendable {
    /// The greatest depth of arrays and objects within each other.
    public var maxDepth = 512
    /// For the types that are decoded.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    public init() {}

    /// Reads a value.
    ///
    /// - Throws: `EventJSONError`, and what a type's own `init(from:)` throws.
    public func decode<T: Decodable>(_ type: T.Type, from text: [UInt8]) throws -> T {
        try text.withUnsafeBytes { try decode(type, from: $0) }
    }

    /// Reads a value from bytes that are only borrowed for the call.
    ///
    /// - Throws: `EventJSONError`, and what a type's own `init(from:)` throws.
    public func decode<T: Decodable>(_ type: T.Type, from text: UnsafeRawBufferPointer) throws -> T {
        let document = try parse(text)
        do {
            return try document.decode(type, at: 0)
        } catch let error as DecodingError {
            throw EventJSONError(error)
        }
    }

    /// Checks a text and finds its values.
    package func parse(_ text: UnsafeRawBufferPointer) throws(EventJSONError) -> JSONDocument {
        try JSONDocument(text, maxDepth: maxDepth, userInfo: userInfo)
    }
}
