internal import ArgumentParser
internal import CFuzz
internal import Fuzzing
internal import Glibc

/// Feeds mutated inputs to everything that decodes bytes from outside.
@main struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Feed mutated inputs to everything that decodes bytes from outside.",
        discussion: """
            Each input is a function of target, seed and number. A decoder must read it or throw one of our errors, in
            at most 64 bytes of heap for each of the input's own and 1 MiB; what it reads must be the same when it is
            written and read again. What breaks a rule is printed with the command that runs it again.
            """)

    @Option(help: "Inputs in all; each target has its share.") var runs: UInt64 = 1_000_000
    @Option(help: "What the inputs are drawn from.") var seed: UInt64 = 1
    @Option(help: "A target; may stand several times. All of them, unless given.") var target: [String] = []
    @Option(help: "Print and run only the input of this number.") var at: UInt64?
    @Flag(help: "Name the targets.") var list = false
    /// An input may take this long, in seconds; the slowest takes a millisecond.
    @Option(help: .hidden) var patience: UInt32 = 10

    func run() throws {
        if list {
            for target in FuzzTargets.all { print(target.name) }
            return
        }
        let targets = try target.isEmpty ? FuzzTargets.all : target.map(named)
        troupe_fuzz_watch(patience)
        if let at {
            for target in targets { try runOne(target, at) }
            return
        }
        var report = FuzzReport(seed: seed)
        let shares = max(1, targets.reduce(0) { $0 + UInt64(max(1, $1.share)) })
        for target in targets {
            let count = max(1, runs * UInt64(max(1, target.share)) / shares)
            let start = ContinuousClock.now
            let totals = FuzzDriver(target, seed: seed, probe: probe(target)).run(0..<count)
            report.add(target, totals, ContinuousClock.now - start)
        }
        report.finish()
        guard !report.hasFinding else { throw ExitCode(1) }
    }

    private func named(_ name: String) throws -> FuzzTarget {
        guard let target = FuzzTargets.named(name) else {
            throw ValidationError("There is no target '\(name)'; --list names them.")
        }
        return target
    }

    private func runOne(_ target: FuzzTarget, _ number: UInt64) throws {
        for part in target.input(seed: seed, number: number) {
            let hex = part.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            print("\(part.role) \(part.bytes.count) \(hex)")
        }
        fflush(nil)
        let totals = FuzzDriver(target, seed: seed, probe: probe(target)).run(number..<number + 1)
        if let finding = totals.finding {
            print("\(target.name): \(finding.what)")
            throw ExitCode(1)
        }
        print("\(target.name): \(totals.read == 1 ? "read" : "refused"), \(totals.peak) bytes of heap")
    }

    private func probe(_ target: FuzzTarget) -> FuzzProbe {
        // Never freed: a signal handler may ask for it at any time.
        let name = strdup(target.name)
        return FuzzProbe(
            note: { [seed] number in troupe_fuzz_note(name, seed, number) }, begin: { troupe_fuzz_begin() },
            peak: { troupe_fuzz_counts() ? troupe_fuzz_peak() : nil })
    }
}
