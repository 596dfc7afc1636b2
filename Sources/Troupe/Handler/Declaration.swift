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

    /// What the data of each topic looks like.
    public struct Shapes: Codable, Sendable, Hashable {
        /// What is decoded, by topic.
        public var consumes: [String: PayloadShape]
        /// What is encoded, by topic.
        public var emits: [String: PayloadShape]

        public init(consumes: [String: PayloadShape] = [:], emits: [String: PayloadShape] = [:]) {
            self.consumes = consumes
            self.emits = emits
        }
    }

    /// The handler's name.
    public var handler: String
    /// By topic.
    public var consumes: [Consumed]
    /// Everything that may be emitted, sorted.
    public var emits: [String]
    /// Of topics that are typed; only in what `--describe` prints.
    public var shapes: Shapes?
    /// How a running handler's program is asked for its shapes, without `--describe`; only in the directory.
    package var command: [String]?

    public init(handler: String, consumes: [Consumed], emits: [String], shapes: Shapes? = nil) {
        self.handler = handler
        self.consumes = consumes
        self.emits = emits
        self.shapes = shapes
    }
}

extension Declaration {
    /// Reads and checks a handler's declaration. Throws ``HandlerError`` for a bad name, a bad topic, or a topic that
    /// two reactions consume.
    package static func of<H: Handler>(_ handler: H) throws -> (Declaration, [Topic: Reaction], HandlerName) {
        let name: HandlerName
        // Asked once: what an author computes may differ the next time.
        let given = handler.name
        do { name = try HandlerName(given) } catch {
            throw HandlerError(.badName, "handler '\(given)': \(error.message)")
        }
        guard name != .ingress else {
            throw HandlerError(.badName, "'ingress' names the events of troupe publish; choose another name")
        }
        var reactions: [Topic: Reaction] = [:]
        for reaction in handler.reactions.list {
            let topic = try topic(reaction.topic, of: given)
            for emitted in reaction.emits { _ = try Self.topic(emitted, of: given) }
            guard reactions.updateValue(reaction, forKey: topic) == nil else {
                throw HandlerError(.duplicateTopic, "handler '\(given)' reacts twice to '\(topic)'; make it one On")
            }
        }
        let consumes = reactions.sorted { $0.key < $1.key }.map {
            Consumed(topic: $0.key.text, emits: Set($0.value.emits).sorted())
        }
        let declaration = Declaration(
            handler: given, consumes: consumes, emits: Set(consumes.flatMap(\.emits)).sorted())
        return (declaration, reactions, name)
    }

    /// A handler's declaration with the shapes of its payloads. Throws as ``of(_:)`` does.
    package static func withShapes<H: Handler>(of handler: H) throws -> Declaration {
        var declaration = try of(handler).0
        var shapes = Shapes()
        for reaction in handler.reactions.list {
            if let type = reaction.consumed { shapes.consumes[type.topic] = ShapeFinder.consumed(type) }
            for type in reaction.emitted {
                let shape = ShapeFinder.emitted(type)
                let other = shapes.emits.updateValue(shape, forKey: type.topic)
                if let other, other != shape { shapes.emits[type.topic] = PayloadShape(.anything) }
            }
        }
        declaration.shapes = shapes
        return declaration
    }

    private static func topic(_ text: String, of handler: String) throws -> Topic {
        do { return try Topic(text) } catch {
            throw HandlerError(.badTopic, "handler '\(handler)': \(error.message)")
        }
    }
}
