/// What happened in runs, counted.
package struct SimulationTotals: Sendable, Hashable {
    package var runs = 0
    package var steps = 0
    package var events = 0
    package var crashes = 0
    package var stops = 0
    package var trims = 0
    package var powerLosses = 0
    package var drops = 0
    package var partitions = 0
    package var fullDisks = 0
    package var diskErrors = 0
    package var clockJumps = 0
    package var corruptions = 0
    package var jumps = 0
    package var putBacks = 0
    package var requests = 0
    package var lostEntries = 0
    package var deadLetters = 0
    package var settledClaims = 0

    package init() {}

    package static func += (sum: inout Self, run: Self) {
        sum.runs += run.runs
        sum.steps += run.steps
        sum.events += run.events
        sum.crashes += run.crashes
        sum.stops += run.stops
        sum.trims += run.trims
        sum.powerLosses += run.powerLosses
        sum.drops += run.drops
        sum.partitions += run.partitions
        sum.fullDisks += run.fullDisks
        sum.diskErrors += run.diskErrors
        sum.clockJumps += run.clockJumps
        sum.corruptions += run.corruptions
        sum.jumps += run.jumps
        sum.putBacks += run.putBacks
        sum.requests += run.requests
        sum.lostEntries += run.lostEntries
        sum.deadLetters += run.deadLetters
        sum.settledClaims += run.settledClaims
    }
}
