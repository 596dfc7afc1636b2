internal import ArgumentParser
internal import Journal
internal import Troupe

/// `troupe export systemd`.
struct ExportSystemdCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd",
        abstract: "Write a service for each handler, and a target that wants them all.",
        discussion: """
            The services restart with back-off, drain on stop and may write to the home only. They run as root unless
            you add User= (systemctl edit NAME), which must own the home. Run troupe up --detach and troupe down once
            before, so that every handler is registered before the first event.

              troupe export systemd Config/shop.yaml --output /etc/systemd/system
              systemctl daemon-reload
              systemctl enable --now shop.target
            """)

    @OptionGroup var launch: LaunchOptions

    @Option(help: ArgumentHelp("The folder to write to; made if it is missing.", valueName: "dir"))
    var output = "systemd"

    func run() async throws {
        try await reporting {
            let file = try launch.file()
            let home = try launch.home(of: file)
            guard !file.handlers.isEmpty else {
                throw CommandError(
                    "\(file.path):1: there is no handler to write a service for; name them under 'handlers:'")
            }
            let plans = try await LaunchPlan.all(of: file, home: home)
            let folder = Home(output).path
            try OSFileSystem().makeDirectories(folder)
            for unit in SystemdUnits(file: file, home: home, plans: plans).units() {
                try AtomicFile.write(Array(unit.text.utf8), to: folder + "/" + unit.name)
                Console.line("\(output)/\(unit.name)")
            }
            for plan in plans {
                guard case .byTopic? = plan.spec.start else { continue }
                Console.error(
                    "troupe: \(plan.spec.name) begins at different places by topic, which a service cannot say: run"
                        + " troupe up --detach and troupe down once, which register it")
            }
        }
    }
}
