extension Traceparent {
    /// Where the handling of an event by a handler stands in a distributed trace.
    ///
    /// The trace and the flags are those of the event's ``Event/traceparent``; without one the trace id is the flow's
    /// UUID (of another flow id its 128-bit FNV-1a hash) and the trace is sampled. The span id is the 64-bit FNV-1a hash
    /// of the event's id `flow/serial`, a space and the handler's name. So a handling is the same span in whatever its
    /// handler sends elsewhere, in what it emits, and in what `troupe trace --format otlp` prints, attempt after attempt.
    public static func handling(_ event: Event, by handler: some StringProtocol) -> Traceparent {
        let id = FNV1a.hash64("\(event.eventID) \(handler)".utf8)
        let (trace, flags) =
            event.traceparent.map { (($0.traceIDHigh, $0.traceIDLow), $0.flags) }
            ?? (traceID(of: event.flow), 1)
        return Traceparent(unchecked: trace, spanID: id == 0 ? 1 : id, flags: flags)
    }

    /// The trace id as 32 hexadecimal digits.
    package var traceIDText: String { Hex.text(traceIDHigh) + Hex.text(traceIDLow) }

    /// The span id as 16 hexadecimal digits.
    package var spanIDText: String { Hex.text(spanID) }

    /// The trace id of a flow whose root came without one.
    package static func traceID(of flow: FlowID) -> (UInt64, UInt64) {
        if let uuid = flow.uuidBytes, uuid != (0, 0) { return uuid }
        let hash = FNV1a.hash128(flow.text.utf8)
        return hash == (0, 0) ? (0, 1) : hash
    }
}
