/// Where a run has got to.
package enum RuntimePhase: Sendable, Hashable {
    /// The slot is open, and events are heard.
    case hearing
    /// No new batch begins.
    case draining
}
