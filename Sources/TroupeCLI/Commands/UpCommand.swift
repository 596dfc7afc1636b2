internal import ArgumentParser
internal import Envelope
internal import Glibc
internal import Journal
internal import Troupe

/// `troupe up`.
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Start a choreography's handlers, and start again what dies.",
        discussion: """
            Asks every program what it consumes, registers that, starts the handlers and shows what they write. Ctrl-C
            drains them: each finishes what it has in hand; a second Ctrl-C, a second later, ends them at once. The end
            of the terminal drains them too, unless nohup or --detach keeps it away; a launcher without a terminal opens
            its log anew at SIGHUP.

            The handlers do not depend on this process: if it is killed they go on, and another troupe up adopts them.
            Their output is in logs/NAME.log of the home.
            """)

    @OptionGroup var launch: LaunchOptions

    @Flag(help: "Return when every handler has its slot; a launcher stays in the background.")
    var detach = false

    @Option(
        parsing: .upToNextOption, help: ArgumentHelp("Only these handlers of the file.", valueName: "name"),
        completion: Candidates.handlersOfFile)
    var only: [String] = []

    @Flag(help: "Restart a handler whose program changed. Nothing is built.")
    var watch = false

    @Flag(help: "Start whatever troupe check finds.")
    var noCheck = false

    /// This is the process that `--detach` leaves behind.
    @Flag(help: .hidden)
    var background = false

    func run() async throws {
        try await reporting {
            let file = try launch.file()
            let home = try launch.home(of: file)
            let specs = only.isEmpty ? file.handlers : try only.map(file.handler)
            guard !specs.isEmpty else {
                throw CommandError(
                    "\(file.path):1: there is no handler to start; name them under 'handlers:', as in Config/reference.yaml"
                )
            }
            let folder = LauncherFolder(home: home)
            try folder.requireNoLauncher()
            // Before anything is made: a mistake in the file leaves nothing behind.
            let plans = try await LaunchPlan.all(of: file, home: home, only: specs)
            if !noCheck, !background { try check(file, plans) }
            try home.prepare(choreography: file.name)
            try IngressRetention.write(file.retention.retention, home: home)
            try folder.prepare()
            if detach {
                try Detachment(home: home, names: specs.map(\.name))
                    .run(["up", file.path, "--home", home.path] + (watch ? ["--watch"] : []) + onlyArguments)
                return
            }
            let lock = try folder.lock()
            defer { lock.unlock() }
            try folder.noteFile(file.path)
            try await supervise(file, home, plans)
        }
    }

    private var onlyArguments: [String] { only.isEmpty ? [] : ["--only"] + only }

    /// Prints what is found. Throws when some of it is an error.
    private func check(_ file: ChoreographyFile, _ plans: [LaunchPlan]) throws {
        let findings = Check(Cast(file, plans)).findings()
        for finding in findings { Console.error(finding.lines(style: .plain)[0]) }
        let errors = findings.count { $0.severity == .error }
        guard errors > 0 else { return }
        throw CommandError(
            "\(Count.text(errors, "error")) in what the handlers declare, so nothing was started. troupe check"
                + " \(file.path) says what to do; --no-check starts them all the same")
    }

    private func supervise(_ file: ChoreographyFile, _ home: Home, _ plans: [LaunchPlan]) async throws {
        try RegistrationPlan.write(plans, file: file, home: home)
        let unlisted = try RegistrationFolder(home: home).all().map(\.handler)
            .filter { name in !file.handlers.contains { $0.name == name } }
        for name in unlisted {
            Console.error(
                "troupe: '\(name)' is registered and not in \(file.path), so flows wait for it: add it, or end its"
                    + " registration with troupe forget \(name)")
        }
        let path = file.path
        let options = Launcher.Options(
            watchesPrograms: watch, showsLogs: !background,
            ownLog: background ? LauncherFolder(home: home).logPath("launcher") : nil)
        try await Blocking.onThread {
            try Launcher(plans, home: home, options: options) { name in
                try Blocking.wait { try await Self.replan(name, path, home) }
            }.run()
        }
    }

    /// A handler's plan as the file and the program are now, registered.
    static func replan(_ name: HandlerName, _ path: String, _ home: Home) async throws -> LaunchPlan {
        let file = try ChoreographyFile.read(path)
        let plans = try await LaunchPlan.all(of: file, home: home, only: [file.handler(name.text)])
        try RegistrationPlan.write(plans, file: file, home: home)
        return plans[0]
    }
}
