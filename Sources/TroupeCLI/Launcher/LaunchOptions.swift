internal import ArgumentParser
internal import Envelope
internal import Journal
internal import Troupe

/// The choreography file and the home of the commands that look after handlers.
struct LaunchOptions: ParsableArguments {
    @Argument(help: "The choreography file. Default: the only one in Config/.", completion: Candidates.files)
    var path: String?

    @OptionGroup var homeOptions: HomeOptions

    func validate() throws {
        if path != nil, homeOptions.file != nil { throw ValidationError("name the file once: FILE or --file FILE") }
    }

    /// The file that is meant. Throws when there is none, or several.
    func file() throws -> ChoreographyFile { try ChoreographyFile.read(filePath()) }

    /// The path of the file that is meant. Throws when there is none, or several.
    func filePath() throws -> String { try path ?? homeOptions.file ?? ChoreographyFile.theOnly() }

    /// Whether a file is named, or there is one to be meant.
    func hasFile() -> Bool {
        path != nil || homeOptions.file != nil
            || ((try? HomeOptions.named(homeOptions.home)) ?? nil) == nil
                && ChoreographyFile.candidates().count == 1
    }

    /// The home that is meant, for commands that can do without the file.
    func home() throws -> Home {
        if let named = try HomeOptions.named(homeOptions.home) { return named }
        if let path { return try ChoreographyFile.read(path).resolvedHome }
        return try homeOptions.resolve()
    }

    /// The home of a file.
    func home(of file: ChoreographyFile) throws -> Home { try HomeOptions.named(homeOptions.home) ?? file.resolvedHome }
}
