internal import Choreography
internal import Envelope
internal import Journal
internal import Logging
internal import Troupe

/// A whole choreography in virtual time, from one seed.
final class World {
    static let home = Home("/home")
    static let silence = Logger(label: "simulation", factory: { _ in SwiftLogNoOpLogHandler() })
    /// How long after the last fault everything must have settled, in microseconds.
    static let stepLimit = 100_000
    static let patience: Int64 = 180_000_000

    let seed: UInt64
    let sabotage: Sabotage?
    let plan: SimulationPlan
    let time = VirtualTime()
    var random: SimulationRandom
    var totals = SimulationTotals()
    private(set) var story: Story
    private(set) var problems: [String] = []
    private(set) var hosts: [Host] = []
    private(set) var nodes: [Node] = []
    private var byID: [PublisherID: Node] = [:]
    private var queue = EventQueue()
    /// Hosts that cannot reach each other, until when.
    private var parted: [Int64] = []
    private(set) var isCalm = false
    /// Roots that were handed to a process, and those that were acknowledged.
    private(set) var triedRoots: [EventID: Event] = [:]
    private(set) var acknowledgedRoots: Set<EventID> = []
    var claims: [(flow: FlowID, ids: Set<EventID>)] = []
    /// The copies of the journals, where any were made: file by file, and as the device had them at one moment.
    var copies: [PublisherID: MemoryFileSystem] = [:]
    var snapshots: [PublisherID: MemoryFileSystem] = [:]

    init(seed: UInt64, sabotage: Sabotage?, keepsStory: Bool) {
        self.seed = seed
        self.sabotage = sabotage
        plan = SimulationPlan(seed: seed)
        random = SimulationRandom(seed: seed ^ 0xA5A5_5A5A_0F0F_F0F0)
        story = Story(keepsAll: keepsStory)
        for index in 0..<plan.hosts {
            let clock = VirtualClock(
                time, offset: Int64(random.below(2_000_000)), uptime: Int64(random.below(1_000_000_000)))
            hosts.append(Host(index: index, clock: clock, isBootIDFixed: sabotage == .reuseSequenceAfterCut))
        }
        for (index, slot) in plan.slots.enumerated() {
            let node = Node(slot, index: index, host: hosts[slot.host], world: self)
            nodes.append(node)
            byID[slot.id] = node
        }
    }

    func node(_ id: PublisherID) -> Node { byID[id]! }

    // MARK: running

    func run() {
        for slot in plan.slots {
            tell(
                slot.name,
                "hears [\(slot.consumes.map(\.text).joined(separator: " "))], says"
                    + " [\(slot.emits.map(\.text).joined(separator: " "))], \(slot.durability), host \(slot.host),"
                    + " \(slot.lanes) lanes")
        }
        for node in nodes where node.plan.kind != .ingress {
            after(Int64(random.below(2_000_000))) { node.start() }
        }
        for number in 0..<plan.roots { plan(root: number) }
        scheduleFaults()
        scheduleClaims()
        at(plan.window) { [self] in calmDown() }
        while problems.isEmpty, let item = queue.pop() {
            time.now = item.time
            totals.steps += 1
            item.action()
            if totals.steps > Self.stepLimit { problem("goes on and on: \(Settling.describe(self))") }
            if isCalm, time.now >= nextLook {
                nextLook = time.now + 250_000
                if isSettled { break }
                if time.now > calmSince + Self.patience {
                    problem("does not settle: \(Settling.describe(self))")
                }
            }
        }
        if problems.isEmpty { Checker(self).check() }
        end()
    }

    private var nextLook: Int64 = 0
    private var calmSince: Int64 = 0

    private var isSettled: Bool { Settling.isSettled(self) }

    /// No more faults: everybody starts again, and everything must come to its end.
    private func calmDown() {
        isCalm = true
        calmSince = time.now
        nextLook = time.now + 1_000_000
        parted = []
        tell("world", "no more faults from here on")
        for node in nodes {
            node.disk.capacity = .max
            node.process?.fuse.disarm()
            node.disk.clearFaults()
            node.restart(after: random.between(1...500), evenIdle: true)
        }
    }

    /// Lets go of everything, for processes, links and plans refer to each other.
    private func end() {
        for node in nodes { node.ended() }
        queue = EventQueue()
    }

    // MARK: time

    func at(_ time: Int64, _ action: @escaping () -> Void) { queue.push(at: max(time, self.time.now), action) }
    func after(_ delay: Int64, _ action: @escaping () -> Void) { queue.push(at: time.now + delay, action) }

    // MARK: telling

    func tell(_ who: String, _ what: @autoclosure () -> String) { story.tell(time.now, who, what()) }

    func problem(_ text: String) {
        problems.append(text)
        story.tell(time.now, "PROBLEM", text)
    }

    // MARK: faults asked about

    var activeFaults: SimulationPlan.Faults { isCalm ? SimulationPlan.Faults() : plan.faults }

    func fuseSteps() -> Int? {
        guard !isCalm, random.chance(plan.faults.fuse) else { return nil }
        return random.pick([random.below(30), random.below(300)])
    }

    func takesHostDown() -> Bool { !isCalm && plan.faults.powerLoss > 0 && random.chance(400) }

    func isParted(_ a: Host, _ b: Host) -> Bool {
        guard a !== b, !parted.isEmpty else { return false }
        return parted[a.index] > time.now || parted[b.index] > time.now
    }

    func part(_ host: Host, until end: Int64) {
        if parted.isEmpty { parted = Array(repeating: 0, count: hosts.count) }
        parted[host.index] = end
        totals.partitions += 1
        tell(host.name, "is cut off for \((end - time.now) / 1000) ms")
        for node in nodes {
            for link in node.process?.audience ?? [] where isParted(link.consumer.node.host, node.host) { link.lost() }
        }
    }

    func losePower(_ host: Host, _ reason: String) {
        totals.powerLosses += 1
        tell(host.name, "loses power; \(reason)")
        host.losePower()
        for node in nodes where node.host === host { node.losePower() }
    }

    // MARK: roots

    private func plan(root number: Int) {
        let sources = nodes.filter { $0.plan.kind != .handler }
        let source = random.pick(sources)
        let topic = random.pick(plan.rootTopics)
        var event = Event(
            topic: topic, flow: FlowID(uuidBytes: (SimulationRandom.mix(seed &+ 1), UInt64(number + 1))),
            time: Timestamp(microseconds: 1_700_000_000_000_000), data: Array("{}".utf8))
        if plan.keys > 0 { event.partitionKey = "k\(random.below(plan.keys))" }
        // Some come in bursts.
        let moment = random.chance(500) ? Int64(random.below(Int(plan.window))) : plan.window / 2
        at(moment) { [self] in
            source.roots.append(Node.Root(event: event))
            tell("client", "gives \(event.flow.text.suffix(4)) on \(topic) to \(source.id)")
            if source.plan.kind == .ingress { source.start() }
            source.process?.publishRoots()
        }
    }

    func tried(_ events: [Event]) { for event in events { triedRoots[event.eventID] = event } }

    func acknowledged(_ roots: [EventID], by node: Node) {
        for root in roots {
            acknowledgedRoots.insert(root)
            tell(node.plan.name, "acknowledges \(root.flow.text.suffix(4))")
        }
    }

    /// A journal at rest grew: who follows it on the same host is told, mostly.
    func grew(_ node: Node) {
        for other in nodes where other.host === node.host && (other !== node || node.plan.kind == .handler) {
            guard let process = other.process, process.peers[node.id] != nil, random.chance(800) else { continue }
            guard node.plan.kind == .ingress || other === node else { continue }
            after(Int64(random.between(20...2000))) { process.hear(.grew, from: node.id) }
        }
    }
}
