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
            let declaration = try await HandlerDescription.read(target, named: executable)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            Console.exact(String(decoding: try encoder.encode(declaration), as: UTF8.self))
        }
    }
}
