internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// Looks at what a run left on its disks, and at what it promised meanwhile.
struct Checker {
    let world: World
    private var journals: [PublisherID: JournalContents] = [:]
    /// What a power loss took from journals whose level allows it.
    private let lost: Set<EventID>

    init(_ world: World) {
        self.world = world
        lost = world.nodes.reduce(into: []) { $0.formUnion($1.shadow.lostIDs) }
    }

    func check() {
        var checker = self
        guard checker.read() else { return }
        if world.story.keepsAll { checker.tellJournals() }
        if !world.nodes.contains(where: { $0.damage != nil }) {
            checker.checkEvents()
            checker.checkRoots()
            for node in world.nodes where node.plan.kind == .handler { checker.checkHandler(node) }
            checker.checkFlows()
        }
        if world.problems.isEmpty, world.plan.endsWithPowerLoss { cutThePower() }
    }

    /// Reads every journal. One that was damaged must say so.
    private mutating func read() -> Bool {
        for node in world.nodes {
            do {
                journals[node.id] = try node.contents()
                if let damage = node.damage {
                    world.problem("\(node.id) is read as if it were whole, but \(damage)")
                    return false
                }
            } catch {
                guard node.damage == nil || (error as? JournalError)?.code != .corrupt else { continue }
                world.problem("\(node.id) cannot be read in the end: \(error)")
                return false
            }
        }
        return true
    }

    /// All journals, entry by entry, for the whole story.
    private func tellJournals() {
        for node in world.nodes {
            for entry in journals[node.id]?.entries ?? [] {
                let said = entry.said.map { "\($0.topic)#\($0.sequence)" }.joined(separator: " ")
                let heard = entry.heard.map { "\($0.stream)#\($0.range)@\($0.epoch) \($0.outcome)" }
                let knows = entry.knows.map { item in
                    switch item {
                    case .park(let park): "park \(park.position) \(park.reason)"
                    case .dead(let letter): "dead \(letter.position)"
                    default: "\(item)"
                    }
                }
                world.tell("\(node.id)", "[\(entry.epoch)] heard \(heard) said \(said) knows \(knows)")
            }
        }
    }

    // MARK: what was said

    private func checkEvents() {
        var places: [EventID: String] = [:]
        for node in world.nodes {
            var next: [Topic: UInt64] = [:]
            for said in journals[node.id]!.entries.flatMap(\.said) {
                let place = "\(node.id)/\(said.topic)#\(said.sequence)"
                if said.sequence != next[said.topic] ?? 1 {
                    world.problem("\(place) follows #\((next[said.topic] ?? 1) - 1)")
                }
                next[said.topic] = said.sequence + 1
                if let other = places.updateValue(place, forKey: said.id), !isExcused(said.id) {
                    world.problem("\(said.id) exists twice: at \(other) and at \(place)")
                }
            }
        }
        for (id, place) in places.sorted(by: { $0.key < $1.key }) {
            guard let parent = id.serial.parent else { continue }
            let cause = EventID(flow: id.flow, serial: parent)
            if places[cause] == nil, !lost.contains(cause) { world.problem("\(id) at \(place) has no cause") }
        }
    }

    /// Whether an event may exist twice: a cause of it was heard, then lost, and said again.
    private func isExcused(_ id: EventID) -> Bool {
        guard !lost.isEmpty else { return false }
        var serial = id.serial
        while let parent = serial.parent {
            if lost.contains(EventID(flow: id.flow, serial: parent)) { return true }
            serial = parent
        }
        return false
    }

    private func checkRoots() {
        let said = Set(journals.values.flatMap { $0.entries.flatMap { $0.said.map(\.id) } })
        for root in world.acknowledgedRoots.sorted() where !said.contains(root) && !lost.contains(root) {
            world.problem("root \(root) was acknowledged and is gone")
        }
        for id in said.sorted() where id.serial.parent == nil && world.triedRoots[id] == nil {
            world.problem("root \(id) exists, and nobody published it")
        }
    }

    // MARK: what was heard

    private func checkHandler(_ node: Node) {
        var audit = HandlerAudit(node, attempts: world.plan.retry.attempts, lost: lost) { id in
            world.triedRoots[EventID(flow: id.flow, serial: .root)]?.orderingKey ?? id.flow.text
        }
        for entry in journals[node.id]!.entries { audit.read(entry) }
        audit.finish()
        for other in world.nodes {
            let said = journals[other.id]!.entries.flatMap(\.said)
            for topic in node.plan.consumes {
                audit.expect(
                    StreamID(other.id, topic), said.filter { $0.topic == topic }.map { ($0.sequence, $0.id) })
            }
        }
        world.totals.deadLetters += audit.deadLetters
        for problem in audit.problems.prefix(5) { world.problem("\(node.id): \(problem)") }
    }

    // MARK: flows

    private func checkFlows() {
        let ids = journals.values.flatMap { $0.entries.flatMap { $0.said.map(\.id) } }
        var byFlow: [FlowID: Set<EventID>] = [:]
        for id in ids { byFlow[id.flow, default: []].insert(id) }
        let touched = Set(lost.map(\.flow))
        for claim in world.claims where !touched.contains(claim.flow) {
            let more = (byFlow[claim.flow] ?? []).subtracting(claim.ids)
            if let first = more.min() {
                world.problem("flow \(claim.flow) was called settled, and then came \(first)")
            }
        }
        do {
            var ledger = try Settling.ledger(world, flows: Set(byFlow.keys), isSabotaged: false)
            if !byFlow.isEmpty, !ledger.isSettled() {
                let rest = ledger.outstanding().prefix(3).map { item in
                    let position = ledger.said[item.event]?.position
                    let hearer = world.nodes.first { $0.id.handler == item.handler }
                    let cursor = position.flatMap { hearer?.process?.core.state.cursor($0.stream) }
                    return
                        "\(item.handler) \(item.event) \(item.reason), at \(position.map { "\($0) of epoch \($0.epoch)" } ?? "?"),"
                        + " cursor \(cursor.map { "\($0.low) of epoch \($0.epoch)" } ?? "?")"
                }
                world.problem("the journals do not call every flow settled: \(rest)")
            }
        } catch {
            world.problem("the journals cannot be read for settling: \(error)")
        }
    }

    // MARK: the last power loss

    /// After everything, the power goes everywhere, and every journal is opened once more.
    private func cutThePower() {
        for node in world.nodes where node.damage == nil { node.crash("the last power loss", restarts: false) }
        for host in world.hosts { host.losePower() }
        for node in world.nodes where node.damage == nil && node.hasJournal {
            node.disk.powerLoss(using: &world.random)
            node.shadow.lostPower = true
            do {
                let log = try JournalLog(
                    node.id, home: World.home, boot: node.host.boot, options: JournalOptions(), fileSystem: node.disk,
                    clock: { node.host.clock.wall })
                let found = try node.contents()
                for text in node.shadow.reopened(found, level: node.plan.durability, publisher: node.id) {
                    world.problem("after the last power loss: \(text)")
                }
                withExtendedLifetime(log) {}
            } catch {
                world.problem("\(node.id) cannot be opened after the last power loss: \(error)")
            }
        }
    }
}
