internal import Choreography
internal import Envelope
internal import Journal

/// What a publisher that somebody hears has said: its end, its epochs, and what checks need of its events.
struct HeardSource {
    /// An event that may be a cause.
    struct Cause {
        let event: Event
        let checksum: UInt32
    }

    let state: SlotState
    private let events: [StreamID: [UInt64: Cause]]

    /// Nil when it has no journal here, or it cannot be read.
    init?(_ publisher: PublisherID, of topics: Set<Topic>, home: Home, boot: BootID) {
        do {
            let reader = try FileEngineReader(publisher, home: home, boot: boot)
            var (place, state) = try reader.origin()
            var events: [StreamID: [UInt64: Cause]] = [:]
            let end = try reader.end()
            while !place.reaches(end) {
                let next = try reader.read(from: place, upTo: end, maxBytes: 8 << 20) { entry in
                    try state.apply(entry)
                    try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
                        let head = try RecordHead(in: bytes, at: 0)
                        guard let topic = topics.first(where: { head.topicMatches($0) }),
                            let event = try? EventRecord.decode(bytes)
                        else { return }
                        events[StreamID(publisher, topic), default: [:]][head.sequence] = Cause(
                            event: event, checksum: head.checksum)
                    }
                    return true
                }
                if next == place { break }
                place = next
            }
            self.state = state
            self.events = events
        } catch { return nil }
    }

    /// The event that has a sequence now; nil if it is not kept.
    func cause(_ stream: StreamID, _ sequence: UInt64) -> Cause? { events[stream]?[sequence] }

    /// Whether an epoch that is newer than `epoch` lost a sequence, or took it for another event.
    func isLost(_ stream: StreamID, _ sequence: UInt64, since epoch: UInt64) -> Bool {
        state.firstSequence(after: epoch, on: stream.topic).map { sequence >= $0 } ?? false
    }
}
