package import Choreography
internal import Envelope
internal import Synchronization
internal import Troupe

/// What every engine must do, as checks that any implementation runs: give it a maker of fresh engines.
///
/// Each check throws ``ConformanceFailure`` with what was expected. `engine()` must give engines that share one home.
package struct EngineConformance: Sendable {
    private let engine: @Sendable () throws -> any Engine
    private let orders = try! Topic("test.orders")
    private let others = try! Topic("test.others")
    private let publisher = PublisherID(handler: HandlerName(unchecked: "speaker"), slot: 0)
    private let consumer = PublisherID(handler: HandlerName(unchecked: "hearer"), slot: 0)

    package init(_ engine: @escaping @Sendable () throws -> any Engine) { self.engine = engine }

    /// Every check, by name.
    package static let all: [(String, @Sendable (EngineConformance) throws -> Void)] = [
        ("registrations are kept, replaced and forgotten", { try $0.registrations() }),
        ("an entry moves cursor, events and knowledge together and is there after reopening", { try $0.reopening() }),
        ("sequences are contiguous per topic, across entries and openings", { try $0.sequences() }),
        ("a slot is held by one opener", { try $0.locking() }),
        ("a reader sees every released entry once, in order, and may stop and go on", { try $0.reading() }),
        ("a follower hears what was published before it and after it, in order, once", { try $0.following() }),
        ("a follower begins after the cursor that it names", { try $0.startingLater() }),
        ("a follower without room hears nothing more until it resumes, and loses nothing", { try $0.holdingBack() }),
        ("a follower hears a publisher that was closed, and one that opens later", { try $0.comingAndGoing() }),
        ("a closed log takes nothing more", { try $0.closing() }),
    ]

    // MARK: checks

    private func registrations() throws {
        let engine = try engine()
        let name = consumer.handler
        try engine.register(Registration(handler: name, topics: [orders: .earliest]))
        try engine.register(Registration(handler: name, topics: [orders: .latest(tips: [publisher: 7])]))
        let found = try engine.registrations()
        try expect(found.count == 1, "one registration, not \(found.count)")
        try expect(found[0].start(on: StreamID(publisher, orders)).low == 7, "the later registration's start")
        try engine.forget(name)
        try engine.forget(name)
        try expect(try engine.registrations().isEmpty, "no registration after forget")
    }

    private func reopening() throws {
        let engine = try engine()
        let stream = StreamID(PublisherID.ingress, orders)
        let park = Park(
            position: Position(stream, epoch: 3, sequence: 2), reason: .retry, due: Timestamp(microseconds: 5),
            attempts: 1, key: "k", error: "e", record: [1, 2, 3])
        let log = try engine.open(publisher)
        try expect(log.isNew, "a log that was never opened is new")
        var draft = EntryDraft(time: Timestamp(microseconds: 1_700_000_000_000_000))
        draft.heard = [
            HeardRun(stream, epoch: 3, range: 1...1, outcome: .handled),
            HeardRun(stream, epoch: 3, range: 2...2, outcome: .parked),
        ]
        draft.knows = [.park(park)]
        draft.said = [event(1)]
        try append(draft, to: log)
        try log.close()
        let again = try engine.open(publisher)
        try expect(!again.isNew, "a log that was opened before is not new")
        try expect(again.recovered.cursor(stream).low == 2, "the cursor at 2")
        try expect(again.recovered.parks == [park.position: park], "the park")
        try expect(again.recovered.tip(orders) == 1, "one event said")
        try again.close()
    }

    private func sequences() throws {
        let engine = try engine()
        for round in 0..<3 {
            let log = try engine.open(publisher)
            for index in 1...4 {
                let number = round * 4 + index
                try append(
                    EntryDraft(said: [event(number), event(number, others), event(number + 100)], time: now), to: log)
            }
            try log.close()
        }
        var seen: [Topic: [UInt64]] = [:]
        try readAll(engine) { seen[$0.topic, default: []].append($0.sequence) }
        try expect(seen[orders] == Array(1...24), "orders 1 to 24, not \(seen[orders] ?? [])")
        try expect(seen[others] == Array(1...12), "others 1 to 12, not \(seen[others] ?? [])")
    }

    private func locking() throws {
        let engine = try engine()
        let log = try engine.open(publisher)
        do {
            _ = try self.engine().open(publisher)
            throw ConformanceFailure("a second opening was not refused")
        } catch let error as EngineError {
            try expect(error.code == .locked, "the code locked, not \(error.code)")
        }
        try log.close()
        try engine.open(publisher).close()
    }

    private func reading() throws {
        let engine = try engine()
        let log = try engine.open(publisher)
        for number in 1...100 { try append(EntryDraft(said: [event(number)], time: now), to: log) }
        let reader = try engine.reader(publisher)
        try expect(reader.isLive, "a reader sees that the log is held")
        let end = try reader.end()
        var numbers: [UInt64] = []
        var place = try reader.start()
        while !place.reaches(end) {
            var budget = 7
            place = try reader.read(from: place, upTo: end, maxBytes: 1 << 20) { entry in
                try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
                    numbers.append(try RecordView(bytes).sequence)
                }
                budget -= 1
                return budget > 0
            }
        }
        try expect(numbers == Array(1...100), "events 1 to 100 once each, not \(numbers)")
        try log.close()
        try expect(!(try engine.reader(publisher).isLive), "a reader sees that the log is free")
    }

    private func following() throws {
        let engine = try engine()
        let log = try engine.open(publisher)
        for number in 1...50 {
            try append(EntryDraft(said: [event(number), event(number, others)], time: now), to: log)
        }
        let hearer = try engine.open(consumer)
        let ear = Ear(hearer)
        try hearer.follow([orders], start: { _ in Cursor() }, receiver: ear)
        for number in 51...500 { try append(EntryDraft(said: [event(number)], time: now), to: log) }
        try ear.wait(for: 500)
        try expect(ear.sequences == Array(1...500), "events 1 to 500 once each, in order")
        try hearer.close()
        try log.close()
    }

    private func startingLater() throws {
        let engine = try engine()
        let log = try engine.open(publisher)
        for number in 1...20 { try append(EntryDraft(said: [event(number)], time: now), to: log) }
        let hearer = try engine.open(consumer)
        let ear = Ear(hearer)
        let begin = Cursor(epoch: log.recovered.epoch, low: 15)
        let publisher = publisher
        try hearer.follow(
            [orders], start: { $0.publisher == publisher ? begin : Cursor() }, receiver: ear)
        try append(EntryDraft(said: [event(21)], time: now), to: log)
        try ear.wait(for: 6)
        try expect(ear.sequences == Array(16...21), "events 16 to 21, not \(ear.sequences)")
        try hearer.close()
        try log.close()
    }

    private func holdingBack() throws {
        let engine = try engine()
        let log = try engine.open(publisher)
        let hearer = try engine.open(consumer)
        let ear = Ear(hearer)
        ear.setRoom(false)
        try hearer.follow([orders], start: { _ in Cursor() }, receiver: ear)
        for number in 1...300 { try append(EntryDraft(said: [event(number)], time: now), to: log) }
        try ear.wait(for: 1)
        let before = ear.sequences.count
        for number in 301...600 { try append(EntryDraft(said: [event(number)], time: now), to: log) }
        try expect(ear.sequences.count < 600, "it was told to hold back after \(before)")
        ear.setRoom(true)
        hearer.resume()
        try ear.wait(for: 600)
        try expect(ear.sequences == Array(1...600), "events 1 to 600 once each, in order")
        try hearer.close()
        try log.close()
    }

    private func comingAndGoing() throws {
        let engine = try engine()
        var log = try engine.open(publisher)
        try append(EntryDraft(said: [event(1)], time: now), to: log)
        try log.close()
        let hearer = try engine.open(consumer)
        let ear = Ear(hearer)
        try hearer.follow([orders], start: { _ in Cursor() }, receiver: ear)
        try ear.wait(for: 1)
        for round in 0..<3 {
            log = try engine.open(publisher)
            for number in 1...10 { try append(EntryDraft(said: [event(number)], time: now), to: log) }
            try log.close()
            try ear.wait(for: 1 + (round + 1) * 10)
        }
        try expect(ear.sequences == Array(1...31), "events 1 to 31 once each, in order")
        try hearer.close()
    }

    private func closing() throws {
        let engine = try engine()
        let log = try engine.open(publisher)
        try log.close()
        try log.close()
        do {
            try append(EntryDraft(said: [event(1)], time: now), to: log)
        } catch {
            try expect(try engine.reader(publisher).end() == engine.reader(publisher).end(), "a stable end")
            return
        }
        throw ConformanceFailure("an append to a closed log was not refused")
    }

    // MARK: parts

    private var now: Timestamp { Timestamp(microseconds: 1_700_000_000_000_000) }

    private func event(_ number: Int, _ topic: Topic? = nil) -> Event {
        let flow = try! FlowID("flow-\(number)-\((topic ?? orders).text)")
        return Event(topic: topic ?? orders, flow: flow, time: now, data: Array("\(number)".utf8))
    }

    private func append(_ draft: EntryDraft, to log: any EngineLog) throws {
        let done = Monitor<Result<Void, any Error>?>(nil)
        try log.append(draft, level: .written) { result in
            done.with { $0 = result }
            done.signal()
        }
        try done.wait { $0 }.get()
    }

    private func readAll(_ engine: any Engine, _ body: (Event) -> Void) throws {
        let reader = try engine.reader(publisher)
        let end = try reader.end()
        var place = try reader.start()
        while !place.reaches(end) {
            place = try reader.read(from: place, upTo: end, maxBytes: 1 << 20) { entry in
                try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in body(try EventRecord.decode(bytes)) }
                return true
            }
        }
    }

    private func expect(_ condition: @autoclosure () throws -> Bool, _ what: String) throws {
        guard try condition() else { throw ConformanceFailure("expected " + what) }
    }

    /// A receiver that remembers what it heard.
    private final class Ear: DeliveryReceiver {
        private struct Heard {
            var sequences: [UInt64] = []
            var hasRoom = true
            var failure: String?
        }

        private let monitor = Monitor(Heard())

        init(_ log: any EngineLog) {}

        var sequences: [UInt64] { monitor.with { $0.sequences } }
        func setRoom(_ room: Bool) { monitor.with { $0.hasRoom = room } }

        func receive(_ deliveries: [Delivery]) -> Bool {
            defer { monitor.signal() }
            return monitor.with { heard in
                heard.sequences += deliveries.flatMap(\.each).map(\.sequence)
                return heard.hasRoom
            }
        }

        func jump(_ jump: CursorJump) { monitor.with { $0.failure = "an unexpected jump: \(jump)" } }
        func failed(_ error: any Error) { monitor.with { $0.failure = "\(error)" } }

        /// Waits until so many events were heard. Throws after 120 s, or when something failed.
        func wait(for count: Int) throws {
            let deadline = Deadline(after: 120_000_000)
            let problem = monitor.wait(deadline: deadline) { heard -> String?? in
                if let failure = heard.failure { return .some(failure) }
                if heard.sequences.count >= count { return .some(nil) }
                return deadline.isOver ? .some("\(heard.sequences.count) of \(count) events") : nil
            }
            if let problem { throw ConformanceFailure(problem) }
        }
    }
}

/// What an engine did not do.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}
