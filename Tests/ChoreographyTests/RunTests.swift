internal import Choreography
internal import Envelope
internal import Testing

/// Events that come together are heard as if each had come alone.
@Suite struct RunTests {
    /// Consecutive events of one topic as one delivery.
    private func run(_ events: [Event]) -> Delivery {
        let first = Sample.delivery(events[0])
        return Delivery(
            stream: first.stream, epoch: first.epoch, sequence: first.sequence, count: events.count,
            records: events.flatMap(Sample.record)[...])
    }

    private func events(_ range: ClosedRange<UInt64>) -> [Event] { range.map { Sample.event(sequence: $0) } }

    @Test func `a run is taken apart at its records`() {
        let all = events(3...7)
        let each = run(all).each
        #expect(each.map(\.sequence) == [3, 4, 5, 6, 7])
        #expect(each.map { Array($0.records) } == all.map(Sample.record))
        #expect(run(all).last == 7)
        #expect(run([all[0]]).each.count == 1)
    }

    @Test func `of a run that was heard in part, the rest is heard`() {
        var stage = CoreStage()
        stage.core.deliver([run(events(1...4))])
        stage.work()
        stage.core.deliver([run(events(3...6))])
        stage.work()
        stage.core.deliver([run(events(2...5))])
        stage.work()
        #expect(stage.tried == ["a1", "a2", "a3", "a4", "a5", "a6"])
        #expect(stage.cursor == Cursor(epoch: 1, low: 6))
        stage.core.deliver([run(events(1...6))])
        #expect(stage.core.backlog == 0)
    }

    @Test func `a batch takes of a run what it has room for`() {
        var options = HandlerCore.Options()
        options.batchLimit = 3
        var stage = CoreStage(options: options)
        stage.core.deliver([run(events(1...8))])
        #expect(stage.core.backlog == 8)
        #expect(stage.step()?.heard.map(\.range) == [1...3])
        #expect(stage.core.backlog == 5)
        #expect(stage.step()?.heard.map(\.range) == [4...6])
        #expect(stage.step()?.heard.map(\.range) == [7...8])
        #expect(stage.step() == nil)
    }

    @Test func `what of a run was not begun comes first in the next batch`() throws {
        var stage = CoreStage()
        stage.core.deliver([run(events(1...5)), run(events(6...7))])
        let next = stage.next()
        let batch = try #require(next)
        #expect(batch.count == 7 && batch.works.count == 2)
        let draft = stage.core.complete(batch, BatchResult([.handled([]), .handled([])]), now: stage.now)
        #expect(draft.heard.map(\.range) == [1...2])
        #expect(stage.core.backlog == 5)
        #expect(stage.step()?.heard.map(\.range) == [3...7])
    }

    @Test func `one that fails amid a run is parked alone`() {
        var stage = CoreStage { event, _ in event.sequence == 3 ? .fails("no") : .emits([]) }
        let keyed = (1...5 as ClosedRange<UInt64>).map { Sample.event(key: "k\($0)", sequence: $0) }
        stage.core.deliver([run(keyed)])
        let draft = stage.step()
        #expect(draft?.heard.map(\.range) == [1...2, 3...3, 4...5])
        #expect(draft?.heard.map(\.outcome) == [.handled, .parked, .handled])
        #expect(stage.core.state.parks.values.map { Array($0.record) } == [Sample.record(keyed[2])])
    }

    @Test func `what the publisher lost is dropped from a run that waits`() {
        var stage = CoreStage()
        stage.core.deliver([run(events(1...4))])
        _ = stage.core.jump(CursorJump(stream: Sample.stream(), epoch: 2, low: 2, reason: .lost), now: stage.now)
        #expect(stage.core.backlog == 2)
        stage.work()
        #expect(stage.tried == ["a1", "a2"])
    }

    @Test func `after an unclean exit the events of a run are tried one at a time, and behind the window together`()
        throws
    {
        var options = HandlerCore.Options()
        options.trialWindow = 3
        var stage = CoreStage(options: options, isAfterCleanExit: false)
        stage.core.deliver([run(events(1...9))])
        for sequence in 1...3 as ClosedRange<UInt64> {
            let next = stage.next()
            let batch = try #require(next)
            #expect(batch.works.map(\.position.sequence) == [sequence] && batch.count == 1)
            stage.complete(batch)
        }
        let last = stage.next()
        let rest = try #require(last)
        #expect(rest.count == 6)
        stage.complete(rest)
        #expect(stage.cursor.low == 9)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `runs and single events come to the same`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var options = HandlerCore.Options()
        options.batchLimit = Int.random(in: 1...9, using: &random)
        options.batchBytesLimit = Int.random(in: 1...2000, using: &random)
        options.lanes = Int.random(in: 1...2, using: &random)
        let failing = Set((0..<4).map { _ in UInt64.random(in: 1...60, using: &random) })
        func stage() -> CoreStage {
            CoreStage(options: options) { event, attempt in
                failing.contains(event.sequence) && attempt < 3 ? .fails("no") : .emits([])
            }
        }
        var (whole, single) = (stage(), stage())
        let topics = ["a", "b", "c"]
        for _ in 0..<30 {
            let topic = topics.randomElement(using: &random)!
            let first = UInt64.random(in: 1...50, using: &random)
            // Also again and again, and with gaps: what was heard is dropped.
            let events = (first...(first + UInt64.random(in: 0...9, using: &random))).map { sequence in
                Sample.event(
                    topic, key: "k\(sequence % 7)", sequence: sequence, size: Int.random(in: 2...300, using: &random))
            }
            whole.core.deliver([run(events)])
            single.core.deliver(run(events).each)
            #expect(whole.core.backlog == single.core.backlog)
            let lane = Int.random(in: 0..<options.lanes, using: &random)
            let drafts = (whole.step(lane: lane), single.step(lane: lane))
            #expect(drafts.0 == drafts.1)
        }
        for lane in 0..<options.lanes {
            whole.finish(lane: lane)
            single.finish(lane: lane)
        }
        #expect(whole.tried == single.tried)
        #expect(whole.entries == single.entries)
        #expect(whole.core.state.cursors == single.core.state.cursors)
    }

    @Test func `a result holds what is alike together, and tells every event`() {
        let said = Sample.event(sequence: 9)
        var result = BatchResult()
        for second in 0..<3 as Range<Int64> { result.appendPlain(began: Sample.start + second) }
        result.append(.handled([said]), began: Sample.start + 3)
        result.append(.handled([said]), began: Sample.start + 4)
        result.appendPlain(began: Sample.start + 5)
        result.append(.expired, began: Sample.start + 6)
        #expect(result.count == 7 && result.runs.map(\.count) == [3, 1, 1, 1, 1])
        #expect(result.began == (0..<7).map { Sample.start + $0 })
        let all = BatchResult(result.outcomes, began: result.began)
        #expect(all.runs.map(\.count) == result.runs.map(\.count) && all.count == 7)
    }

    @Test func `handled events that are told together are told one by one all the same`() throws {
        let said = (1...3).map { Sample.event(sequence: $0) }
        let outcomes: [Outcome] = [.handled([]), .handled([said[0]]), .handled([]), .handled([said[1], said[2]])]
        var together = BatchResult()
        together.append(.expired, began: Sample.start)
        for second in 1...4 as ClosedRange<Int64> { together.note(began: Sample.start + second) }
        together.appendHandled(4, saying: said, ends: [0, 1, 1, 3])
        let alone = BatchResult([.expired] + outcomes, began: (0...4).map { Sample.start + $0 })
        #expect(together.count == 5 && together.began == alone.began)
        #expect(together.outcomes.map { "\($0)" } == alone.outcomes.map { "\($0)" })
        for isSetBack in [false, true] {
            var stages = [CoreStage(), CoreStage()]
            var drafts: [EntryDraft] = []
            for (index, result) in [together, alone].enumerated() {
                stages[index].core.deliver([run(events(1...5))])
                let next = stages[index].next()
                let batch = try #require(next)
                // What is handled when its publisher had lost it is looked at one by one.
                if isSetBack {
                    _ = stages[index].core.jump(
                        CursorJump(stream: Sample.stream(), epoch: 2, low: 2, reason: .lost), now: stages[index].now)
                }
                drafts.append(stages[index].core.complete(batch, result, now: stages[index].now))
            }
            #expect(drafts[0] == drafts[1] && drafts[0].said == said)
        }
    }

    @Test func `outcomes that span works and parts of works are heard as they came`() throws {
        var stage = CoreStage()
        stage.core.deliver([run(events(1...3)), run(events(4...5)), run(events(6...9))])
        let next = stage.next()
        let batch = try #require(next)
        var result = BatchResult()
        for number in 1...8 as ClosedRange<UInt64> {
            switch number {
            case 4: result.append(.handled([Sample.event(sequence: 1)]), began: stage.now)
            case 7: result.append(.failed("no", isFinal: true, key: "k"), began: stage.now)
            default: result.appendPlain(began: stage.now)
            }
        }
        let draft = stage.core.complete(batch, result, now: stage.now)
        #expect(draft.heard.map(\.range) == [1...6, 7...7, 8...8])
        #expect(draft.heard.map(\.outcome) == [.handled, .dead, .handled])
        #expect(draft.said.count == 1)
        #expect(stage.core.backlog == 1)
    }
}

extension BatchResult {
    /// Adds an event that was handled and said nothing.
    fileprivate mutating func appendPlain(began time: Timestamp) {
        note(began: time)
        appendHandled(1, saying: [], ends: [])
    }
}
