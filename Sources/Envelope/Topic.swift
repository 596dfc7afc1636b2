/// An event's type, dotted: `shop.order.placed`; CloudEvents' `type` and the ZeroMQ subscription prefix.
///
/// 1 to 200 bytes of `[a-z0-9.-]`; each dotted segment begins with a letter or digit, and none is empty.
public struct Topic: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The topic's text.
    public let text: String

    /// The most bytes that a topic may have.
    public static let maximumLength = 200

    /// Reads a topic.
    ///
    /// - Throws: `badTopic` when the text is outside the grammar.
    public init(_ text: some StringProtocol) throws(EnvelopeError) {
        let text = String(text)
        guard text.hasBytes(Grammar.isTopic) else {
            throw EnvelopeError(
                .badTopic,
                "\(text.quotedForMessage) is no topic; use 1 to 200 of a-z, 0-9, '-' and '.', every segment between "
                    + "dots beginning with a letter or digit, such as \"shop.order.placed\".")
        }
        self.text = text
    }

    /// A topic whose text is known to be one.
    package init(unchecked text: String) {
        self.text = text
    }

    init(bytes: UnsafeRawBufferPointer) throws(EnvelopeError) {
        guard Grammar.isTopic(bytes) else {
            throw EnvelopeError(.badTopic, "\(bytes.quotedForMessage) is no topic; its publisher must be mended.")
        }
        self.text = String(checked: bytes)
    }

    /// The topic's text.
    public var description: String { text }

    /// Orders topics by their bytes.
    public static func < (left: Topic, right: Topic) -> Bool { left.text < right.text }
}
