/// After an unclean exit: which events the process may have died of. They run one at a time, each behind an entry that
/// says so; only a death under an event's own entry counts against it.
struct Trials: Sendable {
    /// Deaths in a row that make a dead letter.
    static let limit: UInt32 = 5

    /// Where each cursor stood when the journal was opened, how far above it an event may have been in hand, and what was
    /// parked. Nil after a clean exit.
    private let window: (lows: [StreamID: UInt64], width: UInt64, parked: Set<Position>)?

    init(_ state: SlotState, _ width: UInt64?) {
        window = width.map { (state.cursors.mapValues(\.low), $0, Set(state.parks.keys)) }
    }

    /// Whether any event may be suspect.
    func isCautious(_ state: SlotState) -> Bool { window != nil || !state.trials.isEmpty }

    /// Whether neither the event nor any behind it on its stream is suspect.
    func isBeyond(_ position: Position, _ state: SlotState) -> Bool {
        guard state.trials.isEmpty else { return false }
        guard let window else { return true }
        let low = window.lows[position.stream] ?? 0
        return position.sequence > low && position.sequence - low > window.width && window.parked.isEmpty
    }

    /// Whether the process that ended may have had the event in hand, or one did that ended before it.
    func isSuspect(_ position: Position, _ state: SlotState) -> Bool {
        if state.deaths(of: position) > 0 { return true }
        guard let window else { return false }
        let low = window.lows[position.stream] ?? 0
        return position.sequence <= low || position.sequence - low <= window.width || window.parked.contains(position)
    }
}
