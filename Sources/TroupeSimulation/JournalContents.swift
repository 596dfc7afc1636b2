internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// A journal read whole by the checker, on its own path: through `JournalReader`, from the first entry to the released end.
struct JournalContents {
    struct Said {
        let topic: Topic
        let sequence: UInt64
        let id: EventID
        let key: String
        let hash: UInt64
    }

    struct Entry {
        var begin: UInt64 = 0
        let end: UInt64
        var epoch: UInt64 = 0
        /// What it says was durable when it was appended.
        var durableBefore: UInt64 = 0
        let hash: UInt64
        let said: [Said]
        let heard: [HeardRun]
        let knows: [Knowledge]

        /// Whether it only begins an epoch, as a start does by itself.
        var isEpochOnly: Bool {
            guard said.isEmpty, heard.isEmpty else { return false }
            return knows.contains { if case .epoch = $0 { true } else { false } }
                && knows.allSatisfy { item in
                    switch item {
                    case .epoch, .forgot, .closed: true
                    default: false
                    }
                }
        }

        /// Whether it only says that an event is being tried, or a process has begun.
        var isTrial: Bool {
            guard said.isEmpty, heard.isEmpty, !knows.isEmpty else { return false }
            return knows.allSatisfy { item in
                switch item {
                case .trying, .opened: true
                default: false
                }
            }
        }

        init(_ view: EntryView) throws {
            self = try Self(kind: view.kind, end: view.end, heard: view.heard, said: view.said, knows: view.knows)
            begin = view.offset
            epoch = view.epoch
            durableBefore = view.durableBefore
        }

        init(
            kind: UInt8 = EntryCodec.kind, end: UInt64, heard: UnsafeRawBufferPointer, said: UnsafeRawBufferPointer,
            knows: UnsafeRawBufferPointer
        ) throws {
            self.end = end
            var hash = SimulationRandom.hash(said)
            hash = SimulationRandom.mix(hash &+ SimulationRandom.hash(heard))
            hash = SimulationRandom.mix(hash &+ SimulationRandom.hash(knows))
            self.hash = hash
            self.heard = try EntryCodec.heard(heard, kind: kind)
            self.knows = try EntryCodec.knows(knows)
            var list: [Said] = []
            try EntryCodec.forEachRecord(in: said) { bytes, _ in
                let event = try RecordView(bytes).event()
                list.append(
                    Said(
                        topic: event.topic, sequence: event.sequence, id: event.eventID, key: event.orderingKey,
                        hash: SimulationRandom.hash(bytes)))
            }
            self.said = list
        }
    }

    let entries: [Entry]

    /// Reads everything that is released. A directory without a journal is empty.
    init(_ publisher: PublisherID, disk: any FileSystem, boot: BootID, trimmed: [Entry]) throws {
        let left = try Self.read(publisher, disk: disk, boot: boot)
        // A segment may come back: its removal was not durable.
        entries = trimmed.filter { entry in left.first.map { entry.end <= $0.begin } ?? true } + left
    }

    private static func read(_ publisher: PublisherID, disk: any FileSystem, boot: BootID) throws -> [Entry] {
        let directory = World.home.journal(publisher.text)
        let names: [String]
        do { names = try disk.list(directory) } catch { return [] }
        guard names.contains(where: { $0.hasSuffix(".seg") }) else { return [] }
        let reader = try JournalReader(directory, fileSystem: disk, boot: boot)
        let end = try reader.end()
        var cursor = try reader.start()
        var found: [Entry] = []
        while cursor.offset < end.released {
            let next = try reader.read(from: cursor, upTo: end, maxBytes: 1 << 20) { view in
                if EntryCodec.isSlotKind(view.kind) { found.append(try Entry(view)) }
                return true
            }
            if next == cursor { break }
            cursor = next
        }
        return found
    }
}
