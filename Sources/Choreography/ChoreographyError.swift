/// What the protocol refuses, with a reason that says what to do.
package struct ChoreographyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of refusal; compare with the static members.
    package struct Code: Hashable, Sendable {
        package let name: String
        package static let truncated = Code(name: "truncated")
        package static let malformed = Code(name: "malformed")
        package static let badPublisher = Code(name: "bad publisher")
        package static let unsupported = Code(name: "unsupported")
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code.name): \(message)" }

    static func truncated(at offset: Int) -> Self {
        .init(.truncated, "the bytes end at \(offset), in the middle of a field")
    }
}
