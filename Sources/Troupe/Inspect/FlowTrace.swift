package import Choreography
package import Envelope
internal import FoundationEssentials

/// One flow as people see it: its steps by number, what was done with each, what is outstanding.
///
/// Encodes to the JSON that `troupe trace --format json` prints.
package struct FlowTrace: Codable, Sendable, Hashable {
    /// What a handler did with a step's event.
    package struct Hearing: Codable, Sendable, Hashable {
        package var handler: String
        /// `handled`, `expired`, `parked` or `dead`.
        package var outcome: String
        package var attempts: UInt32
        package var error: String?
        /// Microseconds since the root.
        package var sinceRoot: Int64
    }

    /// An event of the flow.
    package struct Step: Codable, Sendable, Hashable {
        package var step: String
        package var id: String
        package var serial: String
        /// Who said it.
        package var handler: String
        package var topic: String
        /// RFC 3339.
        package var time: String
        /// Microseconds since the root.
        package var sinceRoot: Int64
        package var durability: String
        package var causes: [String]
        package var heardBy: [Hearing]
    }

    /// What somebody has yet to finish with.
    package struct Outstanding: Codable, Sendable, Hashable {
        package var id: String
        package var topic: String
        package var handler: String
        /// For people: why it is outstanding.
        package var reason: String
        /// Whether a process holds the handler's slot.
        package var isRunning: Bool
    }

    package var flow: String
    package var isSettled: Bool
    package var failures: Int
    /// The level of the weakest hop.
    package var durability: String
    package var steps: [Step]
    package var outstanding: [Outstanding]

    /// Draws up the trace of one of a ledger's flows. `isRunning` tells whether a handler has a process now.
    package init(_ ledger: FlowLedger, flow: FlowID, isRunning: (HandlerName) -> Bool) {
        var ledger = ledger
        self.flow = flow.text
        _ = ledger.isSettled()
        let steps = ledger.steps(of: flow)
        let root = steps.map(\.1.event.time).min() ?? Timestamp(microseconds: 0)
        self.steps = steps.map { number, said in
            let event = said.event
            return Step(
                step: number.description, id: event.id, serial: event.serial.text,
                handler: event.serial.handler ?? said.position.stream.publisher.handler.text, topic: event.topic.text,
                time: event.time.description, sinceRoot: event.time.microseconds - root.microseconds,
                durability: said.level.description, causes: event.causes.map(\.description),
                heardBy: ledger.hearings(of: event.eventID).map { hearing in
                    Hearing(
                        handler: hearing.handler.text, outcome: "\(hearing.outcome)", attempts: hearing.attempts,
                        error: hearing.error, sinceRoot: hearing.time.microseconds - root.microseconds)
                })
        }
        outstanding = ledger.outstanding().filter { $0.event.flow == flow }.map { item in
            Outstanding(
                id: item.event.description, topic: item.topic.text, handler: item.handler.text,
                reason: Self.explain(item.reason), isRunning: isRunning(item.handler))
        }
        isSettled = outstanding.isEmpty && !steps.isEmpty
        failures = self.steps.reduce(0) { $0 + $1.heardBy.filter { $0.outcome == "dead" }.count }
        durability = ledger.level(of: flow)?.description ?? Durability.memory.description
    }

    private static func explain(_ reason: FlowLedger.Outstanding.Reason) -> String {
        switch reason {
        case .notHeard: "not heard yet"
        case .retrying(let attempts, let due, let error):
            "attempt \(attempts) failed, next at \(due): \(error)"
        case .behind: "waits behind an earlier event of its key"
        case .notBefore(let time): "not before \(time)"
        }
    }

    /// The trace as JSON on one line, keys sorted.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
