internal import Choreography
internal import Envelope
internal import Troupe

extension Process {
    // MARK: lanes

    /// Hands out what lanes can take, as the workers do whenever something changed.
    func pump() {
        for lane in 0..<plan.lanes where !isDead && !laneBusy[lane] && pending < Self.pendingLimit {
            guard let batch = core.next(lane: lane, now: handlerNow()) else {
                if let due = core.nextDue(lane: lane) { wait(lane, until: due) }
                continue
            }
            laneBusy[lane] = true
            run(batch)
        }
    }

    private func wait(_ lane: Int, until due: Timestamp) {
        let delay = min(max(1, due.microseconds - handlerNow().microseconds), 1_000_000)
        let time = world.time.now + delay
        if let timer = laneTimers[lane], timer <= time { return }
        laneTimers[lane] = time
        world.at(time) { [weak self] in
            guard let self, !isDead, laneTimers[lane] == time else { return }
            laneTimers[lane] = nil
            pump()
        }
    }

    private func run(_ batch: Batch) {
        guard let trying = batch.trying, world.sabotage != .tryUnmarked else { return begin(batch) }
        world.tell(name, "\(trying)")
        trial = node.heardIDs[batch.works[0].position]
        append(
            EntryDraft(knows: [trying], time: handlerNow()), count: 0, level: min(plan.durability, .written),
            then: .batch(batch))
    }

    private func begin(_ batch: Batch) {
        if world.sabotage == .advanceCursorEarly, !hearEarly(batch) { return }
        world.after(Int64(world.random.between(10...(3000 * world.plan.slowness)))) { [self] in
            guard !isDead, survives("run a batch of \(batch.count)") else { return }
            let result = result(of: batch)
            guard !killer.hasStruck else { return node.crash("its reaction ends the process", restartsWithin: 50) }
            let draft = core.complete(batch, result, now: handlerNow())
            pending += batch.count
            let hasRoomAgain = isFull && core.backlog == 0
            if hasRoomAgain { isFull = false }
            guard survives("append what came of a batch") else { return }
            // The journal's turn comes a little later: meanwhile other lanes and jumps go on.
            let ticket = takeTicket()
            world.after(Int64(world.random.between(0...200))) { [self] in
                guard !isDead else { return }
                appendInParts(draft, ticket, count: batch.count, then: .lane(batch.lane, resumes: hasRoomAgain))
            }
        }
    }

    private func result(of batch: Batch) -> BatchResult {
        func run(_ batch: Batch) -> BatchResult {
            runner.run(batch) { _ in preconditionFailure("scripts are synchronous") }
        }
        guard world.sabotage == .overtakeParked else { return run(batch) }
        return batch.works.flatMap(\.each).reduce(into: BatchResult()) { result, work in
            result.append(run(Batch(lane: batch.lane, works: [work], blocked: [])))
        }
    }

    // MARK: appending

    /// What comes after an append. Values, not closures: each append may lead to others without end.
    enum Next {
        case nothing
        /// The lane is free again.
        case lane(Int, resumes: Bool)
        case roots
        case batch(Batch)
        /// The other half of an entry that a sabotage parts.
        indirect case append(EntryDraft, count: Int, then: Next)
    }

    private func go(_ next: Next) {
        guard !isDead else { return }
        switch next {
        case .nothing: break
        case .lane(let lane, let resumes):
            laneBusy[lane] = false
            trial = nil
            if resumes { resume() }
            pump()
        case .roots: publishRoots()
        case .batch(let batch): begin(batch)
        case .append(let draft, let count, let next): write(Draft(draft, count: count, then: next))
        }
    }

    /// What was decided, on its way to the journal.
    struct Draft {
        let entry: EntryDraft
        let count: Int
        var roots: [EventID] = []
        var level: Durability?
        let then: Next

        init(_ entry: EntryDraft, count: Int, roots: [EventID] = [], level: Durability? = nil, then: Next) {
            self.entry = entry
            self.count = count
            self.roots = roots
            self.level = level
            self.then = then
        }
    }

    /// The place in the journal's order of what is decided now.
    func takeTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    /// Appends what is decided now.
    func append(
        _ draft: EntryDraft, count: Int, roots: [EventID] = [], level: Durability? = nil, then: Next = .nothing
    ) {
        append(Draft(draft, count: count, roots: roots, level: level, then: then), takeTicket())
    }

    /// Appends what was decided when its ticket was taken, after all that was decided before.
    func append(_ draft: Draft, _ ticket: UInt64) {
        guard world.sabotage != .appendBesideDecision else { return write(draft) }
        drafts[ticket] = draft
        writeInTurn()
    }

    private func writeInTurn() {
        guard !isWriting else { return }
        while !isDead, !isWriting, let draft = drafts.removeValue(forKey: turn + 1) {
            turn += 1
            isWriting = true
            write(draft)
        }
    }

    /// A full disk blocks the journal and loses nothing; anything else ends the process.
    private func write(_ draft: Draft) {
        guard !isDead else { return }
        do {
            if draft.entry.isEmpty {
                pending -= draft.count
            } else {
                try write(draft.entry, count: draft.count, roots: draft.roots, level: draft.level ?? plan.durability)
            }
        } catch let error as EngineError where error.code == .noSpace && !fuse.isBurnt {
            node.shadow.isInDoubt = false
            world.tell(name, "waits for room on the disk")
            world.after(500_000) { [self] in write(draft) }
            return
        } catch {
            return failed(error)
        }
        isWriting = false
        go(draft.then)
        writeInTurn()
    }

    private func write(_ draft: EntryDraft, count: Int, roots: [EventID], level: Durability) throws {
        node.shadow.isInDoubt = true
        let appended = try log.append(draft, level: level)
        let (end, said) = (appended.end, appended.said)
        let heard = EntryCodec.encode(heard: draft.heard)
        let knows = EntryCodec.encode(knows: draft.knows)
        var entry = try heard.withUnsafeBytes { heard in
            try said.withUnsafeBytes { said in
                try knows.withUnsafeBytes { knows in
                    try JournalContents.Entry(end: end, heard: heard, said: said, knows: knows)
                }
            }
        }
        entry.epoch = log.writer.epoch
        node.shadow.append(entry, publisher: id)
        world.totals.events += draft.said.count
        let runs = try appended.runs()
        if world.sabotage == .acknowledgeBeforeDurable { acknowledge(roots, end) }
        if world.sabotage == .publishBeforeRelease {
            for run in runs { outbox.append(run) }
            send()
        }
        guard survives("queue an appended entry") else { return }
        queue.append(
            Commit(end: end, runs: runs, count: count, roots: roots), end: end,
            level: world.sabotage == .releaseBeforeSync ? .written : level)
        do { try release(durable: 0) } catch let error as EngineError where error.code == .noSpace {}
        sync()
    }

    private func release(durable: UInt64) throws {
        guard !isDead, let end = queue.releasable(durable: durable) else { return }
        try log.release(upTo: end)
        node.shadow.vouch(upTo: end)
        guard survives("publish what is released") else { return }
        for commit in queue.released(upTo: end) {
            if world.sabotage != .publishBeforeRelease { for run in commit.runs { outbox.append(run) } }
            pending -= commit.count
            acknowledge(commit.roots, commit.end)
        }
        send()
        world.grew(node)
        if pending < Self.pendingLimit { pump() }
    }

    /// What the sync thread does: a little later everything appended becomes durable at once, a little later it is released.
    private func sync() {
        guard !isDead, !isSyncing, !queue.isEmpty else { return }
        isSyncing = true
        world.after(Int64(world.random.between(0...(2000 * world.plan.slowness)))) { [self] in
            if !isDead { syncNow() }
        }
    }

    private func syncNow() {
        let result = Result { try log.sync() }
        guard case .success(let durable) = result else {
            if case .failure(let error) = result { failed(error) }
            return
        }
        node.shadow.durable(upTo: durable)
        guard survives("release what is durable") else { return }
        world.after(Int64(world.random.between(20...(2000 * world.plan.slowness)))) { [self] in
            guard !isDead else { return }
            isSyncing = false
            do { try release(durable: durable) } catch { return failed(error) }
            sync()
        }
    }

    // MARK: publishing

    /// Sends what is released to all who subscribed.
    func send() {
        // Nobody wakes the thread that sends for what nobody hears.
        guard !isDead, plan.kind != .ingress, outbox.isHeard || !outbox.isEmpty else { return }
        takeUnheard()
        while let run = outbox.pop() {
            let frame = side.frame(run, now: clock.steady)
            guard survives("send a frame of \(run.topic)") else { return }
            for link in audience { link.push(frame, topic: run.topic) }
        }
        arm()
    }

    func speak() {
        takeUnheard()
        let tip = side.tip(now: clock.steady)
        guard world.sabotage != .dropTips else { return }
        for link in audience { link.push(tip, topic: nil) }
    }

    private func takeUnheard() {
        let passed = outbox.takeUnheard()
        if world.sabotage != .dropUnheard { side.passed(passed, now: clock.steady) }
    }

    /// Somebody subscribed to events, or nobody does any more.
    func subscriptionsChanged() { outbox.hear(audience.contains { $0.hearsEvents }) }

    /// Somebody subscribed to the tips.
    func joined() {
        side.joined(now: clock.steady)
        arm()
    }

    // MARK: roots

    /// Publishes roots that wait.
    func publishRoots() {
        guard !isDead else { return }
        let ready = node.roots.prefix { !$0.isTried }
        guard !ready.isEmpty else { return }
        let batch = Array(ready.prefix(world.random.between(1...3)))
        node.roots.removeFirst(batch.count)
        world.tried(batch.map(\.event))
        append(
            EntryDraft(said: batch.map(\.event), time: handlerNow()), count: 0, roots: batch.map(\.event.eventID),
            level: plan.durability, then: .roots)
    }

    private func acknowledge(_ roots: [EventID], _ end: UInt64) {
        guard !roots.isEmpty else { return }
        node.shadow.acknowledge(end)
        world.acknowledged(roots, by: node)
        if plan.kind == .ingress { leave() }
    }

    /// A publishing process has done its work and gives the lock back.
    func leave() {
        world.after(Int64(world.random.between(0...500))) { [self] in
            guard !isDead else { return }
            guard queue.isEmpty, !isSyncing, node.roots.isEmpty else {
                publishRoots()
                return leave()
            }
            do { try log.close() } catch { return failed(error) }
            world.tell(name, "closes")
            node.ended()
        }
    }

    // MARK: stop

    /// Ends in order, as a process does that is told to stop, and starts again later.
    func stop() {
        core.drain()
        for link in audience { link.lost() }
        closeWhenQuiet(hasSaidSo: false)
    }

    private func closeWhenQuiet(hasSaidSo: Bool) {
        world.after(Int64(world.random.between(10...500))) { [self] in
            guard !isDead else { return }
            guard !laneBusy.contains(true), queue.isEmpty, !isSyncing else {
                return closeWhenQuiet(hasSaidSo: hasSaidSo)
            }
            guard hasSaidSo else {
                append(EntryDraft(knows: [.closed], time: handlerNow()), count: 0)
                return closeWhenQuiet(hasSaidSo: true)
            }
            do { try log.close() } catch { return failed(error) }
            world.totals.stops += 1
            world.tell(name, "ends in order")
            node.ended()
            node.restart(after: world.random.between(5...500))
        }
    }

    // MARK: sabotage

    private func hearEarly(_ batch: Batch) -> Bool {
        var draft = EntryDraft(time: handlerNow())
        for work in batch.works.flatMap(\.each) where !work.isParked {
            HeardRun.append(work.position, .handled, to: &draft.heard)
        }
        append(draft, count: 0)
        return !isDead
    }

    private func appendInParts(_ draft: EntryDraft, _ ticket: UInt64, count: Int, then: Next) {
        var (first, second) = (draft, draft)
        switch world.sabotage {
        case .advanceCursorEarly:
            first.heard = draft.heard.filter { $0.outcome != .handled }
            append(Draft(first, count: count, then: then), ticket)
        case .sayBeforeHearing where !draft.said.isEmpty:
            (first.heard, first.knows, second.said) = ([], [], [])
            append(Draft(first, count: 0, then: .append(second, count: count, then: then)), ticket)
        default: append(Draft(draft, count: count, then: then), ticket)
        }
    }
}
