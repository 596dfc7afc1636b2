/// Why an event could not be handled, where the cause is not the author's own error.
public struct ReactionFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; compare with the static members.
    public struct Code: Hashable, Sendable {
        let name: String
        /// The event's data does not fit the type that the reaction expects.
        public static let undecodable = Code(name: "undecodable")
        /// A record that fails its checksum or its grammar.
        public static let badRecord = Code(name: "bad record")
        /// An emission on a topic that the reaction does not declare.
        public static let undeclared = Code(name: "undeclared emission")
        /// An emission after the reaction returned, or from a child task.
        public static let lateEmission = Code(name: "emission outside the reaction")
        /// An emission that cannot be made into an event: too large, bad attribute, unencodable.
        public static let badEmission = Code(name: "bad emission")
        /// The serial is deeper than the hop limit.
        public static let tooDeep = Code(name: "hop limit")
        /// Process after process ended while it handled the event.
        public static let poison = Code(name: "poison")
    }

    public let code: Code
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code.name): \(message)" }
}
