internal import Choreography
internal import Envelope
internal import Testing

@Suite struct HandlerCoreTests {
    private func event(_ sequence: UInt64, key: String = "k") -> Event { Sample.event(key: key, sequence: sequence) }

    // MARK: one entry

    @Test func `one entry moves the cursor, says the follow-on events and parks`() throws {
        let child = Sample.event("out")
        var stage = CoreStage { event, _ in event.sequence == 2 ? .fails("no") : .emits([child]) }
        stage.deliver(event(1, key: "x"), event(2, key: "y"), event(3, key: "x"))
        stage.work()
        #expect(stage.entries.count == 1)
        let entry = try #require(stage.entries.first)
        #expect(entry.heard.map(\.range) == [1...1, 2...2, 3...3])
        #expect(entry.heard.map(\.outcome) == [.handled, .parked, .handled])
        #expect(entry.said == [child, child])
        #expect(entry.knows.count == 1)
        #expect(stage.cursor == Cursor(epoch: 1, low: 3))
        #expect(stage.parked(.retry) == [2])
    }

    @Test func `what is heard already is dropped, and so is what nobody consumes`() {
        var state = SlotState()
        state.hear(HeardRun(Sample.stream(), epoch: 1, range: 1...5, outcome: .handled))
        state.hear(HeardRun(Sample.stream(), epoch: 1, range: 7...7, outcome: .handled))
        var stage = CoreStage(state: state)
        for sequence in 4...8 as ClosedRange<UInt64> { stage.deliver(event(sequence)) }
        stage.deliver(Sample.event("other", sequence: 1))
        #expect(stage.core.backlog == 2)
        stage.work()
        #expect(stage.tried == ["a6", "a8"])
    }

    @Test func `events from the journal of an earlier topic set stay unheard`() {
        var stage = CoreStage(topics: ["b"])
        stage.deliver(event(1))
        #expect(stage.next() == nil)
        #expect(stage.core.state == SlotState())
    }

    @Test func `an entry holds at most so many events and so many bytes`() {
        var options = HandlerCore.Options()
        options.batchLimit = 4
        options.batchBytesLimit = 3000
        var stage = CoreStage(options: options)
        for sequence in 1...6 as ClosedRange<UInt64> { stage.deliver(event(sequence)) }
        for sequence in 7...12 as ClosedRange<UInt64> {
            stage.deliver(Sample.event(key: "k", sequence: sequence, size: 1400))
        }
        stage.work()
        #expect(stage.entries.map { $0.heard.reduce(0) { $0 + $1.range.count } } == [4, 4, 3, 1])
    }

    @Test func `a large batch of parks ends by bytes too, and none is lost`() {
        var options = HandlerCore.Options()
        options.batchBytesLimit = 3000
        options.parkLimit = 100
        var stage = CoreStage(options: options) { _, attempt in attempt == 1 ? .fails("no") : .emits([]) }
        for sequence in 1...9 as ClosedRange<UInt64> {
            stage.deliver(Sample.event(key: "k\(sequence % 2)", sequence: sequence, size: 1400))
        }
        stage.finish()
        #expect(stage.core.state.parks.isEmpty)
        #expect(stage.entries.allSatisfy { $0.knows.count + $0.heard.count <= 6 })
        #expect(stage.cursor.low == 9)
    }

    @Test func `the inbox says when it is full, by count and by bytes`() {
        var options = HandlerCore.Options()
        options.inboxCountLimit = 3
        var stage = CoreStage(options: options)
        stage.deliver(event(1), event(2))
        #expect(stage.core.hasRoom)
        stage.deliver(event(3))
        #expect(!stage.core.hasRoom)
        stage.work()
        #expect(stage.core.hasRoom && stage.core.backlog == 0)
        options.inboxLimit = 500
        stage = CoreStage(options: options)
        stage.deliver(Sample.event(key: "k", sequence: 1, size: 600))
        #expect(!stage.core.hasRoom)
        stage.work()
        #expect(stage.core.hasRoom)
    }

    // MARK: order per key

    @Test func `a failing event parks itself and those of its key behind it; others go on`() {
        var stage = CoreStage { event, attempt in event.sequence == 2 && attempt == 1 ? .fails("no") : .emits([]) }
        stage.deliver(
            event(1, key: "x"), event(2, key: "x"), event(3, key: "y"), event(4, key: "x"), event(5, key: "y"))
        stage.work()
        #expect(stage.tried == ["a1", "a2", "a3", "a5"])
        #expect(stage.parked(.retry) == [2])
        #expect(stage.parked(.behind) == [4])
        #expect(stage.cursor.low == 5)

        stage.deliver(event(6, key: "x"), event(7, key: "y"))
        stage.work()
        #expect(stage.parked(.behind) == [4, 6])
        stage.finish()
        #expect(stage.tried == ["a1", "a2", "a3", "a5", "a7", "a2", "a4", "a6"])
        #expect(stage.core.state.parks.isEmpty)
        #expect(stage.cursor.low == 7)
    }

    @Test func `fresh events of a key go after its due parks, in the same batch`() {
        var stage = CoreStage { _, attempt in attempt == 1 ? .fails("no") : .emits([]) }
        stage.deliver(event(1))
        stage.work()
        stage.wait(milliseconds: 1000)
        stage.worker = Worker { _, _ in .emits([]) }
        stage.deliver(event(2))
        #expect(stage.next()?.works.map(\.position.sequence) == [1, 2])
    }

    @Test func `a second failure keeps the order, and those behind stay where they are`() {
        var stage = CoreStage { event, attempt in event.sequence == 1 && attempt < 3 ? .fails("no") : .emits([]) }
        for sequence in 1...3 as ClosedRange<UInt64> { stage.deliver(event(sequence)) }
        stage.finish()
        #expect(stage.tried == ["a1", "a1", "a1", "a2", "a3"])
    }

    @Test func `the flow orders events that have no key`() {
        var stage = CoreStage { event, _ in event.sequence == 1 ? .fails("no") : .emits([]) }
        stage.deliver(
            Sample.event(flow: 1, sequence: 1), Sample.event(flow: 2, sequence: 2), Sample.event(flow: 1, sequence: 3))
        stage.work()
        #expect(stage.tried == ["a1", "a2"])
        #expect(stage.parked(.behind) == [3])
    }

    @Test func `a clock that steps back does not turn the order of a key round`() {
        var stage = CoreStage { event, attempt in event.sequence == 1 && attempt == 1 ? .fails("no") : .emits([]) }
        stage.deliver(event(1), event(2))
        stage.work()
        let before = stage.now
        stage.now = Sample.ms(5)
        stage.deliver(event(3))
        stage.work()
        stage.now = before
        stage.finish()
        #expect(stage.tried == ["a1", "a1", "a2", "a3"])
    }

    // MARK: retry and dead letters

    @Test func `a retry comes when it is due, not before`() throws {
        var stage = CoreStage { _, attempt in attempt == 1 ? .fails("no") : .emits([]) }
        stage.deliver(event(1))
        stage.work()
        let due = try #require(stage.core.nextDue(lane: 0))
        #expect(due == stage.core.options.retry.due(after: 1, of: Sample.position(1), now: stage.now))
        stage.now = due + -1
        #expect(stage.next() == nil)
        stage.now = due
        stage.work()
        #expect(stage.core.state.parks.isEmpty)
        #expect(stage.core.nextDue(lane: 0) == nil)
    }

    @Test func `after the last attempt comes a dead letter, and those behind go on in order`() throws {
        var stage = CoreStage { event, _ in event.sequence == 1 ? .fails("always") : .emits([]) }
        for sequence in 1...4 as ClosedRange<UInt64> { stage.deliver(event(sequence)) }
        stage.finish()
        #expect(stage.tried == Array(repeating: "a1", count: 5) + ["a2", "a3", "a4"])
        let letter = try #require(stage.core.state.deadLetters[Sample.position(1)])
        #expect(letter.attempts == 5)
        #expect(letter.error == "always")
        #expect(letter.record == Sample.record(event(1)))
        #expect(stage.core.state.parks.isEmpty)
    }

    @Test func `attempts are counted in the park, with what was thrown`() throws {
        var stage = CoreStage { _, attempt in .fails("attempt \(attempt)") }
        stage.deliver(event(1))
        for attempt in 1...4 as ClosedRange<UInt32> {
            stage.work()
            let park = try #require(stage.core.state.parks[Sample.position(1)])
            #expect(park.attempts == attempt)
            #expect(park.error == "attempt \(attempt)")
            stage.now = park.due
        }
        stage.work()
        #expect(stage.dead == [1])
    }

    @Test func `with a single attempt the first failure is the last`() {
        var options = HandlerCore.Options()
        options.retry = RetryPolicy(attempts: 1)
        var stage = CoreStage(options: options) { _, _ in .fails("no") }
        stage.deliver(event(1))
        stage.work()
        #expect(stage.dead == [1])
        #expect(stage.entries.first?.heard.first?.outcome == .dead)
    }

    @Test func `an undecodable record and a final failure are dead letters at once`() {
        var stage = CoreStage { event, _ in event.sequence == 2 ? .failsForGood("bad data") : .emits([]) }
        var broken = Sample.record(event(1))
        broken[broken.count - 1] ^= 1
        stage.core.deliver([Delivery(stream: Sample.stream(), epoch: 1, sequence: 1, record: broken[...])])
        stage.deliver(event(2), event(3))
        stage.work()
        #expect(stage.dead == [1, 2])
        #expect(stage.tried == ["a2", "a3"])
        #expect(stage.cursor.low == 3)
        #expect(stage.core.state.parks.isEmpty)
    }

    @Test func `a long error is kept short and readable`() throws {
        var stage = CoreStage { _, _ in .fails(String(repeating: "漢", count: 100_000)) }
        stage.deliver(event(1))
        stage.work()
        let error = try #require(stage.core.state.parks.values.first?.error)
        #expect(error.utf8.count == 4095)
        #expect(error.allSatisfy { $0 == "漢" })
    }

    @Test func `a serial over the hop limit is a dead letter that names the loop`() throws {
        var serial = Serial.root
        for _ in 0..<3 {
            serial = serial.child(handler: Sample.handler("ping"), index: 1)
                .child(handler: Sample.handler("pong"), index: 1)
        }
        var stage = CoreStage(hopLimit: 6)
        stage.deliver(
            Sample.event(key: "x", serial: serial.parent!, sequence: 1),
            Sample.event(key: "y", serial: serial, sequence: 2))
        stage.work()
        #expect(stage.tried == ["a1"])
        #expect(stage.dead == [2])
        #expect(try #require(stage.core.state.deadLetters.values.first).error.hasSuffix("pong → ping → pong"))
    }

    // MARK: expiry and not-before

    @Test func `an expired event is heard as expired and not handled`() {
        var stage = CoreStage()
        stage.deliver(
            Sample.event(sequence: 1, expiry: stage.now), Sample.event(sequence: 2, expiry: stage.now + 1))
        stage.work()
        #expect(stage.tried == ["a2"])
        #expect(stage.entries.flatMap { $0.heard.map(\.outcome) } == [.expired, .handled])
    }

    @Test func `an event that expires while it waits is not handled`() {
        var stage = CoreStage { _, _ in .fails("no") }
        stage.deliver(Sample.event(sequence: 1, expiry: stage.now + 10_000))
        stage.finish()
        #expect(stage.tried == ["a1"])
        #expect(stage.core.state.parks.isEmpty && stage.dead.isEmpty)
    }

    @Test func `an event waits for its time without a spin, and others of its key go on`() {
        var stage = CoreStage()
        let due = stage.now + 60_000_000
        stage.deliver(Sample.event(key: "k", sequence: 1, notBefore: due), event(2))
        stage.work()
        #expect(stage.tried == ["a2"])
        #expect(stage.cursor.low == 2)
        #expect(stage.core.nextDue(lane: 0) == due)
        stage.now = due + -1
        #expect(stage.next() == nil)
        stage.now = due
        stage.work()
        #expect(stage.tried == ["a2", "a1"])
        #expect(stage.core.state.parks.isEmpty)
    }

    @Test func `an event that waits behind its key is still not handled before its time`() {
        var stage = CoreStage { event, attempt in event.sequence == 1 && attempt == 1 ? .fails("no") : .emits([]) }
        let due = stage.now + 3_600_000_000
        stage.deliver(event(1), Sample.event(key: "k", sequence: 2, notBefore: due))
        stage.work()
        stage.wait(milliseconds: 10_000)
        stage.work()
        #expect(stage.tried == ["a1", "a1"])
        stage.now = due
        stage.work()
        #expect(stage.tried == ["a1", "a1", "a2"])
    }

    @Test func `a ripe event waits while its key is blocked, without a spin`() {
        var stage = CoreStage { event, _ in event.sequence == 2 ? .fails("no") : .emits([]) }
        let due = stage.now + 10_000
        stage.deliver(Sample.event(key: "k", sequence: 1, notBefore: due), event(2))
        stage.work()
        stage.now = due
        stage.work()
        #expect(stage.tried == ["a2"])
        stage.worker = Worker { _, _ in .emits([]) }
        stage.finish()
        #expect(stage.tried.suffix(2) == ["a2", "a1"])
    }

    @Test func `a ripe event that fails is retried like any other`() {
        var stage = CoreStage { event, attempt in attempt < 3 ? .fails("no") : .emits([]) }
        stage.deliver(Sample.event(key: "k", sequence: 1, notBefore: stage.now + 10_000))
        stage.finish()
        #expect(stage.tried == ["a1", "a1", "a1"])
        #expect(stage.core.state.parks.isEmpty)
    }

    // MARK: limits

    @Test func `nothing is handled further above the low mark than the cursor is wide`() {
        var options = HandlerCore.Options()
        options.lanes = 2
        options.batchLimit = 10_000
        var stage = CoreStage(options: options)
        let keys = ["0", "1", "2", "3", "4", "5"]
        let slow = keys.first { Event.bucket(ofText: $0) % 2 == 0 }!
        let fast = keys.first { Event.bucket(ofText: $0) % 2 == 1 }!
        stage.deliver(event(1, key: slow))
        for sequence in 2...5000 as ClosedRange<UInt64> { stage.deliver(event(sequence, key: fast)) }
        let first = stage.next(lane: 0)!
        let second = stage.core.next(lane: 1, now: stage.now)!
        #expect(second.works.last?.position.sequence == Cursor.width)
        stage.complete(second)
        #expect(stage.core.next(lane: 1, now: stage.now) == nil)
        #expect(stage.cursor.above == [2...Cursor.width])
        stage.complete(first)
        #expect(stage.cursor.low == Cursor.width)
        stage.work(lane: 1)
        #expect(stage.cursor == Cursor(epoch: 1, low: 5000))
    }

    @Test func `a start position is set by a jump; from there the cursor goes on however far it is`() {
        var stage = CoreStage()
        _ = stage.core.jump(
            CursorJump(stream: Sample.stream(), epoch: 0, low: 1_000_000, reason: .trimmed), now: stage.now)
        stage.deliver(event(1_000_000), event(1_000_001), event(1_000_002))
        stage.work()
        #expect(stage.tried == ["a1000001", "a1000002"])
        #expect(stage.cursor == Cursor(epoch: 1, low: 1_000_002))
    }

    @Test func `at the park limit fresh events wait, and parks still drain`() {
        var options = HandlerCore.Options()
        options.parkLimit = 2
        options.batchLimit = 2
        var stage = CoreStage(options: options) { _, attempt in attempt == 1 ? .fails("no") : .emits([]) }
        for sequence in 1...4 as ClosedRange<UInt64> { stage.deliver(event(sequence, key: "\(sequence)")) }
        stage.work()
        #expect(stage.parked(.retry) == [1, 2])
        #expect(stage.core.backlog == 2)
        #expect(stage.cursor.low == 2)
        stage.finish()
        #expect(stage.core.state.parks.isEmpty)
        #expect(stage.core.backlog == 0)
        #expect(stage.cursor.low == 4)
    }

    // MARK: lanes

    @Test func `lanes go by key, and one is not handed out twice`() {
        var options = HandlerCore.Options()
        options.lanes = 4
        var stage = CoreStage(options: options)
        for sequence in 1...64 as ClosedRange<UInt64> { stage.deliver(event(sequence, key: "\(sequence % 16)")) }
        var seen: [String: Int] = [:]
        var batches: [Batch] = []
        for lane in 0..<4 {
            guard let batch = stage.core.next(lane: lane, now: stage.now) else { continue }
            #expect(stage.core.next(lane: lane, now: stage.now) == nil)
            for work in batch.works {
                let key = "\(work.position.sequence % 16)"
                #expect(seen[key, default: lane] == lane)
                seen[key] = lane
            }
            batches.append(batch)
        }
        #expect(batches.count > 1)
        #expect(batches.reduce(0) { $0 + $1.works.count } == 64)
        #expect(!stage.core.isQuiet)
        for batch in batches.reversed() { stage.complete(batch) }
        #expect(stage.core.isQuiet)
        #expect(stage.cursor == Cursor(epoch: 1, low: 64))
    }

    @Test func `a retry comes back to the lane of its key`() {
        var options = HandlerCore.Options()
        options.lanes = 3
        var stage = CoreStage(options: options) { _, attempt in attempt == 1 ? .fails("no") : .emits([]) }
        for sequence in 1...12 as ClosedRange<UInt64> { stage.deliver(event(sequence, key: "\(sequence)")) }
        for lane in 0..<3 { stage.work(lane: lane) }
        for lane in 0..<3 { stage.finish(lane: lane) }
        #expect(stage.core.state.parks.isEmpty)
        #expect(stage.tried.count == 24)
    }

    // MARK: draining and jumps

    @Test func `draining hands out nothing, and what is in hand may be completed`() {
        var stage = CoreStage { _, attempt in attempt == 1 ? .fails("no") : .emits([]) }
        stage.deliver(event(1))
        let batch = stage.next()!
        stage.deliver(event(2))
        stage.core.drain()
        #expect(!stage.core.isQuiet)
        stage.complete(batch)
        #expect(stage.core.isQuiet)
        stage.wait(milliseconds: 100_000)
        #expect(stage.next() == nil)
        #expect(stage.core.nextDue(lane: 0) == nil)
        #expect(stage.parked(.retry) == [1])
    }

    @Test func `a jump sets the cursor by an entry of its own`() {
        var stage = CoreStage()
        let draft = stage.core.jump(
            CursorJump(stream: Sample.stream(), epoch: 7, low: 41, reason: .trimmed), now: stage.now)
        #expect(draft.knows == [.cursor(Sample.stream(), epoch: 7, low: 41)])
        #expect(draft.heard.isEmpty && draft.said.isEmpty)
        #expect(stage.cursor == Cursor(epoch: 7, low: 41))
    }

    @Test func `what the publisher lost does not stand for the events that took its numbers`() {
        var stage = CoreStage()
        stage.deliver(event(1), event(2))
        let inHand = stage.next()!
        stage.deliver(event(3), event(4))
        _ = stage.core.jump(
            CursorJump(stream: Sample.stream(), epoch: 2, low: 0, reason: .lost), now: stage.now)
        #expect(stage.core.backlog == 0)
        stage.complete(inHand)
        #expect(stage.cursor == Cursor(epoch: 2, low: 0))
        stage.core.deliver((1...4).map { Sample.delivery(event($0), epoch: 2) })
        stage.work()
        #expect(stage.tried == ["a1", "a2", "a1", "a2", "a3", "a4"])
        #expect(stage.cursor == Cursor(epoch: 2, low: 4))
    }
}
