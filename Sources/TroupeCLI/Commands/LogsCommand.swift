internal import ArgumentParser
internal import Glibc
internal import Journal
internal import Troupe

/// `troupe logs`.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print what a handler wrote.",
        discussion: "'launcher' is the log of a launcher that runs in the background.")

    @Argument(help: "The handler's name, or 'launcher'.", completion: Candidates.handlers)
    var name: String

    @Flag(name: .customShort("f"), help: "Go on with what is written from now on.")
    var follows = false

    // Not `HomeOptions` itself: its -f names a file.
    @Option(
        help: ArgumentHelp("The choreography's folder. Default: $TROUPE_HOME, else .troupe here.", valueName: "dir"))
    var home: String?

    @Option(
        help: ArgumentHelp(
            "A choreography file, which names the home. Default: the only one in Config/.", valueName: "file"))
    var file: String?

    private var homeOptions: HomeOptions {
        var options = HomeOptions()
        options.home = home
        options.file = file
        return options
    }

    func run() async throws {
        try await reporting {
            let home = try homeOptions.resolve()
            try home.requireReadable()
            let path = LauncherFolder(home: home).logPath(name)
            guard access(path, F_OK) == 0 else {
                let known = ((try? OSFileSystem().list(home.logs)) ?? []).filter { $0.hasSuffix(".log") }
                    .map { String($0.dropLast(4)) }.sorted()
                throw CommandError(
                    "there is no log of '\(name)' in \(home.logs)" + Nearest.question(name, among: known)
                        + (known.isEmpty
                            ? " Logs are written by handlers that troupe up started"
                            : " There are: \(known.joined(separator: ", "))"))
            }
            if follows { Console.endWithReader() }
            let isTerminal = isatty(STDOUT_FILENO) == 1
            var tail = LogTail(path, from: 0)
            let watch = FolderWatch()
            watch.add(home.logs)
            while true {
                let lines = tail.lines(includingRest: !follows)
                // A handler's own output as it is; on a terminal nothing in it but colours controls that.
                for line in lines { Console.exact(isTerminal ? Printable.log(line) : line) }
                if !lines.isEmpty { continue }
                guard follows else { return }
                WatchedProcess.wait(for: [watch.fileDescriptor], milliseconds: 1000)
                _ = watch.changes()
            }
        }
    }
}
