extension ProcessStage {
    /// Runs an executable to its end.
    ///
    /// - Parameters: as for ``start(_:_:environment:input:)``.
    /// - Throws: ``ProcessStageError`` with `noExecutable`, `system`, or `timeout` when it takes longer than `limit`;
    ///   then it is ended.
    public func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: [UInt8]? = nil,
        within limit: Duration = .seconds(120)
    ) async throws -> ProcessOutput {
        let handle = try start(executable, arguments, environment: environment, input: input)
        defer { remove(handle) }
        let status = try await handle.waitForExit(within: limit)
        return ProcessOutput(
            status: status, standardOutput: handle.standardOutput, standardError: handle.standardError)
    }

    /// Runs an executable to its end. See ``run(_:_:environment:input:within:)``.
    public func run(
        _ executable: String, _ arguments: String..., environment: [String: String] = [:], input: [UInt8]? = nil,
        within limit: Duration = .seconds(120)
    ) async throws -> ProcessOutput {
        try await run(executable, arguments, environment: environment, input: input, within: limit)
    }

    /// Waits until a condition holds; asks again every few milliseconds.
    ///
    /// - Parameters:
    ///   - what: names the condition in the error.
    ///   - limit: how long to wait; generous, since a loaded machine is slow and a condition that holds costs nothing.
    /// - Throws: ``ProcessStageError`` with `timeout` and what all processes wrote to standard error; what `condition`
    ///   throws.
    public nonisolated(nonsending) func eventually(
        _ what: String, within limit: Duration = .seconds(120),
        _ condition: nonisolated(nonsending) () async throws -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var pause = Duration.milliseconds(2)
        while try await !condition() {
            guard clock.now < deadline else {
                throw ProcessStageError(.timeout, "not within \(limit): \(what)\n\(allErrors)")
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .milliseconds(50))
        }
    }
}
