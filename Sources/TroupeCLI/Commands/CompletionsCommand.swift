internal import ArgumentParser

/// `troupe completions`.
struct CompletionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a script that makes a shell complete commands, options, handlers and topics.",
        discussion: """
            bash: troupe completions bash > ~/.local/share/bash-completion/completions/troupe
            zsh:  troupe completions zsh > DIR/_troupe, with fpath+=DIR before compinit in ~/.zshrc
            fish: troupe completions fish > ~/.config/fish/completions/troupe.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() async throws {
        let shell: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Console.exact(TroupeCommand.completionScript(for: shell))
    }
}
