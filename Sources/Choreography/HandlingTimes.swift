package import Envelope

/// When the handling of an entry's positions began and ended, for people who look; nothing is decided by it.
///
/// An entry states how long each position took, or, of a batch that was done in no time, how long all took together.
package struct HandlingTimes: Sendable {
    /// Microseconds below which a batch states one sum: a busy handler's entries stay small.
    package static let sumLimit: Int64 = 1000

    private let ended: Timestamp
    private let heard: [HeardRun]
    private let known: [Position]
    private let took: [UInt32]

    /// The times of an entry with these sections.
    package init(heard: [HeardRun], knows: [Knowledge], time: Timestamp) {
        ended = time
        self.heard = heard
        var took: [UInt32] = []
        for case .took(let times) in knows { took = times }
        self.took = took
        known = took.isEmpty ? [] : Self.known(knows, heard)
    }

    /// Positions that items conclude and no run hears, each once, in order.
    private static func known(_ knows: [Knowledge], _ heard: [HeardRun]) -> [Position] {
        var positions: [Position] = []
        for item in knows {
            let position: Position
            switch item {
            case .park(let park): position = park.position
            case .unpark(let done): position = done
            case .dead(let letter): position = letter.position
            case .undead, .cursor, .epoch, .lost, .trying, .closed, .opened, .forgot, .took: continue
            }
            let isHeard = heard.contains {
                $0.stream == position.stream && $0.epoch == position.epoch && $0.range.contains(position.sequence)
            }
            if !isHeard, positions.last != position { positions.append(position) }
        }
        return positions
    }

    /// When a position's handling began and ended; nil if the entry does not tell. The positions of a batch that states
    /// a sum have equal shares of it.
    package func span(of stream: StreamID, _ sequence: UInt64) -> (began: Timestamp, ended: Timestamp)? {
        guard !took.isEmpty, let index = index(of: stream, sequence), 0..<max(0, count) ~= index else { return nil }
        let after: Int64
        let own: Int64
        if took.count == 1 {
            own = Int64(took[0]) / Int64(count)
            after = own &* Int64(count - 1 - index)
        } else {
            guard took.count == count else { return nil }
            own = Int64(took[index])
            after = took[(index + 1)...].reduce(0) { $0 + Int64($1) }
        }
        let end = ended.microseconds &- after
        return (Timestamp(microseconds: end &- own), Timestamp(microseconds: end))
    }

    private var count: Int {
        heard.reduce(known.count) { $0 &+ Int(clamping: $1.range.upperBound - $1.range.lowerBound &+ 1) }
    }

    private func index(of stream: StreamID, _ sequence: UInt64) -> Int? {
        if let index = known.firstIndex(where: { $0.stream == stream && $0.sequence == sequence }) { return index }
        var before = known.count
        for run in heard {
            if run.stream == stream, run.range.contains(sequence) {
                return before &+ Int(clamping: sequence - run.range.lowerBound)
            }
            before &+= Int(clamping: run.range.upperBound - run.range.lowerBound &+ 1)
        }
        return nil
    }

    /// Collects what an entry is to state, event by event.
    struct Recorder {
        private let began: [Timestamp]
        private let ended: Timestamp
        /// Whether all took so little time together that their sum will do.
        private let isShort: Bool
        private var sum: Int64?
        private var known: [UInt32] = []
        private var heard: [UInt32] = []

        /// `began` has a time for each event, or is empty: then nothing is stated.
        init(began: [Timestamp], ended: Timestamp) {
            self.began = began
            self.ended = ended
            let first = began.first ?? ended
            isShort = 0..<HandlingTimes.sumLimit ~= ended.microseconds &- first.microseconds
            if !isShort { heard.reserveCapacity(began.count) }
        }

        /// The events at `indices` were concluded: by a run, by an item each, or by neither.
        mutating func note(_ indices: Range<Int>, isHeard: Bool, isKnown: Bool) {
            guard isHeard || isKnown, indices.upperBound <= began.count else { return }
            if isShort {
                sum = (sum ?? 0) + took(indices.lowerBound, to: indices.upperBound)
                return
            }
            for index in indices {
                let took = UInt32(clamping: took(index, to: index + 1))
                if isHeard { heard.append(took) } else { known.append(took) }
            }
        }

        private func took(_ index: Int, to next: Int) -> Int64 {
            let end = next < began.count ? began[next] : ended
            return max(0, end.microseconds &- began[index].microseconds)
        }

        /// What the entry states; nil if there is nothing.
        var item: Knowledge? {
            if isShort { return sum.map { .took([UInt32(clamping: $0)]) } }
            let all = known + heard
            guard !all.isEmpty else { return nil }
            let sum = all.reduce(0) { $0 + Int64($1) }
            return .took(sum < HandlingTimes.sumLimit ? [UInt32(sum)] : all)
        }
    }
}
