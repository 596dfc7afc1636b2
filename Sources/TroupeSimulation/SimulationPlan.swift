internal import Choreography
internal import Envelope

/// What a seed means: which handlers there are, and what goes wrong how often. Each run has only some kinds of faults, so
/// that a rare one is not always hidden behind a common one.
struct SimulationPlan {
    /// Faults, as chances in a thousand per fault step.
    struct Faults {
        var crash = 0
        /// The chance that a slot is away for a while.
        var absence = 0
        var stop = 0
        /// The chance that a slot looks what it need not keep.
        var retain = 0
        var powerLoss = 0
        var partition = 0
        var fullDisk = 0
        var syncError = 0
        var writeError = 0
        var clockJump = 0
        var drop = 0
        var duplicate = 0
        /// The chance that a process gets a fuse: it ends at a step of its own, between any two actions.
        var fuse = 0
        var corruption = false
        /// Whether the journals are copied away, and put back later.
        var putBack = false
        /// The chance that somebody asks for something to be done with dead letters.
        var request = 0
    }

    let slots: [HandlerPlan]
    let hosts: Int
    let roots: Int
    let rootTopics: [Topic]
    let faults: Faults
    /// The virtual time in which roots are published and faults happen, in microseconds.
    let window: Int64
    let slowness: Int
    let retry: RetryPolicy
    let keys: Int
    let endsWithPowerLoss: Bool

    var handlers: [HandlerPlan] { slots.filter { $0.kind == .handler } }

    var registrations: [Registration] {
        handlers.map { slot in
            Registration(
                handler: slot.id.handler,
                topics: Dictionary(
                    slot.consumes.map { ($0, Registration.Start.earliest) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    init(seed: UInt64) {
        var random = SimulationRandom(seed: seed)
        let hosts = random.chance(600) ? 1 : random.between(2...3)
        self.hosts = hosts
        let count = random.between(1...4)
        let rootTopics = (0..<random.between(1...2)).map { Topic(unchecked: "root\($0)") }
        self.rootTopics = rootTopics
        var known = rootTopics
        var slots: [HandlerPlan] = []
        let allSynced = random.chance(450)
        let segment = random.pick([700, 2000, 1 << 20])
        for index in 0..<count {
            var consumes: [Topic] = [random.pick(known)]
            if random.chance(400) { consumes.append(random.pick(known)) }
            var emits: [Topic] = []
            for _ in 0..<random.between(0...2) {
                let topic =
                    switch random.below(10) {
                    case 0: consumes[0]
                    case 1, 2: random.pick(known)
                    default: Topic(unchecked: "t\(index)")
                    }
                if !rootTopics.contains(topic), !emits.contains(topic) { emits.append(topic) }
            }
            for topic in emits where !known.contains(topic) { known.append(topic) }
            if random.chance(100), let own = emits.first { consumes.append(own) }
            var slot = HandlerPlan(
                kind: .handler, id: PublisherID(handler: HandlerName(unchecked: "h\(index)"), slot: 0),
                consumes: Set(consumes).sorted(), emits: emits,
                durability: allSynced || random.chance(500) ? .synced : .written, host: random.below(hosts))
            slot.lanes = random.pick([1, 1, 2, 3])
            slot.batchLimit = random.pick([1, 4, 256])
            slot.inboxLimit = random.pick([3, 32_768])
            slot.segmentSize = segment
            // Lanes may run ahead of each other by the whole width.
            if slot.lanes == 1 { slot.trialWindow = random.pick([1, 2, Cursor.width]) }
            slots.append(slot)
        }
        let hasIngress = hosts == 1 && random.chance(700)
        if hasIngress {
            var slot = HandlerPlan(
                kind: .ingress, id: .ingress, consumes: [], emits: rootTopics, durability: .synced, host: 0)
            slot.segmentSize = segment
            slots.append(slot)
        }
        if !hasIngress || random.chance(300) {
            var slot = HandlerPlan(
                kind: .feeder, id: PublisherID(handler: HandlerName(unchecked: "feeder"), slot: 0), consumes: [],
                emits: rootTopics, durability: allSynced || random.chance(500) ? .synced : .written,
                host: random.below(hosts))
            slot.segmentSize = segment
            slots.append(slot)
        }
        self.slots = slots
        roots = random.between(4...24)
        window = Int64(random.between(1...12)) * 1_000_000
        slowness = random.pick([1, 1, 10])
        retry = RetryPolicy(attempts: 3, firstDelay: .milliseconds(20), maximumDelay: .milliseconds(400))
        keys = random.pick([0, 2, 5])
        endsWithPowerLoss = random.chance(400)
        faults = Self.faults(&random)
    }

    private static func faults(_ random: inout SimulationRandom) -> Faults {
        var faults = Faults()
        if random.chance(60) { return faults }
        if random.chance(600) { faults.crash = random.pick([10, 60]) }
        if random.chance(600) { faults.powerLoss = random.pick([10, 40]) }
        if random.chance(300) { faults.partition = 40 }
        if random.chance(200) { faults.fullDisk = 40 }
        if random.chance(200) { faults.syncError = 40 }
        if random.chance(150) { faults.writeError = 40 }
        if random.chance(250) { faults.clockJump = 30 }
        if random.chance(500) { faults.drop = random.pick([10, 100, 300]) }
        if random.chance(300) { faults.duplicate = 50 }
        if random.chance(600) { faults.fuse = random.pick([200, 700]) }
        faults.corruption = random.chance(150)
        if random.chance(400) { faults.retain = random.pick([50, 300]) }
        if random.chance(400) { faults.stop = random.pick([10, 60]) }
        faults.putBack = random.chance(300)
        if random.chance(300) { faults.absence = 20 }
        if random.chance(400) { faults.request = random.pick([50, 300]) }
        return faults
    }
}
