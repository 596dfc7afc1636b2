package import Envelope

/// What one atomic append is to hold: the heard positions, the said events, the changes of what is known.
package struct EntryDraft: Hashable, Sendable {
    package var heard: [HeardRun]
    /// Follow-on events without their sequences; the log assigns those in order.
    package var said: [Event]
    /// Roots that come after them, encoded already but for their sequences.
    package var roots: RootRecords?
    package var knows: [Knowledge]
    /// When it was drafted.
    package var time: Timestamp

    package init(heard: [HeardRun] = [], said: [Event] = [], knows: [Knowledge] = [], time: Timestamp) {
        self.heard = heard
        self.said = said
        self.knows = knows
        self.time = time
    }

    /// Whether there is nothing to append.
    package var isEmpty: Bool { heard.isEmpty && !saysAnything && knows.isEmpty }

    /// Whether it says an event.
    package var saysAnything: Bool { !said.isEmpty || (roots?.count ?? 0) > 0 }
}
