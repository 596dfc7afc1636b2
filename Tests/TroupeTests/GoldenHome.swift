internal import Choreography
internal import Envelope
internal import Foundation
internal import Journal
internal import Synchronization
internal import Troupe

/// A home with everything that a peer meets in one, always the same to the byte.
///
/// `order` hears what was placed and asks for refunds, in a journal of version 1; `payment` hears both, and meets everything
/// that can become of an event; `shipping` is registered and has not begun.
struct GoldenHome {
    /// Bytes by path.
    private(set) var files: [String: [UInt8]] = [:]

    private let clock: @Sendable () -> Int64
    private let disk: MemoryFileSystem
    private let home = Home("/golden")
    static let boot = BootID(bytes: 0..<16)
    private static let begin: Int64 = 1_700_000_000_000_000
    private static let olderEpochs: [UInt64] = [1_699_000_000_000_000, 1_699_500_000_000_000]

    private let ingress = PublisherID.ingress
    private let order = PublisherID(handler: HandlerName(unchecked: "order"), slot: 0)
    private let payment = PublisherID(handler: HandlerName(unchecked: "payment"), slot: 0)
    private let placed = Topic(unchecked: "order.placed")
    private let asked = Topic(unchecked: "refund.asked")
    private let taken = Topic(unchecked: "payment.taken")

    init() throws {
        let ticks = Counter()
        clock = { Self.begin + ticks.next() * 1000 }
        disk = MemoryFileSystem(clock: clock)
        for folder in [home.journals, home.registrations] { try disk.makeDirectories(folder) }
        let roots = try publish()
        let refunds = try writeOlder(roots)
        try handle(roots, refunds)
        for name in [ingress, order, payment] { try take(name) }
        try writeRegistrations()
        try writeMessages()
    }

    private final class Counter: Sendable {
        private let value = Mutex<Int64>(0)
        func next() -> Int64 {
            value.withLock {
                $0 += 1
                return $0
            }
        }
    }

    // MARK: events

    private func flow(_ number: UInt64) -> FlowID {
        FlowID(uuidBytes: (0x018B_CFE5_6800_7000 | number, 0x8000 << 48 | number))
    }

    private func log(
        _ publisher: PublisherID, salt: UInt16, epochLimit: Int = 64, segmentSize: Int = 1 << 20,
        boot: BootID = Self.boot, consumers: ConsumerCursors? = nil
    ) throws -> JournalLog {
        let clock = clock
        return try JournalLog(
            publisher, home: home, boot: boot, options: JournalOptions(segmentSize: segmentSize),
            consumers: consumers.map { found in { found } }, isCompared: false, epochLimit: epochLimit, salt: { salt },
            fileSystem: disk, clock: { Timestamp(microseconds: clock()) })
    }

    private var now: Timestamp { Timestamp(microseconds: clock()) }

    /// Six roots with every attribute that an event may have.
    private func publish() throws -> [Event] {
        var roots: [Event] = []
        for number in 1...6 as ClosedRange<UInt64> {
            let data = Array(#"{"number":\#(number)}"#.utf8)
            var event = Event(topic: placed, flow: flow(number), time: now, data: data, sequence: number)
            switch number {
            case 1:
                event = Event(
                    topic: placed, flow: try FlowID("order-1"), time: now, data: data, sequence: number,
                    subject: "a first order", partitionKey: "customer-1", traceState: "vendor=1",
                    traceparent: try Traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                    context: ["tenant": "north", "note": "tea, please"],
                    extensions: ["priority": .integer(7), "gift": .boolean(true), "shop": .string("corner")])
            case 2, 3: event.partitionKey = "customer-2"
            case 4: event.notBefore = Timestamp(microseconds: 4_000_000_000_000_000)
            case 5:
                event = Event(
                    topic: placed, flow: flow(number), time: now, data: Array("five".utf8), sequence: number,
                    source: "https://example.com/till", foreignID: "till-5", dataContentType: "text/plain",
                    dataSchema: "https://example.com/order", dataRef: "https://example.com/orders/5")
            default: event.expiryTime = Timestamp(microseconds: Self.begin)
            }
            try event.validate()
            roots.append(event)
        }
        let log = try log(ingress, salt: 0x1111)
        _ = try log.append(EntryDraft(said: Array(roots[..<4]), time: now), level: .synced)
        _ = try log.append(EntryDraft(said: Array(roots[4...]), time: now), level: .written)
        try log.close()
        return roots
    }

    private func effect(of cause: Event, _ topic: Topic, by handler: PublisherID, sequence: UInt64) -> Event {
        Event(
            topic: topic, flow: cause.flow, serial: cause.serial.child(handler: handler.handler, index: 1), time: now,
            data: Array(#"{"of":\#(cause.sequence)}"#.utf8), sequence: sequence, partitionKey: cause.partitionKey,
            traceState: cause.traceState,
            traceparent: cause.traceparent == nil ? nil : .handling(cause, by: handler.handler.text),
            context: cause.context)
    }

    private func record(_ event: Event) -> [UInt8] {
        var bytes: [UInt8] = []
        EventRecord.encode(event, into: &bytes)
        return bytes
    }

    private func checksum(_ event: Event) -> UInt32 {
        record(event).withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self)) }
    }

    // MARK: version 1

    /// `order` in version 1: its second epoch lost the fifth refund of the first, which `payment` had heard.
    private func writeOlder(_ roots: [Event]) throws -> [Event] {
        let refunds = roots.map { effect(of: $0, asked, by: order, sequence: $0.sequence) }
        let stream = StreamID(ingress, placed)
        func heard(_ number: UInt64) -> [UInt8] {
            // Without the checksum, which is what version 2 added.
            let run = HeardRun(stream, epoch: ingressEpoch, range: number...number, outcome: .handled)
            return EntryCodec.encode(heard: [run]).dropLast(4)
        }
        func begins(_ previous: UInt64, cut: UInt64) -> [UInt8] {
            var bytes: [UInt8] = []
            bytes.put(previous)
            bytes.put(cut)
            return bytes
        }
        var journal = OlderJournal(order.text, epoch: Self.olderEpochs[0], time: Self.begin)
        journal.begin()
        journal.append(kind: 1, knows: begins(0, cut: 0))
        journal.append(knows: EntryCodec.encode(knows: [.epoch(Self.olderEpochs[0], firsts: [:])]))
        for root in roots[..<4] {
            journal.append(heard: heard(root.sequence), said: record(refunds[Int(root.sequence) - 1]))
        }
        journal.epoch = Self.olderEpochs[1]
        journal.append(kind: 1, knows: begins(Self.olderEpochs[0], cut: 200))
        journal.append(knows: EntryCodec.encode(knows: [.epoch(Self.olderEpochs[1], firsts: [asked: 5])]))
        journal.append(heard: heard(5), said: record(refunds[4]))
        var checkpoint: [UInt8] = []
        checkpoint.put(UInt32(1))
        checkpoint.put(ingress.text, UInt8.self)
        checkpoint.put(placed.text, UInt8.self)
        checkpoint.put(ingressEpoch)
        checkpoint.put(UInt64(5))
        checkpoint.put(UInt32(0))
        checkpoint.put(UInt32(1))
        checkpoint.put(asked.text, UInt8.self)
        checkpoint.put(UInt64(6))
        checkpoint.put(
            block: EntryCodec.encode(knows: [
                .epoch(Self.olderEpochs[0], firsts: [:]), .epoch(Self.olderEpochs[1], firsts: [asked: 5]),
            ]))
        journal.begin(checkpoint: checkpoint)
        journal.append(heard: heard(6), said: record(refunds[5]))
        journal.append(knows: EntryCodec.encode(knows: [.closed]))
        journal.append(kind: 2)
        try disk.makeDirectories(home.journal(order.text))
        for (base, bytes) in journal.segments {
            let digits = String(base, radix: 16)
            let name = String(repeating: "0", count: 16 - digits.count) + digits + ".seg"
            disk.setContents(home.journal(order.text) + "/" + name, bytes)
        }
        disk.setContents(home.journal(order.text) + "/mark", journal.mark(boot: Self.boot.bytes))
        disk.setContents(home.journal(order.text) + "/lock", [])
        return refunds
    }

    private var ingressEpoch: UInt64 { 1_700_000_000_000_000 & ~0xFFFF | 0x1111 }

    // MARK: version 2

    /// `payment` in version 2: everything that can become of an event, a clean end, a reboot, and a checkpoint.
    private func handle(_ roots: [Event], _ refunds: [Event]) throws {
        let stream = StreamID(ingress, placed)
        let refundStream = StreamID(order, asked)
        func position(_ number: UInt64) -> Position { Position(stream, epoch: ingressEpoch, sequence: number) }
        func heard(_ number: UInt64, _ outcome: HeardOutcome) -> HeardRun {
            HeardRun(
                stream, epoch: ingressEpoch, range: number...number, outcome: outcome,
                checksum: checksum(roots[Int(number) - 1]))
        }
        func refunded(_ range: ClosedRange<UInt64>, epoch: Int) -> HeardRun {
            HeardRun(
                refundStream, epoch: Self.olderEpochs[epoch], range: range, outcome: .handled,
                checksum: checksum(refunds[Int(range.upperBound) - 1]))
        }
        func park(_ number: UInt64, _ reason: Park.Reason, due: Timestamp, attempts: UInt32, error: String) -> Knowledge
        {
            let root = roots[Int(number) - 1]
            return .park(
                Park(
                    position: position(number), reason: reason, due: due, attempts: attempts, key: root.orderingKey,
                    error: error, record: record(root)))
        }
        func dead(_ attempts: UInt32) -> Knowledge {
            .dead(
                DeadLetter(
                    position: position(5), time: now, attempts: attempts, error: "no price", record: record(roots[4])))
        }
        func taken(_ number: UInt64) -> [Event] {
            [effect(of: roots[Int(number) - 1], self.taken, by: payment, sequence: 0)]
        }
        let drafts: [(heard: [HeardRun], said: [Event], knows: [Knowledge])] = [
            ([], [], [.cursor(refundStream, epoch: 0, low: 3)]),
            ([heard(1, .handled)], taken(1), [.took([420])]),
            ([refunded(4...4, epoch: 0)], [], []),
            ([refunded(5...5, epoch: 0)], [], []),
            (
                [heard(2, .parked), heard(3, .parked), heard(4, .parked)], [],
                [
                    park(
                        2, .retry, due: Timestamp(microseconds: Self.begin + 100_000), attempts: 1, error: "no answer"),
                    park(3, .behind, due: now, attempts: 0, error: ""),
                    park(4, .notBefore, due: roots[3].notBefore!, attempts: 0, error: ""),
                    .took([1500, 20, 10]),
                ]
            ),
            ([heard(5, .dead), heard(6, .expired)], [], [dead(1)]),
            ([], [], [.lost(refundStream, epoch: Self.olderEpochs[1], low: 4)]),
            ([refunded(5...6, epoch: 1)], [], []),
            ([], taken(2) + taken(3), [.unpark(position(2)), .unpark(position(3)), .took([900])]),
            ([], [], [.undead(position(5)), park(5, .retry, due: now, attempts: 0, error: "no price")]),
            ([], [], [.trying(position(5), count: 1)]),
            ([], [], [.unpark(position(5)), dead(5)]),
            ([], [], [.closed]),
        ]
        var log = try log(payment, salt: 0x2222)
        for (index, draft) in drafts.enumerated() {
            _ = try log.append(
                EntryDraft(heard: draft.heard, said: draft.said, knows: draft.knows, time: now),
                level: index % 2 == 0 ? .synced : .written)
        }
        try log.close()
        // Another run of the kernel: an epoch begins, and the end before it was in order all the same.
        var hearer = SlotState()
        hearer.hear(HeardRun(StreamID(payment, self.taken), epoch: log.state.epoch, range: 1...1, outcome: .handled))
        var consumers = ConsumerCursors(of: payment)
        consumers.note(PublisherID(handler: HandlerName(unchecked: "shipping"), slot: 0), hearer)
        log = try self.log(
            payment, salt: 0x3333, epochLimit: 1, segmentSize: 1, boot: BootID(bytes: 16..<32), consumers: consumers)
        _ = try log.append(EntryDraft(knows: [.opened], time: now), level: .written)
        _ = try log.append(EntryDraft(knows: [.trying(position(4), count: 1)], time: now), level: .synced)
        try log.close()
    }

    private mutating func take(_ publisher: PublisherID) throws {
        let folder = home.journal(publisher.text)
        for name in try disk.list(folder) {
            // Whose number it was is different each time.
            let bytes = name == "lock" ? Array("4711".utf8) : disk.contents("\(folder)/\(name)") ?? []
            files["journals/\(publisher)/\(name)"] = bytes
        }
    }

    // MARK: small files

    private mutating func writeRegistrations() throws {
        let (order, payment, shipping) = (self.order.handler, self.payment.handler, HandlerName(unchecked: "shipping"))
        for registration in [
            Registration(handler: order, topics: [placed: .earliest]),
            Registration(handler: payment, topics: [placed: .earliest, asked: .latest(tips: [self.order: 3])]),
            Registration(handler: shipping, topics: [taken: .earliest], hasBegun: false),
        ] { files["registrations/\(registration.handler).json"] = try registration.json() }
        let record = DirectoryRecord(
            publisher: self.payment, instance: "4711-1700000000000000", pid: 4711, host: "local",
            publish: [home.endpoint(self.payment.text, "p")], replay: [home.endpoint(self.payment.text, "r")],
            declaration: Declaration(
                handler: payment.text,
                consumes: [
                    .init(topic: placed.text, emits: [taken.text]), .init(topic: asked.text, emits: []),
                ], emits: [taken.text]), metrics: "127.0.0.1:43211")
        files["directory/payment.0.json"] = try record.json()
        files["choreography"] = Array("golden\n".utf8)
        var retention = Retention()
        (retention.age, retention.size, retention.quota) = (.microseconds(86_400_000_000), 1 << 30, 1 << 32)
        retention.isForced = true
        let place = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        try IngressRetention.write(retention, home: Home(place.path))
        files["retention"] = Array(try Data(contentsOf: place.appending(path: "retention")))
    }

    // MARK: messages

    private mutating func writeMessages() throws {
        let reader = try FileEngineReader(payment, home: home, boot: Self.boot, fileSystem: disk)
        let state = try reader.foldToEnd().1
        files["messages/tip"] =
            Tip(publisher: payment, epoch: state.epoch, nextDueMilliseconds: 500, last: [taken: 3]).frame()
        let steady = Timestamp(microseconds: 0)
        var side = PublisherSide(publisher: payment, epoch: state.epoch, tips: [:], now: steady)
        let ask = ReplayRequest(
            id: 1, wants: [Want(topic: taken, epoch: 0, next: 1)], token: nil, credit: 1 << 20)
        let records = try ReplaySource.answer(ask, publisher: payment, state: state, isWhole: true, reader: reader)
            .records
        files["messages/frame"] = side.frame(
            Outbox.Run(topic: taken, first: 1, count: 3, records: records), now: steady)

        // One who heard the fifth refund in the epoch that lost it.
        let other = try FileEngineReader(order, home: home, boot: Self.boot, fileSystem: disk)
        let request = ReplayRequest(
            id: 7,
            wants: [
                Want(topic: asked, epoch: Self.olderEpochs[0], next: 6, high: 5),
                Want(topic: placed, epoch: 0, next: 1),
            ],
            token: nil, credit: 1)
        files["messages/replay-request"] = ReplayCodec.encode(request)
        let page = try ReplaySource.answer(
            request, publisher: order, state: try other.foldToEnd().1, isWhole: true, reader: other)
        files["messages/replay-answer"] = ReplayCodec.encode(page, publisher: order)
        let next = ReplayRequest(
            id: 8, wants: [Want(topic: asked, epoch: page.epoch, next: 6)], token: page.token, credit: 0)
        files["messages/replay-request-next"] = ReplayCodec.encode(next)

        let letter = Position(StreamID(ingress, placed), epoch: ingressEpoch, sequence: 5)
        files["messages/dead-request"] = DeadLetterRequest(id: 9, verb: .retry, positions: [letter]).encode()
        files["messages/dead-answer"] = RequestAnswer(id: 9, changed: 1).encode()
    }
}
