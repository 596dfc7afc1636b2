/// After an unclean exit: which events the process may have died of. They run one at a time, each behind an entry that
/// says so; only a death under an event's own entry counts against it.
struct Trials: Sendable {
    /// Deaths in a row that make a dead letter.
    static let limit: UInt32 = 5

    /// Where each cursor stood when the journal was opened, how far above it an event may have been in hand, and what was
    /// parked. Nil after a clean exit.
    private let window: (lows: [StreamID: UInt64], width: UInt64, parked: Set<Position>)?
    /// The last event that each stream had when this process followed it first.
    private var tips: [StreamID: UInt64] = [:]

    init(_ state: SlotState, _ width: UInt64?) {
        window = width.map { (state.cursors.mapValues(\.low), $0, Set(state.parks.keys)) }
    }

    /// Notes the last event that a stream has; the first time counts.
    mutating func note(tip: UInt64, on stream: StreamID) {
        if window != nil, tips[stream] == nil { tips[stream] = tip }
    }

    /// How far above the cursor that a stream began with an event may have been in hand.
    private func width(_ stream: StreamID, _ low: UInt64, _ width: UInt64) -> UInt64 {
        guard let tip = tips[stream] else { return width }
        return min(width, tip > low ? tip - low : 0)
    }

    /// Whether any event may be suspect.
    func isCautious(_ state: SlotState) -> Bool { window != nil || !state.trials.isEmpty }

    /// Whether neither the event nor any behind it on its stream is suspect.
    func isBeyond(_ position: Position, _ state: SlotState) -> Bool {
        guard state.trials.isEmpty else { return false }
        guard let window else { return true }
        let low = window.lows[position.stream] ?? 0
        return position.sequence > low && position.sequence - low > width(position.stream, low, window.width)
            && window.parked.isEmpty
    }

    /// Whether the process that ended may have had the event in hand, or one did that ended before it.
    func isSuspect(_ position: Position, _ state: SlotState) -> Bool {
        if state.deaths(of: position) > 0 { return true }
        guard let window else { return false }
        let low = window.lows[position.stream] ?? 0
        return position.sequence <= low || position.sequence - low <= width(position.stream, low, window.width)
            || window.parked.contains(position)
    }
}
