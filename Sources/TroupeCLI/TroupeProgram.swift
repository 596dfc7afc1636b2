internal import ArgumentParser
internal import Glibc
internal import Troupe

/// The program `troupe`.
public enum TroupeProgram {
    /// Reads the command line, runs the command, and ends the process with its status; 64 for a wrong command line.
    public static func main() async {
        FileHandle.fillStandard()
        if let complaint = CommandLineText.complaint {
            Console.error("troupe: \(complaint)")
            exit(64)
        }
        if let complaint = Spelling.complaint(about: Array(CommandLine.arguments.dropFirst()), of: TroupeCommand.self) {
            Console.error("troupe: \(complaint)")
            exit(64)
        }
        do {
            var command = try await TroupeCommand.asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            CommandLineText.exit(TroupeCommand.self, with: error, as: "troupe")
        }
    }
}
