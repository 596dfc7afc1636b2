package import Envelope

/// What a handler consumes and emits, as `--describe` prints it and the directory shows it.
public struct Declaration: Codable, Sendable, Hashable {
    /// A topic that is consumed, and what may be emitted in reaction to it.
    public struct Consumed: Codable, Sendable, Hashable {
        public var topic: String
        public var emits: [String]

        public init(topic: String, emits: [String]) {
            self.topic = topic
            self.emits = emits
        }
    }

    /// The handler's name.
    public var handler: String
    /// By topic.
    public var consumes: [Consumed]
    /// Everything that may be emitted, sorted.
    public var emits: [String]

    public init(handler: String, consumes: [Consumed], emits: [String]) {
        self.handler = handler
        self.consumes = consumes
        self.emits = emits
    }
}

extension Declaration {
    /// Reads and checks a handler's declaration. Throws ``HandlerError`` for a bad name, a bad topic, or a topic that
    /// two reactions consume.
    package static func of<H: Handler>(_ handler: H) throws -> (Declaration, [Topic: Reaction], HandlerName) {
        let name: HandlerName
        do { name = try HandlerName(H.name) } catch {
            throw HandlerError(.badName, "handler '\(H.name)': \(error.message)")
        }
        guard name != .ingress else {
            throw HandlerError(.badName, "'ingress' names the events of troupe publish; choose another name")
        }
        var reactions: [Topic: Reaction] = [:]
        for reaction in handler.reactions.list {
            let topic = try topic(reaction.topic, of: H.name)
            for emitted in reaction.emits { _ = try Self.topic(emitted, of: H.name) }
            guard reactions.updateValue(reaction, forKey: topic) == nil else {
                throw HandlerError(.duplicateTopic, "handler '\(H.name)' reacts twice to '\(topic)'; make it one On")
            }
        }
        let consumes = reactions.sorted { $0.key < $1.key }.map {
            Consumed(topic: $0.key.text, emits: Set($0.value.emits).sorted())
        }
        let declaration = Declaration(
            handler: H.name, consumes: consumes, emits: Set(consumes.flatMap(\.emits)).sorted())
        return (declaration, reactions, name)
    }

    private static func topic(_ text: String, of handler: String) throws -> Topic {
        do { return try Topic(text) } catch {
            throw HandlerError(.badTopic, "handler '\(handler)': \(error.message)")
        }
    }
}
