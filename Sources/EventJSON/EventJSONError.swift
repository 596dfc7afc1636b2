internal import Envelope

/// Why JSON could not be read as a type, or a value not be written as JSON.
///
/// What a type's own `init(from:)` or `encode(to:)` throws comes through as it is, unless it is a `DecodingError` or an
/// `EncodingError`.
public struct EventJSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; compare with the static members.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        public let description: String

        /// The text is not JSON as RFC 8259 defines it, or leaves open what it means: half a surrogate pair.
        public static let malformed = Code(description: "malformed")
        /// A member's name stands twice in its object (I-JSON, RFC 7493 §2.3).
        public static let repeated = Code(description: "repeated")
        /// Deeper than the limit, or over 4 GiB.
        public static let tooLarge = Code(description: "too large")
        /// Another kind of value than the type wants.
        public static let mismatch = Code(description: "mismatch")
        /// A member that the type needs is not there.
        public static let missing = Code(description: "missing")
        /// A number that the type cannot hold: too large, too small, or with a fraction.
        public static let unrepresentable = Code(description: "unrepresentable")
        /// A value of the right kind that the type refuses.
        public static let invalid = Code(description: "invalid")
        /// A value that JSON cannot say, such as NaN, or that encoded itself in a way that leaves no valid JSON.
        public static let unencodable = Code(description: "unencodable")
    }

    public let code: Code
    /// Where in the value: `items[2].price`; empty for the value itself, and for malformed text.
    public let path: String
    /// What is wrong there, without the path: `expected a number, found a string`.
    public let reason: String

    package init(_ code: Code, path: String = "", _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    /// `items[2].price: expected a number, found a string`.
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }
}

extension EventJSONError {
    init(malformed error: EnvelopeError) { self.init(.malformed, error.message) }

    init(_ error: DecodingError) {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            self.init(.mismatch, path: pathText(context.codingPath), context.debugDescription)
        case .keyNotFound(let key, let context):
            self.init(.missing, path: pathText(context.codingPath + [key]), "missing")
        case .dataCorrupted(let context):
            let code: Code = context.underlyingError is UnrepresentableNumber ? .unrepresentable : .invalid
            self.init(code, path: pathText(context.codingPath), context.debugDescription)
        @unknown default:
            self.init(.invalid, "\(error)")
        }
    }

    init(_ error: EncodingError) {
        guard case .invalidValue(_, let context) = error else {
            self.init(.unencodable, "\(error)")
            return
        }
        let code: Code = context.underlyingError is TooDeep ? .tooLarge : .unencodable
        self.init(code, path: pathText(context.codingPath), context.debugDescription)
    }
}

/// Marks a `DecodingError` as one about a number's range.
struct UnrepresentableNumber: Error {}

/// Marks an `EncodingError` as one about depth.
struct TooDeep: Error {}

/// `items[2].price`.
func pathText(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
        if let index = (key as? JSONKey)?.intValue {
            text += "[\(index)]"
        } else {
            text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
        }
    }
}
