/// The name of a part that consumes topics and emits topics: `payment`, `stock-keeper`.
///
/// `[a-z][a-z0-9-]{0,62}`.
public struct HandlerName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name's text.
    public let text: String

    /// The most bytes that a handler's name may have.
    public static let maximumLength = 63

    /// Reads a handler's name.
    ///
    /// - Throws: `badHandlerName` when the text is outside the grammar.
    public init(_ text: some StringProtocol) throws(EnvelopeError) {
        let text = String(text)
        guard Grammar.isHandlerName(text.utf8) else {
            throw EnvelopeError(
                .badHandlerName,
                "\(text.quotedForMessage) is no handler's name; use a letter a-z, then at most 62 of a-z, 0-9 and '-'.")
        }
        self.text = text
    }

    /// A handler's name whose text is known to be one.
    package init(unchecked text: String) {
        self.text = text
    }

    /// The name's text.
    public var description: String { text }

    /// Orders names by their bytes.
    public static func < (left: HandlerName, right: HandlerName) -> Bool { left.text < right.text }
}
