internal import Testing
internal import TroupeSimulation

/// The simulator bites: every rule that is broken on purpose is noticed, on seeds that pass when it is kept.
struct SabotageTests {
    static let seeds: ClosedRange<UInt64> = 1...400
    /// As many failures make the point; the table is printed by the command with `--sabotage`.
    static let enough = 3

    @Test(arguments: Sabotage.allCases)
    func `a broken rule is caught`(_ sabotage: Sabotage) {
        var caught = 0
        var seen: UInt64 = 0
        for seed in Self.seeds {
            seen += 1
            guard !Simulation.run(seed: seed, sabotage: sabotage).problems.isEmpty else { continue }
            #expect(Simulation.run(seed: seed).problems.isEmpty, "seed \(seed) fails by itself")
            caught += 1
            if caught == Self.enough { break }
        }
        print("\(sabotage.rawValue): caught by \(caught) of the first \(seen) seeds")
        #expect(caught >= 1, "\(sabotage.rawValue) is not caught by any of \(seen) seeds")
    }
}
