/// One recorded event for a handler to handle again: a line of JSON to `HANDLER --dry-run`.
package struct DryRunRequest: Codable, Sendable {
    /// The event as CloudEvents JSON.
    package var event: String
    /// Which attempt it was.
    package var attempt: UInt32
    /// What time it is for the reaction, RFC 3339.
    package var time: String

    package init(event: String, attempt: UInt32, time: String) {
        self.event = event
        self.attempt = attempt
        self.time = time
    }
}

/// What came of it: a line of JSON from `HANDLER --dry-run`.
package struct DryRunAnswer: Codable, Sendable, Hashable {
    /// `handled`, `expired`, `wait`, or `failed`.
    package var outcome: String
    /// What would be said, as CloudEvents JSON.
    package var said: [String] = []
    /// What was thrown.
    package var error: String?

    package init(outcome: String, said: [String] = [], error: String? = nil) {
        self.outcome = outcome
        self.said = said
        self.error = error
    }
}
