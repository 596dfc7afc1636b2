/// What came of a process that ran to its end.
public struct ProcessOutput: Sendable, Hashable, CustomStringConvertible {
    /// How it ended.
    public let status: ProcessStatus
    /// All that it wrote to standard output.
    public let standardOutput: String
    /// All that it wrote to standard error.
    public let standardError: String

    /// The lines of standard output, without the newline that ends the last.
    public var lines: [Substring] { standardOutput.split(separator: "\n") }

    public var description: String {
        "\(status)\n--- standard output\n\(standardOutput)--- standard error\n\(standardError)"
    }
}
