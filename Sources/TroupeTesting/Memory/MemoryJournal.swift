internal import Choreography
internal import Envelope

/// A log as an array of encoded entries, with the state that they amount to.
struct MemoryJournal: Sendable {
    struct Entry: Sendable {
        let epoch: UInt64
        let level: Durability
        let time: Timestamp
        let heard: [UInt8]
        let said: [UInt8]
        let knows: [UInt8]
    }

    private(set) var entries: [Entry] = []
    private(set) var state = SlotState()
    var isOpen = false

    init(epoch: UInt64, time: Timestamp) {
        append(EntryDraft(knows: [.epoch(epoch, firsts: [:])], time: time), level: .memory)
    }

    mutating func append(_ draft: EntryDraft, level: Durability) {
        var said: [UInt8] = []
        for event in draft.said {
            var event = event
            event.sequence = state.tip(event.topic) + 1
            EventRecord.encode(event, into: &said)
            state.say(event.topic, sequence: event.sequence)
        }
        if let roots = draft.roots {
            let first = state.tip(roots.topic) + 1
            said += [UInt8](unsafeUninitializedCapacity: roots.bytes.count) { buffer, count in
                roots.write(first: first, to: UnsafeMutableRawBufferPointer(buffer))
                count = roots.bytes.count
            }
            state.say(roots.topic, sequence: first + UInt64(roots.count) - 1)
        }
        state.apply(draft)
        entries.append(
            Entry(
                epoch: state.epoch, level: level, time: draft.time, heard: EntryCodec.encode(heard: draft.heard),
                said: said, knows: EntryCodec.encode(knows: draft.knows)))
    }

    /// What a follower wants of the entries from an index on.
    func deliveries(from index: Int, _ publisher: PublisherID, _ follower: MemoryEngine.Follower) -> [Delivery] {
        var deliveries: [Delivery] = []
        var cursors: [Topic: Cursor] = [:]
        for entry in entries[index...] {
            entry.said.withUnsafeBytes { bytes in
                // Encoded by `append`: the records are whole.
                try! EntryCodec.forEachRecord(in: bytes) { record, range in
                    let view = try RecordView(record)
                    guard let topic = follower.topics.first(where: { view.topicMatches($0) }) else { return }
                    let stream = StreamID(publisher, topic)
                    let cursor = cursors[topic] ?? follower.start(stream)
                    cursors[topic] = cursor
                    guard view.sequence > cursor.low else { return }
                    deliveries.append(
                        Delivery(
                            stream: stream, epoch: entry.epoch, sequence: view.sequence, record: entry.said[range]))
                }
            }
        }
        return deliveries
    }
}

/// A slot's log in a `MemoryEngine`.
final class MemoryLog: EngineLog {
    private let engine: MemoryEngine
    let publisher: PublisherID
    let recovered: SlotState
    let isNew: Bool
    let recoveredTime: Timestamp

    init(_ engine: MemoryEngine, _ publisher: PublisherID, recovered: SlotState, isNew: Bool, time: Timestamp) {
        self.engine = engine
        self.publisher = publisher
        self.recovered = recovered
        self.isNew = isNew
        recoveredTime = time
    }

    func append(
        _ draft: EntryDraft, level: Durability, then: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) throws {
        try engine.append(draft, level: level, to: publisher)
        then(.success(()))
    }

    func follow(
        _ topics: Set<Topic>, start: @escaping @Sendable (StreamID) -> Cursor, receiver: any DeliveryReceiver
    ) throws {
        engine.follow(publisher, MemoryEngine.Follower(topics: topics, start: start, receiver: receiver))
    }

    func resume() { engine.resume(publisher) }

    func close() throws { engine.close(publisher) }
}

/// Reads a log of a `MemoryEngine`; a place is an index of its entries.
final class MemoryReader: EngineReader {
    private let engine: MemoryEngine
    private let publisher: PublisherID

    init(_ engine: MemoryEngine, _ publisher: PublisherID) {
        self.engine = engine
        self.publisher = publisher
    }

    private var entries: [MemoryJournal.Entry] { engine.journal(publisher)?.entries ?? [] }

    func end() throws -> EngineCursor { EngineCursor(high: 0, low: UInt64(entries.count)) }

    func start() throws -> EngineCursor { EngineCursor(high: 0, low: 0) }

    func checkpoint() throws -> (EngineCursor, SlotState) { (try start(), SlotState()) }

    func read(
        from cursor: EngineCursor, upTo end: EngineCursor, maxBytes: Int, _ body: (EngineEntry) throws -> Bool
    ) throws -> EngineCursor {
        var index = Int(clamping: cursor.low)
        var bytes = 0
        let entries = entries
        while index < min(entries.count, Int(clamping: end.low)), bytes < maxBytes {
            let entry = entries[index]
            index += 1
            bytes += entry.heard.count + entry.said.count + entry.knows.count
            let goesOn = try entry.heard.withUnsafeBytes { heard in
                try entry.said.withUnsafeBytes { said in
                    try entry.knows.withUnsafeBytes { knows in
                        try body(
                            EngineEntry(
                                epoch: entry.epoch, level: entry.level, time: entry.time, heard: heard, said: said,
                                knows: knows))
                    }
                }
            }
            if !goesOn { break }
        }
        return EngineCursor(high: 0, low: UInt64(index))
    }

    func cursor(before wants: [Topic: UInt64]) throws -> EngineCursor { try start() }

    func firstKept() throws -> [Topic: UInt64] { [:] }

    var isLive: Bool { engine.journal(publisher)?.isOpen ?? false }
}
