internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

extension World {
    /// What registered handlers have heard of a slot, by their journals.
    func heard(of node: Node) -> ConsumerCursors {
        if sabotage == .ignoreConsumers { return ConsumerCursors(of: node.id) }
        let heard = ConsumerScan.read(
            of: node.id, home: Self.home, boot: node.host.boot, registrations: plan.registrations,
            slots: nodes.filter(\.hasJournal).map(\.id), fileSystem: { self.node($0).disk },
            boots: { self.node($0).host.boot })
        return sabotage == .epochByClock ? heard.withoutEpochs() : heard
    }

    /// Copies all journals away once, while everything runs or while nothing does, and puts one or all back later, perhaps
    /// more than once.
    func scheduleCopies() {
        let moment = plan.window * Int64(random.between(10...50)) / 100
        at(moment) { [self] in copy(isHot: random.chance(600)) }
        for _ in 0..<random.between(1...2) {
            at(plan.window * Int64(random.between(55...95)) / 100) { [self] in putBack() }
        }
    }

    private func copy(isHot: Bool) {
        tell(
            "operator", isHot ? "copies the journals while they are written" : "ends everything and copies the journals"
        )
        if !isHot { for node in nodes { node.crash("the operator ends it", restartsWithin: 500) } }
        for node in nodes {
            guard isHot else {
                (copies[node.id], snapshots[node.id]) = (node.disk.copy(), node.disk.copy())
                continue
            }
            // File by file: the mark tells of another moment than the segments.
            after(Int64(random.between(0...20_000))) { [self] in
                let copy = node.disk.copy()
                (copies[node.id], snapshots[node.id]) = (copy, node.disk.copy())
                let path = Self.home.journal(node.id.text) + "/mark"
                after(Int64(random.between(0...20_000))) {
                    if copy.contents(path) != nil, let mark = node.disk.contents(path) { copy.setContents(path, mark) }
                }
            }
        }
    }

    private func putBack() {
        let known = nodes.filter { copies[$0.id] != nil && $0.hasJournal && $0.damage == nil }
        guard !known.isEmpty else { return }
        let clock = hosts[0].clock
        if random.chance(300) {
            let step = Int64(random.between(1000...3_600_000)) * 1000
            clock.offset -= step
            tell("operator", "sets the clock back by \(step / 1000) ms")
        }
        let way: MemoryFileSystem.PutBack = random.pick([.asNewFiles, .asNewFiles, .intoFiles, .byDevice])
        var chosen = random.chance(500) ? known : [random.pick(known)]
        if way == .byDevice {
            // Nothing tells of it but what others have heard, and a publishing process does not ask them.
            chosen = chosen.filter { $0.plan.kind != .ingress }
            for node in nodes { node.crash("the operator ends it", restartsWithin: 500) }
        }
        for node in chosen {
            node.crash("the operator ends it", restartsWithin: 500)
            node.putBack((way == .byDevice ? snapshots : copies)[node.id]!, way)
        }
    }
}
