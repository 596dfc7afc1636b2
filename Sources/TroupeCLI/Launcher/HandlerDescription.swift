internal import FoundationEssentials
internal import Subprocess
internal import SystemPackage
internal import Troupe

/// What a handler's executable says of itself.
enum HandlerDescription {
    /// A handler answers within milliseconds; what does not is something else, and may do anything.
    static let patience = Duration.seconds(5)

    /// Runs `PROGRAM --describe`. Throws what the program said against it.
    static func read(
        _ program: Executable, named name: String, arguments: [String] = [], environment: [String: String?] = [:]
    ) async throws -> Declaration {
        let output = try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { try await run(program, name, arguments, environment) }
            group.addTask {
                try await Task.sleep(for: patience)
                throw CommandError("\(name) is no handler: it did not answer --describe within \(patience)")
            }
            // Whichever comes second is cancelled, which ends the process.
            defer { group.cancelAll() }
            return try await group.next() ?? ""
        }
        do { return try JSONDecoder().decode(Declaration.self, from: Data(output.utf8)) } catch {
            throw CommandError("\(name) is no handler: what --describe printed is no declaration")
        }
    }

    private static func run(
        _ program: Executable, _ name: String, _ arguments: [String], _ environment: [String: String?]
    ) async throws -> String {
        let updates = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        let result: (isSuccess: Bool, output: String, error: String)
        do {
            let outcome = try await Subprocess.run(
                program, arguments: Arguments(["--describe"] + arguments), environment: .inherit.updating(updates),
                output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
            result = (outcome.terminationStatus.isSuccess, outcome.standardOutput, outcome.standardError)
        } catch {
            throw CommandError("\(name) cannot be run: \(error) Build it, and name it by its path")
        }
        guard result.isSuccess else {
            throw CommandError("\(name) --describe failed: \(result.error.trimmed)")
        }
        return result.output
    }
}

extension String {
    /// Without the white space at both ends.
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace ?? false { text.removeFirst() }
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return String(text)
    }
}
