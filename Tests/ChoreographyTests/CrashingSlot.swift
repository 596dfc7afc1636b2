internal import Choreography
internal import Envelope
internal import Testing

/// A slot whose process dies at any entry, again and again: a publisher that sends anew from each cursor, a core that
/// is built from the fold of the log, reactions whose outcome depends on the event and the attempt alone.
struct CrashingSlot {
    /// What is to become of an event.
    enum Fate: Hashable {
        case handled(failures: Int)
        case dead
        case expired
    }

    private static let topics = ["a", "b"]

    private var random: SeededGenerator
    private let options: HandlerCore.Options
    private var fates: [Position: Fate] = [:]
    private var isOrdered: [Position: String] = [:]
    private var published: [StreamID: [Delivery]] = [:]
    let log = FakeLog(Sample.publisher("hearer"))
    /// What the log's bytes amount to.
    private var folded: SlotState
    private var core: HandlerCore
    private var sent: [StreamID: UInt64] = [:]
    private var inHand: [Batch] = []
    private var now = Sample.start
    private(set) var crashes = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        var options = HandlerCore.Options()
        options.lanes = random.pick([1, 2, 3])
        options.batchLimit = random.pick([1, 3, 256])
        options.batchBytesLimit = random.pick([200, 1000, 1 << 20])
        options.parkLimit = random.pick([3, 4096])
        options.retry = RetryPolicy(attempts: 3, firstDelay: .milliseconds(10), maximumDelay: .milliseconds(40))
        self.options = options
        core = HandlerCore(state: SlotState(), topics: Set(Self.topics.map(Sample.topic)), options: options)
        log.begin(epoch: 1)
        folded = log.state
        for topic in Self.topics { publish(topic, count: 10 + random.below(40)) }
    }

    private mutating func publish(_ topic: String, count: Int) {
        let stream = Sample.stream(topic)
        for sequence in 1...UInt64(count) {
            var event = Sample.event(topic, flow: UInt64(random.below(1 << 30)), sequence: sequence)
            if random.chance(80) { event.partitionKey = "k\(random.below(5))" }
            let position = Position(stream, epoch: 1, sequence: sequence)
            var fate = Fate.handled(failures: random.chance(70) ? 0 : random.below(5))
            if fate == .handled(failures: 3) || fate == .handled(failures: 4) { fate = .dead }
            var keepsOrder = true
            switch random.below(20) {
            case 0:
                event.expiryTime = now
                fate = .expired
                keepsOrder = false
            case 1:
                for _ in 0..<70 { event.serial = event.serial.child(handler: Sample.handler("loop"), index: 1) }
                fate = .dead
                keepsOrder = false
            case 2, 3:
                event.notBefore = now + Int64(random.below(60_000))
                keepsOrder = false
            default: break
            }
            var record = Sample.record(event)
            if random.chance(4) {
                record[record.count - 1] ^= 1
                fate = .dead
                keepsOrder = false
            }
            fates[position] = fate
            if keepsOrder { isOrdered[position] = event.orderingKey }
            published[stream, default: []].append(
                Delivery(stream: stream, epoch: 1, sequence: sequence, record: record[...]))
        }
    }

    // MARK: running

    /// Runs to the end, crashing at random places at first.
    mutating func run() throws {
        for step in 0..<20_000 {
            let mayCrash = step < 400
            if mayCrash, random.chance(3) { crash() }
            if random.chance(40), deliver() { continue }
            if !inHand.isEmpty, random.chance(60) {
                try complete(mayCrash: mayCrash)
                continue
            }
            if take() { continue }
            if !inHand.isEmpty {
                try complete(mayCrash: mayCrash)
                continue
            }
            if deliver() { continue }
            let dues = (0..<options.lanes).compactMap { core.nextDue(lane: $0) }
            guard let due = dues.min() else { return }
            guard due > now else {
                Issue.record("something is due and nobody takes it")
                return
            }
            now = due
        }
        Issue.record("no end")
    }

    /// The publisher sends on, in order per stream. Returns whether it had something.
    private mutating func deliver() -> Bool {
        guard core.hasRoom else { return false }
        for stream in published.keys.sorted().shuffled(using: &random) {
            let all = published[stream]!
            let next = Int(sent[stream] ?? core.state.cursor(stream).low)
            guard next < all.count else { continue }
            let end = min(all.count, next + 1 + random.below(8))
            core.deliver(Array(all[next..<end]))
            sent[stream] = UInt64(end)
            return true
        }
        return false
    }

    private mutating func take() -> Bool {
        for lane in (0..<options.lanes).shuffled(using: &random) where !inHand.contains(where: { $0.lane == lane }) {
            if let batch = core.next(lane: lane, now: now) {
                inHand.append(batch)
                return true
            }
        }
        return false
    }

    private mutating func complete(mayCrash: Bool) throws {
        let batch = inHand.remove(at: random.below(inHand.count))
        let fates = fates
        let worker = Worker { event, attempt in
            let position = Position(Sample.stream(event.topic.text), epoch: 1, sequence: event.sequence)
            switch fates[position] {
            case .handled(let failures) where attempt > failures: return .emits([Self.effect(of: event)])
            case .expired, nil: return .failsForGood("it should not be handled")
            default: return .fails("attempt \(attempt)")
            }
        }
        let outcomes = worker.run(batch, now: now)
        now = now + Int64(random.below(2000))
        let draft = core.complete(batch, BatchResult(outcomes), now: now)
        // A reaction without an appended entry never happened.
        if mayCrash, random.chance(5) { return crash() }
        log.append(draft)
        try log.entries.last!.with { try folded.apply($0) }
        if mayCrash, random.chance(5) { return crash() }
        let state = core.state
        if folded.cursors != state.cursors || folded.parks != state.parks || folded.deadLetters != state.deadLetters {
            Issue.record("the core's state is not the fold of its entries")
        }
    }

    private static func effect(of event: Event) -> Event {
        Event(
            topic: Sample.topic("out"), flow: event.flow,
            serial: event.serial.child(handler: Sample.handler("hearer"), index: 1), time: event.time,
            subject: "\(event.topic)/\(event.sequence)")
    }

    private mutating func crash() {
        crashes += 1
        inHand = []
        sent = [:]
        core = HandlerCore(state: folded, topics: core.topics, options: options)
    }

    // MARK: what the log says

    /// Checks every event's fate, once each, and the order of each key.
    func check() throws {
        let state = try log.fold()
        #expect(state.parks.isEmpty)
        var effects: [Position: [Int]] = [:]
        var ends: [Position: Int] = [:]
        var expired: Set<Position> = []
        for (index, entry) in log.entries.enumerated() {
            try entry.with { entry in
                try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
                    let event = try RecordView(bytes).event()
                    let parts = event.subject!.split(separator: "/")
                    let position = Position(Sample.stream(String(parts[0])), epoch: 1, sequence: UInt64(parts[1])!)
                    effects[position, default: []].append(Int(event.sequence))
                    ends[position] = index
                }
                for run in try entry.heard() where run.outcome == .expired {
                    for sequence in run.range {
                        expired.insert(Position(run.stream, epoch: 1, sequence: sequence))
                    }
                }
                for case .dead(let letter) in try entry.knows() { ends[letter.position] = index }
            }
        }
        for (stream, all) in published {
            #expect(state.cursor(stream).low == UInt64(all.count))
            #expect(state.cursor(stream).above.isEmpty)
        }
        for (position, fate) in fates {
            let isDead = state.deadLetters[position] != nil
            switch fate {
            case .handled: #expect(effects[position]?.count == 1 && !isDead, "\(position)")
            case .dead: #expect(effects[position] == nil && isDead, "\(position)")
            case .expired: #expect(effects[position] == nil && !isDead && expired.contains(position), "\(position)")
            }
        }
        let groups = Dictionary(grouping: isOrdered.keys) { "\($0.stream) \(isOrdered[$0]!)" }
        for group in groups.values {
            let ordered = group.sorted()
            let places = ordered.compactMap { ends[$0] }
            #expect(places == places.sorted(), "the entries of \(ordered)")
            let said = ordered.compactMap { effects[$0]?.first }
            #expect(said == said.sorted(), "the effects of \(ordered)")
        }
    }
}
