internal import Choreography
internal import Envelope
internal import Testing

@Suite struct OutboxTests {
    private func run(_ topic: String, _ first: UInt64, count: UInt32 = 1, bytes: Int = 10) -> Outbox.Run {
        Outbox.Run(
            topic: Sample.topic(topic), first: first, count: count,
            records: Array(repeating: UInt8(truncatingIfNeeded: first), count: bytes))
    }

    private func texts(_ outbox: Outbox) -> [String] {
        var outbox = outbox
        var result: [String] = []
        while let run = outbox.pop() { result.append("\(run.topic)\(run.first)x\(run.count)=\(run.records.count)") }
        #expect(outbox.isEmpty)
        return result
    }

    @Test func `waiting events of a topic become one frame when their sequences follow each other`() {
        var outbox = Outbox()
        #expect(outbox.isEmpty)
        outbox.append(run("a", 1, count: 2))
        outbox.append(run("a", 3))
        outbox.append(run("a", 5))
        outbox.append(run("b", 6))
        outbox.append(run("a", 6))
        #expect(texts(outbox) == ["a1x3=20", "a5x1=10", "b6x1=10", "a6x1=10"])
    }

    @Test func `a frame ends at 128 KiB, unless one record is larger`() {
        #expect(Outbox.frameLimit == 128 * 1024)
        var outbox = Outbox()
        outbox.append(run("a", 1, bytes: Outbox.frameLimit - 10))
        outbox.append(run("a", 2, bytes: 10))
        outbox.append(run("a", 3, bytes: 1))
        outbox.append(run("a", 4, bytes: Outbox.frameLimit + 5))
        outbox.append(run("a", 5, bytes: 1))
        #expect(texts(outbox) == ["a1x2=131072", "a3x1=1", "a4x1=131077", "a5x1=1"])
    }

    @Test func `records keep their order in a frame`() {
        var outbox = Outbox()
        for sequence in 1...5 as ClosedRange<UInt64> { outbox.append(run("a", sequence, bytes: 1)) }
        #expect(outbox.pop()?.records == [1, 2, 3, 4, 5])
    }

    @Test func `an entry's records part into runs by topic, contiguous and within the limit`() throws {
        let log = FakeLog(Sample.publisher())
        log.begin(epoch: 1)
        var random = SeededGenerator(seed: 1)
        let events = log.append(
            EntryDraft(
                said: (0..<60).map { _ in
                    Sample.event(random.pick(["a", "b"]), size: random.pick([10, 9_000, 60_000, 140_000]))
                }, time: Sample.start))
        let runs = try log.entries.last!.said.withUnsafeBytes { try Outbox.runs(of: $0) }
        var nexts: [Topic: UInt64] = [:]
        for run in runs {
            #expect(run.first == nexts[run.topic, default: 1])
            nexts[run.topic] = run.first + UInt64(run.count)
            #expect(run.records.count <= Outbox.frameLimit || run.count == 1)
            var expected = run.first
            try run.records.withUnsafeBytes { bytes in
                try EntryCodec.forEachRecord(in: bytes) { record, _ in
                    let view = try RecordView(record)
                    #expect(view.sequence == expected && view.topicMatches(run.topic))
                    expected += 1
                }
            }
            #expect(expected == run.first + UInt64(run.count))
        }
        #expect(runs.reduce(0) { $0 + Int($1.count) } == events.count)
        #expect(runs.count < events.count)
    }

    @Test func `an entry that is one run is not copied, and others are parted as from borrowed bytes`() throws {
        for topics in [["a"], ["a", "b"]] {
            let log = FakeLog(Sample.publisher())
            log.begin(epoch: 1)
            _ = log.append(
                EntryDraft(said: (0..<6).map { Sample.event(topics[$0 % topics.count], size: 9) }, time: Sample.start))
            let said = log.entries.last!.said
            let (owned, borrowed) = try (Outbox.runs(of: said), said.withUnsafeBytes { try Outbox.runs(of: $0) })
            #expect(owned.map(\.records) == borrowed.map(\.records))
            #expect(owned.map(\.first) == borrowed.map(\.first) && owned.map(\.count) == borrowed.map(\.count))
            #expect(owned.count == topics.count)
        }
    }

    @Test func `no records are no runs`() throws {
        #expect(try Outbox.runs(of: UnsafeRawBufferPointer(start: nil, count: 0)).isEmpty)
    }

    @Test func `of what nobody hears the last sequences are kept, and told once`() {
        var outbox = Outbox(isHeard: false)
        outbox.append(run("a", 1, count: 3))
        outbox.append(run("b", 1))
        outbox.append(run("a", 4))
        #expect(outbox.isEmpty)
        #expect(outbox.takeUnheard() == [Sample.topic("a"): 4, Sample.topic("b"): 1])
        #expect(outbox.takeUnheard() == [:])
        outbox.hear(true)
        outbox.append(run("a", 5))
        outbox.hear(false)
        outbox.append(run("a", 6))
        #expect(outbox.takeUnheard() == [Sample.topic("a"): 6])
        #expect(texts(outbox) == ["a5x1=10"])
    }

    @Test func `a tip knows what passed unheard, and what waits behind it takes nothing back`() throws {
        var side = PublisherSide(publisher: Sample.publisher(), epoch: 1, tips: [:], now: Sample.start)
        side.passed([Sample.topic("a"): 6, Sample.topic("b"): 2], now: Sample.start)
        _ = side.frame(run("a", 5), now: Sample.start)
        let tip = try side.tip(now: Sample.start).withUnsafeBytes { try Tip(frame: $0) }
        #expect(tip.last == [Sample.topic("a"): 6, Sample.topic("b"): 2])
        side.passed([:], now: Sample.start)
        _ = side.frame(run("a", 7), now: Sample.start)
        #expect(try side.tip(now: Sample.start).withUnsafeBytes { try Tip(frame: $0) }.last[Sample.topic("a")] == 7)
    }

    @Test func `a run that is too large for a frame is cut at its records`() {
        var outbox = Outbox()
        let sizes = [60_000, 60_000, 60_000, 200_000, 10, 131_000 - 52]
        let records = sizes.enumerated().map { index, size in
            Sample.record(Sample.event(sequence: UInt64(index) + 3, size: size))
        }
        outbox.append(
            Outbox.Run(topic: Sample.topic("a"), first: 3, count: UInt32(sizes.count), records: records.flatMap { $0 }))
        var (next, bytes): (UInt64, [UInt8]) = (3, [])
        while let run = outbox.pop() {
            #expect(run.first == next && (run.count == 1 || run.records.count <= Outbox.frameLimit))
            next += UInt64(run.count)
            bytes += run.records
        }
        #expect(next == 9 && bytes == records.flatMap { $0 })
    }
}
