internal import Choreography
internal import Envelope

/// A log as an array of encoded entries, read like any engine's; places are entry numbers.
final class FakeLog: EngineReader {
    struct Entry {
        let epoch: UInt64
        let level: Durability
        let heard: [UInt8]
        let said: [UInt8]
        let knows: [UInt8]

        func with<R>(_ body: (EngineEntry) throws -> R) rethrows -> R {
            try heard.withUnsafeBytes { heard in
                try said.withUnsafeBytes { said in
                    try knows.withUnsafeBytes { knows in
                        try body(
                            EngineEntry(
                                epoch: epoch, level: level, time: Sample.start, heard: heard, said: said,
                                knows: knows))
                    }
                }
            }
        }
    }

    let publisher: PublisherID
    private(set) var entries: [Entry] = []
    private(set) var state = SlotState()
    /// How many entries retention has removed.
    private(set) var trimmed = 0
    private(set) var firsts: [Topic: UInt64] = [:]
    /// How many entries were read.
    private(set) var reads = 0
    /// The next sequences before each entry.
    private var nexts: [[Topic: UInt64]] = []
    /// Changes when entries are lost; a place of another history is refused.
    private var history: UInt64 = 0

    init(_ publisher: PublisherID) {
        self.publisher = publisher
    }

    func begin(epoch: UInt64) {
        append(EntryDraft(knows: [.epoch(epoch, firsts: state.nextSequence)], time: Sample.start))
    }

    @discardableResult
    func append(_ draft: EntryDraft, level: Durability = .synced) -> [Event] {
        nexts.append(state.nextSequence)
        var said: [UInt8] = []
        var events: [Event] = []
        for event in draft.said {
            var event = event
            event.sequence = state.tip(event.topic) + 1
            state.say(event.topic, sequence: event.sequence)
            EventRecord.encode(event, into: &said)
            events.append(event)
        }
        state.apply(draft)
        entries.append(
            Entry(
                epoch: state.epoch, level: level, heard: EntryCodec.encode(heard: draft.heard), said: said,
                knows: EntryCodec.encode(knows: draft.knows)))
        return events
    }

    @discardableResult
    func say(_ events: Event..., level: Durability = .synced) -> [Event] {
        append(EntryDraft(said: events, time: Sample.start), level: level)
    }

    /// Says an event with the sequence that it has.
    func sayAsIs(_ event: Event) {
        nexts.append(state.nextSequence)
        state.say(event.topic, sequence: event.sequence)
        entries.append(
            Entry(epoch: state.epoch, level: .synced, heard: [], said: Sample.record(event), knows: []))
    }

    /// The state that the first entries amount to, read from their bytes.
    func fold(first count: Int? = nil) throws -> SlotState {
        var state = SlotState()
        for entry in entries.prefix(count ?? entries.count) { try entry.with { try state.apply($0) } }
        return state
    }

    /// What a power loss does: the last entries are gone, a new epoch begins.
    func lose(_ count: Int, epoch: UInt64) throws {
        entries.removeLast(count)
        nexts.removeLast(count)
        history += 1
        state = try fold()
        begin(epoch: epoch)
    }

    /// What retention does to the oldest entries.
    func trim(_ count: Int) throws {
        trimmed = count
        firsts = try fold(first: count).nextSequence
    }

    // MARK: EngineReader

    func end() throws -> EngineCursor { place(entries.count) }
    func start() throws -> EngineCursor { place(trimmed) }
    func checkpoint() throws -> (EngineCursor, SlotState) { (try start(), try fold(first: trimmed)) }
    func firstKept() throws -> [Topic: UInt64] { firsts }
    var isLive: Bool { false }

    func cursor(before wants: [Topic: UInt64]) throws -> EngineCursor {
        place(
            nexts.indices.dropFirst(trimmed).last { index in
                wants.allSatisfy { (nexts[index][$0.key] ?? 1) <= $0.value }
            } ?? trimmed)
    }

    private func place(_ index: Int) -> EngineCursor { EngineCursor(high: history, low: UInt64(index)) }

    func read(
        from cursor: EngineCursor, upTo end: EngineCursor, maxBytes: Int, _ body: (EngineEntry) throws -> Bool
    ) throws -> EngineCursor {
        var index = Int(clamping: cursor.low)
        guard index >= trimmed, cursor.high == history else { throw EngineError(.notFound, "no such place") }
        var bytes = 0
        while index < min(entries.count, Int(clamping: end.low)), bytes < maxBytes {
            let entry = entries[index]
            index += 1
            reads += 1
            bytes += entry.heard.count + entry.said.count + entry.knows.count + 52
            if try !entry.with(body) { break }
        }
        return place(index)
    }
}
