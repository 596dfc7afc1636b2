internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

/// Whether everything has come to its end: by looking into the machines, and by counting in the journals.
enum Settling {
    static func isSettled(_ world: World) -> Bool { reason(world) == nil }

    static func describe(_ world: World) -> String { reason(world) ?? "it has" }

    private static func reason(_ world: World) -> String? {
        // What damaged data should have led to is nobody's fault.
        if world.nodes.contains(where: { $0.damage != nil }) { return nil }
        for node in world.nodes where node.plan.kind == .ingress {
            if !node.roots.isEmpty || node.process != nil { return "\(node.id) has roots to publish" }
        }
        for node in world.nodes where node.plan.kind != .ingress {
            guard let process = node.process else { return "\(node.id) does not run" }
            guard node.roots.isEmpty else { return "\(node.id) has roots to publish" }
            guard process.queue.isEmpty, process.pending == 0 else { return "\(node.id) has entries to release" }
            guard !process.laneBusy.contains(true), process.core.backlog == 0 else { return "\(node.id) is at work" }
            guard process.core.state.parks.isEmpty else { return "\(node.id) has parked events" }
            for topic in node.plan.consumes {
                for other in world.nodes where other.plan.emits.contains(topic) {
                    let stream = StreamID(other.id, topic)
                    guard let tip = tip(of: other, topic) else { continue }
                    let cursor = process.core.state.cursor(stream)
                    guard cursor.low == tip, cursor.above.isEmpty else {
                        return "\(node.id) has heard \(stream) up to \(cursor.low) of \(tip)"
                    }
                    if isStale(cursor, stream, other) { return "\(node.id) is to be set back on \(stream)" }
                    if let reason = silence(process, other) { return "\(node.id) does not hear \(other.id): \(reason)" }
                }
            }
        }
        return nil
    }

    /// Whether a cursor counts what its publisher lost and gave to others, although it stands where that one ends.
    private static func isStale(_ cursor: Cursor, _ stream: StreamID, _ other: Node) -> Bool {
        guard cursor.low > 0, cursor.epoch > 0 else { return false }
        let state =
            other.process?.log.state
            ?? (try? FileEngineReader(
                other.id, home: World.home, boot: other.host.boot, fileSystem: other.disk
            ).foldToEnd().1)
        guard let first = state?.firstSequence(afterAny: cursor.epoch, on: stream.topic) else { return false }
        return first <= cursor.low
    }

    /// Why a feed is not where it should be, in the machine's own words.
    private static func silence(_ process: Process, _ other: Node) -> String? {
        guard let feed = process.peers[other.id]?.feed else { return other.process == nil ? nil : "nobody follows it" }
        let isLive = other.plan.kind != .ingress && other !== process.node
        // A journal at rest is read at every look, so there may always be a page on its way.
        guard isLive, !feed.isLive else { return nil }
        let parts = ["phase", "pending", "isDirty", "hasRoom", "strikes", "wake"]
        return Mirror(reflecting: feed).children.filter { parts.contains($0.label ?? "") }
            .map { "\($0.label ?? "") \($0.value)" }.joined(separator: ", ")
    }

    private static func tip(of node: Node, _ topic: Topic) -> UInt64? {
        if let process = node.process { return process.log.state.tip(topic) }
        let last = node.shadow.entries.prefix { $0.isVouchedFor }.flatMap(\.said).filter { $0.topic == topic }.map(
            \.sequence
        ).max()
        return last ?? 0
    }

    /// What the journals say about flows, read as a waiting client reads them.
    static func ledger(_ world: World, flows: Set<FlowID>, isSabotaged: Bool) throws -> FlowLedger {
        var registrations = world.plan.registrations
        if isSabotaged, world.sabotage == .settleBeforeRegistration { registrations.removeLast() }
        var ledger = FlowLedger(flows: flows, registrations: registrations)
        for node in world.nodes where node.hasJournal {
            let reader = try FileEngineReader(
                node.id, home: World.home, boot: node.host.boot, fileSystem: node.disk)
            let end = try reader.end()
            let (origin, state) = try reader.origin()
            ledger.begin(node.id, at: state)
            var place = origin
            while !place.reaches(end) {
                let next = try reader.read(from: place, upTo: end, maxBytes: 1 << 20) { entry in
                    try ledger.observe(node.id, entry)
                    return true
                }
                if next == place { break }
                place = next
            }
        }
        return ledger
    }
}
