internal import ArgumentParser
internal import Choreography
internal import Glibc
internal import Troupe

/// Publishes roots from one process with a journal of its own.
///
/// Reads lines from standard input: `warm` publishes one event that does not count, `go` publishes for as long as it
/// was told, the end of input ends it.
struct SourceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "source", abstract: "A publisher of roots.")

    @Option var home: String
    @Option var name = "source"
    @Option(transform: { Durability($0) ?? .synced }) var durability: Durability
    @Option var topic = "bench.event"
    @Option(help: "Bytes of data of each event.") var size = 256
    @Option(help: "How long to publish.") var seconds: Double = 2
    @Option(help: "Events of one append; 1 makes each call an entry.") var batch = 512
    @Option(help: "How many events to publish, whatever the time; 0 for as long as it takes.") var count: UInt64 = 0
    @Option(help: "A file for the time from each call until its level, in nanoseconds, 8 bytes each.")
    var samples: String?
    @Option(help: "Calls per second; 0 for as many as it can.") var rate: UInt64 = 0

    /// Events that may wait for their level before the publisher pauses; what a handler's lane may have.
    private static let pendingLimit = 16_384

    func validate() throws {
        guard size >= Stamp.size else { throw ValidationError("--size takes at least \(Stamp.size)") }
        guard batch >= 1, rate == 0 || batch == 1 else { throw ValidationError("--rate goes with --batch 1") }
    }

    func run() throws {
        let publisher = try Publisher(name, topics: [topic], home: Home(home), durability: durability)
        let acknowledged = samples.map { _ in Samples() }
        let roots = try Roots(publisher, topic: topic, size: size, samples: acknowledged)
        Report.line("ready")
        while let line = readLine() {
            switch line {
            case "warm": try roots.publish([Stamp(published: Nanoseconds.now(), number: 0)])
            case "go": try publish(roots)
            default: throw ValidationError("'\(line)' is neither warm nor go")
            }
        }
        try publisher.closeAndWait()
        if let samples { try acknowledged?.write(to: samples) }
    }

    private func publish(_ roots: Roots) throws {
        let start = Nanoseconds.now()
        let end = start + UInt64(seconds * 1_000_000_000)
        var pace = Pace(rate: rate)
        var number: UInt64 = 0
        var stamps: [Stamp] = []
        var now = start
        // Read once: each reading of an option goes through its parser's box.
        let (count, batch) = (count, batch)
        while count > 0 ? number + 1 < count : now < end {
            stamps.removeAll(keepingCapacity: true)
            for _ in 0..<batch where count == 0 || number + 1 < count {
                number += 1
                now = pace.next()
                stamps.append(Stamp(published: now, number: number))
            }
            try roots.publish(stamps)
            roots.wait(below: Self.pendingLimit)
        }
        number += 1
        try roots.publish([Stamp(published: Nanoseconds.now(), number: number, total: number)])
        roots.wait(below: 1)
        Report.line("published", ["count": number, "start": start, "end": Nanoseconds.now()])
    }
}
