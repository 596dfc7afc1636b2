internal import Envelope

extension FuzzTarget {
    /// Event records: an event has one record and no other, so what is read is written as the same bytes.
    static let record = FuzzTarget(
        "record", share: 24, seeds: GoldenVectors.all.map { [FuzzPart(.record, $0.record)] },
        decode: { try EventRecord.decode($0.joined) },
        check: { event, parts in
            var bytes: [UInt8] = []
            EventRecord.encode(event, into: &bytes)
            guard bytes == parts.joined else { throw FuzzFinding("\(event) is written as another record") }
            // Whatever can be in a journal can be shown to people, and published again from what they see.
            let shown = try CloudEventsJSON.decode(Array(CloudEventsJSON.encode(event).utf8))
            guard shown.eventID == event.eventID, shown.extensions == event.extensions, shown.causes == event.causes
            else { throw FuzzFinding("\(event) is shown as \(shown)") }
        })

    /// What people and foreign tools send.
    static let json = FuzzTarget(
        "json", share: 12, seeds: GoldenVectors.all.map { [FuzzPart(.raw, $0.json)] },
        words: [
            "\"", "\\u0000", "\\ud83c\\udfad", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "true", "-0", "1e9",
            "2147483648", "\"data\":", "\"data_base64\":\"AA==\"", "\"serial\":\"1\"", "\"id\":", "\"x\":1,",
            "\"causes\":", "\u{FEFF}", "\u{7F}", "\u{10FFFF}", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z",
        ].map { Array($0.utf8) },
        decode: { try CloudEventsJSON.decode($0.joined, receivedAt: Samples.now) },
        check: { event, _ in
            var record: [UInt8] = []
            EventRecord.encode(event, into: &record)
            guard try EventRecord.decode(record) == event else {
                throw FuzzFinding("\(event) is not what its record says")
            }
            let shown = try CloudEventsJSON.decode(Array(CloudEventsJSON.encode(event).utf8))
            // Spaces between the tokens of JSON data go the first time.
            let again = try CloudEventsJSON.decode(Array(CloudEventsJSON.encode(shown).utf8))
            guard shown == again, shown.eventID == event.eventID else {
                throw FuzzFinding("\(shown) is shown as \(again)")
            }
        })

    /// Data frames, as a subscription hears them.
    static let frame = FuzzTarget(
        "frame", share: 24,
        seeds: [
            Samples.frame(first: 1, [Samples.record(1), Samples.record(2), Samples.record(3)]),
            Samples.frame(first: 41, GoldenVectors.all.prefix(1).map(\.record)), Samples.frame(first: 9, []),
        ],
        decode: { parts in
            let bytes = parts.joined
            return try bytes.withUnsafeBytes { raw in
                let (header, range) = try Frame.decode(raw)
                try Frame.forEachRecord(in: raw, range: range, count: header.count) { _ = try RecordView($0).event() }
                return Frame.encode(header, records: bytes[range])
            }
        },
        check: { bytes, parts in
            guard bytes == parts.joined else { throw FuzzFinding("a frame is written as \(bytes)") }
        })

    /// The texts that names and times are made from.
    static let names = FuzzTarget(
        "names", share: 24,
        seeds: [
            "shop.order.placed", "payment", "1/payment.1/delivery.2", "0190a1b2-c3d4-7e5f-8a1b-2c3d4e5f6071",
            "order-7/1/a.10", "2031-04-05T06:07:08.123456Z", "2031-04-05t06:07:08.9+23:59",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ].map { [FuzzPart(.raw, Array($0.utf8))] },
        decode: { parts in
            let text = String(decoding: parts.joined, as: UTF8.self)
            // Each refuses what the others read, so each is tried alone.
            var errors: [any Error] = []
            func read<Value>(_ make: (String) throws -> Value) -> Value? {
                do { return try make(text) } catch {
                    errors.append(error)
                    return nil
                }
            }
            let texts = [
                read { try Topic($0).text }, read { try HandlerName($0).text }, read { try Serial($0).text },
                read { try FlowID($0).text }, read { try EventID($0).description },
            ]
            let time = read { try Timestamp($0) }
            let trace = read { try Traceparent($0) }
            if let wrong = errors.first(where: { !isTyped($0) }) { throw wrong }
            return (texts.compactMap { $0 }, time, trace)
        },
        check: { (value: ([String], Timestamp?, Traceparent?), parts) in
            let text = String(decoding: parts.joined, as: UTF8.self)
            for name in value.0 where name.lowercased() != text.lowercased() {
                throw FuzzFinding("'\(text)' reads as '\(name)'")
            }
            if let time = value.1, try Timestamp(time.description) != time {
                throw FuzzFinding("'\(text)' is written as \(time)")
            }
            if let trace = value.2, try Traceparent(trace.description) != trace {
                throw FuzzFinding("'\(text)' is written as \(trace)")
            }
        })
}
