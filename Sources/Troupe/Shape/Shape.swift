/// What the JSON of a value looks like; a handler's declaration shows it as JSON Schema (draft 2020-12).
///
/// Shapes are found by decoding sample values of the Swift type. A type that this cannot see through (it reads a text and
/// looks up what it means, say) tells its own by conforming to ``Shaped``.
public indirect enum Shape: Hashable, Sendable {
    /// Any value, or one that could not be seen.
    case anything
    case boolean
    /// An integer of 8, 16, 32 or 64 bits.
    case integer(bits: Int, isSigned: Bool)
    /// A number: 32 or 64 bits of floating point, or 0 for a decimal number of any precision.
    case number(bits: Int)
    /// A text, or one of a format.
    case text(TextFormat?)
    /// One of a few texts.
    case choice([String])
    /// One of a few integers.
    case integerChoice([Int64])
    case list(Shape)
    /// An object with any keys.
    case map(Shape)
    /// An object with fields; it may have others, which are not looked at.
    case record([ShapeField])
    /// Exactly one of several.
    case oneOf([Shape])
    /// The shape or null.
    case nullable(Shape)
    /// One of a ``PayloadShape``'s definitions.
    case named(String)
}

/// A field of a ``Shape/record(_:)``.
public struct ShapeField: Hashable, Sendable {
    /// The key in the JSON.
    public var name: String
    public var shape: Shape
    /// Whether the key must be there.
    public var isRequired: Bool

    public init(_ name: String, _ shape: Shape, isRequired: Bool = true) {
        self.name = name
        self.shape = shape
        self.isRequired = isRequired
    }
}

/// How a text is to be read: a `format` of JSON Schema, or `base64`.
public struct TextFormat: RawRepresentable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// RFC 3339: `2026-01-31T12:00:00Z`. What a Swift `Date` is.
    public static let dateTime = TextFormat(rawValue: "date-time")
    /// RFC 3339: `2026-01-31`.
    public static let date = TextFormat(rawValue: "date")
    public static let uuid = TextFormat(rawValue: "uuid")
    public static let uri = TextFormat(rawValue: "uri")
    /// Bytes. What a Swift `Data` is.
    public static let base64 = TextFormat(rawValue: "base64")
}

/// A type that tells the shape of its JSON itself, because it cannot be found out by decoding sample values.
///
/// ```swift
/// extension Money: Shaped {
///     static var shape: Shape { .text(nil) }  // "12.50 EUR"
/// }
/// ```
public protocol Shaped {
    static var shape: Shape { get }
}
