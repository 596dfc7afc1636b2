internal import Choreography
internal import Envelope

/// Follows a handler's journal entry by entry: what it heard, how often, in which order, and what it said to it.
struct HandlerAudit {
    private let node: Node
    private let script: ReactionScript
    private let key: (EventID) -> String
    private let lost: Set<EventID>
    private(set) var problems: [String] = []
    private(set) var deadLetters = 0

    /// What the cursor covers, and which event that was.
    private var covered: [StreamID: [UInt64: EventID]] = [:]
    private var cuts: [StreamID: (epoch: UInt64, low: UInt64)] = [:]
    private var parked: [Position: EventID] = [:]
    /// For each stream and key, the last sequence whose fate was sealed, and by which entry.
    private var sealed: [StreamID: [String: [UInt64: Int]]] = [:]
    private var index = 0
    /// Dead letters that were taken up again: they are handled whenever that was.
    private var retried: Set<Position> = []
    /// Up to where events are missing that were removed before the journal was put back to before it heard them.
    private var removed: [StreamID: UInt64] = [:]

    init(_ node: Node, attempts: Int, lost: Set<EventID>, key: @escaping (EventID) -> String) {
        self.node = node
        self.key = key
        self.lost = lost
        script = ReactionScript(handler: node.id.handler, emits: node.plan.emits, attempts: attempts)
    }

    mutating func read(_ entry: JournalContents.Entry) {
        index += 1
        var handled: [EventID] = []
        var dead: Set<Position> = []
        for item in entry.knows {
            if case .dead(let letter) = item { dead.insert(letter.position) }
            if case .undead(let position) = item { retried.insert(position) }
        }
        for run in entry.heard {
            for sequence in run.range {
                let position = Position(run.stream, epoch: run.epoch, sequence: sequence)
                guard let id = node.heardIDs[position] else {
                    problems.append("heard \(position), which was never delivered")
                    continue
                }
                cover(position, id)
                switch run.outcome {
                case .handled:
                    handled.append(id)
                    seal(position, id, isDead: false)
                case .parked: parked[position] = id
                case .dead: seal(position, id, isDead: true)
                case .expired: problems.append("\(position) is called expired")
                }
            }
        }
        for item in entry.knows {
            switch item {
            case .unpark(let position):
                guard let id = parked.removeValue(forKey: position) else {
                    problems.append("\(position) is finished with, and was not set aside")
                    continue
                }
                seal(position, id, isDead: dead.contains(position))
                if !dead.contains(position) { handled.append(id) }
            case .park(let park):
                if isVoid(park.position) || retried.contains(park.position), parked[park.position] == nil {
                    // Its publisher lost it, and it may yet be handled: it is not heard then.
                    parked[park.position] = node.heardIDs[park.position]
                }
                if parked[park.position] == nil { problems.append("\(park.position) is set aside, and was not heard") }
            case .dead: deadLetters += 1
            default: cut(item)
            }
        }
        let expected = handled.flatMap { script.children($0) }.sorted()
        // What follows from an event that its publisher lost while it was in hand may exist.
        let said = entry.said.map(\.id).filter { id in
            guard let parent = id.serial.parent else { return false }
            return !lost.contains(EventID(flow: id.flow, serial: parent)) || expected.contains(id)
        }.sorted()
        if expected != said {
            problems.append(
                "one entry hears \(handled.count) events, from which \(expected.count) follow, and says \(said.count)")
        }
    }

    private func isVoid(_ position: Position) -> Bool {
        guard let cut = cuts[position.stream] else { return false }
        return position.epoch < cut.epoch && position.sequence > cut.low
    }

    private mutating func cover(_ position: Position, _ id: EventID) {
        if isVoid(position) { return }
        if covered[position.stream]?[position.sequence] != nil { problems.append("\(position) is heard twice") }
        covered[position.stream, default: [:]][position.sequence] = id
    }

    private mutating func cut(_ item: Knowledge) {
        if case .cursor(let stream, _, let low) = item, node.wasPutBack { removed[stream] = low }
        guard case .lost(let stream, let epoch, let low) = item else { return }
        cuts[stream] = (epoch, low)
        covered[stream] = covered[stream]?.filter { $0.key <= low }
    }

    private mutating func seal(_ position: Position, _ id: EventID, isDead: Bool) {
        // Five ends in a row under its own mark make a dead letter of any event.
        if (script.fate(id) == .dead) != isDead, !isDead || node.deaths[id, default: 0] < 5 {
            problems.append("\(position) ends \(isDead ? "as a dead letter" : "handled"), and should not")
        }
        if retried.contains(position) { return }
        sealed[position.stream, default: [:]][key(id), default: [:]][position.sequence] = index
    }

    mutating func finish() {
        for position in parked.keys.sorted() { problems.append("\(position) is still set aside") }
        for (stream, keys) in sealed where cuts[stream] == nil {
            for (key, entries) in keys {
                let order = entries.sorted { $0.key < $1.key }
                if let (early, late) = zip(order.dropFirst(), order).first(where: { $0.value < $1.value }) {
                    problems.append(
                        "\(stream) is handled out of order for key \(key): #\(late.key) in the \(late.value). entry,"
                            + " #\(early.key) in the \(early.value).")
                }
            }
        }
    }

    /// What there was to hear on a stream.
    mutating func expect(_ stream: StreamID, _ said: [(UInt64, EventID)]) {
        let heard = covered[stream] ?? [:]
        for (sequence, id) in said {
            guard let found = heard[sequence] else {
                if sequence <= removed[stream] ?? 0 { continue }
                problems.append("\(stream)#\(sequence), \(id), was never heard")
                continue
            }
            if found != id { problems.append("\(stream)#\(sequence) is \(id), and was heard as \(found)") }
        }
        if heard.count > said.count {
            problems.append("\(stream) is heard up to \(heard.keys.max() ?? 0), and has \(said.count) events")
        }
    }
}
