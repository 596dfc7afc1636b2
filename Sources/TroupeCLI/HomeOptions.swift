internal import ArgumentParser
internal import Glibc
internal import Troupe

/// How every command finds its home.
struct HomeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The choreography's folder. Default: $TROUPE_HOME, else .troupe here.", valueName: "dir"))
    var home: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A choreography file, which names the home.", valueName: "file"))
    var file: String?

    /// The home that is meant. Throws when the choreography file cannot be read.
    func resolve() throws -> Home {
        if let home {
            guard !home.isEmpty else { throw CommandError("--home is empty; name the choreography's folder") }
            return Home(home)
        }
        if let raw = getenv("TROUPE_HOME") {
            let path = String(cString: raw)
            if !path.isEmpty { return Home(path) }
        }
        if let file { return try ChoreographyFile.read(file).resolvedHome }
        return Home(".troupe")
    }

    /// The choreography's name, where a file gives one.
    func choreography() throws -> String? { try file.map { try ChoreographyFile.read($0).name } }
}
