package import Choreography
package import Envelope
internal import FoundationEssentials

/// One flow as people see it: its steps by number, what was done with each, what is outstanding.
///
/// Encodes to the JSON that `troupe trace --format json` prints. All times are in microseconds.
package struct FlowTrace: Codable, Sendable, Hashable {
    /// What a handler did with a step's event.
    package struct Hearing: Codable, Sendable, Hashable {
        package var handler: String
        /// `handled`, `expired`, `parked` or `dead`.
        package var outcome: String
        package var attempts: UInt32
        package var error: String?
        /// When it was done, since the root.
        package var sinceRoot: Int64
        /// From the appending of the event until its first attempt began; nil where the journal does not tell.
        package var queued: Int64?
        /// How long the last attempt took; nil where the journal does not tell.
        package var took: Int64?
        package var isCritical = false
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
        /// When it was said, since the root.
        package var sinceRoot: Int64
        /// When it was appended to its publisher's journal, since the root.
        package var appended: Int64
        package var durability: String
        /// Ids of events, as `flow/serial`.
        package var causes: [String]
        /// The map that travels with the flow; nil if it is empty.
        package var context: [String: String]?
        package var traceparent: String?
        package var tracestate: String?
        package var heardBy: [Hearing]
        /// Whether the flow would have ended sooner, had this come sooner.
        package var isCritical = false
    }

    package var flow: String
    package var isSettled: Bool
    package var failures: Int
    /// The level of the weakest hop.
    package var durability: String
    /// From the root until the last that is known of the flow.
    package var duration: Int64
    package var steps: [Step]
    package var outstanding: [Outstanding]
    /// What of the home could not be read: the flow may have more steps, and more may be outstanding.
    package private(set) var unreadable: [Unreadable] = []

    /// Draws up the trace of one of a ledger's flows. `isRunning` tells whether a handler has a process now.
    package init(_ ledger: FlowLedger, flow: FlowID, isRunning: (HandlerName) -> Bool) {
        var ledger = ledger
        self.flow = flow.text
        _ = ledger.isSettled()
        let steps = ledger.steps(of: flow)
        let root = steps.map(\.1.event.time).min() ?? Timestamp(microseconds: 0)
        self.steps = steps.map { number, said in
            Step(said, number, root, ledger.hearings(of: said.event.eventID))
        }
        outstanding = ledger.outstanding().filter { $0.event.flow == flow }.map {
            Outstanding($0, isRunning: isRunning($0.handler))
        }
        isSettled = outstanding.isEmpty && !steps.isEmpty
        failures = self.steps.reduce(0) { $0 + $1.heardBy.filter { $0.outcome == "dead" }.count }
        durability = ledger.level(of: flow)?.description ?? Durability.memory.description
        duration = 0
        markCriticalPath()
    }

    /// Takes in what could not be read. A handler may have said there that it heard an event.
    package mutating func note(unreadable rows: [Unreadable]) {
        unreadable = rows
        let holed = Set(
            rows.filter { $0.kind == .journal || $0.kind == .entry }.map(\.handler))
        for index in outstanding.indices where outstanding[index].kind == "notHeard" {
            guard holed.contains(outstanding[index].handler) else { continue }
            outstanding[index].kind = "unknown"
            outstanding[index].reason = "unknown: its journal cannot be read where it may say so"
        }
    }

    /// The steps by the ids that causes name.
    package var stepsByID: [String: Int] {
        Dictionary(steps.indices.map { (id(of: steps[$0]), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// A step's id as causes name it, also where its event came with a foreign one.
    package func id(of step: Step) -> String { "\(flow)/\(step.serial)" }

    /// The trace as JSON on one line, keys sorted.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension FlowTrace.Step {
    fileprivate init(
        _ said: FlowLedger.Said, _ number: StepNumber, _ root: Timestamp, _ hearings: [FlowLedger.Hearing]
    ) {
        let event = said.event
        func sinceRoot(_ time: Timestamp) -> Int64 { time.microseconds - root.microseconds }
        self.init(
            step: number.description, id: event.id, serial: event.serial.text,
            handler: event.serial.handler ?? said.position.stream.publisher.handler.text, topic: event.topic.text,
            time: event.time.description, sinceRoot: sinceRoot(event.time), appended: sinceRoot(said.time),
            durability: said.level.description, causes: event.causes.map(\.description),
            context: event.context.isEmpty ? nil : event.context, traceparent: event.traceparent?.description,
            tracestate: event.traceState,
            heardBy: hearings.map { hearing in
                FlowTrace.Hearing(
                    handler: hearing.handler.text, outcome: "\(hearing.outcome)", attempts: hearing.attempts,
                    error: hearing.error, sinceRoot: sinceRoot(hearing.time),
                    queued: hearing.firstBegan.map { max(0, $0.microseconds - said.time.microseconds) },
                    took: hearing.took)
            })
    }
}
