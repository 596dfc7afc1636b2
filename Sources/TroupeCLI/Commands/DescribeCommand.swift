internal import ArgumentParser
internal import FoundationEssentials
internal import Subprocess
internal import SystemPackage
internal import Troupe

/// `troupe describe`.
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Print what a handler's executable consumes and emits, as JSON; nothing is started.")

    @Argument(help: "The executable, as a path or a name on PATH.")
    var executable: String

    func run() async throws {
        try await reporting {
            let target: Executable = executable.contains("/") ? .path(FilePath(executable)) : .name(executable)
            let result = try await Self.run(target, executable)
            guard result.isSuccess else {
                throw CommandError("\(executable) --describe failed: \(result.error)")
            }
            let text = result.output
            do {
                let declaration = try JSONDecoder().decode(Declaration.self, from: Data(text.utf8))
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
                Console.line(String(decoding: try encoder.encode(declaration), as: UTF8.self))
            } catch {
                throw CommandError("\(executable) is no handler: what --describe printed is no declaration")
            }
        }
    }

    private static func run(
        _ target: Executable, _ name: String
    ) async throws -> (isSuccess: Bool, output: String, error: String) {
        do {
            return try await withThrowingTaskGroup { group in
                group.addTask {
                    let result = try await Subprocess.run(
                        target, arguments: ["--describe"], output: .string(limit: 1 << 20),
                        error: .string(limit: 1 << 16))
                    return (result.terminationStatus.isSuccess, result.standardOutput, result.standardError)
                }
                group.addTask {
                    try await Task.sleep(for: patience)
                    throw CommandError("\(name) is no handler: it did not answer --describe within \(patience)")
                }
                // Whichever comes second is cancelled, which ends the process.
                defer { group.cancelAll() }
                return try await group.next()!
            }
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError("\(name) cannot be run: \(error) Build it, and name it by its path")
        }
    }

    /// A handler answers within milliseconds; what does not is something else, and may do anything.
    private static let patience = Duration.seconds(5)
}
