internal import Testing
internal import TroupeSimulation

/// Whole choreographies with faults, a seed each; split, so that both cores have work. `scripts/simulate` runs thousands,
/// in release.
struct SimulationTests {
    static let groups = 4
    static let seedsOfGroup: UInt64 = 25

    @Test(arguments: 0..<groups)
    func `nothing is lost, doubled, out of order or unsettled, whatever happens`(group: Int) {
        for offset in 0..<Self.seedsOfGroup {
            let seed = UInt64(group) * Self.seedsOfGroup + offset + 1
            let result = Simulation.run(seed: seed)
            guard result.problems.isEmpty else {
                let story = result.story.joined(separator: "\n")
                Issue.record("\(story)\ntroupe simulate --seed \(seed) --runs 1 --verbose: \(result.problems)")
                return
            }
        }
    }

    @Test func `a seed repeats step by step`() {
        for seed in [3, 42, 1977] as [UInt64] {
            let (first, second) = (Simulation.run(seed: seed), Simulation.run(seed: seed))
            #expect(first.digest == second.digest)
            #expect(first.totals == second.totals)
        }
    }
}
