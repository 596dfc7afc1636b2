internal import ArgumentParser

/// Notices a mistyped command before the parser calls it an unexpected argument.
enum Spelling {
    /// What to say of the first word that is no command, or nil when the words lead to one.
    static func complaint(about words: [String], of root: any ParsableCommand.Type) -> String? {
        // The words after `help` name a command too.
        let named = words.first == "help" ? words.dropFirst() : words[...]
        var command = root
        var path = ["troupe"]
        for word in named {
            let commands = Dictionary(
                command.configuration.subcommands.map { (name($0), $0) }, uniquingKeysWith: { first, _ in first })
            if word == "help" || word.hasPrefix("-") { return nil }
            if commands.isEmpty, words.first != "help" { return nil }
            guard let next = commands[word] else {
                return "'\(word)' is no command of \(path.joined(separator: " "))"
                    + Nearest.question(word, among: commands.keys)
                    + " See '\(path.joined(separator: " ")) --help'"
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
