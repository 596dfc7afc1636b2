internal import Choreography
internal import Envelope
internal import Testing
internal import Troupe

@Suite("What journals say of handlers") struct HandlerActivityTests {
    @Test("a delay is known by a sixteenth")
    func buckets() {
        for delay: Int64 in [0, 1, 15, 16, 17, 100, 999, 123_456, 60_000_000, 86_400_000_000] {
            var histogram = DelayHistogram()
            histogram.add(delay)
            let read = histogram.quantile(0.5) ?? -1
            #expect(abs(read - delay) <= delay / 16, "\(delay): \(read)")
        }
    }

    @Test("quantiles are of what came since")
    func since() {
        var histogram = DelayHistogram()
        for _ in 0..<1000 { histogram.add(1_000_000) }
        let before = histogram
        #expect(histogram.since(before).quantile(0.5) == nil)
        for delay: Int64 in 1...10 { histogram.add(delay) }
        histogram.add(-5)
        let new = histogram.since(before)
        #expect(new.count == 11)
        #expect(new.quantile(0.5) == 5)
        #expect(new.quantile(0.99) == 10)
        #expect(new.quantile(0) == 0)
        var huge = DelayHistogram()
        huge.add(.max)
        #expect(huge.quantile(1) != nil)
    }

    @Test("an event that is heard before its own entry is met counts once it is met")
    func order() throws {
        let (payment, order) = try (PublisherID("payment.0"), PublisherID("order.0"))
        let topic = try Topic("test.number")
        var activity = HandlerActivity()
        try entry(at: 1_500, heard: [HeardRun(StreamID(order, topic), epoch: 1, range: 1...2, outcome: .handled)]) {
            activity.observe(payment, $0)
        }
        activity.settle()
        #expect(activity.totals[payment.handler]?.heard == 2)
        #expect(activity.totals[payment.handler]?.delays.count == 0)
        try entry(at: 1_000, said: [1, 2].map { try event(topic, $0, at: 1_000) }) { activity.observe(order, $0) }
        activity.settle()
        #expect(activity.totals[payment.handler]?.delays.count == 2)
        #expect(activity.totals[payment.handler]?.delays.quantile(1).map { abs($0 - 500) <= 31 } ?? false)
        #expect(activity.totals[order.handler]?.said == 2)
        #expect(activity.states[order]?.tip(topic) == 2)
        activity.settle()
        #expect(activity.totals[payment.handler]?.delays.count == 2, "once")
    }

    @Test("what is retried counts as such, and its delay ends when it is done with")
    func retries() throws {
        let (payment, order) = try (PublisherID("payment.0"), PublisherID("order.0"))
        let topic = try Topic("test.number")
        let stream = StreamID(order, topic)
        let position = Position(stream, epoch: 1, sequence: 1)
        var activity = HandlerActivity()
        try entry(at: 0, said: [event(topic, 1, at: 0)]) { activity.observe(order, $0) }
        let park = Park(
            position: position, reason: .retry, due: Timestamp(microseconds: 9), attempts: 1, key: "k", error: "e",
            record: [])
        try entry(
            at: 10, heard: [HeardRun(stream, epoch: 1, range: 1...1, outcome: .parked)], knows: [.park(park)]
        ) { activity.observe(payment, $0) }
        activity.settle()
        #expect(activity.totals[payment.handler]?.retries == 1)
        #expect(activity.totals[payment.handler]?.delays.count == 0)
        try entry(at: 15, knows: [.unpark(position)]) { activity.observe(payment, $0) }
        activity.settle()
        #expect(activity.totals[payment.handler]?.delays.quantile(1) == 15)
        #expect(activity.states[payment]?.parks.isEmpty ?? false)
    }

    // MARK: parts

    private func event(_ topic: Topic, _ sequence: UInt64, at time: Int64) throws -> Event {
        var event = Event(topic: topic, flow: try FlowID("flow-\(sequence)"), time: Timestamp(microseconds: time))
        event.sequence = sequence
        return event
    }

    private func entry(
        at time: Int64, heard: [HeardRun] = [], said: [Event] = [], knows: [Knowledge] = [],
        _ body: (EngineEntry) throws -> Void
    ) throws {
        var records: [UInt8] = []
        for event in said { EventRecord.encode(event, into: &records) }
        try EntryCodec.encode(heard: heard).withUnsafeBytes { heard in
            try records.withUnsafeBytes { said in
                try EntryCodec.encode(knows: knows).withUnsafeBytes { knows in
                    try body(
                        EngineEntry(
                            epoch: 1, level: .written, time: Timestamp(microseconds: time), heard: heard, said: said,
                            knows: knows))
                }
            }
        }
    }
}
