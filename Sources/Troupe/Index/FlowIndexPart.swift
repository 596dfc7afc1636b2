internal import Choreography
internal import Envelope

/// Where a stretch of a journal speaks of flows and positions.
struct FlowIndexPart {
    /// A key and the global offset of an entry that it stands in.
    struct Row {
        let key: UInt64
        let offset: UInt64
    }

    /// Entries from one offset to another that hear sequences of a stream between two.
    struct Block {
        var first: UInt64
        var last: UInt64
        let from: UInt64
        var to: UInt64
    }

    /// The bytes of entries that one block covers, about.
    static let blockSize: UInt64 = 64 << 10

    /// What all is live after the stretch.
    private(set) var state: SlotState
    /// Where the stretch begins.
    let from: UInt64
    /// Where it ends.
    private(set) var to: UInt64
    /// The offset of its last entry; nil while it has none.
    private(set) var last: UInt64?
    private(set) var rows: [Row] = []
    private(set) var blocks: [StreamID: [Block]] = [:]

    private var streams = StreamCache()
    private var topic: Topic?
    private var blockStart: UInt64

    /// An empty stretch that begins at an offset, where the journal knows this.
    init(at from: UInt64, state: SlotState) {
        self.state = state
        self.from = from
        to = from
        blockStart = from
    }

    /// An empty stretch that goes on where another ended.
    init(after part: FlowIndexPart) {
        self.init(at: part.to, state: part.state)
        streams = part.streams
    }

    /// Takes in the entry that lies from one offset to another.
    mutating func add(_ entry: EngineEntry, from offset: UInt64, to end: UInt64) throws {
        if offset - blockStart >= Self.blockSize { blockStart = offset }
        var lastKey: UInt64?
        try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
            let view = try RecordView(bytes)
            let key = Self.key(view)
            if key != lastKey { rows.append(Row(key: key, offset: offset)) }
            lastKey = key
            if !(topic.map { view.topicMatches($0) } ?? false) {
                topic = try Topic(String(decoding: view.topicBytes, as: UTF8.self))
            }
            state.say(topic!, sequence: view.sequence)
        }
        var streams = StreamCache()
        swap(&streams, &self.streams)
        defer { swap(&streams, &self.streams) }
        try streams.forEachRun(of: entry) { run in hear(run, from: offset, to: end) }
        if !entry.knowsBytes.isEmpty {
            for item in try entry.knows() { know(item, offset) }
        }
        last = offset
        to = end
    }

    /// Takes in what lies between entries and is none of a slot's.
    mutating func skip(to end: UInt64) { to = end }

    private mutating func hear(_ run: HeardRun, from offset: UInt64, to end: UInt64) {
        state.hear(run)
        var known = blocks.removeValue(forKey: run.stream) ?? []
        if let block = known.last, block.from >= blockStart {
            known[known.count - 1].first = min(block.first, run.range.lowerBound)
            known[known.count - 1].last = max(block.last, run.range.upperBound)
            known[known.count - 1].to = end
        } else {
            known.append(Block(first: run.range.lowerBound, last: run.range.upperBound, from: offset, to: end))
        }
        blocks[run.stream] = known
    }

    private mutating func know(_ item: Knowledge, _ offset: UInt64) {
        state.know(item)
        switch item {
        case .park(let park): rows.append(Row(key: Self.key(park.position), offset: offset))
        case .unpark(let position), .undead(let position):
            rows.append(Row(key: Self.key(position), offset: offset))
        case .dead(let letter): rows.append(Row(key: Self.key(letter.position), offset: offset))
        case .cursor, .lost, .epoch, .trying, .closed, .opened, .forgot, .took: break
        }
    }

    // MARK: keys

    /// The key of an event's flow.
    private static func key(_ view: RecordView) -> UInt64 {
        if let uuid = view.flowUUIDBytes { return key(uuid) }
        return FNV1a.hash64(view.flowNameBytes.map { Array($0) } ?? [])
    }

    static func key(_ flow: FlowID) -> UInt64 {
        if let uuid = flow.uuidBytes { return key(uuid) }
        return FNV1a.hash64(flow.text.utf8)
    }

    private static func key(_ uuid: (UInt64, UInt64)) -> UInt64 {
        var mixed = (uuid.0 ^ (uuid.1 &* 0x9E37_79B9_7F4A_7C15)) &* 0xBF58_476D_1CE4_E5B9
        mixed ^= mixed >> 31
        return mixed
    }

    /// The key of an event's place: no epoch, for a park may be known by a later one.
    static func key(_ position: Position) -> UInt64 {
        FNV1a.hash64("\(position.stream)#\(position.sequence)".utf8)
    }

    // MARK: answers

    /// Offsets of the entries with a key; there may be others among them.
    func offsets(of key: UInt64) -> [UInt64] { rows.filter { $0.key == key }.map(\.offset) }

    /// Stretches of the journal that may hear an event.
    func ranges(hearing position: Position) -> [Range<UInt64>] {
        (blocks[position.stream] ?? []).filter { $0.first <= position.sequence && position.sequence <= $0.last }
            .map { $0.from..<$0.to }
    }
}
