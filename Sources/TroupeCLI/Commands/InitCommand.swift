internal import ArgumentParser

/// `troupe init`.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new choreography package: one handler, its events, a configuration and a test.",
        discussion: "The package builds, passes its tests and runs as it is. Nothing is fetched or built here.")

    @Argument(help: "The choreography's name; the folder gets it too.")
    var name: String

    @Option(
        name: .customLong("in"),
        help: ArgumentHelp("The folder that the package's folder is made in. Default: here.", valueName: "dir"),
        completion: .directory)
    var parent = "."

    @Option(
        help: ArgumentHelp(
            "Where the package gets Troupe from: a folder, or a Git URL (its branch main). Default: the checkout that"
                + " this program was built in.", valueName: "path|url"), completion: .directory)
    var troupe: String?

    func run() async throws {
        try await reporting {
            let dependency = try troupe.map { try TroupeDependency($0) } ?? TroupeDependency.nearby()
            let package = try NewPackage(name: name, in: parent, dependency: dependency)
            try package.write()
            Console.done("made \(package.folder); its Troupe is \(dependency.location). Next:")
            for step in ["cd \(parent == "." ? name : package.folder)"] + package.template.steps {
                Console.line("  \(step)")
            }
        }
    }
}
