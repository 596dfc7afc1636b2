internal import ArgumentParser

/// Runs one hot path on one thread, for `scripts/instructions` to count what it takes.
struct PathCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "One hot path, to be counted between the calls of countedSection.")

    @Argument(help: "publish, bulk, hear, react, encode, decode or json.") var name: String
    @Option var home: String
    @Option var events = 4096

    func run() throws {
        let paths = try HotPaths(home: home, events: events)
        switch name {
        case "encode": try paths.encode()
        case "decode": try paths.decode()
        case "publish": try paths.publish()
        case "bulk": try paths.bulk()
        case "hear": try paths.hear(says: [])
        case "react": try paths.hear(says: ["bench.event1"])
        case "json": try paths.json()
        default: throw ValidationError("there is no path '\(name)'")
        }
    }
}

/// What is counted: `scripts/instructions` looks for this name.
@inline(never) func countedSection(_ body: () throws -> Void) rethrows { try body() }
