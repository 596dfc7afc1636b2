package import Envelope

/// All that is live in a slot's journal: the fold of its entries, and what a segment header carries.
///
/// The writer, a waiting `publish --await` and a trace fold the same entries with the same code.
package struct SlotState: Hashable, Sendable {
    /// An unbroken stretch of the journal, and where each topic's sequences began in it.
    package struct EpochStart: Hashable, Sendable {
        package let epoch: UInt64
        package let firsts: [Topic: UInt64]
    }

    /// How many epochs are kept at least; older ones are forgotten once no registered cursor is of an earlier one.
    package static let epochLimit = 64

    package private(set) var cursors: [StreamID: Cursor] = [:]
    package private(set) var parks: [Position: Park] = [:]
    package private(set) var deadLetters: [Position: DeadLetter] = [:]
    /// The next sequence of each topic that this slot has said something on.
    package private(set) var nextSequence: [Topic: UInt64] = [:]
    /// Events whose handling was begun by itself and not ended, and how often in a row.
    package private(set) var trials: [Position: UInt32] = [:]
    /// Whether the last entry is that of a process that ended in order.
    package private(set) var isClosed = false
    /// Oldest first; the last is the current one.
    package private(set) var epochs: [EpochStart] = []

    /// Where publishers lost events, as far as this process has met it; a start begins without.
    private var cuts: [StreamID: Cut] = [:]

    private struct Cut: Hashable {
        let epoch: UInt64
        let low: UInt64
    }

    package init() {}

    /// The current epoch; 0 before the first entry.
    package var epoch: UInt64 { epochs.last?.epoch ?? 0 }

    /// The last sequence said on `topic`; 0 if none was.
    package func tip(_ topic: Topic) -> UInt64 { (nextSequence[topic] ?? 1) - 1 }

    /// The first sequence on `topic` in the epochs after `epoch`, from which on an older cursor counts what was lost; nil if
    /// there is none.
    package func firstSequence(after epoch: UInt64, on topic: Topic) -> UInt64? {
        guard epoch != 0, self.epoch > epoch else { return nil }
        return epochs.lazy.filter { $0.epoch > epoch }.map { $0.firsts[topic] ?? 1 }.min()
    }

    /// As ``firstSequence(after:on:)``, for one who knows all that the journal's writer has made of it. Then a later epoch
    /// than the newest is one of a journal that is no more: what was heard in it counts only below where the newest begins.
    package func firstSequence(afterAny epoch: UInt64, on topic: Topic) -> UInt64? {
        guard epoch > self.epoch, let newest = epochs.last else { return firstSequence(after: epoch, on: topic) }
        return newest.firsts[topic] ?? 1
    }

    package func cursor(_ stream: StreamID) -> Cursor { cursors[stream] ?? Cursor() }

    package mutating func hear(_ run: HeardRun) {
        var range = run.range
        // A lane, or another thread, may append what it heard of an older epoch after the entry that says what was lost.
        if let cut = cuts[run.stream], run.epoch < cut.epoch {
            guard range.lowerBound <= cut.low else { return }
            range = range.lowerBound...min(range.upperBound, cut.low)
        }
        cursors[run.stream, default: Cursor()].insert(range)
        if range.upperBound == run.range.upperBound {
            cursors[run.stream]!.note(Cursor.LastHeard(sequence: range.upperBound, checksum: run.checksum))
        }
        if !trials.isEmpty {
            trials = trials.filter { $0.key.stream != run.stream || !range.contains($0.key.sequence) }
        }
        // Lanes finish out of order: the last to finish need not be of the newest epoch.
        cursors[run.stream]!.epoch = max(cursors[run.stream]!.epoch, run.epoch)
    }

    /// Counts a said record.
    package mutating func say(_ topic: Topic, sequence: UInt64) {
        nextSequence[topic] = sequence == .max ? .max : sequence + 1
    }

    /// How many processes in a row ended while they handled an event by itself. Its publisher may have begun an epoch
    /// since, and the event is the same: what it lost ends trials.
    package func deaths(of position: Position) -> UInt32 {
        trials.first { $0.key.stream == position.stream && $0.key.sequence == position.sequence }?.value ?? 0
    }

    private mutating func endTrial(of position: Position) {
        guard !trials.isEmpty else { return }
        trials = trials.filter { $0.key.stream != position.stream || $0.key.sequence != position.sequence }
    }

    package mutating func know(_ item: Knowledge) {
        switch item {
        case .park(let park):
            parks[park.position] = park
            endTrial(of: park.position)
        case .unpark(let position):
            parks[position] = nil
            endTrial(of: position)
        case .dead(let letter): deadLetters[letter.position] = letter
        case .undead(let position): deadLetters[position] = nil
        case .lost(let stream, let epoch, let low):
            cursors[stream, default: Cursor()].cut(above: low)
            // Not the greater one: the publisher may have been put back to before it began the other.
            cursors[stream]!.epoch = epoch
            cuts[stream] = Cut(epoch: epoch, low: low)
            trials = trials.filter { $0.key.stream != stream || $0.key.sequence <= low }
        case .cursor(let stream, let epoch, let low):
            cursors[stream] = Cursor(epoch: epoch, low: low)
            trials = trials.filter { $0.key.stream != stream || $0.key.sequence > low }
        case .epoch(let epoch, let firsts):
            epochs.append(EpochStart(epoch: epoch, firsts: firsts))
        case .forgot(let oldest):
            epochs = epochs.enumerated().filter { $0.offset == epochs.count - 1 || $0.element.epoch >= oldest }
                .map(\.element)
        case .trying(let position, let count):
            endTrial(of: position)
            trials[position] = count
        case .closed: isClosed = true
        case .opened: isClosed = false
        case .took: break
        }
    }

    /// Folds an entry of this slot's journal.
    package mutating func apply(_ entry: EngineEntry) throws {
        isClosed = false
        for run in try entry.heard() { hear(run) }
        try applySaid(entry.said)
        for item in try entry.knows() { know(item) }
    }

    /// Counts the records of an entry, whose checksum covers them; neighbours of one topic count as their last.
    private mutating func applySaid(_ said: UnsafeRawBufferPointer) throws {
        var last: RecordHead?
        var offset = 0
        while offset < said.count {
            let record = try RecordHead(in: said, at: offset)
            if let before = last, !record.topicBytes.equals(before.topicBytes) {
                say(try before.topic(), sequence: before.sequence)
            }
            last = record
            offset += record.bytes.count
        }
        if let last { say(try last.topic(), sequence: last.sequence) }
    }

    /// Folds everything but the said records of a draft, whose sequences the log knows.
    package mutating func apply(_ draft: EntryDraft) {
        isClosed = false
        for run in draft.heard { hear(run) }
        for item in draft.knows { know(item) }
    }

    // MARK: checkpoint

    /// Stands where version 1 has the number of cursors.
    private static let versionFollows = UInt32.max
    private static let checkpointVersion: UInt8 = 2

    /// The bytes that a segment header carries.
    package func checkpoint() -> [UInt8] {
        var out: [UInt8] = []
        out.put(Self.versionFollows)
        out.put(Self.checkpointVersion)
        out.put(UInt32(cursors.count))
        for (stream, cursor) in cursors.sorted(by: { $0.key < $1.key }) {
            EntryCodec.put(stream, into: &out)
            out.put(cursor.epoch)
            out.put(cursor.low)
            out.put(cursor.last.sequence)
            out.put(cursor.last.checksum)
            out.put(UInt32(cursor.above.count))
            for range in cursor.above {
                out.put(range.lowerBound)
                out.put(range.upperBound)
            }
        }
        out.put(UInt32(nextSequence.count))
        for (topic, next) in nextSequence.sorted(by: { $0.key < $1.key }) {
            out.put(topic.text, UInt8.self)
            out.put(next)
        }
        var items = epochs.map { Knowledge.epoch($0.epoch, firsts: $0.firsts) }
        items += parks.values.sorted { $0.position < $1.position }.map(Knowledge.park)
        items += deadLetters.values.sorted { $0.position < $1.position }.map(Knowledge.dead)
        items += trials.sorted { $0.key < $1.key }.map { Knowledge.trying($0.key, count: $0.value) }
        if isClosed { items.append(.closed) }
        out.put(block: EntryCodec.encode(knows: items))
        return out
    }

    /// Reads a checkpoint back. Throws on malformed bytes. Empty bytes are an empty state.
    package init(checkpoint bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count > 0 else { return }
        var reader = ByteReader(bytes)
        var count = try reader.integer(UInt32.self)
        var version: UInt8 = 1
        if count == Self.versionFollows {
            version = try reader.integer()
            guard version == Self.checkpointVersion else {
                throw ChoreographyError(.unsupported, "version \(version) of a checkpoint; this reads 1 and 2")
            }
            count = try reader.integer()
        }
        for _ in 0..<count {
            let stream = try EntryCodec.stream(&reader)
            var cursor = try Cursor(epoch: reader.integer(), low: reader.integer())
            if version > 1 { cursor.note(try Cursor.LastHeard(sequence: reader.integer(), checksum: reader.integer())) }
            for _ in 0..<(try reader.integer(UInt32.self)) {
                let (first, last) = try (reader.integer(UInt64.self), reader.integer(UInt64.self))
                guard first <= last else {
                    throw ChoreographyError(.malformed, "a cursor range goes from \(first) to \(last)")
                }
                cursor.insert(first...last)
            }
            cursors[stream] = cursor
        }
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let topic = try reader.topic()
            nextSequence[topic] = try max(1, reader.integer())
        }
        for item in try EntryCodec.knows(reader.block()) { know(item) }
    }
}
