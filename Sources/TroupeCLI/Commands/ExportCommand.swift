internal import ArgumentParser

/// `troupe export`.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a choreography in another manager's words.",
        subcommands: [ExportSystemdCommand.self])
}
