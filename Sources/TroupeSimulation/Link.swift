internal import Choreography
internal import Envelope

/// A consumer's SUB and DEALER to one publisher: in order, connecting anew by itself, and lossy where ZeroMQ is.
final class Link {
    private static let highWaterMark = 64

    let consumer: Process
    let publisher: Node
    private var world: World { consumer.node.world }
    private(set) var isOpen = true
    /// The publisher's process that it reaches now.
    private weak var attached: Process?
    private var generation = 0
    private var topics: Set<Topic> = []
    private var wantsTips = false
    private var inForce: Set<Topic> = []
    private var tipsInForce = false
    private var inFlight = 0
    private var asks: [[UInt8]] = []
    private var lastFrame: Int64 = 0
    private var lastAsk: Int64 = 0
    private var lastPage: Int64 = 0
    private var lastSubscription: Int64 = 0

    init(_ consumer: Process, _ publisher: Node) {
        self.consumer = consumer
        self.publisher = publisher
        attach()
    }

    func close() {
        isOpen = false
        detach()
    }

    /// The connection is gone; ZeroMQ makes it again.
    func lost() {
        guard isOpen else { return }
        detach()
        attach()
    }

    private func detach() {
        generation += 1
        inForce = []
        attached?.audience.removeAll { $0 === self }
        attached?.subscriptionsChanged()
        attached = nil
        tipsInForce = false
        inFlight = 0
    }

    private func attach() {
        let mine = generation
        world.after(Int64(world.random.between(200...20_000))) { [self] in
            guard isOpen, generation == mine, !consumer.isDead else { return }
            guard let process = publisher.process, !world.isParted(consumer.node.host, publisher.host) else {
                world.after(50_000) { [self] in if isOpen, generation == mine, !consumer.isDead { attach() } }
                return
            }
            attached = process
            process.audience.append(self)
            applySubscriptions()
            let waiting = asks
            asks = []
            for ask in waiting { send(ask: ask) }
        }
    }

    // MARK: subscriptions

    func subscribe(_ topics: [Topic]) {
        self.topics.formUnion(topics)
        wantsTips = true
        if attached != nil { applySubscriptions() }
    }

    func unsubscribe(_ topics: [Topic]) {
        self.topics.subtract(topics)
        wantsTips = false
        if attached != nil { applySubscriptions() }
    }

    private func applySubscriptions() {
        let (topics, wantsTips) = (topics, wantsTips)
        arrive(&lastSubscription) { [self] in
            inForce = topics
            let joins = wantsTips && !tipsInForce
            tipsInForce = wantsTips
            attached?.subscriptionsChanged()
            if joins { attached?.joined() }
        }
    }

    /// Whether the publisher sends events here.
    var hearsEvents: Bool { !inForce.isEmpty }

    // MARK: messages

    /// The publisher sends to this consumer.
    func push(_ frame: [UInt8], topic: Topic?) {
        guard topic.map({ inForce.contains($0) }) ?? tipsInForce else { return }
        let faults = world.activeFaults
        guard inFlight < Self.highWaterMark, !world.random.chance(faults.drop) else {
            world.totals.drops += 1
            world.tell(consumer.name, "a \(topic.map { "frame of \($0)" } ?? "tip") from \(publisher.id) is dropped")
            return
        }
        inFlight += 1
        let copies = world.random.chance(faults.duplicate) ? 2 : 1
        for copy in 1...copies {
            arrive(&lastFrame) { [self] in
                if copy == 1 { inFlight -= 1 }
                consumer.hear(.frame(frame), from: publisher.id)
            }
        }
    }

    func send(ask bytes: [UInt8]) {
        guard attached != nil else {
            asks.append(bytes)
            return
        }
        arrive(&lastAsk) { [self] in attached?.answer(bytes, to: self) }
    }

    func send(page bytes: [UInt8]) {
        let copies = world.random.chance(world.activeFaults.duplicate) ? 2 : 1
        for _ in 1...copies {
            arrive(&lastPage) { [self] in
                guard let page = try? bytes.withUnsafeBytes({ try ReplayCodec.page($0) }) else {
                    world.problem("a page of \(publisher.id) cannot be read")
                    return
                }
                consumer.hear(.page(page), from: publisher.id)
            }
        }
    }

    /// In order within one direction of one connection, lost with it.
    private func arrive(_ last: inout Int64, _ action: @escaping () -> Void) {
        let delay = Int64(world.random.between(20...(2000 * world.plan.slowness)))
        last = max(last + 1, world.time.now + delay)
        let mine = generation
        world.at(last) { [self] in
            guard isOpen, generation == mine, !consumer.isDead else { return }
            action()
        }
    }
}
