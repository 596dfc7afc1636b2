/// Why a handler cannot start or go on, with what to do about it.
public struct HandlerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error; compare with the static members.
    public struct Code: Hashable, Sendable {
        let name: String
        public static let badName = Code(name: "bad name")
        public static let badTopic = Code(name: "bad topic")
        public static let duplicateTopic = Code(name: "duplicate topic")
        public static let badHome = Code(name: "bad home")
        public static let locked = Code(name: "locked")
        public static let journalMissing = Code(name: "journal missing")
        public static let failed = Code(name: "failed")
    }

    public let code: Code
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
