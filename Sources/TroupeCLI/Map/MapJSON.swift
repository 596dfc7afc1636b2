internal import FoundationEssentials

/// What `troupe map --format json` prints: every key always, null where nothing is known.
extension ChoreographyMap: Encodable {
    private enum Keys: String, CodingKey {
        case choreography, view, handlers, topics, says, hears, reactions, unreadable
    }

    private struct Reaction: Encodable {
        var handler: String
        var hears: String
        var says: [String]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(choreography, forKey: .choreography)
        try container.encode(view, forKey: .view)
        try container.encode(handlers, forKey: .handlers)
        try container.encode(topics, forKey: .topics)
        try container.encode(sayings, forKey: .says)
        try container.encode(hearings, forKey: .hears)
        let reactions = effects.sorted { ($0.key.handler, $0.key.topic) < ($1.key.handler, $1.key.topic) }
        try container.encode(
            reactions.map { Reaction(handler: $0.key.handler, hears: $0.key.topic, says: $0.value) }, forKey: .reactions
        )
        try container.encode(unreadable, forKey: .unreadable)
    }

    /// Indented JSON with sorted keys.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension ChoreographyMap.Handler: Encodable {
    private enum Keys: String, CodingKey { case name, isRunning, parked, deadLetters }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(name, forKey: .name)
        try container.encode(isRunning, forKey: .isRunning)
        try container.encode(parked, forKey: .parked)
        try container.encode(deadLetters, forKey: .deadLetters)
    }
}

extension ChoreographyMap.Saying: Encodable {
    private enum Keys: String, CodingKey { case handler, topic, isDeclared, isObserved, events, perSecond }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(handler, forKey: .handler)
        try container.encode(topic, forKey: .topic)
        try container.encode(isDeclared, forKey: .isDeclared)
        try container.encode(isObserved, forKey: .isObserved)
        try container.encode(traffic?.count, forKey: .events)
        try container.encode(traffic?.perSecond, forKey: .perSecond)
    }
}

extension ChoreographyMap.Hearing: Encodable {
    private enum Keys: String, CodingKey {
        case handler, topic, isDeclared, isObserved, events, perSecond, behind, parked, deadLetters
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(handler, forKey: .handler)
        try container.encode(topic, forKey: .topic)
        try container.encode(isDeclared, forKey: .isDeclared)
        try container.encode(isObserved, forKey: .isObserved)
        try container.encode(traffic?.count, forKey: .events)
        try container.encode(traffic?.perSecond, forKey: .perSecond)
        try container.encode(behind, forKey: .behind)
        try container.encode(parked, forKey: .parked)
        try container.encode(deadLetters, forKey: .deadLetters)
    }
}
