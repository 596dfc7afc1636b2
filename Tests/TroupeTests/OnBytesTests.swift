internal import Choreography
internal import Envelope
internal import Synchronization
internal import Testing
internal import Troupe
internal import TroupeTesting

/// Takes bytes; what it does is told by the first one.
private struct Taker: Handler {
    static let name = "taker"

    final class Kept: Sendable {
        let contexts = Mutex<[Context]>([])
        let seen = Mutex<[[UInt8]]>([])
        let attempts = Mutex<[Int]>([])
    }

    struct Refusal: Error {}

    let kept: Kept
    var reactions: some Reactions {
        OnBytes("test.bytes") { data, context in
            var copy: [UInt8] = []
            for index in data.indices { copy.append(data[index]) }
            kept.seen.withLock { $0.append(copy) }
            kept.attempts.withLock { $0.append(context.attempt) }
            switch data.isEmpty ? 0 : data[0] {
            case 1: context.emit(topic: "test.echo", data: copy)
            case 2: kept.contexts.withLock { $0.append(context) }
            case 3: throw Refusal()
            case 4: context.emit(topic: "test.other", data: [])
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

    @Test func `a context that was kept stays with its event and emits no more`() throws {
        let kept = Taker.Kept()
        let outcomes = try run([work([2], number: 1), work([2], number: 2), work([1], number: 3)], kept)
        let contexts = kept.contexts.withLock { $0 }
        #expect(contexts.map { $0.event.flow.text } == ["order-1", "order-2"])
        contexts[0].emit(topic: "test.echo", data: [])
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
}
