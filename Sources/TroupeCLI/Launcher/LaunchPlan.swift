internal import Envelope
internal import Subprocess
internal import SystemPackage
internal import Troupe

/// How one handler is started, checked against what its program says of itself.
struct LaunchPlan: Sendable {
    let spec: HandlerSpec
    /// Absolute.
    let program: String
    let arguments: [String]
    /// How its environment differs from the launcher's; nil takes a variable away.
    let environment: [String: String?]
    let declaration: Declaration
    /// The program and the arguments that it was asked with.
    var described: [String] { [program] + HandlerCommandLine.settings(spec) }

    /// Finds and asks the programs of a file's handlers; `only` leaves out the others.
    ///
    /// Throws ``CommandError`` with file and line for what is missing or does not fit.
    static func all(of file: ChoreographyFile, home: Home, only: [HandlerSpec]? = nil) async throws -> [LaunchPlan] {
        let finder = ExecutableFinder(file)
        // Every path before any process: the most usual mistakes show at once.
        let found = try (only ?? file.handlers).map { ($0, try finder.find($0)) }
        return try await withThrowingTaskGroup(of: (Int, LaunchPlan).self) { group in
            for (index, (spec, program)) in found.enumerated() {
                group.addTask { (index, try await one(spec, program, file, home)) }
            }
            var plans: [Int: LaunchPlan] = [:]
            for try await (index, plan) in group { plans[index] = plan }
            return plans.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Asks one program. Throws as ``all(of:home:only:)`` does.
    static func one(
        _ spec: HandlerSpec, _ program: String, _ file: ChoreographyFile, _ home: Home
    ) async throws -> LaunchPlan {
        let environment = file.environment.merging(spec.environment) { $1 }
        let arguments = try HandlerCommandLine.arguments(spec, file: file, home: home)
        let declaration: Declaration
        do {
            declaration = try await HandlerDescription.read(
                .path(FilePath(program)), named: program, arguments: HandlerCommandLine.settings(spec),
                environment: environment)
        } catch let error as CommandError {
            let line = spec.settingsLine ?? spec.executable?.line ?? spec.line
            throw CommandError("\(file.path):\(line): handler '\(spec.name)': \(error)")
        }
        guard declaration.handler == spec.name.text else {
            throw CommandError(
                "\(file.path):\(spec.line): handler '\(spec.name)': the program \(program) is the handler"
                    + " '\(declaration.handler)'. Write '\(declaration.handler):' here, or name another program with"
                    + " 'executable'")
        }
        return LaunchPlan(
            spec: spec, program: program, arguments: arguments, environment: environment, declaration: declaration)
    }
}
