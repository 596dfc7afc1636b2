/// What a consumer has heard of one stream: everything up to `low`, and the ranges above it.
///
/// Lanes finish out of order, so one number would either lose events or repeat them.
package struct Cursor: Hashable, Sendable {
    /// How far above `low` a handled sequence may lie.
    package static let width: UInt64 = 4096

    /// The publisher's epoch that the newest heard event belongs to; 0 before the first.
    package var epoch: UInt64
    /// Every sequence up to this one is heard.
    package private(set) var low: UInt64
    /// Heard ranges above `low`, ascending, neither overlapping nor touching.
    package private(set) var above: [ClosedRange<UInt64>] = []
    /// The highest event heard whose record's checksum is known: should its publisher have another one there now, its
    /// journal was exchanged for one that nobody can tell from it otherwise.
    package private(set) var last = LastHeard()

    /// An event by its sequence and its record's checksum; 0 and 0 where there is none.
    package struct LastHeard: Hashable, Sendable {
        package var sequence: UInt64 = 0
        package var checksum: UInt32 = 0

        package init(sequence: UInt64 = 0, checksum: UInt32 = 0) {
            self.sequence = sequence
            self.checksum = checksum
        }
    }

    package init(epoch: UInt64 = 0, low: UInt64 = 0) {
        self.epoch = epoch
        self.low = low
    }

    /// Whether `sequence` is heard.
    package func contains(_ sequence: UInt64) -> Bool {
        if sequence <= low { return true }
        if above.isEmpty { return false }
        var (from, to) = (0, above.count)
        while from < to {
            let middle = (from + to) / 2
            if above[middle].upperBound < sequence { from = middle + 1 } else { to = middle }
        }
        return from < above.count && above[from].contains(sequence)
    }

    /// How many sequences from 1 to `last` are not heard.
    package func missing(upTo last: UInt64) -> UInt64 {
        guard last > low else { return 0 }
        let heard = above.reduce(UInt64(0)) { sum, range in
            range.lowerBound > last ? sum : sum + (min(last, range.upperBound) - range.lowerBound + 1)
        }
        return last - low - heard
    }

    /// Forgets what is heard above `sequence`: the publisher lost it, and gives the numbers to other events.
    package mutating func cut(above sequence: UInt64) {
        if last.sequence > sequence { last = LastHeard() }
        low = min(low, sequence)
        above = above.compactMap { range in
            range.lowerBound > sequence ? nil : range.lowerBound...min(range.upperBound, sequence)
        }
    }

    /// Notes the checksum of an event that is heard.
    package mutating func note(_ heard: LastHeard) {
        if heard.checksum != 0, heard.sequence >= last.sequence { last = heard }
    }

    /// Marks a range as heard.
    package mutating func insert(_ range: ClosedRange<UInt64>) {
        if above.isEmpty, range.lowerBound <= low &+ 1 {
            low = max(low, range.upperBound)
            return
        }
        guard range.upperBound > low else { return }
        var merged = range
        above.removeAll { existing in
            let touches =
                existing.lowerBound <= (merged.upperBound == .max ? .max : merged.upperBound + 1)
                && merged.lowerBound <= (existing.upperBound == .max ? .max : existing.upperBound + 1)
            if touches {
                merged =
                    min(existing.lowerBound, merged.lowerBound)...max(existing.upperBound, merged.upperBound)
            }
            return touches
        }
        let place = above.firstIndex { $0.lowerBound > merged.lowerBound } ?? above.count
        above.insert(merged, at: place)
        if let first = above.first, first.lowerBound <= low &+ 1 {
            low = max(low, first.upperBound)
            above.removeFirst()
        }
    }
}
