/// Runs whole choreographies in virtual time: the same machines, journals and bytes as the executables, from one seed.
package enum Simulation {
    /// What came of a seed.
    package struct Result: Sendable {
        package let seed: UInt64
        /// What must never be and was; empty when all is well.
        package let problems: [String]
        /// The last steps in words, or all of them.
        package let story: [String]
        package let totals: SimulationTotals
        /// A digest of every step: equal when a run repeats bit for bit.
        package let digest: UInt64
    }

    /// Runs one seed, with a rule broken on purpose if asked to.
    package static func run(seed: UInt64, sabotage: Sabotage? = nil, keepsStory: Bool = false) -> Result {
        let world = World(seed: seed, sabotage: sabotage, keepsStory: keepsStory)
        world.run()
        world.totals.runs = 1
        return Result(
            seed: seed, problems: world.problems, story: world.story.told, totals: world.totals,
            digest: world.story.digest)
    }
}
