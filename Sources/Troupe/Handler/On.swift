public import Envelope

/// A reaction to events of one type.
public struct On<Payload: EventPayload>: Reactions {
    private var reaction: Reaction

    /// Reacts on a worker thread, without suspending. Throwing retries, then makes a dead letter.
    public init(_ type: Payload.Type, _ body: @escaping @Sendable (Payload, Handling) throws -> Void) {
        reaction = Reaction(
            topic: type.topic, emits: [],
            body: .synchronous { event, handling in try body(PayloadCoder.decode(type, from: event), handling) })
        reaction.consumed = type
    }

    /// Reacts in a task. Events of the same lane wait for it. Throwing retries, then makes a dead letter.
    public init(_ type: Payload.Type, _ body: @escaping @Sendable (Payload, Handling) async throws -> Void) {
        reaction = Reaction(
            topic: type.topic, emits: [],
            body: .asynchronous { event, handling in try await body(PayloadCoder.decode(type, from: event), handling) })
        reaction.consumed = type
    }

    /// Declares what the reaction may emit. Emitting anything else is an error.
    public func emits(_ types: any EventPayload.Type...) -> Self {
        var copy = self
        copy.reaction.emits += types.map { $0.topic }
        copy.reaction.emitted += types
        return copy
    }

    public var list: [Reaction] { [reaction] }
}

/// A reaction to the events of a topic as they are, undecoded.
public struct OnTopic: Reactions {
    private var reaction: Reaction

    /// Reacts on a worker thread, without suspending.
    public init(_ topic: String, _ body: @escaping @Sendable (Event, Handling) throws -> Void) {
        reaction = Reaction(topic: topic, emits: [], body: .synchronous(body))
    }

    /// Reacts in a task.
    public init(_ topic: String, _ body: @escaping @Sendable (Event, Handling) async throws -> Void) {
        reaction = Reaction(topic: topic, emits: [], body: .asynchronous(body))
    }

    /// Declares the types that the reaction may emit.
    public func emits(_ types: any EventPayload.Type...) -> Self {
        var copy = self
        copy.reaction.emits += types.map { $0.topic }
        copy.reaction.emitted += types
        return copy
    }

    /// Declares the topics that the reaction may emit on.
    public func emits(topics: String...) -> Self {
        var copy = self
        copy.reaction.emits += topics
        return copy
    }

    public var list: [Reaction] { [reaction] }
}

/// A reaction to the data of a topic's events, borrowed as it lies in the record: for streams of many small events.
///
/// ```swift
/// OnBytes("sensor.sample") { data, handling in
///     total += Int(data[0])
/// }
/// ```
/// Nothing is allocated for an event unless the reaction asks for ``Handling/event`` or emits.
public struct OnBytes: Reactions {
    private var reaction: Reaction

    /// Reacts on a worker thread, without suspending. `data` holds the event's data, and ends with the reaction. Throwing
    /// retries, then makes a dead letter.
    public init(_ topic: String, _ body: @escaping @Sendable (_ data: Span<UInt8>, Handling) throws -> Void) {
        reaction = Reaction(topic: topic, emits: [], body: .bytes(body))
    }

    /// Declares the topics that the reaction may emit on.
    public func emits(topics: String...) -> Self {
        var copy = self
        copy.reaction.emits += topics
        return copy
    }

    public var list: [Reaction] { [reaction] }
}
