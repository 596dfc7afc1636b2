/// What a ``ProcessStage`` could not do, with what the processes on it said meanwhile.
public struct ProcessStageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error; compare with the static members.
    public struct Code: Hashable, Sendable {
        let name: String
        /// There is no such executable in the stage's folder.
        public static let noExecutable = Code(name: "no executable")
        /// The system refused to start the process, or to make the stage's folder.
        public static let system = Code(name: "system")
        /// What was waited for did not come in time.
        public static let timeout = Code(name: "timeout")
    }

    /// What kind of error it is; decide by this.
    public let code: Code
    /// What happened and what to do about it.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code.name): \(message)" }
}
