package import Choreography
public import Envelope
public import Troupe

/// A flow that everybody is done with: its steps, and expectations on them that print the trace when they fail.
public struct SettledFlow: Sendable, CustomStringConvertible {
    /// A step of the flow.
    public struct Step: Sendable, Hashable {
        /// The step's number, `2.1`.
        public let number: String
        /// The handler that said it; `ingress` for a published root.
        public let handler: String
        /// The event with its envelope and data.
        public let event: Event
        /// The handlers that heard it, by name.
        public let heardBy: [String]
        /// The event's topic.
        public var topic: String { event.topic.text }
    }

    /// An event that a handler gave up on.
    public struct DeadEnd: Sendable, Hashable {
        public let handler: String
        public let topic: String
        public let attempts: Int
        public let error: String
    }

    /// By step number.
    public let steps: [Step]
    /// The dead letters of the flow.
    public let deadEnds: [DeadEnd]
    private let trace: FlowTrace

    package init(_ ledger: FlowLedger, flow: FlowID, isRunning: (HandlerName) -> Bool) {
        trace = FlowTrace(ledger, flow: flow, isRunning: isRunning)
        steps = ledger.steps(of: flow).map { number, said in
            Step(
                number: number.description,
                handler: said.event.serial.handler ?? said.position.stream.publisher.handler.text, event: said.event,
                heardBy: ledger.hearings(of: said.event.eventID).map(\.handler.text))
        }
        deadEnds = ledger.failures.filter { $0.0.flow == flow }.map { id, hearing in
            DeadEnd(
                handler: hearing.handler.text, topic: ledger.said[id]?.event.topic.text ?? "",
                attempts: Int(hearing.attempts), error: hearing.error ?? "")
        }
    }

    var isSettled: Bool { trace.isSettled }

    /// The trace, as `troupe trace` prints it.
    public var description: String { trace.lines().joined(separator: "\n") }

    // MARK: expectations

    /// Expects exactly these steps, each as `number topic`, by number: `"2.1 shop.payment.authorized"`.
    @discardableResult
    public func expect(steps expected: String...) throws -> Self {
        let found = steps.map { "\($0.number) \($0.topic)" }
        guard found == expected else {
            let missing = expected.filter { !found.contains($0) }
            let extra = found.filter { !expected.contains($0) }
            throw StageFailure(
                "expected other steps"
                    + (missing.isEmpty ? "" : "; missing: \(missing.joined(separator: ", "))")
                    + (extra.isEmpty ? "" : "; not expected: \(extra.joined(separator: ", "))"), trace: description)
        }
        return self
    }

    /// Expects these topics among the steps, each as often as it is named.
    @discardableResult
    public func expect(topics expected: String...) throws -> Self {
        for topic in Set(expected).sorted() {
            let wanted = expected.filter { $0 == topic }.count
            let found = steps.filter { $0.topic == topic }.count
            guard found == wanted else {
                throw StageFailure("expected \(topic) \(wanted) times, found it \(found) times", trace: description)
            }
        }
        return self
    }

    /// Expects that no step has one of these topics.
    @discardableResult
    public func expect(without topics: String...) throws -> Self {
        for topic in topics where steps.contains(where: { $0.topic == topic }) {
            throw StageFailure("expected no \(topic)", trace: description)
        }
        return self
    }

    /// Expects exactly one event of a type, and returns its payload.
    public func expect<P: EventPayload>(_ type: P.Type) throws -> P {
        let found = try payloads(type)
        guard found.count == 1 else {
            throw StageFailure("expected one \(type), found \(found.count)", trace: description)
        }
        return found[0]
    }

    /// Expects exactly one event of a type, with this payload.
    @discardableResult
    public func expect<P: EventPayload & Equatable>(_ payload: P) throws -> Self {
        let found = try expect(P.self)
        guard found == payload else {
            throw StageFailure("expected \(payload), found \(found)", trace: description)
        }
        return self
    }

    /// Expects that no handler gave up on an event.
    @discardableResult
    public func expectNoDeadEnds() throws -> Self {
        guard deadEnds.isEmpty else {
            throw StageFailure("expected no dead letters, found \(deadEnds.count)", trace: description)
        }
        return self
    }

    /// The payloads of all events of a type, by step number. Throws when one does not decode.
    public func payloads<P: EventPayload>(_ type: P.Type) throws -> [P] {
        try steps.filter { $0.topic == P.topic }.map { try PayloadCoder.decode(type, from: $0.event) }
    }
}

/// An expectation that did not hold; its description ends with the trace.
public struct StageFailure: Error, CustomStringConvertible {
    /// What was expected and what was found.
    public let reason: String
    /// The flow as the journals tell it.
    public let trace: String

    init(_ reason: String, trace: String) {
        self.reason = reason
        self.trace = trace
    }

    public var description: String { trace.isEmpty ? reason : "\(reason)\n\(trace)" }
}
