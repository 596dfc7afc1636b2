internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// A slot over all its processes: its disk, and what is known of its journal.
final class Node {
    /// A root that somebody wants published.
    struct Root {
        let event: Event
        /// Whether an append that holds it may have come to be.
        var isTried = false
    }

    let plan: HandlerPlan
    let index: Int
    let host: Host
    let disk: MemoryFileSystem
    let shadow = JournalShadow()
    unowned let world: World
    private(set) var process: Process?
    private(set) var starts = 0
    /// Whether its journal was damaged by the run, below what is durable.
    var damage: String?
    var isDownForGood = false
    var roots: [Root] = []
    /// The ids that were heard, by where.
    var heardIDs: [Position: EventID] = [:]
    /// Entries of segments that were removed.
    private(set) var trimmed: [JournalContents.Entry] = []
    /// Whether its journal was put back from a copy: then what its publishers removed since is missing.
    private(set) var wasPutBack = false
    /// Whether its device was set back: a place of the same epoch may hold another event then.
    private(set) var wasRolledBack = false
    private var mayRemoveMark = false
    let killer = Killer()
    /// How many processes ended while they tried an event.
    private(set) var deaths: [EventID: Int] = [:]
    private var isStarting = false

    init(_ plan: HandlerPlan, index: Int, host: Host, world: World) {
        self.plan = plan
        self.index = index
        self.host = host
        self.world = world
        let clock = host.clock
        disk = MemoryFileSystem { clock.wall.microseconds }
        try? disk.makeDirectories(World.home.journals)
    }

    var id: PublisherID { plan.id }
    var hasJournal: Bool { starts > 0 }
    var instance: String { "\(starts)" }

    /// Every entry that was released, from the first on.
    func contents() throws -> JournalContents {
        try JournalContents(id, disk: disk, boot: host.boot, trimmed: trimmed)
    }

    /// Starts a process, unless one runs.
    func start() {
        guard process == nil, !isDownForGood else { return }
        starts += 1
        let fuse = Fuse(world.fuseSteps())
        do {
            let started = try Process(self, fuse: fuse)
            process = started
            world.tell(plan.name, "starts")
            check(reopened: started)
            started.begin()
        } catch {
            disk.kill()
            if fuse.isBurnt {
                world.totals.crashes += 1
                world.tell(plan.name, "dies in its start, before: \(fuse.place)")
            } else {
                world.tell(plan.name, "cannot start: \(error)")
                if (error as? EngineError)?.code == .corrupt {
                    if mayRemoveMark {
                        // A mark that was copied over the one that was there, and tells of another moment than the
                        // segments: the message says what to do.
                        mayRemoveMark = false
                        world.tell(plan.name, "has its mark removed")
                        try? disk.unlink(World.home.journal(id.text) + "/mark")
                        return restart(after: 10, evenIdle: true)
                    }
                    guard damage != nil else {
                        world.problem("\(id) calls its journal damaged, and nobody damaged it: \(error)")
                        return
                    }
                    if world.sabotage == .repairCorruption { repair() } else { isDownForGood = true }
                }
            }
            restart(after: world.random.between(10...1500))
        }
    }

    private func check(reopened process: Process) {
        do {
            let found = try contents()
            let lost = shadow.lostCount
            for text in shadow.reopened(found, level: plan.durability, publisher: id) { world.problem(text) }
            if shadow.lostCount > lost {
                world.totals.lostEntries += shadow.lostCount - lost
                world.tell(plan.name, "has lost \(shadow.lostCount - lost) entries that were seen, and says so")
            }
        } catch {
            if damage == nil { world.problem("\(id) cannot be read after its start: \(error)") }
        }
    }

    /// Somebody hears a record of this journal. Returns whether it was ever said there.
    func wasSaid(_ stream: StreamID, _ sequence: UInt64, hash: UInt64) -> Bool {
        if shadow.see(stream, sequence, hash: hash) { return true }
        guard shadow.isInDoubt, let found = try? contents() else { return false }
        shadow.adopt(found, publisher: id)
        return shadow.see(stream, sequence, hash: hash)
    }

    /// Starts again later.
    func restart(after milliseconds: Int, evenIdle: Bool = false) {
        // A publishing process comes when there is something to publish; the next one recovers the journal.
        guard plan.kind != .ingress || !roots.isEmpty || (evenIdle && hasJournal) else { return }
        guard !isStarting else { return }
        isStarting = true
        world.after(Int64(milliseconds) * 1000) { [unowned self] in
            isStarting = false
            start()
        }
    }

    /// Ends the process, if one runs, wherever it is.
    func crash(_ reason: String, restarts: Bool = true, restartsWithin milliseconds: Int = 2500) {
        if let process {
            process.isDead = true
            self.process = nil
            if let id = process.trial { deaths[id, default: 0] += 1 }
            world.totals.crashes += 1
            world.tell(plan.name, "dies: \(reason)")
            for link in process.audience { link.lost() }
        }
        disk.kill()
        if restarts { restart(after: world.random.between(5...milliseconds)) }
    }

    /// Tells the process, if a handler or feeder runs, to end in order.
    func stop() {
        guard plan.kind != .ingress, let process else { return }
        world.tell(plan.name, "is told to stop")
        process.stop()
    }

    /// Lets the process remove what nobody needs any more. What is removed is remembered for the checker.
    func retain() {
        guard let process, damage == nil, let found = try? contents() else { return }
        var retention = Retention()
        retention.size = 1
        retention.isForced = world.sabotage == .trimUnheard
        do {
            let retainer = try Retainer(
                id, home: World.home, boot: host.boot, retention: retention,
                slots: { [world] in world.nodes.filter(\.hasJournal).map(\.id) },
                fileSystem: { [world] in world.node($0).disk })
            let outcome = try retainer.run(
                process.log.state, end: process.log.end, now: host.clock.wall,
                registrations: { [world] in world.plan.registrations },
                trim: { offset in
                    // Before: it may fail, or the process end, when the segment is gone already.
                    trimmed = found.entries.filter { $0.end <= offset }
                    return try process.log.trim(before: offset)
                })
            world.totals.trims += outcome.segments
            if outcome.segments > 0 { world.tell(plan.name, "removes \(outcome.segments) segments") }
        } catch {
            // Somebody else's journal may be damaged, or the disk fail: then nothing is removed.
            world.tell(plan.name, "removes nothing: \(error)")
        }
    }

    /// The process ended in order.
    func ended() {
        process?.isDead = true
        process = nil
        disk.kill()
    }

    func losePower() {
        crash("the power is gone", restarts: false)
        disk.powerLoss(using: &world.random)
        shadow.lostPower = true
        restart(after: world.random.between(20...3000))
    }

    // MARK: copies

    /// Puts the journal back as a copy has it. No process runs.
    func putBack(_ copy: MemoryFileSystem, _ way: MemoryFileSystem.PutBack) {
        disk.putBack(World.home.journal(id.text), from: copy, way)
        wasPutBack = true
        mayRemoveMark = way == .intoFiles
        if way == .byDevice { wasRolledBack = true }
        shadow.putBack(isSeen: way != .byDevice)
        world.totals.putBacks += 1
        world.tell(plan.name, "its journal is put back \(way)")
    }

    // MARK: damage

    /// Flips a bit, or cuts a file, below what is durable and known to be by what lies behind it.
    func inflictDamage() {
        guard damage == nil, !shadow.wasPutBack, let found = try? contents() else { return }
        let durable = zip(found.entries, shadow.entries).prefix { $1.isDurable && $0.end == $1.end }.map(\.0)
        let directory = World.home.journal(id.text)
        let names = ((try? disk.list(directory)) ?? []).filter { $0.hasSuffix(".seg") }.sorted()
        guard let known = durable.map(\.durableBefore).max(), let newest = names.last else { return }
        let candidates = durable.filter { $0.end <= known }
        guard !candidates.isEmpty else { return }
        let entry = world.random.pick(candidates)
        func base(_ name: String) -> UInt64 { UInt64(name.dropLast(4), radix: 16) ?? 0 }
        guard let name = names.last(where: { base($0) <= entry.begin }) else { return }
        let begin = Int(entry.begin - base(name))
        let place = begin + world.random.below(Int(entry.end - entry.begin))
        let path = directory + "/" + name
        // What is cut off the newest segment cannot be missed when the mark is gone too.
        if name == newest || world.random.chance(600) {
            disk.flipBit(path, byte: place, bit: world.random.below(8))
            damage = "a bit of \(path) at \(place) is flipped"
        } else {
            disk.cut(path, to: place)
            damage = "\(path) is cut at \(place)"
        }
        damaged = (path, begin)
        world.totals.corruptions += 1
        world.tell(plan.name, damage!)
    }

    private var damaged: (path: String, offset: Int)?

    /// The sabotage: what is damaged is cut away, and so is the evidence.
    private func repair() {
        guard let (path, offset) = damaged else { return }
        disk.cut(path, to: offset)
        disk.setContents(World.home.journal(id.text) + "/mark", [])
        damage = nil
    }
}
