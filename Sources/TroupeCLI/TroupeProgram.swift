internal import ArgumentParser
internal import Glibc

/// The program `troupe`.
public enum TroupeProgram {
    /// Reads the command line, runs the command, and ends the process with its status; 64 for a wrong command line.
    public static func main() async {
        if let complaint = Spelling.complaint(about: Array(CommandLine.arguments.dropFirst()), of: TroupeCommand.self) {
            for line in complaint.split(separator: "\n") { Console.error(String(line)) }
            exit(64)
        }
        await TroupeCommand.main()
    }
}
