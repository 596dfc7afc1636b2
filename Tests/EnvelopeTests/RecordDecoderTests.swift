import Testing

@testable import Envelope

@Suite struct RecordDecoderTests {
    private func record(_ event: Event) -> [UInt8] {
        var bytes: [UInt8] = []
        EventRecord.encode(event, into: &bytes)
        return bytes
    }

    /// What came of a record: the event, or the error's text.
    private struct Verdict: Equatable {
        var event: Event?
        var error: String?

        init(_ body: () throws(EnvelopeError) -> Event) {
            do throws(EnvelopeError) { event = try body() } catch { self.error = "\(error)" }
        }
    }

    private func expectSame(
        _ record: [UInt8], after primed: RecordDecoder, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let alone = Verdict { () throws(EnvelopeError) in try EventRecord.decode(record) }
        var decoder = primed
        let together = Verdict { () throws(EnvelopeError) in
            try record.withBytes { bytes throws(EnvelopeError) in try decoder.event(RecordView(bytes)) }
        }
        #expect(together == alone, sourceLocation: sourceLocation)
        var checker = primed
        let checked = Verdict { () throws(EnvelopeError) in
            try record.withBytes { bytes throws(EnvelopeError) in
                try checker.check(RecordView(bytes))
                return try RecordView(bytes).event()
            }
        }
        #expect(checked == alone, sourceLocation: sourceLocation)
        // The short ways give no other verdict, and know what passed.
        var known = checker
        #expect(!repeats(record, known) || alone.event != nil, sourceLocation: sourceLocation)
        record.withUnsafeBytes { bytes in
            let view = known.known(bytes)
            #expect(view == nil || alone.event != nil, sourceLocation: sourceLocation)
            guard let view, let event = alone.event else { return }
            #expect((try? view.event()) == event, sourceLocation: sourceLocation)
            #expect(view.data.elementsEqual(event.data), sourceLocation: sourceLocation)
        }
    }

    private func repeats(_ record: [UInt8], _ decoder: RecordDecoder) -> Bool {
        var decoder = decoder
        return record.withUnsafeBytes { decoder.repeats($0) }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `records decode after each other as they do alone`(seed: UInt64) throws {
        var generator = EventGenerator(seed: seed)
        var decoder = RecordDecoder()
        for _ in 0..<4 {
            var event = try generator.event()
            for number in 0..<4 as Range<UInt64> {
                event.sequence = number
                event.data = [UInt8(number)]
                if number == 3, event.flow.uuidBytes != nil { event.traceparent = try Samples.traceparent() }
                guard (try? event.validate()) != nil else { continue }
                let bytes = record(event)
                expectSame(bytes, after: decoder)
                _ = try bytes.withBytes { raw throws(EnvelopeError) in try decoder.event(RecordView(raw)) }
            }
        }
    }

    @Test func `a record with any byte changed is judged after a good one as it is alone`() throws {
        var plain = try Samples.root()
        plain.dataContentType = "text/plain"
        var keyed = plain
        keyed.partitionKey = "customer 9"
        keyed.traceparent = try Samples.traceparent()
        keyed.context = ["tenant": "north"]
        var named = plain
        named.flow = try FlowID("order-7")
        for event in [plain, keyed, named, try Samples.full()] {
            let good = record(event)
            var decoder = RecordDecoder()
            try good.withBytes { raw throws(EnvelopeError) in try decoder.check(RecordView(raw)) }
            for place in RecordLayout.checksummed..<good.count {
                for change in [1, 0x20, 0x80, 0xFF] as [UInt8] {
                    var changed = good
                    changed[place] ^= change
                    expectSame(sealed(changed), after: decoder)
                }
            }
        }
    }

    @Test func `what differs in its own fields alone repeats the record before`() throws {
        var event = try Samples.root()
        event.dataContentType = "text/plain"
        var decoder = RecordDecoder()
        try record(event).withBytes { raw throws(EnvelopeError) in try decoder.check(RecordView(raw)) }
        for number in 0..<20 as Range<UInt64> {
            event.flow = FlowID(uuidBytes: (number &* 0x9E37_79B9_7F4A_7C15, ~number))
            event.sequence = number
            event.time = Timestamp(microseconds: event.time.microseconds + 1)
            event.data = [UInt8](repeating: 7, count: Int(number))
            #expect(repeats(record(event), decoder))
        }
        event.dataContentType = "text/html"
        #expect(!repeats(record(event), decoder))
    }

    @Test func `a record repeats the one before only if it is whole`() throws {
        let event = try Samples.root()
        let good = record(event)
        var decoder = RecordDecoder()
        try good.withBytes { raw throws(EnvelopeError) in try decoder.check(RecordView(raw)) }
        #expect(repeats(good, decoder))
        for end in good.indices { #expect(!repeats(Array(good[..<end]), decoder)) }
        for place in good.indices {
            var changed = good
            changed[place] ^= 1
            #expect(!repeats(changed, decoder))
        }
        #expect(!repeats(good + [0], decoder))
    }

    @Test func `the bucket of a UUID is that of its text`() {
        var generator = SeededGenerator(seed: 5)
        let edges: [UInt64] = [0, 1, .max, 0xFF, 0x0F << 60, 0xDEAD_BEEF_0123_4567]
        let pairs =
            edges.flatMap { high in edges.map { (high, $0) } }
            + (0..<2000).map { _ in (generator.next(), generator.next()) }
        for (high, low) in pairs { #expect(UUIDBucket.of(high, low) == UUIDBucket.ofText(high, low)) }
    }

    @Test func `a record whose checksum is wrong is refused whatever came before`() throws {
        var bytes = record(try Samples.root())
        bytes[bytes.count - 1] ^= 1
        expectError(.badChecksum, "damaged") {
            _ = try bytes.withBytes { raw throws(EnvelopeError) in try RecordView(raw) }
            return
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a record's length is known before it is written`(seed: UInt64) throws {
        var generator = EventGenerator(seed: seed)
        for _ in 0..<10 {
            let event = try generator.event()
            #expect(EventRecord.encodedLength(of: event) == record(event).count)
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `the head of a record says what the whole record says`(seed: UInt64) throws {
        var generator = EventGenerator(seed: seed)
        let event = try generator.event()
        let bytes = [0, 0, 0] + record(event) + [0]
        try bytes.withBytes { raw throws(EnvelopeError) in
            let head = try RecordHead(in: raw, at: 3)
            #expect(head.bytes.count == bytes.count - 4)
            #expect(head.sequence == event.sequence)
            #expect(try! head.topic() == event.topic)
        }
        for end in 0..<bytes.count - 1 {
            #expect(throws: EnvelopeError.self) {
                try Array(bytes[..<end]).withBytes { raw throws(EnvelopeError) in _ = try RecordHead(in: raw, at: 3) }
            }
        }
    }
}
