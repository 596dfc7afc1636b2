/// What became of an event when it was heard.
package enum HeardOutcome: UInt8, Sendable, Hashable {
    /// The reaction returned.
    case handled = 0
    /// Its `expirytime` had passed; shown, never a silent drop.
    case expired = 1
    /// Set aside in this journal, to be handled later.
    case parked = 2
    /// Given up on at the first attempt.
    case dead = 3
}

/// Consecutive sequences of one stream that one entry hears with one outcome.
package struct HeardRun: Hashable, Sendable {
    package let stream: StreamID
    package let epoch: UInt64
    package var range: ClosedRange<UInt64>
    package let outcome: HeardOutcome
    /// The checksum of the last event's record, as the record states it; 0 where that is not known.
    package var checksum: UInt32

    package init(
        _ stream: StreamID, epoch: UInt64, range: ClosedRange<UInt64>, outcome: HeardOutcome, checksum: UInt32 = 0
    ) {
        self.stream = stream
        self.epoch = epoch
        self.range = range
        self.outcome = outcome
        self.checksum = checksum
    }

    /// Folds single positions into runs, in the order heard; a position that continues the last run extends it.
    package static func append(
        _ position: Position, _ outcome: HeardOutcome, checksum: UInt32 = 0, to runs: inout [HeardRun]
    ) {
        append(
            HeardRun(
                position.stream, epoch: position.epoch, range: position.sequence...position.sequence, outcome: outcome,
                checksum: checksum),
            to: &runs)
    }

    /// Joins a run to the last one if it continues that.
    package static func append(_ run: HeardRun, to runs: inout [HeardRun]) {
        let last = runs.count - 1
        if last >= 0, runs[last].outcome == run.outcome, runs[last].epoch == run.epoch,
            runs[last].range.upperBound &+ 1 == run.range.lowerBound, runs[last].stream == run.stream
        {
            runs[last].range = runs[last].range.lowerBound...run.range.upperBound
            runs[last].checksum = run.checksum
        } else {
            runs.append(run)
        }
    }
}
