internal import Choreography
internal import Envelope

/// What a run knows of a journal beside the journal: every entry that was appended, and who relied on it.
///
/// The checker trusts this and the bytes on disk, not the machines between them.
final class JournalShadow {
    struct Entry {
        let end: UInt64
        let epoch: UInt64
        let hash: UInt64
        let said: [(topic: Topic, sequence: UInt64, id: EventID)]
        /// Whether it only says that an event is being tried, which need not outlive the power.
        let isTrial: Bool
        /// Shown to others by the publisher's own account, or acknowledged.
        var isVouchedFor = false
        var isSeen = false
        var isDurable = false
    }

    private(set) var entries: [Entry] = []
    /// Every entry that ever was: a copy may bring back what a power loss took after it was made.
    private var ever: Set<UInt64> = []
    /// Whether an append has begun that may, or may not, have come to be.
    var isInDoubt = false
    /// Whether the power went, or the journal was put back from a copy, since it was opened last.
    var lostPower = false
    private(set) var wasPutBack = false
    /// Whether that it was put back can be seen.
    private var mustSaySo = true
    /// Ids that were said in entries that somebody relied on and that a power loss took.
    private(set) var lostIDs: Set<EventID> = []
    private(set) var lostCount = 0
    /// Records that were ever said, by place: what may be served there.
    private var spoken: [StreamID: [UInt64: Set<UInt64>]] = [:]
    private var places: [StreamID: [UInt64: Int]] = [:]

    func append(_ entry: JournalContents.Entry, publisher: PublisherID) {
        isInDoubt = false
        ever.insert(entry.hash)
        for event in entry.said {
            let stream = StreamID(publisher, event.topic)
            spoken[stream, default: [:]][event.sequence, default: []].insert(event.hash)
            places[stream, default: [:]][event.sequence] = entries.count
        }
        entries.append(
            Entry(
                end: entry.end, epoch: entry.epoch, hash: entry.hash,
                said: entry.said.map { ($0.topic, $0.sequence, $0.id) }, isTrial: entry.isTrial))
    }

    func vouch(upTo end: UInt64) {
        for index in entries.indices.reversed() where entries[index].end <= end {
            if entries[index].isVouchedFor { break }
            entries[index].isVouchedFor = true
        }
    }

    /// A root was acknowledged.
    func acknowledge(_ end: UInt64) {
        if let index = entries.lastIndex(where: { $0.end == end }) { entries[index].isVouchedFor = true }
    }

    func durable(upTo end: UInt64) {
        for index in entries.indices.reversed() where entries[index].end <= end {
            if entries[index].isDurable { break }
            entries[index].isDurable = true
        }
    }

    /// Somebody hears a record. Returns whether it was ever said there.
    func see(_ stream: StreamID, _ sequence: UInt64, hash: UInt64) -> Bool {
        guard spoken[stream]?[sequence]?.contains(hash) ?? false else { return false }
        if let index = places[stream]?[sequence], index < entries.count { entries[index].isSeen = true }
        return true
    }

    /// An append that failed, or died, has come to be all the same, and a start released it before it died in its turn.
    func adopt(_ found: JournalContents, publisher: PublisherID) {
        guard isInDoubt, found.entries.count > entries.count,
            zip(entries, found.entries).allSatisfy({ $0.hash == $1.hash && $0.end == $1.end })
        else { return }
        for entry in found.entries[entries.count...] { append(entry, publisher: publisher) }
    }

    /// The journal was put back from a copy: what it held since is lost, at whatever level.
    func putBack(isSeen: Bool) {
        wasPutBack = true
        mustSaySo = isSeen
    }

    /// Compares with a journal as it is found. Returns what is wrong.
    func reopened(_ found: JournalContents, level: Durability, publisher: PublisherID) -> [String] {
        var problems: [String] = []
        var kept = 0
        while kept < min(entries.count, found.entries.count), entries[kept].hash == found.entries[kept].hash,
            entries[kept].end == found.entries[kept].end
        {
            kept += 1
        }
        let lost = entries[kept...]
        // The start that cut may have died in its turn: what tells is a newer epoch behind what was kept.
        let newest = found.entries.last?.epoch ?? 0
        // With a clock that was set back, a journal that was put back to before its beginning begins an earlier epoch,
        // if nobody heard of the later one.
        let isReported = wasPutBack ? !lost.contains { $0.epoch == newest } : newest > (lost.last?.epoch ?? 0)
        let relied = lost.filter { $0.isVouchedFor || $0.isSeen }
        if !relied.isEmpty {
            lostCount += lost.count
            if level == .synced, !wasPutBack, relied.contains(where: { !$0.isTrial }) {
                problems.append("\(publisher) lost entries that were acknowledged, released or heard, at synced")
            } else if !lostPower, !wasPutBack {
                problems.append("\(publisher) lost released entries, and the power did not go")
            } else if !isReported, mustSaySo {
                problems.append("\(publisher) lost released entries and does not say so")
            }
            for entry in lost { for said in entry.said { lostIDs.insert(said.id) } }
        }
        // A frame that was under way when the journal was put back is seen only afterwards.
        if wasPutBack { for entry in lost { for said in entry.said { lostIDs.insert(said.id) } } }
        entries.removeSubrange(kept...)
        for stream in places.keys { places[stream] = places[stream]!.filter { $0.value < kept } }
        let extra = found.entries[kept...]
        let unknown = extra.filter { !$0.isEpochOnly && !(wasPutBack && ever.contains($0.hash)) }
        if unknown.count > (isInDoubt || wasPutBack ? 1 : 0) {
            problems.append("\(publisher) has \(unknown.count) entries that were never appended")
        }
        for entry in extra { append(entry, publisher: publisher) }
        // What a start keeps is durable and released.
        for index in entries.indices { (entries[index].isVouchedFor, entries[index].isDurable) = (true, true) }
        isInDoubt = false
        (lostPower, wasPutBack, mustSaySo) = (false, false, true)
        return problems
    }
}
