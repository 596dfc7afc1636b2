public import Envelope
public import Troupe

/// A choreography under test: publish roots, wait until their flows are settled, look at what happened.
///
/// Made by ``withChoreography(_:_:body:)``; the same test runs in memory and against real processes.
public final class Stage: Sendable {
    private let actors: any StageActors

    init(_ actors: any StageActors) { self.actors = actors }

    /// Publishes a root event.
    ///
    /// - Parameters:
    ///   - id: the flow's id; nil draws one.
    ///   - key: the partition key: events of one key are handled in order.
    ///   - context: the small map that travels with the flow.
    /// - Throws: ``EnvelopeError`` for a bad id or context, or what the payload's encoding throws.
    @discardableResult
    public func publish<P: EventPayload>(
        _ payload: P, id: String? = nil, key: String? = nil, context: [String: String] = [:]
    ) async throws -> Flow {
        try await publish(
            topic: P.topic, data: PayloadCoder.encode(payload), id: id, key: key, context: context)
    }

    /// Publishes a root event from JSON bytes.
    @discardableResult
    public func publish(
        topic: String, data: [UInt8], id: String? = nil, key: String? = nil, context: [String: String] = [:]
    ) async throws -> Flow {
        var random = SystemRandomNumberGenerator()
        let now = actors.now
        let flow = try id.map { try FlowID($0) } ?? FlowID.generate(microseconds: now.microseconds, using: &random)
        var event = Event(topic: try Topic(topic), flow: flow, time: now, data: data)
        event.partitionKey = key
        event.context = context
        try event.validate()
        try await actors.publish(event)
        return Flow(id: flow, actors: actors)
    }

    /// The time on the stage: virtual in memory, the wall clock with processes.
    public var now: Timestamp { actors.now }

    /// Ends a handler as `kill -9` does, and starts it again from what it had appended.
    public func restart(_ handler: String) async throws { try await actors.restart(handler) }
}

/// A flow on a stage.
public struct Flow: Sendable {
    /// The flow's id.
    public let id: FlowID
    let actors: any StageActors

    /// Waits until every registered handler is done with every event of the flow, and returns what happened.
    ///
    /// Throws ``StageFailure``, which prints the trace, when the flow does not settle: in memory when nothing is left
    /// to do, with processes after `timeout`.
    @discardableResult
    public func settled(timeout: Duration = .seconds(20)) async throws -> SettledFlow {
        try await actors.settle(id, timeout: timeout)
    }
}

/// What a stage stands on: handlers in memory, or processes.
protocol StageActors: Sendable {
    var now: Timestamp { get }
    func publish(_ event: Event) async throws
    func settle(_ flow: FlowID, timeout: Duration) async throws -> SettledFlow
    func restart(_ handler: String) async throws
}
