internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

extension World {
    private static let faultStep: Int64 = 50_000

    /// Throws dice at every step of the window.
    func scheduleFaults() {
        for moment in stride(from: Self.faultStep, to: plan.window, by: Int64.Stride(Self.faultStep)) {
            at(moment) { [self] in fault() }
        }
        if plan.faults.putBack, hosts.count == 1 { scheduleCopies() }
        if plan.faults.corruption {
            at(plan.window * Int64(random.between(30...95)) / 100) { [self] in
                nodes[random.below(nodes.count)].inflictDamage()
            }
        }
    }

    private func fault() {
        let faults = plan.faults
        if random.chance(faults.crash) { nodes[random.below(nodes.count)].crash("kill -9") }
        if random.chance(faults.absence) {
            nodes[random.below(nodes.count)].crash("it goes away", restartsWithin: 10_000)
        }
        if random.chance(faults.stop) { nodes[random.below(nodes.count)].stop() }
        if hosts.count == 1, random.chance(faults.retain) { nodes[random.below(nodes.count)].retain() }
        if random.chance(faults.powerLoss) { losePower(hosts[random.below(hosts.count)], "by chance") }
        if hosts.count > 1, random.chance(faults.partition) {
            part(hosts[random.below(hosts.count)], until: time.now + Int64(random.between(50...4000)) * 1000)
        }
        if random.chance(faults.fullDisk) { fill(nodes[random.below(nodes.count)]) }
        if random.chance(faults.syncError) { failSync(nodes[random.below(nodes.count)]) }
        if random.chance(faults.writeError) { failWrite(nodes[random.below(nodes.count)]) }
        if random.chance(faults.request) { nodes[random.below(nodes.count)].process?.request() }
        if random.chance(faults.clockJump) { setClock(hosts[random.below(hosts.count)]) }
    }

    private func fill(_ node: Node) {
        node.disk.capacity = node.disk.used + random.below(400)
        totals.fullDisks += 1
        tell(node.plan.name, "has no more room on its disk")
        after(Int64(random.between(50...3000)) * 1000) { [self] in
            node.disk.capacity = .max
            tell(node.plan.name, "has room again")
        }
    }

    private func failSync(_ node: Node) {
        totals.diskErrors += 1
        if random.chance(800) {
            node.disk.failSync(random.between(1...3), errno: 5, path: random.pick(["", ".seg", ".tmp"]))
        } else {
            node.disk.failDirectorySync(1, errno: 5)
        }
        tell(node.plan.name, "will see a sync fail")
    }

    private func failWrite(_ node: Node) {
        totals.diskErrors += 1
        let isFull = random.chance(300)
        node.disk.failWrite(
            random.between(1...4), errno: isFull ? 28 : 5, path: random.pick(["", ".seg", "/mark"]),
            partialBytes: isFull ? 0 : random.below(120))
        tell(node.plan.name, isFull ? "will see a write find no room" : "will see a write fail")
    }

    private func setClock(_ host: Host) {
        let step = Int64(random.between(-20_000...20_000)) * 1000
        host.clock.offset += step
        totals.clockJumps += 1
        tell(host.name, "its clock is set by \(step / 1000) ms")
        for node in nodes where node.host === host { node.process?.pump() }
    }

    /// Asks now and then, as `publish --await` does, whether a flow is settled.
    func scheduleClaims() {
        for _ in 0..<4 {
            at(plan.window / 4 + Int64(random.below(Int(plan.window) + 1_000_000))) { [self] in claim() }
        }
    }

    private func claim() {
        // Of a journal that awaits its recovery people are told that not all of it is shown.
        let awaits = nodes.contains { node in
            let reader = try? FileEngineReader(
                node.id, home: World.home, boot: node.host.boot, fileSystem: node.disk)
            return (try? reader?.awaitsRecovery()) ?? false
        }
        guard !awaits else { return }
        let flows = acknowledgedRoots.sorted().filter { node in !claims.contains { $0.flow == node.flow } }
        guard !flows.isEmpty else { return }
        for root in flows.prefix(8) {
            guard let ledger = try? Settling.ledger(self, flows: [root.flow], isSabotaged: true) else { return }
            var asked = ledger
            guard asked.flowsSeen == 1, asked.isSettled() else { continue }
            totals.settledClaims += 1
            // What stood in removed segments had been handled by everybody, and cannot be seen any more.
            let removed = nodes.lazy.flatMap(\.trimmed).flatMap(\.said).map(\.id).filter { $0.flow == root.flow }
            claims.append((root.flow, Set(ledger.said.keys).union(removed)))
            tell("client", "sees \(root.flow.text.suffix(4)) settled with \(ledger.said.count) events")
        }
    }
}
