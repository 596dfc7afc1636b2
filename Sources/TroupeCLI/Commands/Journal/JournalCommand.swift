internal import ArgumentParser
internal import Choreography
internal import Troupe

/// `troupe journal`.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Check, measure or read the journals of a home, whether their handlers run or not.",
        subcommands: [JournalVerifyCommand.self, JournalStatCommand.self, JournalCatCommand.self])
}

/// Which journals a command is about.
struct JournalOptions: ParsableArguments {
    @Argument(
        help: "Handlers or slots (payment, payment.0, ingress); all if none is given.", completion: Candidates.handlers)
    var names: [String] = []

    @OptionGroup var homeOptions: HomeOptions

    /// The journals that are meant, each with a reader; `note` is told of those that cannot be opened. Throws when a name
    /// matches none.
    func journals(note: @escaping (Unreadable) -> Void) throws -> [JournalLook] {
        let home = try homeOptions.resolve()
        try home.requireReadable()
        let shelf = JournalShelf(home: home)
        let all = shelf.publishers()
        var chosen: [PublisherID] = []
        for name in names {
            let found = all.filter { $0.text == name || $0.handler.text == name }
            guard !found.isEmpty else {
                let known = all.map(\.text).joined(separator: ", ")
                throw CommandError(
                    "\(home.path) has no journal '\(name)'; "
                        + (known.isEmpty ? "it has none at all" : "it has \(known)"))
            }
            chosen += found.filter { !chosen.contains($0) }
        }
        return (names.isEmpty ? all : chosen).compactMap { JournalLook($0, home: home, note: note) }
    }
}
