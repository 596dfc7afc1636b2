internal import Choreography
internal import Envelope
internal import Journal
internal import Logging
internal import Troupe

/// One process of a slot: the machines that the executables run, and the simulated hands that carry out what they say.
final class Process {
    /// A publisher that is followed.
    struct Peer {
        var feed: Feed
        var link: Link?
        /// What frames said last, for the sabotage that does not look.
        var counted: [Topic: UInt64] = [:]
    }

    struct Commit: Sendable {
        let end: UInt64
        let runs: [Outbox.Run]
        let count: Int
        let roots: [EventID]
    }

    static let pendingLimit = 64
    static let scanInterval: Int64 = 1_000_000

    let node: Node
    let world: World
    let fuse: Fuse
    let disk: SimulatedFileSystem
    let log: JournalLog
    let runner: BatchRunner
    let script: ReactionScript
    var killer: Killer { node.killer }
    var isDead = false
    /// The links of those who hear this process.
    var audience: [Link] = []

    // The log's side.
    var queue = CommitQueue<Commit>()
    var outbox = Outbox(isHeard: false)
    var side: PublisherSide
    var isSyncing = false
    /// Drafts by their tickets, the last ticket taken, and the last draft that had its turn.
    var drafts: [UInt64: Draft] = [:]
    var lastTicket: UInt64 = 0
    var turn: UInt64 = 0
    var isWriting = false
    var pending = 0

    // The handler's side.
    var core: HandlerCore
    let cursors: [StreamID: Cursor]
    var laneBusy: [Bool]
    var laneTimers: [Int64?]
    /// What is handled behind an entry of its own.
    var trial: EventID?
    var isFull = false
    private var handlerClock: HandlerClock

    /// The handler's time.
    func handlerNow() -> Timestamp {
        world.sabotage == .trustTimeOfDay ? clock.wall : handlerClock.now(wall: clock.wall, steady: clock.steady)
    }

    // The hearing side.
    var peers: [PublisherID: Peer] = [:]
    var followers: [PublisherID: LogFollower] = [:]
    var readers: [PublisherID: FileEngineReader] = [:]
    var hasRoom = true
    var nextScan: Timestamp
    private var timer: Int64?

    var name: String { node.plan.name }
    var id: PublisherID { node.id }
    var clock: VirtualClock { node.host.clock }
    var plan: HandlerPlan { node.plan }

    /// Recovers the journal. Throws what the real opening throws.
    init(_ node: Node, fuse: Fuse) throws {
        self.node = node
        world = node.world
        self.fuse = fuse
        let (plan, clock, world) = (node.plan, node.host.clock, node.world)
        disk = SimulatedFileSystem(node.disk, fuse: fuse, sabotage: world.sabotage)
        log = try JournalLog(
            plan.id, home: World.home, boot: node.host.boot, options: JournalOptions(segmentSize: plan.segmentSize),
            consumers: { world.heard(of: node) },
            isCompared: plan.kind != .ingress, epochLimit: 1,
            forgets: world.sabotage == .forgetEpochs ? .max : nil,
            salt: { UInt16(truncatingIfNeeded: world.random.next()) },
            fileSystem: disk, clock: { clock.wall })
        script = ReactionScript(
            handler: plan.id.handler, emits: plan.emits, attempts: world.plan.retry.attempts)
        var runtime = RuntimeOptions()
        runtime.logger = World.silence
        let (script, killer) = (script, node.killer)
        killer.rearm()
        runner = BatchRunner(
            handler: plan.id.handler,
            reactions: Dictionary(
                plan.consumes.map { ($0, script.reaction(on: $0, killer)) }, uniquingKeysWith: { first, _ in first }),
            options: runtime, clock: { clock.wall })
        var options = HandlerCore.Options()
        options.lanes = plan.lanes
        options.retry = world.plan.retry
        options.batchLimit = plan.batchLimit
        options.inboxCountLimit = plan.inboxLimit
        options.trialWindow = plan.trialWindow
        let state = Self.sabotaged(log.state, node, world.sabotage)
        cursors = state.cursors
        core = HandlerCore(
            state: state, topics: Set(plan.consumes), options: options,
            isAfterCleanExit: log.report.isNew || log.state.isClosed)
        laneBusy = Array(repeating: false, count: plan.lanes)
        laneTimers = Array(repeating: nil, count: plan.lanes)
        side = PublisherSide(
            publisher: plan.id, epoch: log.writer.epoch, tips: log.state.nextSequence.mapValues { $0 - 1 },
            now: clock.steady)
        nextScan = clock.steady
        handlerClock = HandlerClock(journaled: log.lastTime, steady: clock.steady)
    }

    /// What a start makes of its journal when a rule is broken.
    private static func sabotaged(_ state: SlotState, _ node: Node, _ sabotage: Sabotage?) -> SlotState {
        var state = state
        switch sabotage {
        case .singleNumberCursor:
            for (stream, cursor) in state.cursors {
                guard let last = cursor.above.last else { continue }
                state.know(.cursor(stream, epoch: cursor.epoch, low: last.upperBound))
            }
        case .forgetCursors:
            for stream in state.cursors.keys { state.know(.cursor(stream, epoch: 0, low: 0)) }
        case .dropParksAtRotation:
            let reader = try? FileEngineReader(
                node.id, home: World.home, boot: node.host.boot, fileSystem: node.disk)
            guard let rotated = try? reader?.checkpoint().1 else { break }
            for position in rotated.parks.keys { state.know(.unpark(position)) }
        default: break
        }
        return state
    }

    /// The process is recovered and begins to work.
    func begin() {
        if log.state.isClosed {
            append(EntryDraft(knows: [.opened], time: handlerNow()), count: 0, level: min(plan.durability, .written))
            guard !isDead else { return }
        }
        scan()
        pump()
        publishRoots()
        if plan.kind == .ingress { leave() }
        arm()
    }

    /// Whether the process is still alive after another action.
    func survives(_ place: @autoclosure () -> String) -> Bool {
        guard !isDead else { return false }
        guard fuse.burns(place()) else { return true }
        end(before: fuse.place)
        return false
    }

    private func end(before place: String) {
        // A process that is killed takes its host with it, at times.
        if world.takesHostDown() {
            world.losePower(node.host, "\(name) was about to: \(place)")
        } else {
            node.crash("before: \(place)")
        }
    }

    /// Something of the log failed for good, or the process ended in it.
    func failed(_ error: any Error) {
        guard !isDead else { return }
        if fuse.isBurnt { end(before: fuse.place) } else { node.crash("its journal failed: \(error)") }
    }

    // MARK: time

    /// Does what is due, and asks to be woken for what comes next.
    private func tick() {
        let now = clock.steady
        if nextScan <= now { scan() }
        for id in peers.keys.sorted() where !isDead {
            if let wake = peers[id]!.feed.wake, wake <= now { hear(.tick, from: id) }
        }
        guard !isDead else { return }
        if side.due <= now { speak() }
        arm()
    }

    func arm() {
        guard !isDead, plan.kind != .ingress else { return }
        var due = min(nextScan, side.due)
        for peer in peers.values { if let wake = peer.feed.wake { due = min(due, wake) } }
        let time = clock.virtual(due)
        if let timer, timer <= time { return }
        timer = time
        world.at(time) { [weak self] in
            guard let self, !isDead, timer == time else { return }
            timer = nil
            tick()
        }
    }
}
