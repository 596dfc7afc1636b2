internal import Choreography

extension FlowTrace {
    /// What somebody has yet to finish with.
    package struct Outstanding: Codable, Sendable, Hashable {
        package var id: String
        package var topic: String
        package var handler: String
        /// For people: why it is outstanding.
        package var reason: String
        /// `notHeard`, `unknown`, `retrying`, `behind` an earlier event of its key, or `notBefore` a time.
        package var kind: String
        /// Whether a process holds the handler's slot.
        package var isRunning: Bool
        /// How many events of the same publisher and topic the handler has to hear before this one.
        package var behind: UInt64
        /// Attempts that failed so far; nil unless it is being retried.
        package var attempts: UInt32?
        /// RFC 3339, when the next attempt is due or its time comes; nil for neither.
        package var due: String?

        init(_ item: FlowLedger.Outstanding, isRunning: Bool) {
            id = item.event.description
            topic = item.topic.text
            handler = item.handler.text
            self.isRunning = isRunning
            behind = item.behind
            switch item.reason {
            case .notHeard:
                kind = "notHeard"
                reason =
                    behind == 0 ? "not heard yet" : "not heard yet, \(behind) event\(behind == 1 ? "" : "s") before it"
            case .unknown:
                kind = "unknown"
                reason =
                    "unknown: it heard this place of another history of the publisher's journal, which was put back from"
                    + " a copy or has not recovered yet; start the publisher"
            case .retrying(let attempts, let due, let error):
                kind = "retrying"
                self.attempts = attempts
                self.due = due.description
                reason = "attempt \(attempts) failed, next at \(due): \(error)"
            case .behind:
                kind = "behind"
                reason = "waits behind an earlier event of its key"
            case .notBefore(let time):
                kind = "notBefore"
                due = time.description
                reason = "not before \(time)"
            }
        }
    }
}
