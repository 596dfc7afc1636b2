internal import Envelope
internal import Testing
internal import Troupe

/// A queue whose answers can be expected where they are asked for.
private final class Queue {
    private var queue: PublishQueue

    init(_ limits: PublishQueue.Limits) { queue = PublishQueue(limits: limits) }

    var isDrained: Bool { queue.isDrained }
    func enter(_ call: UInt64, bytes: Int) -> PublishQueue.Entrance { queue.enter(call, bytes: bytes) }
    func submit(_ call: UInt64, _ roots: RootRecords) -> Bool { queue.submit(call, roots) }
    func take() -> PublishQueue.Append? { queue.take() }
    func finish() { queue.finish() }
    func cancel(_ call: UInt64) -> PublishQueue.Cancellation { queue.cancel(call) }
    func close() { queue.close() }
    func drop() -> Set<UInt64> { queue.drop() }
}

@Suite struct PublishQueueTests {
    private func roots(_ topic: String, _ bytes: Int = 8) throws -> RootRecords {
        var batch = try EventBatch(
            topic: topic, contentType: "application/octet-stream", dataLimit: EventBatch.byteLimit)
        try batch.append([UInt8](repeating: 1, count: bytes))
        return batch.records
    }

    private func queue(calls: Int = 100, bytes: Int = 1 << 20) -> Queue {
        var limits = PublishQueue.Limits()
        limits.calls = calls
        limits.bytes = bytes
        return Queue(limits)
    }

    /// Enters and hands over.
    private func put(_ call: UInt64, _ roots: RootRecords, in queue: Queue) {
        #expect(queue.enter(call, bytes: roots.bytes.count) == .entered)
        #expect(queue.submit(call, roots))
    }

    @Test func `what is handed over while an append is under way goes into the next one together`() throws {
        let queue = queue()
        let one = try roots("a")
        #expect(queue.take() == nil)
        put(1, one, in: queue)
        #expect(queue.take()?.calls == [1])
        for call in 2...5 as ClosedRange<UInt64> { put(call, one, in: queue) }
        #expect(queue.take() == nil, "one append at a time")
        queue.finish()
        let next = try #require(queue.take())
        #expect(next.calls == [2, 3, 4, 5] && next.roots.count == 4)
    }

    @Test func `an append is of one topic, and the others keep their order`() throws {
        let queue = queue()
        let (a, b) = try (roots("a"), roots("b"))
        for (call, roots) in zip(1...5 as ClosedRange<UInt64>, [a, b, a, b, a]) { put(call, roots, in: queue) }
        #expect(queue.take()?.calls == [1, 3, 5])
        queue.finish()
        #expect(queue.take()?.calls == [2, 4])
    }

    @Test func `an append holds what an entry may, and none overtakes the first that does not fit`() throws {
        let queue = queue(bytes: 64 << 20)
        let (large, small) = try (roots("a", 9 << 20), roots("a"))
        put(1, large, in: queue)
        put(2, large, in: queue)
        put(3, small, in: queue)
        #expect(queue.take()?.calls == [1])
        queue.finish()
        #expect(queue.take()?.calls == [2, 3])
    }

    @Test func `beyond the bound callers wait, and come in by turns when there is room`() throws {
        let queue = queue(calls: 2)
        let one = try roots("a")
        put(1, one, in: queue)
        put(2, one, in: queue)
        for call in 3...6 as ClosedRange<UInt64> { #expect(queue.enter(call, bytes: one.bytes.count) == .waits) }
        #expect(!queue.submit(3, one), "it has not entered")
        #expect(queue.take()?.admitted == [3, 4])
        #expect(queue.submit(3, one) && queue.submit(4, one))
        queue.finish()
        #expect(queue.take()?.admitted == [5, 6])
    }

    @Test func `bytes are a bound too, and a batch above it enters alone`() throws {
        let queue = queue(bytes: 1000)
        #expect(queue.enter(1, bytes: 5000) == .entered)
        #expect(queue.enter(2, bytes: 1) == .waits)
        let one = try roots("a")
        #expect(queue.submit(1, one))
        #expect(queue.take()?.admitted == [2])
        #expect(queue.enter(3, bytes: 1000) == .waits)
        #expect(queue.enter(4, bytes: 1) == .waits, "it does not overtake the one that waits")
    }

    @Test func `a cancelled call is removed wherever it waits, and lets others in`() throws {
        let queue = queue(calls: 1)
        let one = try roots("a")
        #expect(queue.enter(1, bytes: 8) == .entered)
        #expect(queue.enter(2, bytes: 8) == .waits)
        #expect(queue.enter(3, bytes: 8) == .waits)
        #expect(queue.cancel(2) == .removed(admitted: []))
        #expect(queue.cancel(1) == .removed(admitted: [3]))
        #expect(!queue.submit(1, one), "it was cancelled between entering and handing over")
        #expect(queue.submit(3, one))
        #expect(queue.take()?.calls == [3])
        #expect(queue.cancel(3) == .tooLate)
        #expect(queue.cancel(9) == .tooLate)
    }

    @Test func `a closed queue refuses who comes, and is drained when all in it are answered`() throws {
        let queue = queue(calls: 1)
        let one = try roots("a")
        put(1, one, in: queue)
        #expect(queue.enter(2, bytes: 8) == .waits)
        queue.close()
        #expect(queue.enter(3, bytes: 8) == .refused)
        #expect(queue.take()?.admitted == [2])
        #expect(!queue.isDrained)
        queue.finish()
        #expect(!queue.isDrained, "2 has entered and may hand over yet")
        #expect(queue.submit(2, one))
        #expect(queue.take()?.calls == [2])
        #expect(!queue.isDrained)
        queue.finish()
        #expect(queue.isDrained)
    }

    @Test func `dropping forgets all but what is being appended`() throws {
        let queue = queue(calls: 2)
        let one = try roots("a")
        put(1, one, in: queue)
        #expect(queue.take()?.calls == [1])
        put(2, one, in: queue)
        #expect(queue.enter(3, bytes: 8) == .entered)
        #expect(queue.enter(4, bytes: 8) == .waits)
        #expect(queue.drop() == [2, 3, 4])
        #expect(!queue.submit(3, one))
        #expect(!queue.isDrained)
        queue.finish()
        #expect(queue.isDrained && queue.take() == nil)
    }
}
