public import ArgumentParser

/// The command `troupe`.
public struct TroupeCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "troupe",
        abstract: "Event choreography without a broker: publish events, follow flows, look at handlers.",
        discussion: """
            Handlers of a choreography share a folder, its home. Every command finds it by --home DIR, else
            $TROUPE_HOME, else the choreography file given with --file or the only one in Config/, else .troupe in the
            current folder.
            """,
        version: "troupe \(TroupeVersion.text)",
        subcommands: [
            CheckCommand.self, MapCommand.self, UpCommand.self, DownCommand.self, PsCommand.self, TopCommand.self,
            LogsCommand.self, RestartCommand.self, ForgetCommand.self, PublishCommand.self, TraceCommand.self,
            ReplayCommand.self, TapCommand.self, DeadCommand.self, JournalCommand.self, BackupCommand.self,
            RestoreCommand.self, DescribeCommand.self,
            ExportCommand.self, DoctorCommand.self, SimulateCommand.self, InitCommand.self, CompletionsCommand.self,
        ])

    public init() {}
}
