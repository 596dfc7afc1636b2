internal import Choreography
internal import Envelope
internal import Troupe

/// Decides what is registered before handlers start: who consumes what, from where.
struct RegistrationPlan {
    typealias Tips = [Topic: [PublisherID: UInt64]]

    let file: ChoreographyFile
    /// What is registered already.
    let known: [HandlerName: Registration]
    /// Whether this is the choreography's first `up`: all begin at the earliest event.
    let isFirstUp: Bool

    /// The registrations to write; handlers that need none are absent. `tips` tells what was published by now.
    ///
    /// Throws ``CommandError`` with file and line when a topic is new and the file does not say where to begin.
    func changes(_ plans: [LaunchPlan], tips: (Set<Topic>) throws -> Tips) throws -> [Registration] {
        var changes: [Registration] = []
        var latest: [(index: Int, topic: Topic)] = []
        for plan in plans {
            let (spec, name) = (plan.spec, plan.spec.name)
            let topics = try Set(plan.declaration.consumes.map { try Topic($0.topic) })
            try checkStarts(spec, topics)
            var result = known[name] ?? Registration(handler: name, topics: [:], hasBegun: false)
            result.topics = result.topics.filter { topics.contains($0.key) }
            for topic in topics.sorted() where result.topics[topic] == nil {
                guard let start = spec.start(on: topic) ?? (isFirstUp ? .earliest : nil) else {
                    throw missingStart(spec, topic)
                }
                result.topics[topic] = .earliest
                if start == .latest { latest.append((changes.count, topic)) }
            }
            if result != known[name] { changes.append(result) }
        }
        guard !latest.isEmpty else { return changes }
        let tips = try tips(Set(latest.map(\.topic)))
        for (index, topic) in latest { changes[index].topics[topic] = .latest(tips: tips[topic] ?? [:]) }
        return changes
    }

    private func checkStarts(_ spec: HandlerSpec, _ topics: Set<Topic>) throws {
        guard case .byTopic(let starts)? = spec.start else { return }
        for (topic, start) in starts.sorted(by: { $0.value.line < $1.value.line }) where !topics.contains(topic) {
            throw CommandError(
                "\(file.path):\(start.line): handler '\(spec.name)' does not consume '\(topic)'"
                    + Nearest.question(topic.text, among: topics.map(\.text)) + " It consumes:"
                    + " \(topics.map(\.text).sorted().joined(separator: ", "))")
        }
    }

    private func missingStart(_ spec: HandlerSpec, _ topic: Topic) -> CommandError {
        let what =
            known[spec.name] == nil
            ? "handler '\(spec.name)' is new to this choreography"
            : "handler '\(spec.name)' now consumes '\(topic)', which it did not"
        return CommandError(
            "\(file.path):\(spec.line): \(what), and events may have been published before: say where it begins with"
                + " 'start: earliest' (it handles every event that is kept) or 'start: latest' (only what is published"
                + " from now on)")
    }
}
