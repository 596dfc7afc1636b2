internal import ArgumentParser
internal import Glibc
internal import Troupe

/// How every command finds its home.
struct HomeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The choreography's folder. Default: $TROUPE_HOME, else .troupe here.", valueName: "dir"),
        completion: .directory)
    var home: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A choreography file, which names the home. Default: the only one in Config/.", valueName: "file"),
        completion: Candidates.files)
    var file: String?

    /// The home that is meant. Throws when the choreography file cannot be read.
    func resolve() throws -> Home {
        if let named = try Self.named(home) { return named }
        return try choreographyFile()?.resolvedHome ?? Home(".troupe")
    }

    /// The home that the command line or the environment names.
    static func named(_ home: String?) throws -> Home? {
        if let home {
            guard !home.isEmpty else { throw CommandError("--home is empty; name the choreography's folder") }
            return Home(home)
        }
        guard let raw = getenv("TROUPE_HOME") else { return nil }
        let path = String(cString: raw)
        return path.isEmpty ? nil : Home(path)
    }

    /// The choreography file: the named one, else the only one in Config/, else none.
    func choreographyFile() throws -> ChoreographyFile? {
        if let file { return try ChoreographyFile.read(file) }
        let found = ChoreographyFile.candidates()
        return found.count == 1 ? try ChoreographyFile.read(found[0]) : nil
    }

    /// The choreography's name, where a file was named.
    func choreography() throws -> String? { try file.map { try ChoreographyFile.read($0).name } }
}
