internal import ArgumentParser

/// Notices a mistyped command before the parser calls it an unexpected argument.
enum Spelling {
    /// What to say of the first word that is no command, or nil when the words lead to one.
    static func complaint(about words: [String], of root: any ParsableCommand.Type) -> String? {
        var command = root
        var path = ["troupe"]
        for word in words {
            let commands = Dictionary(
                command.configuration.subcommands.map { (name($0), $0) }, uniquingKeysWith: { first, _ in first })
            if commands.isEmpty || word == "help" || word.hasPrefix("-") { return nil }
            guard let next = commands[word] else {
                return """
                    Error: '\(word)' is no command of \(path.joined(separator: " "))\(
                        Nearest.question(word, among: commands.keys))
                    Usage: \(path.joined(separator: " ")) <subcommand>
                      See '\(path.joined(separator: " ")) --help' for all commands.
                    """
            }
            command = next
            path.append(word)
        }
        return nil
    }

    private static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }
}
