internal import Choreography
internal import Envelope
internal import Synchronization
internal import Testing
internal import Troupe
internal import TroupeTesting

/// Takes bytes; what it does is told by the first one.
private struct Taker: Handler {
    let name = "taker"

    final class Kept: Sendable {
        let handlings = Mutex<[Handling]>([])
        let seen = Mutex<[[UInt8]]>([])
        let attempts = Mutex<[Int]>([])
    }

    struct Refusal: Error {}

    let kept: Kept
    var reactions: some Reactions {
        OnBytes("test.bytes") { data, handling in
            var copy: [UInt8] = []
            for index in data.indices { copy.append(data[index]) }
            kept.seen.withLock { $0.append(copy) }
            kept.attempts.withLock { $0.append(handling.attempt) }
            switch data.isEmpty ? 0 : data[0] {
            case 1: try handling.emit(topic: "test.echo", data: copy)
            case 2: kept.handlings.withLock { $0.append(handling) }
            case 3: throw Refusal()
            case 4: try handling.emit(topic: "test.other", data: [])
            default: break
            }
        }
        .emits(topics: "test.echo")
    }
}

@Suite struct OnBytesTests {
    private func work(_ data: [UInt8], number: UInt64, changing: (inout Event) -> Void = { _ in }) throws -> Work {
        var event = Event(
            topic: try Topic("test.bytes"), flow: try FlowID("order-\(number)"), time: StagedHome.start, data: data,
            sequence: number)
        changing(&event)
        var record: [UInt8] = []
        EventRecord.encode(event, into: &record)
        return Work(
            position: Position(StreamID(.ingress, event.topic), epoch: 1, sequence: number), record: record[...],
            parkedAttempts: nil)
    }

    private func run(_ works: [Work], _ kept: Taker.Kept = .init()) throws -> [Outcome] {
        let (_, reactions, name) = try Declaration.of(Taker(kept: kept))
        let runner = BatchRunner(handler: name, reactions: reactions, options: RuntimeOptions()) { StagedHome.start }
        return runner.run(Batch(lane: 0, works: works, blocked: [])) { _ in }.outcomes
    }

    /// Works of consecutive events as one.
    private func together(_ works: [Work]) throws -> Work {
        let first = try #require(works.first)
        let delivery = Delivery(
            stream: first.position.stream, epoch: 1, sequence: first.position.sequence, count: works.count,
            records: works.flatMap(\.records)[...])
        var core = HandlerCore(
            state: SlotState(), topics: [first.position.stream.topic], options: HandlerCore.Options())
        core.deliver([delivery])
        let batch = core.next(lane: 0, now: StagedHome.start)
        return try #require(batch?.works.first)
    }

    @Test func `events that come together are handled as if each came alone`() throws {
        // One that emits, one that keeps its handling, one that fails, one that ends for good, and plain ones around them.
        let datas: [[UInt8]] = [[9], [1, 7], [2], [2, 8], [9, 9], [3], [9], [4], [1], []]
        let works = try datas.enumerated().map { try work($0.element, number: UInt64($0.offset) + 1) }
        let (alone, joined) = (Taker.Kept(), Taker.Kept())
        let outcomes = (try run(works, alone), try run([together(works)], joined))
        #expect(outcomes.0.map { "\($0)" } == outcomes.1.map { "\($0)" })
        #expect(outcomes.1.count == datas.count)
        #expect(alone.seen.withLock { $0 } == datas && joined.seen.withLock { $0 } == datas)
        let kept = joined.handlings.withLock { $0 }
        #expect(kept.map(\.event.sequence) == [3, 4])
    }

    @Test func `a damaged record amid others is given up on alone`() throws {
        let works = try (1...4).map { try work([9], number: $0) }
        var bytes = works.flatMap(\.records)
        bytes[works[0].records.count + works[1].records.count - 1] ^= 1
        var core = HandlerCore(
            state: SlotState(), topics: [works[0].position.stream.topic], options: HandlerCore.Options())
        core.deliver([
            Delivery(stream: works[0].position.stream, epoch: 1, sequence: 1, count: 4, records: bytes[...])
        ])
        let kept = Taker.Kept()
        let batch = core.next(lane: 0, now: StagedHome.start)
        let outcomes = try run(#require(batch).works, kept)
        guard case .handled = outcomes[0], case .failed(_, isFinal: true, _) = outcomes[1],
            case .handled = outcomes[2], case .handled = outcomes[3], outcomes.count == 4
        else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(kept.seen.withLock { $0.count } == 3)
    }

    @Test func `a batch that takes long ends, so that what was said need not wait for the rest`() throws {
        let time = Mutex(StagedHome.start)
        let (_, reactions, name) = try Declaration.of(Taker(kept: .init()))
        let runner = BatchRunner(handler: name, reactions: reactions, options: RuntimeOptions()) {
            time.withLock { time in
                time = time + 3000
                return time
            }
        }
        let works = try (1...20).map { try work([9], number: $0) }
        #expect(runner.run(Batch(lane: 0, works: works, blocked: [])) { _ in }.outcomes.count == 5)
        #expect(runner.run(Batch(lane: 0, works: [try together(works)], blocked: [])) { _ in }.outcomes.count == 5)
    }

    @Test func `a reaction sees the data of each event and no other bytes`() throws {
        let kept = Taker.Kept()
        let datas: [[UInt8]] = [[], [9], [9, 8, 7], Array(repeating: 6, count: 300)]
        _ = try run(datas.enumerated().map { try work($0.element, number: UInt64($0.offset) + 1) }, kept)
        #expect(kept.seen.withLock { $0 } == datas)
        #expect(kept.attempts.withLock { $0 } == [1, 1, 1, 1])
    }

    @Test func `what it emits is caused by its own event`() throws {
        let outcomes = try run([work([1], number: 1), work([0], number: 2), work([1, 5], number: 3)])
        let said = outcomes.map { if case .handled(let events) = $0 { events } else { [Event]() } }
        #expect(said.map(\.count) == [1, 0, 1])
        #expect(said[2].first?.flow.text == "order-3")
        #expect(said[2].first?.serial.text == "1/taker.1")
        #expect(said[2].first?.data == [1, 5])
    }

    @Test func `a handling that was kept stays with its event and emits no more`() throws {
        let kept = Taker.Kept()
        let outcomes = try run([work([2], number: 1), work([2], number: 2), work([1], number: 3)], kept)
        let handlings = kept.handlings.withLock { $0 }
        #expect(handlings.map { $0.event.flow.text } == ["order-1", "order-2"])
        let error = #expect(throws: ReactionFailure.self) { try handlings[0].emit(topic: "test.echo", data: []) }
        #expect(error?.code == .lateEmission)
        guard case .handled(let events)? = outcomes.last else {
            Issue.record("the last event was not handled")
            return
        }
        #expect(events.count == 1)
    }

    @Test func `a throw fails its event, and an undeclared emission names what is declared`() throws {
        let outcomes = try run([work([3], number: 1), work([4], number: 2), work([0], number: 3)])
        guard case .failed(_, isFinal: false, key: "order-1") = outcomes[0],
            case .failed(let error, isFinal: true, key: "order-2") = outcomes[1], case .handled = outcomes[2]
        else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(error.contains("test.echo"))
    }

    @Test func `a record with a fault is a dead letter although its data would be good`() throws {
        let good = try work([0], number: 1)
        var bytes = Array(good.records)
        bytes[10] ^= 1  // the bucket
        bytes.withUnsafeMutableBytes { raw in
            let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: raw[8...]))
            raw.storeBytes(of: sum.littleEndian, toByteOffset: 4, as: UInt32.self)
        }
        let bad = Work(position: good.position, record: bytes[...], parkedAttempts: nil)
        guard case .failed(let error, isFinal: true, _) = try run([good, bad])[1] else {
            Issue.record("a record with another bucket was handled")
            return
        }
        #expect(error.contains("bucket"))
    }

    @Test func `expiry and waiting are decided before the reaction sees anything`() throws {
        let kept = Taker.Kept()
        let past = Timestamp(microseconds: StagedHome.start.microseconds - 1)
        let future = Timestamp(microseconds: StagedHome.start.microseconds + 1)
        let outcomes = try run(
            [
                work([0], number: 1) { $0.expiryTime = past }, work([0], number: 2) { $0.notBefore = future },
                work([7], number: 3) { $0.notBefore = past },
            ], kept)
        guard case .expired = outcomes[0], case .wait(until: future, key: "order-2") = outcomes[1] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(kept.seen.withLock { $0 } == [[7]])
    }

    @Test func `what a run of alike records says, its events say alone, whatever they carry`() throws {
        // Each byte says what differs; most are alike, which is judged and emitted the short way.
        let kinds: [UInt8] = [0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 0, 6, 6, 0, 2, 2, 0]
        let works = try kinds.enumerated().map { index, kind in
            try work([1, kind, UInt8(index)], number: UInt64(index) + 1) { event in
                event.flow = FlowID(uuidBytes: (UInt64(index) << 40, 7))
                switch kind {
                case 1: event.dataContentType = "application/octet-stream"
                case 2: event.partitionKey = "customer \(index / 17)"
                case 3: event.context = ["tenant": "north"]
                case 4: event.traceparent = try? Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                case 5: event.flow = (try? FlowID("order-5")) ?? event.flow
                case 6: event.serial = event.serial.child(handler: (try? HandlerName("before")) ?? .ingress, index: 12)
                default: break
                }
            }
        }
        let together = try run([together(works)]).map { "\($0)" }
        let alone = try works.flatMap { try run([$0]) }
        #expect(together == alone.map { "\($0)" })
        let said = alone.flatMap { if case .handled(let events) = $0 { events } else { [Event]() } }
        #expect(said.count == kinds.count)
        for (event, kind) in zip(said, kinds) {
            #expect(throws: Never.self) { try event.validate() }
            #expect((event.partitionKey != nil) == (kind == 2))
            #expect((event.traceparent != nil) == (kind == 4))
            #expect(event.context.isEmpty == (kind != 3))
            #expect(event.dataContentType == nil)
            #expect(event.serial.text == (kind == 6 ? "1/before.12/taker.1" : "1/taker.1"))
        }
    }

    @Test func `what one reaction declares, another of the same batch may not emit`() throws {
        struct Two: Handler {
            let name = "two"
            var reactions: some Reactions {
                OnBytes("test.first") { _, handling in try handling.emit(topic: "test.echo", data: []) }
                    .emits(topics: "test.echo")
                OnBytes("test.second") { _, handling in try handling.emit(topic: "test.echo", data: []) }
                    .emits(topics: "test.else")
            }
        }
        let (_, reactions, name) = try Declaration.of(Two())
        let runner = BatchRunner(handler: name, reactions: reactions, options: RuntimeOptions()) { StagedHome.start }
        let works = try ["test.first", "test.second", "test.first"].enumerated().map { index, topic in
            try work([], number: UInt64(index) + 1) { $0.topic = (try? Topic(topic)) ?? $0.topic }
        }
        let outcomes = runner.run(Batch(lane: 0, works: works, blocked: [])) { _ in }.outcomes
        guard case .handled = outcomes[0], case .failed(let error, isFinal: true, _) = outcomes[1],
            case .handled = outcomes[2]
        else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(error.contains("declares (test.else)"))
    }

    @Test func `keys that are the same to Unicode and not to the bucket stay what they are`() throws {
        let keys = ["caf\u{E9}", "cafe\u{301}", "caf\u{E9}"]
        let works = try keys.enumerated().map { index, key in
            try work([1], number: UInt64(index) + 1) { $0.partitionKey = key }
        }
        let said = try run([together(works)]).flatMap {
            if case .handled(let events) = $0 { events } else { [Event]() }
        }
        #expect(said.map { $0.partitionKey.map { Array($0.utf8) } } == keys.map { Array($0.utf8) })
        #expect(said[0].bucket != said[1].bucket)
    }

    /// Says the data of each event, without its first byte, with what it is about; keeps every event, and some handlings.
    private struct Keeper: Handler {
        final class Kept: Sendable {
            let events = Mutex<[Event]>([])
            let handlings = Mutex<[Handling]>([])
        }

        let name = "keeper"
        let kept: Kept

        var reactions: some Reactions {
            OnBytes("test.bytes") { data, handling in
                let kind = data.isEmpty ? 0 : data[0]
                let event = handling.event
                kept.events.withLock { $0.append(event) }
                for _ in 0..<min(kind, 3) {
                    try handling.emit(
                        topic: "test.echo", data: Array(event.data.dropFirst()), contentType: "text/plain")
                }
                if kind == 2 { kept.handlings.withLock { $0.append(handling) } }
                if kind == 9 { throw Taker.Refusal() }
            }
            .emits(topics: "test.echo")
        }
    }

    @Test func `records that repeat each other give each its own event, also to who keeps it, and what each said`()
        throws
    {
        // As many as there are of one size, so that one is turned to where the one before was.
        let kinds: [UInt8] = [0, 1, 1, 2, 3, 0, 9, 1, 2, 2, 1, 0, 0, 9, 3]
        let works = try kinds.enumerated().map { index, kind in
            try work([kind, 7, UInt8(index)], number: UInt64(index) + 1) { event in
                event.flow = FlowID(uuidBytes: (0x0190_0000_0000_7000, UInt64(index) | 1 << 63))
                event.time = StagedHome.start + Int64(index)
            }
        }
        func outcomes(_ works: [Work]) throws -> (outcomes: [Outcome], events: [Event]) {
            let kept = Keeper.Kept()
            let (_, reactions, name) = try Declaration.of(Keeper(kept: kept))
            let runner = BatchRunner(handler: name, reactions: reactions, options: RuntimeOptions()) {
                StagedHome.start
            }
            var (rest, all) = (works, [Outcome]())
            while let work = rest.first {
                let result = runner.run(Batch(lane: 0, works: [work], blocked: [])) { _ in }
                all += result.outcomes
                rest.removeFirst()
            }
            return (all, kept.events.withLock { $0 })
        }
        let (alone, joined) = (try outcomes(works), try outcomes([together(works)]))
        let expected = try works.map { try EventRecord.decode($0.records) }
        #expect(alone.events == expected && joined.events == expected)
        #expect(joined.outcomes.map { "\($0)" } == alone.outcomes.map { "\($0)" })
        let said = joined.outcomes.map { if case .handled(let events) = $0 { events } else { [Event]() } }
        #expect(said.map(\.count) == [0, 1, 1, 2, 3, 0, 0, 1, 2, 2, 1, 0, 0, 0, 3])
        for (index, events) in said.enumerated() {
            #expect(events.map(\.serial.text) == events.indices.map { "1/keeper.\($0 + 1)" })
            #expect(events.allSatisfy { $0.data == [7, UInt8(index)] && $0.flow == expected[index].flow })
        }
    }
}
