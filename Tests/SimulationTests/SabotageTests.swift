internal import Testing
internal import TroupeSimulation

/// The simulator bites: a rule that is broken on purpose is noticed, on a seed that passes when it is kept.
///
/// `scripts/simulate` does so for every rule, in release; here are those that show early.
struct SabotageTests {
    static let early: [Sabotage] = [
        .skipSync, .releaseBeforeSync, .advanceCursorEarly, .sayBeforeHearing, .forgetCursors, .dropTips, .ignoreGaps,
        .overtakeParked, .singleNumberCursor, .trimUnheard, .dropParksAtRotation, .settleBeforeRegistration,
        .trustCopiedMark, .judgeUnknown, .trustTimeOfDay, .appendBesideDecision,
    ]

    @Test(arguments: early)
    func `a broken rule is caught`(_ sabotage: Sabotage) throws {
        let caught = (1...100 as ClosedRange<UInt64>).first {
            !Simulation.run(seed: $0, sabotage: sabotage).problems.isEmpty
        }
        let seed = try #require(caught, "\(sabotage.rawValue) is not noticed by any of 100 seeds")
        #expect(Simulation.run(seed: seed).problems.isEmpty, "seed \(seed) fails by itself")
    }
}
