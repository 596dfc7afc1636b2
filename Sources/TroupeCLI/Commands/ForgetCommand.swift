internal import ArgumentParser
internal import Choreography
internal import Envelope
internal import Troupe

/// `troupe forget`.
struct ForgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "End a handler's registration: nothing waits for it any more.",
        discussion: "Its journal stays: what it said is still heard, and what it did is still in traces.")

    @Argument(help: "The handler's name.", completion: Candidates.handlers)
    var name: String

    @OptionGroup var homeOptions: HomeOptions

    func run() async throws {
        try await reporting {
            let home = try homeOptions.resolve()
            try home.requireReadable()
            let name = try HandlerNames.find(name, in: home)
            let folder = LauncherFolder(home: home)
            if let pid = try SlotHolder(home: home).pid(name) ?? folder.startingProcess(name)?.pid {
                throw CommandError(
                    "\(name) runs (process \(pid)), so it is not forgotten. Stop it with troupe down, take it out of the"
                        + " choreography file, and try again")
            }
            if let launcher = folder.launcher(), let status = folder.status(name), status.state != .stopped {
                throw CommandError(
                    "\(name) does not run, but the launcher (process \(launcher)) would start it again, so it is not"
                        + " forgotten. Stop the launcher with troupe down, take \(name) out of the choreography file, and"
                        + " try again")
            }
            // One that cannot be read is ended as well.
            guard try HomeLook(home).unclear.contains(name) || RegistrationFolder(home: home).read(name) != nil else {
                throw CommandError("\(name) is not registered in \(home.path): there is nothing to forget")
            }
            try RegistrationFolder(home: home).remove(name)
            folder.forget(name)
            Console.done("forgotten: \(name); nothing waits for it any more. Its journal stays")
        }
    }
}
