internal import Choreography
internal import Envelope
internal import Testing

/// A publisher, a network that loses, repeats and delays, and one feed, in virtual time.
///
/// Frames of a connection keep their order, as on a socket; nothing that was sent before a new connection arrives on it.
struct FeedWorld {
    private enum Item {
        case frame([UInt8], connection: Int)
        case ask(ReplayRequest, connection: Int)
        case page(ReplayPage, connection: Int?)
        case noPage(id: UInt32)
        case subscribed(connection: Int)
        case room
        case located
    }

    private static let publisher = Sample.publisher()
    private static let topics = ["a", "b", "c"]

    private var random: SeededGenerator
    private let log = FakeLog(publisher)
    private var feed: Feed
    private var now = Sample.start
    private var queue: [(time: Timestamp, order: Int, item: Item)] = []
    private var order = 0
    private var isCalm = false

    private var instance = 0
    private var isUp = false
    private var schedule: TipSchedule?
    private var epoch: UInt64 = 1
    private let loses: Bool
    private var lastFlow: UInt64 = 0

    private var connection = 0
    private var isConnected = false
    private var isSubscribed = false
    private var lastFrame = Sample.start

    private var delivered: [Topic: UInt64] = [:]
    private var heard: [StreamID: [UInt64: FlowID]] = [:]
    private(set) var losses = 0
    private(set) var problems: [String] = []
    private(set) var timesLive = 0

    /// A publisher that `loses` comes back from some deaths without the last of what it said.
    init(seed: UInt64, loses: Bool) {
        self.loses = loses
        random = SeededGenerator(seed: seed)
        log.begin(epoch: 1)
        feed = Feed(publisher: Self.publisher, wants: Self.topics.map { FeedStage.want($0) })
        for _ in 0..<random.below(30) { publish() }
    }

    // MARK: running

    mutating func run() {
        isUp = random.chance(50)
        if isUp { start() }
        relocate()
        for _ in 0..<150 {
            act()
            advance(milliseconds: Int64(random.below(random.pick([5, 200, 3000]))))
            guard problems.isEmpty else { return }
        }
        isCalm = true
        push(after: 0, .room)
        if !isUp { start() }
        relocate()
        for _ in 0..<20 {
            publish()
            advance(milliseconds: 3000)
        }
        if !feed.isLive { problems.append("not live in the end") }
        for topic in Self.topics.map(Sample.topic) where delivered[topic] ?? 0 != log.state.tip(topic) {
            problems.append("\(topic): \(delivered[topic] ?? 0) of \(log.state.tip(topic)) delivered")
        }
        compare()
    }

    /// What was heard last under each sequence is what the journal holds.
    private mutating func compare() {
        for entry in log.entries {
            entry.said.withUnsafeBytes { said in
                try! EntryCodec.forEachRecord(in: said) { bytes, _ in
                    let view = try RecordView(bytes)
                    let event = try view.event()
                    let stream = StreamID(Self.publisher, event.topic)
                    if heard[stream]?[event.sequence] != event.flow {
                        problems.append("\(event.topic)\(event.sequence) is another event")
                    }
                }
            }
        }
    }

    /// Something happens.
    private mutating func act() {
        switch random.below(40) {
        case 0..<22: publish()
        case 22: kill()
        case 23:
            kill()
            if random.chance(30) { beginEpoch() }
            start()
        case 24...26: if !isUp { start() }
        case 27, 28:
            handle(.room(false))
            push(after: Int64(random.below(4_000_000)), .room)
        case 29: if isConnected { handle(.frame((0..<random.below(60)).map { _ in UInt8(random.below(256)) })) }
        case 30: relocate()
        default: break
        }
    }

    private mutating func beginEpoch() {
        epoch += 1
        let end = log.entries.reversed().prefix { !$0.said.isEmpty }.count
        let lost = loses ? random.below(min(4, end + 1)) : 0
        try! log.lose(lost, epoch: epoch)
    }

    private mutating func publish() {
        guard isUp || now == Sample.start else { return }
        let events = (0..<(1 + random.below(4))).map { _ in
            lastFlow += 1
            return Sample.event(random.pick(Self.topics), flow: lastFlow)
        }
        let said = log.append(EntryDraft(said: events, time: now))
        guard isUp else { return }
        let bytes = said.flatMap(Sample.record)
        for run in try! bytes.withUnsafeBytes({ try Outbox.runs(of: $0) }) {
            send(
                Frame.encode(
                    FrameHeader(
                        topic: run.topic, publisher: Self.publisher.text, epoch: epoch, firstSequence: run.first,
                        count: run.count),
                    records: run.records))
        }
        schedule?.traffic(now: now)
    }

    private mutating func start() {
        guard !isUp else { return }
        isUp = true
        instance += 1
        schedule = TipSchedule(now: now)
        push(after: Int64(random.below(1_500_000)), .located)
    }

    private mutating func kill() {
        isUp = false
        isSubscribed = false
        schedule = nil
        push(after: Int64(random.below(1_500_000)), .located)
    }

    /// The directory is looked at.
    private mutating func relocate() {
        // Every other start is on this host.
        handle(.located(isUp ? .live(instance: "\(instance)", isLocal: instance % 2 == 0) : .atRest))
        if !isUp { handle(.grew) }
    }

    // MARK: time

    private mutating func push(after microseconds: Int64, _ item: Item) {
        order += 1
        queue.append((now + microseconds, order, item))
    }

    private mutating func advance(milliseconds: Int64) {
        let end = now + milliseconds * 1000
        for _ in 0..<100_000 {
            let index = queue.indices.min { (queue[$0].time, queue[$0].order) < (queue[$1].time, queue[$1].order) }
            let dues = [index.map { queue[$0].time }, feed.wake, schedule?.due].compactMap { $0 }
            guard let due = dues.min(), due <= end else {
                now = end
                return
            }
            now = max(now, due)
            if let index, queue[index].time <= now {
                arrive(queue.remove(at: index).item)
            } else if let wake = feed.wake, wake <= now {
                handle(.tick)
                if let again = feed.wake, again <= now { problems.append("it wants a tick at once") }
            } else {
                speak()
            }
            guard problems.isEmpty else { return }
        }
        problems.append("too busy")
    }

    private mutating func speak() {
        let due = schedule!.spoke(now: now)
        var last: [Topic: UInt64] = [:]
        for topic in Self.topics.map(Sample.topic) { last[topic] = log.state.tip(topic) }
        send(Tip(publisher: Self.publisher, epoch: epoch, nextDueMilliseconds: due, last: last).frame())
    }

    // MARK: network

    private mutating func send(_ frame: [UInt8]) {
        guard isSubscribed else { return }
        for _ in 0..<(isCalm || !random.chance(6) ? 1 : random.pick([0, 0, 2])) {
            let delay = isCalm || !random.chance(10) ? 1000 : Int64(random.below(2_000_000))
            lastFrame = max(lastFrame, now + delay)
            order += 1
            queue.append((lastFrame, order, .frame(frame, connection: connection)))
        }
    }

    private mutating func arrive(_ item: Item) {
        switch item {
        case .frame(let frame, let connection): if connection == self.connection { handle(.frame(frame)) }
        case .ask(let request, let connection):
            guard isUp, connection == self.connection else { return }
            answer(request, connection: connection)
        case .page(let page, let connection):
            if connection == nil || connection == self.connection { handle(.page(page)) }
        case .subscribed(let connection):
            guard isUp, connection == self.connection else { return }
            isSubscribed = true
            schedule?.joined(now: now)
        case .noPage(let id): handle(.pageFailed(id: id, reason: "no such place"))
        case .room: handle(.room(true))
        case .located: relocate()
        }
    }

    private mutating func answer(_ request: ReplayRequest, connection: Int?) {
        do {
            var request = request
            if connection != nil {
                request = try ReplayCodec.encode(request).withUnsafeBytes { try ReplayCodec.request($0) }
            }
            // A small credit makes many pages of few events.
            let small = ReplayRequest(
                id: request.id, wants: request.wants, token: request.token, credit: UInt32(random.pick([1, 300, 2000])))
            let page = try ReplaySource.answer(
                small, publisher: Self.publisher, state: log.state, isWhole: true, reader: log)
            let delay = isCalm || !random.chance(8) ? 2000 : Int64(random.below(5_000_000))
            push(after: delay, .page(page, connection: connection))
        } catch {
            push(after: 2000, .noPage(id: request.id))
        }
    }

    /// A page that is read where the journal lies.
    private mutating func readOn(_ request: ReplayRequest) {
        guard !random.chance(20), let page = try? ReplaySource.pageOn(request, reader: log) else {
            return push(after: 2000, .noPage(id: request.id))
        }
        push(after: isCalm ? 1000 : Int64(random.below(200_000)), .page(page, connection: nil))
    }

    private mutating func handle(_ input: Feed.Input) {
        let wasLive = feed.isLive
        let actions = feed.handle(input, now: now)
        if feed.isLive, !wasLive { timesLive += 1 }
        for action in actions {
            switch action {
            case .connect:
                if isConnected { problems.append("connected twice") }
                isConnected = true
                connection += 1
            case .disconnect:
                if !isConnected { problems.append("disconnected without a connection") }
                isConnected = false
                isSubscribed = false
                connection += 1
            case .subscribe: push(after: 1000, .subscribed(connection: connection))
            case .unsubscribe: isSubscribed = false
            case .ask(let request):
                if !isConnected { problems.append("asked without a connection") }
                if isCalm || !random.chance(10) { push(after: 1000, .ask(request, connection: connection)) }
            case .read(let request):
                if isConnected { problems.append("read while connected") }
                answer(request, connection: nil)
            case .readOn(let request):
                if !isConnected || request.token == nil { problems.append("read on from nowhere") }
                readOn(request)
            case .deliver(let deliveries): for delivery in deliveries.flatMap(\.each) { check(delivery) }
            case .tips: break
            case .jump(let jump):
                losses += 1
                if !loses || jump.reason != .lost || delivered[jump.stream.topic] ?? 0 <= jump.low {
                    problems.append("an undue \(jump)")
                }
                delivered[jump.stream.topic] = jump.low
            case .report: break
            }
        }
    }

    private mutating func check(_ delivery: Delivery) {
        let topic = delivery.stream.topic
        let due = (delivered[topic] ?? 0) + 1
        let event = try? EventRecord.decode(delivery.records)
        if delivery.sequence != due || event?.sequence != due || event?.topic != topic {
            problems.append("\(topic)\(delivery.sequence) where \(due) was due")
        }
        heard[delivery.stream, default: [:]][due] = event?.flow
        delivered[topic] = due
    }
}
