internal import Choreography
internal import Envelope
internal import Troupe

/// What every reaction of a run does: a function of the event alone, so that the checker knows what must have come of it.
struct ReactionScript: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description = "the script says so"
    }

    /// What becomes of an event, in the end.
    enum Fate: Hashable, Sendable {
        case emits([Topic])
        case dead
    }

    /// Below this, reactions say nothing more: no flow is endless.
    static let depthLimit = 5

    let handler: HandlerName
    let emits: [Topic]
    let attempts: Int

    private func draw(_ id: EventID) -> UInt64 {
        SimulationRandom.hash("\(handler.text) \(id.flow.text) \(id.serial.text)")
    }

    /// How many attempts fail before one does not.
    func failures(_ id: EventID) -> Int {
        switch draw(id) % 100 {
        case 0..<80: 0
        case 80..<90: 1
        case 90..<96: 2
        default: .max
        }
    }

    /// How many processes end while they handle it, before one does not.
    func kills(_ id: EventID) -> Int {
        switch SimulationRandom.hash("kills \(handler.text) \(id.flow.text) \(id.serial.text)") % 100 {
        case 0: draw(id) % 3 == 0 ? .max : 2
        case 1: 1
        default: 0
        }
    }

    func fate(_ id: EventID) -> Fate {
        guard failures(id) < attempts, kills(id) < .max else { return .dead }
        guard !emits.isEmpty, id.serial.depth < Self.depthLimit else { return .emits([]) }
        let word = draw(id) >> 20
        let count = [0, 1, 1, 1, 2, 2, 3][Int(word % 7)]
        return .emits((0..<count).map { emits[(Int((word >> 8) % 64) + $0) % emits.count] })
    }

    /// The ids of what follows from an event.
    func children(_ id: EventID) -> [EventID] {
        guard case .emits(let topics) = fate(id) else { return [] }
        return topics.indices.map {
            EventID(flow: id.flow, serial: id.serial.child(handler: handler, index: $0 + 1))
        }
    }

    func reaction(on topic: Topic, _ killer: Killer) -> Reaction {
        var on = OnTopic(topic.text) { event, handling in
            let id = event.eventID
            guard !killer.strikes(id, kills(id)) else { return }
            guard handling.attempt > failures(id), case .emits(let topics) = fate(id) else {
                // What a failed attempt said must not exist.
                if let first = emits.first { try handling.emit(topic: first.text, data: Array("1".utf8)) }
                throw Failure()
            }
            for topic in topics { try handling.emit(topic: topic.text, data: Array("{}".utf8)) }
        }
        for emitted in emits { on = on.emits(topics: emitted.text) }
        return on.list[0]
    }
}
