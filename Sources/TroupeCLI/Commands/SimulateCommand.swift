internal import ArgumentParser
internal import TroupeSimulation

/// `troupe simulate`.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run whole choreographies in virtual time with faults, and check what is promised.",
        discussion: """
            Every run is one seed: a small choreography over the types that the executables run, with crashes, power
            losses, lost frames, full and failing disks, and clocks that are set. A seed that fails prints its story and
            repeats bit for bit. Exits with 1 if any seed fails.
            """)

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: "How many seeds, counted up from the first.")
    var runs: Int = 1000

    @Flag(help: "Tell the story of every run, not only of one that fails.")
    var verbose = false

    @Option(
        help: ArgumentHelp("Break a rule on purpose: \(Sabotage.allCases.map(\.rawValue).joined(separator: ", "))."),
        transform: { text in
            guard let sabotage = Sabotage(rawValue: text) else { throw ValidationError("there is no rule '\(text)'") }
            return sabotage
        })
    var sabotage: Sabotage?

    @Flag(help: "Break every rule, one at a time, and say which seeds notice; a rule that none notices is an error.")
    var table = false

    @Option(help: "With --table: how many seeds that notice are enough for a rule.")
    var catches: Int = 3

    func validate() throws {
        guard !table || sabotage == nil else {
            throw ValidationError("--table breaks every rule; leave out --sabotage")
        }
        guard runs >= 1 else { throw ValidationError("--runs takes 1 or more, not \(runs)") }
    }

    func run() async throws {
        if table { return try showTable() }
        let clock = ContinuousClock()
        let begin = clock.now
        var totals = SimulationTotals()
        var failed = 0
        var digest: UInt64 = 0
        let step = max(1, runs / 20)
        for index in 0..<runs {
            let result = Simulation.run(
                seed: seed &+ UInt64(index), sabotage: sabotage, keepsStory: verbose)
            totals += result.totals
            digest = digest &* 0x100_0000_01b3 ^ result.digest
            if verbose || !result.problems.isEmpty { tell(result) }
            if !result.problems.isEmpty {
                failed += 1
                if failed == 10, sabotage == nil {
                    Console.line("ten seeds failed; that is enough")
                    break
                }
            }
            if (index + 1) % step == 0, runs > 1 {
                Console.error("\(index + 1) of \(Count.text(runs, "run")), \(failed) failed")
            }
        }
        report(totals, failed, digest, clock.now - begin)
        if failed > 0 { throw ExitCode(1) }
    }

    private func showTable() throws {
        var unnoticed: [Sabotage] = []
        for rule in Sabotage.allCases {
            var caught: [UInt64] = []
            var last = seed
            for index in 0..<runs where caught.count < catches {
                last = seed &+ UInt64(index)
                if !Simulation.run(seed: last, sabotage: rule).problems.isEmpty { caught.append(last) }
            }
            let seeds = caught.prefix(5).map { "\($0)" }.joined(separator: ", ")
            Console.line("\(rule.rawValue): \(caught.count) of the seeds \(seed) to \(last) notice: \(seeds)")
            if caught.isEmpty { unnoticed.append(rule) }
        }
        Console.line("\(Count.text(Sabotage.allCases.count, "broken rule")), \(unnoticed.count) unnoticed")
        if !unnoticed.isEmpty { throw ExitCode(1) }
    }

    private func tell(_ result: Simulation.Result) {
        Console.line("seed \(result.seed)")
        if sabotage == nil || verbose { for line in result.story { Console.line("  \(line)") } }
        for problem in result.problems { Console.line("  failed: \(problem)") }
        if !result.problems.isEmpty {
            let rule = sabotage.map { " --sabotage \($0.rawValue)" } ?? ""
            Console.line("  again: troupe simulate --seed \(result.seed) --runs 1 --verbose\(rule)")
        }
    }

    private func report(_ totals: SimulationTotals, _ failed: Int, _ digest: UInt64, _ elapsed: Duration) {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let rate = Int(Double(totals.runs) / max(seconds, 0.001))
        Console.exact(
            """
            \(Count.text(totals.runs, "run")), \(failed) failed, \(rate) a second; digest \(String(digest, radix: 16))
            steps \(totals.steps), events \(totals.events), dead letters \(totals.deadLetters), \
            flows seen settled \(totals.settledClaims)
            crashes \(totals.crashes), stops \(totals.stops), power losses \(totals.powerLosses), \
            segments removed \(totals.trims), partitions \(totals.partitions), \
            frames dropped \(totals.drops)
            full disks \(totals.fullDisks), disk errors \(totals.diskErrors), clocks set \(totals.clockJumps), \
            journals damaged \(totals.corruptions)
            journals put back \(totals.putBacks), dead letters asked about \(totals.requests) times
            cursors set back \(totals.jumps), entries lost at written and reported \(totals.lostEntries)
            """)
    }
}
