extension CloudEventsJSON {
    /// Reads one structured CloudEvents 1.0.2 JSON event.
    ///
    /// With `correlationid` and `serial` it is one of ours, and its `id` must be `flow/serial` unless it is a root from
    /// elsewhere. Without `serial` it is a root from elsewhere: its `id` and `source` are kept, and its flow is
    /// `correlationid`, or else its `id`.
    ///
    /// - Parameters:
    ///   - bytes: the JSON text.
    ///   - receivedAt: the time of an event that carries none, as CloudEvents allows.
    /// - Throws: what is malformed, first, with the attribute's name or the line and column.
    public static func decode(
        _ bytes: [UInt8], receivedAt: Timestamp? = nil
    ) throws(EnvelopeError) -> Event {
        try bytes.withBytes { raw throws(EnvelopeError) in
            let event = try CloudEventsReader(raw).event(receivedAt: receivedAt)
            try event.validate()
            return event
        }
    }
}
