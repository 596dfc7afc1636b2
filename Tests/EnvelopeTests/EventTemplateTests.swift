internal import Testing

@testable internal import Envelope

@Suite struct EventTemplateTests {
    @Test func `an event of a template has the record of one that is made by itself`() throws {
        let flow = try FlowID("01a1fbfb-0ddb-7f2b-b8e1-8598860227c8")
        let time = Timestamp(microseconds: 1_700_000_000_000_000)
        let traceparent = try Traceparent(traceID: (1, 2), spanID: 3, flags: 1)
        for bits in 0..<128 {
            func with<T>(_ bit: Int, _ value: T) -> T? { bits >> bit & 1 == 1 ? value : nil }
            let (type, key, state) = (with(0, "text/plain"), with(1, "käse"), with(2, "a=b"))
            let (expiry, notBefore) = (with(3, Timestamp(microseconds: 9)), with(4, Timestamp(microseconds: 5)))
            let context = with(5, ["b": "2", "a": "1"]) ?? [:]
            let template = try EventTemplate(
                topic: Topic("a.b"), contentType: type, partitionKey: key, traceState: state, expiryTime: expiry,
                notBefore: notBefore)
            let serial = try Serial("1/payment.1")
            let event = try template.event(
                flow: flow, serial: serial, time: time, data: [1, 2], traceparent: with(6, traceparent),
                context: context)
            let alone = Event(
                topic: try Topic("a.b"), flow: flow, serial: serial, time: time, data: [1, 2], dataContentType: type,
                partitionKey: key, traceState: state, traceparent: with(6, traceparent), expiryTime: expiry,
                notBefore: notBefore, context: context)
            var records: (made: [UInt8], alone: [UInt8]) = ([], [])
            EventRecord.encode(event, into: &records.made)
            EventRecord.encode(alone, into: &records.alone)
            #expect(event == alone && records.made == records.alone, "\(bits)")
            // A changed one is encoded anew.
            var (changed, other) = (event, alone)
            (changed.subject, other.subject) = ("s", "s")
            records = ([], [])
            EventRecord.encode(changed, into: &records.made)
            EventRecord.encode(other, into: &records.alone)
            #expect(records.made == records.alone, "\(bits)")
        }
    }

    @Test func `a template fits what it was made of, byte for byte`() throws {
        let long = "a topic of more than fifteen bytes.".replacing(" ", with: "-")
        let template = try EventTemplate(
            topic: Topic(String(long.dropLast())), contentType: nil, partitionKey: "caf\u{E9}", traceState: nil,
            expiryTime: nil, notBefore: nil)
        func fits(_ topic: String, _ key: String?) -> Bool {
            template.fits(
                topic, contentType: nil, partitionKey: key, traceState: nil, expiryTime: nil, notBefore: nil)
        }
        // The same bytes elsewhere.
        #expect(fits(String(long.dropLast()), "caf\u{E9}"))
        #expect(!fits(long, "caf\u{E9}"))
        #expect(!fits(String(long.dropLast()), "cafe\u{301}"))
        #expect(!fits(String(long.dropLast()), nil))
        for (one, other) in [("a", "a"), ("a", "b"), ("caf\u{E9}", "cafe\u{301}"), (long, long), ("", "")] {
            #expect(!one.isIdentical(to: other) || Array(one.utf8) == Array(other.utf8))
            #expect(one.isIdentical(to: one))
        }
    }
}
