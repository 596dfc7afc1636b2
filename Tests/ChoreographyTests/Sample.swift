internal import Choreography
internal import Envelope

/// Small values to test with.
enum Sample {
    static let start = ms(1_000_000)

    /// A time that many milliseconds after the epoch.
    static func ms(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1000) }

    static func topic(_ text: String) -> Topic { Topic(unchecked: text) }

    static func handler(_ text: String) -> HandlerName { HandlerName(unchecked: text) }

    static func publisher(_ handler: String = "shop", slot: UInt8 = 0) -> PublisherID {
        PublisherID(handler: Self.handler(handler), slot: slot)
    }

    static func stream(_ topic: String = "a", by publisher: String = "shop") -> StreamID {
        StreamID(Self.publisher(publisher), Self.topic(topic))
    }

    static func position(_ sequence: UInt64, _ topic: String = "a", epoch: UInt64 = 1) -> Position {
        Position(stream(topic), epoch: epoch, sequence: sequence)
    }

    static func flow(_ number: UInt64) -> FlowID { FlowID(uuidBytes: (0x0190_0000_0000_7000, number | 1 << 63)) }

    static func event(
        _ topic: String = "a", flow: UInt64 = 1, key: String? = nil, serial: Serial = .root, sequence: UInt64 = 0,
        notBefore: Timestamp? = nil, expiry: Timestamp? = nil, size: Int = 2
    ) -> Event {
        Event(
            topic: Self.topic(topic), flow: Self.flow(flow), serial: serial, time: start,
            data: Array(repeating: 0x31, count: size), sequence: sequence, partitionKey: key, expiryTime: expiry,
            notBefore: notBefore)
    }

    static func record(_ event: Event) -> [UInt8] {
        var bytes: [UInt8] = []
        EventRecord.encode(event, into: &bytes)
        return bytes
    }

    static func delivery(_ event: Event, by publisher: String = "shop", epoch: UInt64 = 1) -> Delivery {
        Delivery(
            stream: StreamID(Self.publisher(publisher), event.topic), epoch: epoch, sequence: event.sequence,
            record: record(event)[...])
    }

    static func park(
        _ position: Position, _ reason: Park.Reason = .retry, due: Timestamp = start, attempts: UInt32 = 1,
        key: String = "k", error: String = "", record: [UInt8] = []
    ) -> Park {
        Park(
            position: position, reason: reason, due: due, attempts: attempts, key: key, error: error, record: record)
    }
}
