/// What `troupe check` found, where, and what to do about it.
struct CheckFinding: Encodable, Hashable {
    /// What is looked for.
    enum Rule: String, Encodable {
        /// The file cannot be read.
        case file
        /// A program is missing, or is no handler.
        case program
        /// Two handlers of one name.
        case duplicate
        /// Where a handler begins must be chosen.
        case start
        /// Events go round.
        case cycle
        /// Emitted, and nobody hears it.
        case orphan
        /// Consumed, and nobody emits it.
        case mute
        /// No event ever gets to a handler.
        case unreachable
        /// What is sent does not fit what is expected.
        case shape
        /// The file accepts what is not there.
        case stale
    }

    enum Severity: String, Encodable {
        /// Some events will not be handled.
        case error
        /// May be meant.
        case warning
    }

    var rule: Rule
    var severity: Severity
    var file: String
    var line: Int
    var handler: String?
    var topic: String?
    /// The field of the payload, `items[].price`.
    var field: String?
    var message: String
    var advice: String

    private enum CodingKeys: String, CodingKey {
        case rule, severity, file, line, handler, topic, field, message, advice
    }

    /// Every key always, null where nothing is known.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(rule, forKey: .rule)
        try container.encode(severity, forKey: .severity)
        try container.encode(file, forKey: .file)
        try container.encode(line, forKey: .line)
        try container.encode(handler, forKey: .handler)
        try container.encode(topic, forKey: .topic)
        try container.encode(field, forKey: .field)
        try container.encode(message, forKey: .message)
        try container.encode(advice, forKey: .advice)
    }
}
