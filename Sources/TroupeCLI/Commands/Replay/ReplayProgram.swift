internal import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Glibc
internal import Subprocess
internal import SystemPackage
internal import Troupe

/// A handler's executable, asked to handle recorded events without consequences.
struct ReplayProgram {
    private let path: String
    private let settings: [String]
    private let environment: [String: String?]

    /// The program that is named, else the one that the choreography file means; with the file's settings.
    init(handler: HandlerName, against: String?, set: [String], _ options: HomeOptions) throws {
        let file = try options.choreographyFile()
        let spec = file?.handlers.first { $0.name == handler }
        if let against {
            path = Self.absolute(against)
        } else if let file, let spec {
            path = try ExecutableFinder(file).find(spec)
        } else {
            throw CommandError(
                "no choreography file says which program handler '\(handler)' is. Name it with --against, or the file"
                    + " with --file")
        }
        guard ExecutableFinder.isExecutable(path) else {
            throw CommandError("\(path) is no program that this user may run. Build it, and name it by its path")
        }
        settings = (spec.map { HandlerCommandLine.settings($0) } ?? []) + set.flatMap { ["--set", $0] }
        environment = (file?.environment ?? [:]).merging(spec?.environment ?? [:]) { _, own in own }
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// What the handler makes of the events, in their order. Throws what it said against them.
    func answers(to requests: [DryRunRequest]) async throws -> [DryRunAnswer] {
        let encoder = JSONEncoder()
        var input: [UInt8] = []
        for request in requests { input += try encoder.encode(request) + [10] }
        let updates = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        // A file, not a pipe: the program may end without reading, and that must not end this one.
        guard let file = tmpfile() else {
            throw CommandError("no temporary file can be made: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        guard fwrite(input, 1, input.count, file) == input.count, fflush(file) == 0 else {
            throw CommandError("the events cannot be handed over: \(String(cString: strerror(errno)))")
        }
        rewind(file)
        var lines: [ArraySlice<UInt8>] = []
        do {
            let outcome = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(["--dry-run"] + settings),
                environment: .inherit.updating(updates),
                input: .fileDescriptor(FileDescriptor(rawValue: fileno(file)), closeAfterSpawningProcess: false),
                output: .bytes(limit: 1 << 30),
                error: .string(limit: 1 << 20))
            for line in outcome.standardError.split(whereSeparator: \.isNewline) { Console.error(String(line)) }
            if outcome.terminationStatus.isSuccess { lines = outcome.standardOutput.split(separator: 10) }
        } catch {
            Console.error("\(path): \(error)")
        }
        guard lines.count == requests.count else {
            throw CommandError(
                "\(path) did not answer for all of \(requests.count) events; what it said stands above. Is it a handler"
                    + " of this release? troupe describe \(path) tells")
        }
        return try lines.map { try JSONDecoder().decode(DryRunAnswer.self, from: Data($0)) }
    }
}
