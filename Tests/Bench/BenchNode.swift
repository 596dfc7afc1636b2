internal import ArgumentParser

/// The programs that `scripts/bench` runs: each is one process of a measurement, led by lines on standard input.
@main struct BenchNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-node", abstract: "One process of a measurement; scripts/bench starts it.",
        subcommands: [
            SourceCommand.self, PartCommand.self, PercentilesCommand.self, FillCommand.self, PathCommand.self,
        ])
}
