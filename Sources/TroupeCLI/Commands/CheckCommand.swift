internal import ArgumentParser
internal import Troupe

/// `troupe check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Judge a choreography before anything runs, by what its handlers declare.",
        discussion: """
            Asks every program what it consumes and emits, and in which shape. Finds events that go round, that nobody
            hears or nobody emits, handlers that no event gets to, payloads that do not fit between emitter and
            consumer, start positions that must be chosen, missing programs, and names given twice.

            Exits with 1 when there are errors, with --strict also for warnings. In the file, 'roots' names topics that
            come from outside, 'leaves' those that nobody needs to hear, and 'loops' those that may go round.
            """)

    /// How findings are printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case github
    }

    @OptionGroup var launch: LaunchOptions

    @Option(help: "text for people, json for programs, github for annotations in GitHub Actions.")
    var format: Format = .text

    @Flag(help: "Exit with 1 for warnings too.")
    var strict = false

    func run() async throws {
        try await reporting {
            let report = try await report()
            switch format {
            case .text: for line in report.lines(style: Console.style) { Console.line(line) }
            case .json: Console.exact(try report.json())
            case .github: for line in report.annotations() { Console.exact(line) }
            }
            if report.errors > 0 || (strict && report.warnings > 0) { throw ExitCode(1) }
        }
    }

    private func report() async throws -> CheckReport {
        let path = try launch.filePath()
        let file: ChoreographyFile
        do { file = try ChoreographyFile.read(path) } catch let error as CommandError {
            let finding = CastReader.finding(.file, "\(error)", path)
            return CheckReport(choreography: nil, file: path, cast: nil, findings: [finding])
        }
        let reader = CastReader(file: file, home: try launch.home(of: file))
        let (plans, missing) = await reader.read()
        let cast = Cast(file, plans)
        let findings = try missing + reader.starts(plans) + Check(cast).findings()
        return CheckReport(
            choreography: file.name, file: path, cast: cast, findings: findings.sorted(by: Check.order))
    }
}
