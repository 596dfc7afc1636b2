internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Synchronization
internal import Testing
internal import Troupe
internal import TroupeTesting

private struct Sampled: EventPayload, Equatable {
    static let topic = "sensor.sample"
    var value: Int
}

@Suite struct PublisherTests {
    /// Runs `body` with a publisher, then gives what lies in its journal.
    private func publish(_ body: (Publisher) async throws -> Void) async throws -> [Event] {
        let home = Home(NSTemporaryDirectory() + "troupe-publisher-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let publisher = try Publisher("sensors", emits: Sampled.self, topics: ["sensor.other"], home: home)
        try await body(publisher)
        try await publisher.close()
        let reader = try FileEngineReader(
            PublisherID(handler: HandlerName("sensors"), slot: 0), home: home, boot: BootID.current())
        var events: [Event] = []
        _ = try reader.foldToEnd { entry in
            try EntryCodec.forEachRecord(in: entry.said) { record, _ in events.append(try EventRecord.decode(record)) }
        }
        return events
    }

    @Test func `a batch is one append of roots that differ in flow, time and data`() async throws {
        let flows = Mutex<[FlowID]>([])
        let events = try await publish { publisher in
            var batch = try EventBatch(
                topic: "sensor.sample", contentType: "application/octet-stream", key: "k", context: ["tenant": "north"])
            for number in 0..<100 {
                let flow = try batch.append(Array(repeating: UInt8(number), count: number))
                flows.withLock { $0.append(flow) }
            }
            try await publisher.publish(batch)
        }
        #expect(events.map(\.data) == (0..<100).map { Array(repeating: UInt8($0), count: $0) })
        #expect(events.map(\.flow) == flows.withLock { $0 } && Set(events.map(\.flow)).count == 100)
        #expect(events.map(\.sequence) == Array(1...100))
        #expect(events.allSatisfy { $0.partitionKey == "k" && $0.context == ["tenant": "north"] && $0.serial == .root })
    }

    @Test func `batches and single payloads count on`() async throws {
        let events = try await publish { publisher in
            var batch = try EventBatch(topic: "sensor.sample")
            try batch.append(Sampled(value: 1))
            try await publisher.publish(batch)
            try await publisher.publish(Sampled(value: 2), key: "x")
            batch.removeAll()
            try batch.append(Sampled(value: 3))
            try await publisher.publish(batch)
            batch.removeAll()
            try await publisher.publish(batch)
        }
        #expect(events.map(\.sequence) == [1, 2, 3])
        #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == [1, 2, 3].map { #"{"value":\#($0)}"# })
        #expect(events.map(\.partitionKey) == [nil, "x", nil])
    }

    @Test func `many at once share the wait and lose nothing`() async throws {
        let events = try await publish { publisher in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask { try await publisher.publish(Sampled(value: number)) }
                }
                try await group.waitForAll()
            }
        }
        #expect(events.count == 50 && Set(events.map(\.data)).count == 50)
    }

    @Test func `a thousand calls at once share few appends, and each event is there once`() async throws {
        let home = Home(NSTemporaryDirectory() + "troupe-publisher-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: home.path) }
        let publisher = try Publisher("sensors", emits: Sampled.self, home: home)
        let flows = try await withThrowingTaskGroup(of: FlowID.self) { group in
            for number in 0..<1000 { group.addTask { try await publisher.publish(Sampled(value: number)) } }
            return try await group.reduce(into: Set<FlowID>()) { $0.insert($1) }
        }
        try await publisher.close()
        var (entries, events) = (0, [Event]())
        _ = try FileEngineReader(
            PublisherID(handler: HandlerName("sensors"), slot: 0), home: home, boot: BootID.current()
        ).foldToEnd { entry in
            if !entry.said.isEmpty { entries += 1 }
            try EntryCodec.forEachRecord(in: entry.said) { record, _ in events.append(try EventRecord.decode(record)) }
        }
        // How few depends on how fast the calls come, and under a sanitizer that is ten times slower.
        if ProcessInfo.processInfo.environment["TROUPE_SANITIZER"] == nil {
            #expect(entries <= 200, "1,000 calls took \(entries) appends")
        }
        #expect(events.count == 1000 && Set(events.map(\.flow)) == flows && Set(events.map(\.data)).count == 1000)
        #expect(events.map(\.sequence) == Array(1...1000))
    }

    @Test func `what one task says stays in its order among others`() async throws {
        let events = try await publish { publisher in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in 0..<25 { try await publisher.publish(Sampled(value: task * 100 + number)) }
                    }
                }
                try await group.waitForAll()
            }
        }
        let values = try events.map { try JSONDecoder().decode(Sampled.self, from: Data($0.data)).value }
        for task in 0..<8 {
            #expect(values.filter { $0 / 100 == task } == (0..<25).map { task * 100 + $0 })
        }
    }

    @Test func `what does not fit is refused, and nothing of it is published`() async throws {
        let events = try await publish { publisher in
            let undeclared = try EventBatch(topic: "sensor.third")
            await #expect(throws: HandlerError.self) { try await publisher.publish(undeclared) }
            var batch = try EventBatch(topic: "sensor.other", dataLimit: 4)
            #expect(throws: HandlerError.self) { try batch.append([1, 2, 3, 4, 5]) }
            #expect(throws: HandlerError.self) { try batch.append(Sampled(value: 1)) }
            #expect(batch.isEmpty)
            #expect(throws: (any Error).self) { _ = try EventBatch(topic: "Not a topic") }
            #expect(throws: (any Error).self) { _ = try EventBatch(topic: "a", contentType: "no media type") }
        }
        #expect(events.isEmpty)
    }

    @Test func `copies of a batch begin flows of their own`() throws {
        var one = try EventBatch(topic: "sensor.sample")
        let time = WallClock.now()
        try one.append([0x31], time: time)
        var other = one
        let flows = try (0..<40).flatMap { _ in
            [try one.append([0x31], time: time), try other.append([0x31], time: time)]
        }
        #expect(Set(flows).count == 80)
    }

    @Test func `a batch has an end, and what came before is whole`() throws {
        var batch = try EventBatch(topic: "sensor.sample", contentType: "application/octet-stream")
        let data = [UInt8](repeating: 1, count: 64 << 10)
        #expect(throws: HandlerError.self) { while true { try batch.append(data) } }
        #expect(batch.byteCount <= EventBatch.byteLimit && batch.count == batch.byteCount / (data.count + 64))
    }

    @Test func `a name is one process's, and nothing comes after the end`() async throws {
        _ = try await publish { publisher in
            try await publisher.close()
            await #expect(throws: (any Error).self) { try await publisher.publish(Sampled(value: 1)) }
        }
        #expect(throws: HandlerError.self) {
            _ = try Publisher("No Name", home: Home(NSTemporaryDirectory() + "never"))
        }
        #expect(throws: HandlerError.self) {
            _ = try Publisher("name", topics: ["No Topic"], home: Home(NSTemporaryDirectory() + "never"))
        }
    }
}
