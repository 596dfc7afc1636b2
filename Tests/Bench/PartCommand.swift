internal import ArgumentParser
internal import Choreography
internal import Glibc
internal import ServiceLifecycle
internal import Troupe

/// Runs one handler that hears a topic as raw bytes, and passes it on if it is told what to say.
struct PartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "part", abstract: "A handler: hears a topic as bytes, and says the same on others.")

    @Option var home: String
    @Option var name: String
    @Option(transform: { Durability($0) ?? .synced }) var durability: Durability
    @Option var hears = "bench.event"
    @Option var says: [String] = []
    @Option(help: "A file without which no reaction goes beyond event 1000: a stuck consumer.") var gate: String?
    @Option(help: "A file for the latency of each event, in nanoseconds, 8 bytes each.") var samples: String?

    func run() async throws {
        let tally = EntryTally()
        let part = Part(
            name: name, hears: hears, says: says, tally: tally, samples: samples.map { _ in Samples() }, gate: gate)
        var options = RuntimeOptions()
        options.durability = durability
        options.logger.logLevel = .warning
        options.observer = { if $0 == .hearing { Report.line("hearing", ["at": Nanoseconds.now()]) } }
        let home = Home(home)
        try home.prepare(choreography: nil)
        let engine = try FileEngine(
            home: home, options: .init(declaration: try Declaration.of(part).0), logger: options.logger)
        let runtime = try HandlerRuntime(part, engine: MeasuredEngine(engine, tally: tally), options: options)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: runtime, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm], logger: options.logger))
        try await group.run()
        if let samples { try part.samples?.write(to: samples) }
    }
}
