import Testing

@testable import Envelope

/// Events to test with.
enum Samples {
    static let uuidFlow = FlowID(uuidBytes: (0x0190_a1b2_c3d4_7e5f, 0x8a1b_2c3d_4e5f_6071))

    /// 2031-04-05T06:07:08.123456Z.
    static let time = Timestamp(microseconds: 1_933_135_628_123_456)

    static func traceparent() throws -> Traceparent {
        try Traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    }

    static func root(topic: String = "shop.order.placed", data: String = #"{"order":7}"#) throws -> Event {
        Event(topic: try Topic(topic), flow: uuidFlow, time: time, data: Array(data.utf8))
    }

    /// An event with every attribute.
    static func full() throws -> Event {
        let flow = try FlowID("order-7")
        let least = EventID(flow: flow, serial: try Serial("1/payment.1"))
        return Event(
            topic: try Topic("shop.delivery.planned"), flow: flow, serial: try Serial("1/payment.1/delivery.2"),
            time: time, data: Array("grüße \"an\" alle\n".utf8), sequence: 42,
            causes: [
                EventID(flow: try FlowID("other:flow"), serial: try Serial("1/a.10")), least,
                EventID(flow: flow, serial: try Serial("1/stock.1")),
            ],
            source: "https://shop.example/depot?x=%20#a", subject: "Kiste № 7", dataContentType: "text/plain",
            dataSchema: "https://shop.example/schema/1", partitionKey: "customer 9", traceState: "a=1,b=2",
            dataRef: "blob:7", traceparent: try traceparent(),
            expiryTime: Timestamp(microseconds: time.microseconds + 1),
            notBefore: Timestamp(microseconds: time.microseconds - 1),
            context: ["tenant": "north", "note.1": "a\n\"b\""],
            extensions: [
                "priority": .integer(-7), "dry": .boolean(false), "shade": .string("blau"), "z9": .boolean(true),
            ])
    }

    /// A root that a foreign tool made.
    static func foreign() throws -> Event {
        Event(
            topic: try Topic("com.example.ping"), flow: try FlowID("A-123"), time: time,
            data: Array(#"[1,2.50,"x"]"#.utf8), source: "/sensors/tn-1234567", foreignID: "A-123")
    }
}
