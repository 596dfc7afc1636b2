internal import Choreography
internal import Envelope
internal import Journal
internal import Troupe

extension Process {
    // MARK: the directory

    /// Looks where the others are, as the I/O thread does each second and at every change.
    func scan() {
        nextScan = clock.steady + Self.scanInterval
        guard !plan.consumes.isEmpty else { return }
        for other in world.nodes where other !== node {
            locate(other)
            if isDead { return }
        }
        if !Set(plan.emits).isDisjoint(with: plan.consumes) {
            if peers[id] == nil { add(id) }
            hear(.located(.atRest), from: id)
            hear(.grew, from: id)
        }
    }

    private func locate(_ other: Node) {
        let isNear = other.host === node.host
        let isLive = other.plan.kind != .ingress && (isNear ? other.process != nil : other.starts > 0)
        guard isNear || !world.isParted(node.host, other.host) else { return }
        guard isLive || (isNear && other.hasJournal) else { return }
        if isLive, peers[other.id] == nil, Set(other.plan.emits).isDisjoint(with: plan.consumes) { return }
        if peers[other.id] == nil { add(other.id) }
        if isLive {
            hear(.located(.live(instance: other.instance, isLocal: isNear)), from: other.id)
        } else {
            hear(.located(.atRest), from: other.id)
            hear(.grew, from: other.id)
        }
    }

    private func add(_ id: PublisherID) {
        let wants = plan.consumes.map { want($0, of: id) }
        peers[id] = Peer(feed: Feed(publisher: id, wants: wants))
        if !hasRoom { hear(.room(false), from: id) }
    }

    private func want(_ topic: Topic, of id: PublisherID) -> Want {
        Want(topic: topic, after: cursors[StreamID(id, topic)] ?? Cursor())
    }

    // MARK: the machine

    func hear(_ input: Feed.Input, from id: PublisherID) {
        guard !isDead, peers[id] != nil else { return }
        let actions = peers[id]!.feed.handle(sabotaged(input, id), now: clock.steady)
        for action in actions where !isDead { carryOut(action, id) }
        arm()
    }

    private func carryOut(_ action: Feed.Action, _ id: PublisherID) {
        switch action {
        case .connect: peers[id]!.link = Link(self, world.node(id))
        case .disconnect:
            peers[id]!.link?.close()
            peers[id]!.link = nil
        case .subscribe(let topics): peers[id]!.link?.subscribe(topics)
        case .unsubscribe(let topics): peers[id]!.link?.unsubscribe(topics)
        case .ask(let request): peers[id]!.link?.send(ask: ReplayCodec.encode(request))
        case .read(let request): read(request, id) { try self.follower($0).answer($1) }
        case .readOn(let request): read(request, id) { try ReplaySource.pageOn($1, reader: self.reader($0)) }
        case .deliver(let deliveries): deliver(deliveries)
        case .jump(let jump): take(jump)
        case .tips(let tips): core.note(tips: tips, of: id)
        case .report(let text): world.tell(name, "of \(id): \(text)")
        }
    }

    private func deliver(_ deliveries: [Delivery]) {
        for delivery in deliveries.flatMap(\.each) {
            let place = StreamID(delivery.stream.publisher, delivery.stream.topic)
            let hash = delivery.records.withUnsafeBytes { SimulationRandom.hash($0) }
            guard world.node(place.publisher).wasSaid(place, delivery.sequence, hash: hash),
                let event = try? EventRecord.decode(delivery.records)
            else {
                world.problem("\(name) was served something at \(delivery.position) that nobody ever said there")
                return
            }
            if let known = node.heardIDs[delivery.position], known != event.eventID,
                !world.node(place.publisher).wasRolledBack
            {
                world.problem("\(name) was served both \(known) and \(event.eventID) at \(delivery.position)")
            }
            node.heardIDs[delivery.position] = event.eventID
        }
        guard survives("take \(deliveries.count) deliveries") else { return }
        core.deliver(deliveries)
        if !core.hasRoom {
            isFull = true
            if hasRoom {
                hasRoom = false
                for id in peers.keys.sorted() { hear(.room(false), from: id) }
            }
        }
        pump()
    }

    /// The lanes are empty again: everybody may go on.
    func resume() {
        guard !hasRoom else { return }
        hasRoom = true
        for id in peers.keys.sorted() { hear(.room(true), from: id) }
    }

    private func take(_ jump: CursorJump) {
        world.totals.jumps += 1
        world.tell(name, "\(jump.stream) goes on after \(jump.low): \(jump.reason)")
        append(core.jump(jump, now: handlerNow()), count: 0)
        guard !isDead, isFull, core.backlog == 0 else { return }
        isFull = false
        resume()
    }

    // MARK: pages

    private func read(
        _ request: ReplayRequest, _ id: PublisherID,
        _ answer: @escaping (PublisherID, ReplayRequest) throws -> ReplayPage
    ) {
        world.after(Int64(world.random.between(50...(3000 * world.plan.slowness)))) { [self] in
            guard !isDead else { return }
            hear(self.answer(request, id, answer), from: id)
        }
    }

    private func follower(_ id: PublisherID) throws -> LogFollower {
        if let known = followers[id] { return known }
        let other = world.node(id)
        let follower = try LogFollower(id, home: World.home, boot: other.host.boot, fileSystem: other.disk)
        followers[id] = follower
        return follower
    }

    /// The reader of one that runs.
    private func reader(_ id: PublisherID) throws -> FileEngineReader {
        if let known = readers[id] { return known }
        let other = world.node(id)
        let reader = try FileEngineReader(id, home: World.home, boot: other.host.boot, fileSystem: other.disk)
        readers[id] = reader
        return reader
    }

    private func answer(
        _ request: ReplayRequest, _ id: PublisherID, _ answer: (PublisherID, ReplayRequest) throws -> ReplayPage
    ) -> Feed.Input {
        do {
            return .page(try answer(id, request))
        } catch let error as EngineError where error.code == .notFound {
            (followers[id], readers[id]) = (nil, nil)
            world.tell(name, "finds no journal of \(id): \(error)")
            return .pageFailed(id: request.id, reason: nil)
        } catch {
            (followers[id], readers[id]) = (nil, nil)
            return .pageFailed(id: request.id, reason: "its journal cannot be read: \(error)")
        }
    }

    /// Another asks: what is known now is answered a little later, from the disk.
    func answer(_ bytes: [UInt8], to link: Link) {
        guard let request = try? bytes.withUnsafeBytes({ try ReplayCodec.request($0) }) else {
            world.problem("\(name) cannot read a request")
            return
        }
        let state = log.state
        let source = OwnReplay(
            publisher: id, home: World.home, boot: node.host.boot, fileSystem: node.disk, state: { state })
        world.after(Int64(world.random.between(50...(2000 * world.plan.slowness)))) { [weak self] in
            guard let self, !isDead else { return }
            link.send(page: source.answer(request))
        }
    }

    // MARK: sabotage

    private func sabotaged(_ input: Feed.Input, _ id: PublisherID) -> Feed.Input {
        switch (world.sabotage, input) {
        case (.ignoreEpoch, .page(let page)):
            return .page(
                ReplayPage(
                    id: page.id, status: page.status, epoch: page.epoch, jumps: [], tips: page.tips,
                    hasMore: page.hasMore, token: page.token, records: page.records))
        case (.judgeUnknown, .page(let page)):
            let jumps = page.tips.compactMap { topic, tip -> CursorJump? in
                let stream = StreamID(id, topic)
                guard core.state.cursor(stream).low > tip else { return nil }
                return CursorJump(stream: stream, epoch: page.epoch, low: tip, reason: .lost)
            }
            return .page(
                ReplayPage(
                    id: page.id, status: page.status, epoch: page.epoch, jumps: page.jumps + jumps, tips: page.tips,
                    hasMore: page.hasMore, token: page.token, records: page.records))
        case (.ignoreGaps, .page(let page)):
            try? page.records.withUnsafeBytes { bytes in
                try EntryCodec.forEachRecord(in: bytes) { record, _ in
                    let event = try RecordView(record).event()
                    peers[id]!.counted[event.topic] = event.sequence
                }
            }
            return input
        case (.ignoreGaps, .frame(let frame)):
            guard let (header, range) = try? frame.withUnsafeBytes({ try Frame.decode($0) }),
                let last = peers[id]!.counted[header.topic], header.firstSequence > last + 1
            else { return input }
            peers[id]!.counted[header.topic] = last + UInt64(header.count)
            var forged: [UInt8] = []
            Frame.begin(
                topic: header.topic, publisher: header.publisher, epoch: header.epoch, firstSequence: last + 1,
                count: header.count, into: &forged)
            return .frame(forged + frame[range])
        default: return input
        }
    }
}
