internal import Choreography
internal import Envelope
internal import Troupe
internal import TroupeTesting

/// What all journals of a home say, counted: who said how many events of what, and who heard what how often.
///
/// Reads on where it stopped, so that waiting for a count stays cheap.
final class Census {
    /// Events by topic.
    private(set) var said: [String: Int] = [:]
    /// Event ids that stand in the journals more than once.
    private(set) var repeated: [String] = []
    /// Events by handler and topic that were handled, at the first attempt or later.
    private(set) var handled: [String: [String: Int]] = [:]
    private var twice: [String] = []
    /// Journals, by slot.
    private(set) var journals: Set<String> = []
    /// Events that a handler gave up on.
    private(set) var dead = 0
    /// Jumps over what a publisher lost.
    private(set) var jumps: [String] = []

    private let tail: JournalTail
    private var ids: Set<String> = []
    private var heard: [String: Set<UInt64>] = [:]
    private var parked: Set<String> = []

    /// Reads every journal of the stage's home to its end by now.
    init(_ stage: ProcessStage) throws {
        tail = try JournalTail(home: Home(stage.home))
        try readOn()
    }

    /// Reads what was released since.
    func readOn() throws {
        try tail.poll { publisher, entry in
            journals.insert(publisher.text)
            try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
                let event = try RecordView(bytes).event()
                said[event.topic.text, default: 0] += 1
                if !ids.insert(event.id).inserted { repeated.append(event.id) }
            }
            let handler = publisher.handler.text
            for run in try entry.heard() {
                let key = "\(publisher) \(run.stream)"
                for sequence in run.range where !heard[key, default: []].insert(sequence).inserted {
                    twice.append("\(key)#\(sequence)")
                }
                if run.outcome == .handled {
                    handled[handler, default: [:]][run.stream.topic.text, default: 0] += run.range.count
                }
            }
            for item in try entry.knows() {
                switch item {
                case .park(let park): parked.insert("\(publisher) \(park.position)")
                case .unpark(let position):
                    if parked.remove("\(publisher) \(position)") == nil {
                        twice.append("\(publisher) unparks \(position)")
                    }
                    handled[handler, default: [:]][position.stream.topic.text, default: 0] += 1
                case .cursor(let stream, _, let low), .lost(let stream, _, let low):
                    jumps.append("\(publisher) \(stream) to \(low)")
                case .dead: dead += 1
                case .epoch, .undead, .trying, .closed, .opened, .forgot, .took: break
                }
            }
        }
        // A look passes over what cannot be read; a census must not.
        if let row = tail.unreadable.first { throw EngineError(.corrupt, row.line()) }
    }

    /// What a handler heard twice, or not in full.
    var heardTwice: [String] {
        twice
            + heard.compactMap { key, sequences in
                UInt64(sequences.count) == sequences.max()
                    ? nil : "\(key): \(sequences.count) heard, up to \(sequences.max() ?? 0)"
            }
    }

    /// How often a handler handled events of a topic; reads on first.
    func nowHandled(_ topic: String, by handler: String) throws -> Int {
        try readOn()
        return handled(topic, by: handler)
    }

    /// How often a handler handled events of a topic.
    func handled(_ topic: String, by handler: String) -> Int { handled[handler]?[topic] ?? 0 }
}
