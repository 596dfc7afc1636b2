internal import ArgumentParser
internal import Choreography
internal import CoreMetrics
internal import Envelope
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// A handler's executable.
///
/// ```swift
/// @main enum ShopPayment {
///     static func main() async { await HandlerProcess.main(Payment.init(settings:)) }
/// }
/// ```
public enum HandlerProcess {
    /// Reads the command line, runs the handler until SIGTERM or Ctrl-C, and ends the process.
    ///
    /// Exit status: 0 after a drain, 1 when the handler cannot start or its journal fails, 64 for a wrong command line.
    public static func main<H: Handler>(_ make: @Sendable (Settings) throws -> H) async -> Never {
        FileHandle.fillStandard()
        let program = HandlerArguments.configuration.commandName ?? "handler"
        if let complaint = CommandLineText.complaint {
            FileHandle.writeError("\(program): \(complaint)")
            exit(64)
        }
        let options: HandlerArguments
        do { options = try HandlerArguments.parse() } catch {
            CommandLineText.exit(HandlerArguments.self, with: error, as: program)
        }
        // What an error begins with, until the handler has said its name.
        var name = program
        do {
            let settings = try options.settings()
            if options.describe || options.dryRun {
                let handler = try make(settings)
                name = handler.name
                if options.describe {
                    let failure = FileHandle.writeLine(try describe(handler), to: STDOUT_FILENO)
                    if failure != 0 { FileHandle.endUnwritten(failure, by: program) }
                } else {
                    try await DryRun(handler, options: options.runtimeOptions(label: name, settings)).serve()
                }
                exit(0)
            }
            let named = getenv("TROUPE_HOME").map { String(cString: $0) } ?? ""
            let home = Home(options.home ?? (named.isEmpty ? ".troupe" : named))
            // Before the handler, which may have metrics of its own.
            let metrics = try options.metrics.map { try HandlerMetrics($0) }
            let handler = try make(settings)
            name = handler.name
            metrics?.name(name, home: home)
            try await run(handler, home, options, settings, metrics)
            exit(0)
        } catch {
            FileHandle.writeError("\(name): \(error)".printable)
            exit(1)
        }
    }

    /// A handler's declaration as JSON with sorted keys, on one line.
    package static func describe<H: Handler>(_ handler: H) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Declaration.withShapes(of: handler)), as: UTF8.self)
    }

    /// The absolute path of this process's program.
    private static var program: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    private static func run<H: Handler>(
        _ handler: H, _ home: Home, _ arguments: HandlerArguments, _ settings: Settings, _ metrics: HandlerMetrics?
    ) async throws {
        var options = arguments.runtimeOptions(label: handler.name, settings)
        options.command = Self.program.map { [$0] + arguments.set.flatMap { ["--set", $0] } }
        options.durability = arguments.durability
        options.start = arguments.start
        options.reset = arguments.reset
        options.lanes = arguments.lanes
        options.retention = arguments.retention
        options.retry = RetryPolicy(
            attempts: arguments.attempts, firstDelayMilliseconds: arguments.retryFirst.milliseconds,
            maximumDelayMilliseconds: arguments.retryMaximum.milliseconds)
        if let notifier = ServiceNotifier() { options.observer = notifier.tell }
        DescriptorLimit.raise()
        // A log that nobody reads any more must not end the handler.
        signal(SIGPIPE, SIG_IGN)
        try home.prepare(choreography: arguments.choreography)
        metrics?.configure(&options)
        let runtime = try HandlerRuntime(handler, home: home, options: options)
        metrics?.follow(runtime)
        let services: [ServiceGroupConfiguration.ServiceConfiguration] =
            (metrics.map { [.init(service: $0.endpoint)] } ?? [])
            + [.init(service: runtime, successTerminationBehavior: .gracefullyShutdownGroup)]
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: options.logger))
        try await group.run()
    }
}

/// What every handler executable takes.
struct HandlerArguments: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: CommandLine.arguments.first?.split(separator: "/").last.map(String.init),
            abstract: "Runs a handler of a choreography.")
    }

    @Option(
        help: ArgumentHelp("The choreography's folder. Default: $TROUPE_HOME, else .troupe here.", valueName: "dir"))
    var home: String?

    @Option(help: ArgumentHelp("The choreography's name; a home belongs to one.", valueName: "name"))
    var choreography: String?

    @Option(
        help: "When an entry is shown to others: synced, written or memory.",
        transform: { try Choice.read($0, { Durability($0) }, "synced, written or memory") })
    var durability: Durability = .synced

    @Option(
        help: "Where to begin on topics that the handler was never registered for: earliest or latest.",
        transform: { try Choice.read($0, { RuntimeOptions.Start(rawValue: $0) }, "earliest or latest") })
    var start: RuntimeOptions.Start = .earliest

    @Option(
        help: "Begin anew although the registered handler's journal is missing: earliest or latest.",
        transform: { try Choice.read($0, { RuntimeOptions.Start(rawValue: $0) }, "earliest or latest") })
    var reset: RuntimeOptions.Start?

    @Option(help: "How many events of different keys are handled at the same time.")
    var lanes: Int = 1

    @Option(help: "Attempts, the first included, before an event becomes a dead letter.")
    var attempts: Int = 5

    @Option(help: ArgumentHelp("The wait before the second attempt; it doubles each time.", valueName: "time"))
    var retryFirst = TimeSpan(microseconds: 100_000)

    @Option(help: ArgumentHelp("The longest wait between attempts: 500ms, 10s, 2m.", valueName: "time"))
    var retryMaximum = TimeSpan(microseconds: 30_000_000)

    @Option(help: ArgumentHelp("Old segments of the journal go after this time: 12h, 7d.", valueName: "time"))
    var retentionAge: TimeSpan?

    @Option(help: ArgumentHelp("The oldest segments go while the journal is larger: 512MiB, 10GB.", valueName: "size"))
    var retentionSize: ByteSize?

    @Flag(help: "Segments go even if a registered handler has not handled everything in them.")
    var retentionForce = false

    @Option(help: ArgumentHelp("The journal's size at which nothing more is handled or said.", valueName: "size"))
    var quota: ByteSize?

    @Option(
        name: .customLong("set"), help: ArgumentHelp("A setting of the handler; repeatable.", valueName: "key=value"))
    var set: [String] = []

    @Option(
        help: "trace, debug, info, notice, warning, error or critical.",
        transform: {
            try Choice.read(
                $0, { Logger.Level(rawValue: $0) }, "trace, debug, info, notice, warning, error or critical")
        })
    var logLevel: Logger.Level = .notice

    @Option(
        help: ArgumentHelp(
            "Offer metrics to Prometheus there, at /metrics; port 0 takes a free one.", valueName: "address:port"),
        transform: { try Choice.read($0, { MetricsAddress(argument: $0) }, MetricsAddress.expected) })
    var metrics: MetricsAddress?

    @Flag(help: "Print what the handler consumes and emits as JSON, and start nothing.")
    var describe = false

    @Flag(
        help: ArgumentHelp(
            "Handle the events of standard input, of troupe replay, and publish nothing.", visibility: .hidden))
    var dryRun = false

    func validate() throws {
        if let home, home.isEmpty { throw ValidationError("--home is empty; name the choreography's folder") }
        guard (1...64).contains(lanes) else { throw ValidationError("--lanes takes 1 to 64, not \(lanes)") }
        guard (1...1000).contains(attempts) else { throw ValidationError("--attempts takes 1 to 1000") }
        guard retryFirst.milliseconds >= 1 else { throw ValidationError("--retry-first takes at least 1ms") }
        guard retryMaximum.microseconds >= retryFirst.microseconds else {
            throw ValidationError("--retry-maximum \(retryMaximum) is below --retry-first \(retryFirst)")
        }
    }

    var retention: Retention {
        var retention = Retention()
        retention.age = retentionAge?.microseconds
        retention.size = retentionSize?.bytes
        retention.isForced = retentionForce
        retention.quota = quota?.bytes
        return retention
    }

    /// What a run and a dry run have in common.
    func runtimeOptions(label: String, _ settings: Settings) -> RuntimeOptions {
        var options = RuntimeOptions()
        let level = logLevel
        options.logger = Logger(label: label) { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        options.settings = settings
        return options
    }

    func settings() throws -> Settings {
        var values: [String: String] = [:]
        for pair in set {
            guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex else {
                throw ValidationError("--set takes key=value, not '\(pair)'")
            }
            values[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        return Settings(values)
    }
}

/// Options that take one of a few words.
package enum Choice {
    /// Reads a word. Throws a message that lists what may be said.
    package static func read<T>(_ text: String, _ make: (String) -> T?, _ all: String) throws -> T {
        guard let value = make(text) else { throw ValidationError("'\(text)'; expected \(all)") }
        return value
    }
}

/// The limit of open files: libzmq aborts the process when a listener has none left.
package enum DescriptorLimit {
    /// Raises the soft limit to the hard one.
    package static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
