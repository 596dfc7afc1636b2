/// What is wrong with an event, a record, a frame or a text form of one, and what to do about it.
///
/// Nothing that arrives from outside traps: every malformed input becomes one of these.
public struct EnvelopeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of failure; compare it, and show ``EnvelopeError/message`` to people.
    public let code: Code

    /// What is wrong, where, and what to do about it, in one sentence or two.
    public let message: String

    /// Creates an error of a kind with a message for people.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The kind, a colon and the message.
    public var description: String { "\(code): \(message)" }
}
