internal import Choreography
internal import Envelope
internal import Testing

@Suite struct ReplaySourceTests {
    private func makeLog(_ count: Int = 0, topic: String = "a", epoch: UInt64 = 1) -> FakeLog {
        let log = FakeLog(Sample.publisher())
        log.begin(epoch: epoch)
        for _ in 0..<count { log.say(Sample.event(topic)) }
        return log
    }

    private func ask(
        _ log: FakeLog, _ wants: Want..., token: EngineCursor? = nil, credit: Int = 1 << 20, state: SlotState? = nil
    ) throws -> ReplayPage {
        let request = ReplayRequest(id: 7, wants: wants, token: token, credit: UInt32(credit))
        return try ReplaySource.answer(
            request, publisher: log.publisher, state: state ?? log.state, isWhole: true, reader: log)
    }

    private func sequences(_ page: ReplayPage) throws -> [String] {
        var result: [String] = []
        try page.records.withUnsafeBytes { bytes in
            try EntryCodec.forEachRecord(in: bytes) { record, _ in
                let event = try RecordView(record).event()
                result.append("\(event.topic)\(event.sequence)")
            }
        }
        return result
    }

    private func want(_ topic: String, _ next: UInt64, epoch: UInt64 = 0) -> Want {
        FeedStage.want(topic, next: next, epoch: epoch)
    }

    // MARK: pages

    @Test func `a page holds what is wanted, from where it is wanted, in journal order`() throws {
        let log = makeLog()
        log.say(Sample.event("a"), Sample.event("b"), Sample.event("c"))
        log.say(Sample.event("b"), Sample.event("a"))
        log.append(
            EntryDraft(
                heard: [HeardRun(Sample.stream("x"), epoch: 1, range: 1...2, outcome: .handled)], time: Sample.start))
        log.say(Sample.event("a"))
        let page = try ask(log, want("a", 2), want("b", 1), want("z", 1))
        #expect(try sequences(page) == ["b1", "b2", "a2", "a3"])
        #expect(page.tips == [Sample.topic("a"): 3, Sample.topic("b"): 2, Sample.topic("z"): 0])
        #expect(page.id == 7 && page.status == .records && page.epoch == 1)
        #expect(!page.hasMore && page.jumps.isEmpty)
    }

    @Test func `with nothing new a page is empty and says so`() throws {
        let log = makeLog(3)
        let page = try ask(log, want("a", 4, epoch: 1))
        #expect(page.records.isEmpty && !page.hasMore && page.jumps.isEmpty)
    }

    @Test func `credit ends a page at an entry; the token goes on behind it, and nothing is left out`() throws {
        for credit in [0, 1, 100, 250, 500, 10_000] {
            let log = makeLog()
            var random = SeededGenerator(seed: UInt64(credit))
            var expected: [String] = []
            for _ in 0..<30 {
                let events = (0..<random.below(4)).map { _ in Sample.event(random.pick(["a", "b", "c"])) }
                let said = log.append(EntryDraft(said: events, time: Sample.start))
                expected += said.filter { $0.topic.text != "c" }.map { "\($0.topic)\($0.sequence)" }
            }
            var found: [String] = []
            var token: EngineCursor?
            var pages = 0
            while true {
                let next = found.reduce(into: ["a": 1, "b": 1] as [String: UInt64]) { $0[String($1.prefix(1))]! += 1 }
                let page = try ask(log, want("a", next["a"]!), want("b", next["b"]!), token: token, credit: credit)
                found += try sequences(page)
                token = page.token
                pages += 1
                guard page.hasMore, pages < 100 else { break }
                #expect(!page.records.isEmpty)
                #expect(page.records.count >= credit)
            }
            #expect(found == expected, "credit \(credit)")
            #expect(log.reads <= log.entries.count, "an entry was read again")
        }
    }

    @Test func `an entry larger than the credit is sent whole`() throws {
        let log = makeLog()
        log.say(Sample.event("a", size: 500), Sample.event("a", size: 500))
        log.say(Sample.event("a"))
        let page = try ask(log, want("a", 1), credit: 10)
        #expect(try sequences(page) == ["a1", "a2"])
        #expect(page.hasMore)
        #expect(try sequences(ask(log, want("a", 3), token: page.token, credit: 10)) == ["a3"])
    }

    @Test func `a full page that is the last says that there is no more`() throws {
        let log = makeLog(1)
        #expect(try !ask(log, want("a", 1), credit: 1).hasMore)
    }

    @Test func `a long stretch without matches is scanned in several answers`() throws {
        let log = makeLog()
        log.say(Sample.event("a"))
        for _ in 0..<6 { log.say(Sample.event("b", size: 1 << 20)) }
        log.say(Sample.event("a"))
        let page = try ask(log, want("a", 1))
        #expect(try sequences(page) == ["a1"])
        let next = try ask(log, want("a", 2), token: page.token)
        #expect(page.hasMore)
        #expect(try sequences(next) == ["a2"])
        #expect(!next.hasMore)
    }

    @Test func `a token at the end goes on with what was said since`() throws {
        let log = makeLog(2)
        let page = try ask(log, want("a", 1))
        #expect(try ask(log, want("a", 3), token: page.token).records.isEmpty)
        log.say(Sample.event("a"))
        #expect(try sequences(ask(log, want("a", 3), token: page.token)) == ["a3"])
    }

    // MARK: epochs

    @Test func `an epoch that lost nothing goes on seamlessly`() throws {
        let log = makeLog(5)
        log.begin(epoch: 2)
        log.say(Sample.event("a"))
        for next in 1...6 as ClosedRange<UInt64> {
            let page = try ask(log, want("a", next, epoch: 1))
            #expect(page.jumps.isEmpty, "next \(next)")
            #expect(try sequences(page) == (next...6).map { "a\($0)" })
            #expect(page.epoch == 2)
        }
    }

    @Test func `a cursor beyond a newer epoch's start goes back to it, and says that events were lost`() throws {
        let log = makeLog(5)
        try log.lose(2, epoch: 2)
        log.say(Sample.event("a"), Sample.event("a"), Sample.event("a"))
        let page = try ask(log, want("a", 6, epoch: 1))
        #expect(page.jumps == [CursorJump(stream: Sample.stream(), epoch: 2, low: 3, reason: .lost)])
        #expect(try sequences(page) == ["a4", "a5", "a6"])
        #expect(try ask(log, want("a", 5, epoch: 1)).jumps.count == 1)
        #expect(try ask(log, want("a", 4, epoch: 1)).jumps.isEmpty)
        #expect(try ask(log, want("a", 7, epoch: 2)).jumps.isEmpty)
    }

    @Test func `the earliest of several newer epochs decides`() throws {
        let log = makeLog(5)
        try log.lose(3, epoch: 2)
        for _ in 0..<4 { log.say(Sample.event("a")) }
        try log.lose(1, epoch: 3)
        let page = try ask(log, want("a", 6, epoch: 1))
        #expect(page.jumps == [CursorJump(stream: Sample.stream(), epoch: 3, low: 2, reason: .lost)])
        #expect(try ask(log, want("a", 7, epoch: 2)).jumps.map(\.low) == [5])
    }

    @Test func `a journal that was begun anew has lost everything`() throws {
        let log = makeLog(2, epoch: 9)
        let page = try ask(log, want("a", 100, epoch: 1), want("b", 3, epoch: 1))
        #expect(Set(page.jumps.map(\.stream.topic.text)) == ["a", "b"])
        #expect(page.jumps.allSatisfy { $0.low == 0 && $0.reason == .lost && $0.epoch == 9 })
        #expect(try sequences(page) == ["a1", "a2"])
    }

    @Test func `a journal that awaits its recovery has lost nothing yet`() throws {
        let log = makeLog(5)
        let page = try ask(log, want("a", 9, epoch: 1))
        #expect(page.jumps.isEmpty && page.records.isEmpty && !page.hasMore)
    }

    @Test func `a state older than the log gives nothing of an epoch that it does not know`() throws {
        let log = makeLog(5)
        let old = log.state
        try log.lose(3, epoch: 2)
        for _ in 0..<5 { log.say(Sample.event("a")) }
        let page = try ask(log, want("a", 6, epoch: 1), state: old)
        #expect(page.jumps.isEmpty && page.records.isEmpty && page.epoch == 1)
        #expect(page.hasMore)
        let next = try ask(log, want("a", 6, epoch: 1))
        #expect(next.jumps.map(\.low) == [2])
        #expect(try sequences(next) == ["a3", "a4", "a5", "a6", "a7"])
    }

    @Test func `one who never heard anything has lost nothing`() throws {
        let log = makeLog(3)
        try log.lose(1, epoch: 2)
        #expect(try ask(log, want("a", 1)).jumps.isEmpty)
    }

    // MARK: retention

    @Test func `what retention removed is jumped over, explicitly`() throws {
        let log = makeLog(6)
        try log.trim(4)
        let page = try ask(log, want("a", 2, epoch: 1), want("b", 1))
        #expect(page.jumps == [CursorJump(stream: Sample.stream(), epoch: 1, low: 3, reason: .trimmed)])
        #expect(try sequences(page) == ["a4", "a5", "a6"])
        #expect(try ask(log, want("a", 4, epoch: 1)).jumps.isEmpty)
    }

    @Test func `a page that goes on from a token does not jump again`() throws {
        let log = makeLog(6)
        try log.trim(4)
        let page = try ask(log, want("a", 1), credit: 1)
        #expect(page.jumps.map(\.low) == [3])
        let next = try ask(log, want("a", 5), token: page.token)
        #expect(next.jumps.isEmpty)
        #expect(try sequences(next) == ["a5", "a6"])
    }
}
