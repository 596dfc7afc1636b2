internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// The ways that every event takes, without sockets and threads, so that a count of instructions is the same each time.
struct HotPaths {
    /// Events of an entry and a frame under load.
    static let batch = 256

    let home: Home
    let events: Int
    let topic: Topic
    let publisher: PublisherID
    let flow: FlowID
    let roots: [Event]

    init(home: String, events: Int) throws {
        self.home = Home(home)
        try self.home.prepare(choreography: nil)
        self.events = events
        let topic = try Topic("bench.event")
        let flow = try FlowID("01a1fbfb-0ddb-7f2b-b8e1-8598860227c8")
        self.topic = topic
        self.flow = flow
        publisher = PublisherID(handler: try HandlerName("source"), slot: 0)
        roots = (0..<Self.batch).map { number in
            var data = [UInt8](repeating: 7, count: 256)
            Stamp(published: 1, number: UInt64(number) + 1).write(to: &data)
            return Event(
                topic: topic, flow: flow, time: WallClock.now(), data: data,
                dataContentType: "application/octet-stream")
        }
    }

    /// Records from events, in one buffer.
    func encode() throws {
        var out: [UInt8] = []
        out.reserveCapacity(events * 400)
        countedSection {
            for number in 0..<events { EventRecord.encode(roots[number % Self.batch], into: &out) }
        }
        guard out.count > events * 256 else { throw HotPathFailure("nothing was encoded") }
    }

    /// Events from records.
    func decode() throws {
        let records = roots.map { event in
            var out: [UInt8] = []
            EventRecord.encode(event, into: &out)
            return out[...]
        }
        var bytes = 0
        try countedSection {
            for number in 0..<events { bytes += try EventRecord.decode(records[number % Self.batch]).data.count }
        }
        guard bytes == events * 256 else { throw HotPathFailure("\(bytes) bytes were decoded") }
    }

    /// Emitted events to an entry of the journal and to frames.
    func publish() throws {
        var frames = 0
        try write { _ in frames += 1 }
        guard frames > 0 else { throw HotPathFailure("no frame was made") }
    }

    /// Data of roots to a batch, an entry of the journal and frames.
    func bulk() throws {
        var frames = 0
        let data = roots[0].data
        var batch = try EventBatch(topic: topic.text, contentType: "application/octet-stream")
        try write(
            draft: {
                batch.removeAll()
                for _ in 0..<Self.batch { try batch.append(data) }
                var draft = EntryDraft(time: WallClock.now())
                draft.roots = batch.records
                return draft
            }, { _ in frames += 1 })
        guard frames > 0 else { throw HotPathFailure("no frame was made") }
    }

    private func write(_ send: ([UInt8]) -> Void) throws {
        try write(draft: { EntryDraft(said: roots, time: WallClock.now()) }, send)
    }

    private func write(draft: () throws -> EntryDraft, _ send: ([UInt8]) -> Void) throws {
        let log = try JournalLog(publisher, home: home, boot: BootID.current(), options: JournalOptions())
        var side = PublisherSide(publisher: publisher, epoch: 1, tips: [:], now: SteadyClock.now())
        var outbox = Outbox()
        try countedSection {
            for _ in 0..<(events / Self.batch) {
                let appended = try log.append(try draft(), level: .written)
                try log.release(upTo: appended.end)
                for run in try appended.runs() { outbox.append(run) }
                while let run = outbox.pop() { send(side.frame(run, now: SteadyClock.now())) }
            }
        }
    }

    /// Frames of a live publisher to the entry of a handler whose reaction takes bytes, and says as much as it is told.
    func hear(says: [String]) throws {
        let frames = try framesOfRoots()
        let part = Part(hears: topic.text, says: says, tally: EntryTally(), samples: nil, gate: nil)
        let (declaration, reactions, _) = try Declaration.of(part)
        let name = try HandlerName(declaration.handler)
        // A program whose instructions are counted runs some fifty times slower: without this the batches would be small,
        // which end after ten milliseconds.
        let begun = WallClock.now()
        let runner = BatchRunner(
            handler: name, reactions: reactions, options: RuntimeOptions(),
            clock: { begun + (WallClock.now().microseconds - begun.microseconds) / 100 })
        let log = try JournalLog(
            PublisherID(handler: name, slot: 0), home: home, boot: BootID.current(), options: JournalOptions())
        var core = HandlerCore(state: log.state, topics: [topic], options: HandlerCore.Options())
        var feed = try liveFeed()
        var place = Workplace()
        var handled = 0
        try countedSection {
            for frame in frames {
                for case .deliver(let deliveries) in feed.handle(.frame(frame), now: SteadyClock.now()) {
                    core.deliver(deliveries)
                }
                while let batch = core.next(lane: 0, now: WallClock.now()) {
                    let result = runner.run(batch, at: &place) { _ in }
                    handled += result.count
                    let draft = core.complete(batch, result, now: WallClock.now())
                    let appended = try log.append(draft, level: .written)
                    try log.release(upTo: appended.end)
                    _ = try appended.runs()
                }
            }
        }
        guard handled == events else { throw HotPathFailure("\(handled) of \(events) events were handled") }
    }

    private func framesOfRoots() throws -> [[UInt8]] {
        var side = PublisherSide(publisher: publisher, epoch: 1, tips: [:], now: SteadyClock.now())
        return (0..<(events / Self.batch)).map { number in
            let first = UInt64(number * Self.batch) + 1
            var records: [UInt8] = []
            for (index, root) in roots.enumerated() {
                var event = root
                event.sequence = first + UInt64(index)
                EventRecord.encode(event, into: &records)
            }
            let run = Outbox.Run(topic: topic, first: first, count: UInt32(Self.batch), records: records)
            return side.frame(run, now: SteadyClock.now())
        }
    }

    private func liveFeed() throws -> Feed {
        let now = SteadyClock.now()
        var feed = Feed(publisher: publisher, wants: [Want(topic: topic, epoch: 1, next: 1)])
        for case .ask(let request) in feed.handle(.located(.live(instance: "1")), now: now) {
            let page = ReplayPage(
                id: request.id, status: .records, epoch: 1, jumps: [], tips: [:], hasMore: false,
                token: EngineCursor(high: 0, low: 1), records: [])
            _ = feed.handle(.page(page), now: now)
        }
        let tip = Tip(publisher: publisher, epoch: 1, nextDueMilliseconds: 500, last: [:])
        _ = feed.handle(.frame(tip.frame()), now: now)
        guard feed.isLive else { throw HotPathFailure("the feed is not live") }
        return feed
    }

    /// An order from JSON, and back.
    func json() throws {
        let text =
            #"{"customer":"C-4711","note":"leave it at the door, please","orderID":"A-1","paid":false,"#
            + #""quantity":2,"sku":"tea","total":1980,"weight":0.25}"#
        let event = Event(topic: topic, flow: flow, time: WallClock.now(), data: Array(text.utf8))
        var bytes = 0
        try countedSection {
            for _ in 0..<events {
                bytes += try PayloadCoder.encode(PayloadCoder.decode(MeasuredOrder.self, from: event)).count
            }
        }
        guard bytes == events * text.utf8.count else { throw HotPathFailure("the order changed on its way") }
    }
}

/// A typed payload of the usual kind.
private struct MeasuredOrder: EventPayload {
    static let topic = "bench.order"
    var customer: String
    var note: String
    var orderID: String
    var paid: Bool
    var quantity: Int
    var sku: String
    var total: Int
    var weight: Double
}

/// A path that did not do what is to be counted.
struct HotPathFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
