package import Envelope

/// How one consumer hears one publisher: joining, a gap, a reconnect, a slow consumer and a restart are one path.
///
/// Out of live means unsubscribed and in credit-paged replay until the publisher has no more; then subscribe, wait for
/// a tip, which proves that the subscription is in force, replay to it, and go live. Overlap is dropped by sequence.
/// A publisher at rest is read from its journal by the same pages; so is one that runs on this host, once it said where
/// to begin. The machine does no I/O: inputs come in with the
/// time, actions go out.
package struct Feed: Sendable {
    /// Where a publisher is, as the directory has it.
    package enum Location: Hashable, Sendable {
        /// It runs; `instance` differs for every start. `isLocal` says that its journal can be read here.
        case live(instance: String, isLocal: Bool = false)
        /// No process has its slot; its journal is read.
        case atRest
        /// There is neither a process nor a journal. It may come back.
        case gone
    }

    package enum Input: Sendable {
        case located(Location)
        /// A frame or tip from the subscription.
        case frame([UInt8])
        case page(ReplayPage)
        /// The journal could not be read; `reason` is nil when there is none yet.
        case pageFailed(id: UInt32, reason: String?)
        /// The journal of a publisher at rest may have grown.
        case grew
        /// Whether the receiver has room.
        case room(Bool)
        case tick
    }

    package enum Action: Sendable {
        case connect
        case disconnect
        case subscribe([Topic])
        case unsubscribe([Topic])
        /// Ask the live publisher.
        case ask(ReplayRequest)
        /// Read its journal, and what it amounts to.
        case read(ReplayRequest)
        /// Read its journal on from the request's token; it runs, and answered the request before.
        case readOn(ReplayRequest)
        case deliver([Delivery])
        case jump(CursorJump)
        /// The last sequences that the publisher had said when it was first followed.
        case tips([Topic: UInt64])
        /// Something an operator should know.
        case report(String)
    }

    private enum Phase: Hashable, Sendable {
        case unknown
        case reading
        case replaying
        case joining
        case closing
        case live
    }

    /// The most bytes of records that a page may hold.
    package static let pageCredit: UInt32 = 1 << 20
    /// Frames and bytes held back while the last replay before going live is under way.
    private static let heldLimit = 64
    private static let heldBytesLimit = 4 << 20
    private static let answerDeadline: Int64 = 2_000_000
    private static let joinDeadline: Int64 = 1_000_000

    package let publisher: PublisherID
    private var wants: [Topic: Want]
    private var location: Location?
    private var phase = Phase.unknown
    private var pending: UInt32?
    private var lastID: UInt32 = 0
    private var token: EngineCursor?
    private var hasRoom = true
    private var isDirty = false
    private var held: [[UInt8]] = []
    private var heldBytes = 0
    private var strikes = 0
    /// Subscriptions in a row that no tip answered: pages may come although they do not.
    private var deafJoins = 0
    private var hasToldTips = false
    /// Whether the last events heard were compared with what is there since the publisher was located.
    private var hasCompared = false
    /// Whether a publisher that runs is only asked where to begin, and read from there on.
    private var isLocal = false
    /// When the machine wants a tick.
    package private(set) var wake: Timestamp?

    package init(publisher: PublisherID, wants: [Want]) {
        self.publisher = publisher
        self.wants = Dictionary(wants.map { ($0.topic, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether events come as they are published.
    package var isLive: Bool { phase == .live }
    /// Whether everything that could be read from a publisher at rest was.
    package var isCaughtUp: Bool { phase == .live || (phase == .reading && pending == nil && !isDirty) }

    // MARK: inputs

    package mutating func handle(_ input: Input, now: Timestamp) -> [Action] {
        var actions: [Action] = []
        switch input {
        case .located(let location): locate(location, now: now, &actions)
        case .frame(let frame): hear(frame, now: now, &actions)
        case .page(let page): turn(page, now: now, &actions)
        case .pageFailed(let id, let reason):
            guard id == pending else { break }
            pending = nil
            token = nil
            if phase != .reading, isLocal {
                // It knows why, and what to do about it.
                isLocal = false
                request(now: now, &actions)
                break
            }
            if let reason { actions.append(.report(reason)) }
            wake = now + Self.answerDeadline
        case .grew:
            guard phase == .reading else { break }
            if pending != nil { isDirty = true } else { request(now: now, &actions) }
        case .room(let room):
            let wasFull = !hasRoom
            hasRoom = room
            if room, wasFull, pending == nil, phase == .reading || phase == .replaying || phase == .closing {
                request(now: now, &actions)
            }
        case .tick: tick(now: now, &actions)
        }
        return actions
    }

    private mutating func locate(_ new: Location, now: Timestamp, _ actions: inout [Action]) {
        guard new != location else { return }
        if case .live? = location { actions.append(.disconnect) }
        location = new
        hasCompared = false
        drop(&actions, unsubscribing: false)
        switch new {
        case .gone:
            phase = .unknown
            wake = nil
            return
        case .atRest: phase = .reading
        case .live(_, let isLocal):
            self.isLocal = isLocal
            phase = .replaying
            actions.append(.connect)
        }
        request(now: now, &actions)
    }

    private mutating func tick(now: Timestamp, _ actions: inout [Action]) {
        guard let wake, wake <= now else { return }
        switch phase {
        case .unknown: self.wake = nil
        case .reading: if hasRoom { request(now: now, &actions) } else { self.wake = nil }
        case .replaying, .closing:
            guard pending != nil || hasRoom else {
                self.wake = nil
                break
            }
            strike("no answer to a replay request", now: now, &actions)
        case .joining:
            deafJoins += 1
            if deafJoins % 3 == 0 {
                reconnect("no tip after subscribing", now: now, &actions)
            } else {
                leave(now: now, &actions)
            }
        case .live: reconnect("silent for longer than it said", now: now, &actions)
        }
    }

    // MARK: pages

    private mutating func request(now: Timestamp, _ actions: inout [Action]) {
        guard hasRoom else {
            pending = nil
            wake = nil
            return
        }
        lastID &+= 1
        pending = lastID
        isDirty = false
        // A local reading always ends in a page or a failure, however slow the disk is; an answer may be lost.
        let readsOn = phase != .reading && isLocal && token != nil
        wake = phase == .reading || readsOn ? nil : now + Self.answerDeadline << Int64(min(strikes, 4))
        let request = ReplayRequest(
            id: lastID,
            wants: wants.values.sorted { $0.topic < $1.topic }.map { $0.asked(isFirst: !hasCompared) },
            token: token, credit: Self.pageCredit)
        actions.append(phase == .reading ? .read(request) : readsOn ? .readOn(request) : .ask(request))
    }

    private mutating func turn(_ page: ReplayPage, now: Timestamp, _ actions: inout [Action]) {
        guard page.id == pending else { return }
        pending = nil
        wake = nil
        guard page.status == .records else {
            actions.append(.report("its journal is damaged; run: troupe journal verify"))
            wake = now + Self.answerDeadline * 5
            return
        }
        if !hasToldTips, !page.tips.isEmpty {
            hasToldTips = true
            actions.append(.tips(page.tips))
        }
        if let unknown = unknown(page) { actions.append(.report(unknown)) }
        for jump in page.jumps {
            guard jump.stream.publisher == publisher, let want = wants[jump.stream.topic] else { continue }
            // The last event heard was asked for once more, and is all that is not there any more.
            if jump.reason == .trimmed, jump.next <= want.next { continue }
            wants[jump.stream.topic]!.jump(jump)
            actions.append(.jump(jump))
        }
        do {
            let (deliveries, strangers) = try take(page)
            for stranger in strangers { actions.append(.report(stranger)) }
            if !deliveries.isEmpty { actions.append(.deliver(deliveries)) }
        } catch {
            // Not at once: the next one may be the same.
            token = nil
            actions.append(.report("a replay page that does not fit: \(error)"))
            wake = now + Self.answerDeadline
            return
        }
        strikes = 0
        hasCompared = true
        token = page.token
        if page.hasMore || isDirty {
            request(now: now, &actions)
            return
        }
        switch phase {
        case .replaying:
            phase = .joining
            actions.append(.subscribe(topics))
            wake = now + Self.joinDeadline
        case .closing: goLive(now: now, &actions)
        case .reading, .unknown, .joining, .live: break
        }
    }

    /// What is to be said of events that were heard and that the journal does not show: they are neither heard nor lost
    /// until its writer says so. After a power cut they may be there without anybody knowing that they are durable.
    private func unknown(_ page: ReplayPage) -> String? {
        for topic in wants.keys.sorted() {
            guard let tip = page.tips[topic], let want = wants[topic], want.next > tip + 1,
                !page.jumps.contains(where: { $0.stream.topic == topic })
            else { continue }
            return
                "\(topic) was heard up to \(want.next - 1), and its journal ends at \(tip): it is unknown what became of the"
                + " rest until its writer recovers it; nothing is set back until then"
        }
        return nil
    }

    private mutating func take(_ page: ReplayPage) throws -> (deliveries: [Delivery], strangers: [String]) {
        var deliveries: [Delivery] = []
        var strangers: [String] = []
        var wants = self.wants
        try page.records.withUnsafeBytes { bytes in
            // Neighbours are mostly of one topic: its want is kept at hand, and what is wanted of it is one run.
            var run: PageRun?
            func close(at end: Int) {
                guard let done = run else { return }
                if done.count > 0 {
                    deliveries.append(
                        Delivery(
                            stream: StreamID(publisher, done.want.topic), epoch: done.want.epoch, sequence: done.first,
                            count: done.count, records: page.records[done.begin..<end]))
                }
                wants[done.want.topic] = done.want
                run = nil
            }
            var offset = 0
            while offset < bytes.count {
                let head = try RecordHead(in: bytes, at: offset)
                guard page.isChecked || head.isWhole else {
                    throw ChoreographyError(.malformed, "the checksum of a record is not that of its bytes")
                }
                if run == nil || !run!.takes(head) {
                    close(at: offset)
                    if var want = wants.values.first(where: { head.topicMatches($0.topic) }) {
                        want.epoch = max(want.epoch, page.epoch)
                        run = PageRun(want: want, topicBytes: head.topicBytes, begin: offset, first: want.next)
                    }
                }
                let end = offset + head.bytes.count
                if run != nil, try !run!.append(head) {
                    // Known already: what follows is another run.
                    if let stranger = run!.stranger(head) { strangers.append(stranger) }
                    close(at: offset)
                    offset = end
                    continue
                }
                offset = end
            }
            close(at: offset)
        }
        // A journal that awaits its recovery may end before its newest epoch: that one is not forgotten.
        for topic in wants.keys where wants[topic]!.epoch < page.epoch { wants[topic]!.epoch = page.epoch }
        self.wants = wants
        return (deliveries, strangers)
    }

    /// Records of one topic in a page, as many as are wanted one after the other.
    private struct PageRun {
        var want: Want
        let topicBytes: UnsafeRawBufferPointer
        /// Where the first lies.
        let begin: Int
        let first: UInt64
        var count = 0

        func takes(_ record: RecordHead) -> Bool { record.topicBytes.equals(topicBytes) }

        /// Adds a record. Returns false, and does not, if it was heard before.
        mutating func append(_ record: RecordHead) throws -> Bool {
            let sequence = record.sequence
            guard sequence >= want.next else { return false }
            guard sequence == want.next else {
                throw ChoreographyError(
                    .malformed, "\(want.topic) goes on at \(sequence) where \(want.next) was due")
            }
            want.advance(to: sequence &+ 1, last: Cursor.LastHeard(sequence: sequence, checksum: record.checksum))
            count += 1
            return true
        }

        /// What is to be said where the last event heard is not the one that the publisher has there.
        func stranger(_ record: RecordHead) -> String? {
            guard want.last.checksum != 0, record.sequence == want.last.sequence, record.checksum != want.last.checksum
            else { return nil }
            return
                "\(want.topic)#\(record.sequence) is not the event that was heard there, in the same epoch: its journal was"
                + " exchanged below the file system. Nothing is repaired by itself; compare with a backup"
        }
    }

    // MARK: frames

    private mutating func hear(_ frame: [UInt8], now: Timestamp, _ actions: inout [Action]) {
        guard phase == .joining || phase == .closing || phase == .live else { return }
        do {
            if frame.withUnsafeBytes({ Tip.matches($0) }) {
                try hear(frame.withUnsafeBytes { try Tip(frame: $0) }, now: now, &actions)
            } else if phase == .live {
                try take(frame, now: now, &actions)
            } else {
                hold(frame, now: now, &actions)
            }
        } catch {
            actions.append(.report("a frame that cannot be read: \(error)"))
            leave(now: now, &actions)
        }
    }

    private mutating func hear(_ tip: Tip, now: Timestamp, _ actions: inout [Action]) {
        guard tip.publisher == publisher else { return }
        let isBehind = tip.last.contains { topic, last in wants[topic].map { $0.next <= last } ?? false }
        let isOtherEpoch = wants.values.contains { $0.epoch != tip.epoch }
        silenceDeadline = Int64(tip.nextDueMilliseconds) * 3000 + 1_000_000
        switch phase {
        case .joining:
            if isBehind || isOtherEpoch {
                phase = .closing
                request(now: now, &actions)
            } else {
                goLive(now: now, &actions)
            }
        case .live:
            if isBehind || isOtherEpoch {
                leave(now: now, &actions)
            } else {
                wake = now + silenceDeadline
            }
        case .closing, .unknown, .reading, .replaying: break
        }
    }

    private var silenceDeadline: Int64 = 16_000_000

    private mutating func hold(_ frame: [UInt8], now: Timestamp, _ actions: inout [Action]) {
        held.append(frame)
        heldBytes += frame.count
        if held.count > Self.heldLimit || heldBytes > Self.heldBytesLimit { leave(now: now, &actions) }
    }

    private mutating func goLive(now: Timestamp, _ actions: inout [Action]) {
        phase = .live
        strikes = 0
        deafJoins = 0
        wake = now + silenceDeadline
        let frames = held
        held = []
        heldBytes = 0
        for frame in frames where phase == .live { hear(frame, now: now, &actions) }
    }

    private mutating func take(_ frame: [UInt8], now: Timestamp, _ actions: inout [Action]) throws {
        let (header, range) = try frame.withUnsafeBytes { try Frame.decode($0) }
        guard header.publisher == publisher.text, let want = wants[header.topic] else { return }
        guard header.epoch == want.epoch, header.firstSequence <= want.next, hasRoom else {
            leave(now: now, &actions)
            return
        }
        let (end, isOver) = header.firstSequence.addingReportingOverflow(UInt64(header.count))
        // What was heard already stands first, and is left out.
        var begin = range.lowerBound
        var count: UInt64 = 0
        var checksum: UInt32 = 0
        try frame[range].withUnsafeBytes { bytes in
            try EntryCodec.forEachRecord(in: bytes) { record, place in
                count += 1
                checksum = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                if count <= want.next - header.firstSequence { begin = range.lowerBound + place.upperBound }
            }
        }
        guard count == UInt64(header.count), !isOver else {
            throw ChoreographyError(.malformed, "the frame says \(header.count) records and has others")
        }
        guard end > want.next else { return }
        wants[header.topic]!.advance(to: end, last: Cursor.LastHeard(sequence: end - 1, checksum: checksum))
        actions.append(
            .deliver([
                Delivery(
                    stream: StreamID(publisher, header.topic), epoch: header.epoch, sequence: want.next,
                    count: Int(end - want.next), records: frame[begin..<range.upperBound])
            ]))
    }

    // MARK: leaving

    private var topics: [Topic] { wants.keys.sorted() }

    private mutating func drop(_ actions: inout [Action], unsubscribing: Bool) {
        if unsubscribing, phase == .joining || phase == .closing || phase == .live {
            actions.append(.unsubscribe(topics))
        }
        held = []
        heldBytes = 0
        pending = nil
        token = nil
    }

    /// Out of live: unsubscribed and in replay.
    private mutating func leave(now: Timestamp, _ actions: inout [Action]) {
        drop(&actions, unsubscribing: true)
        phase = .replaying
        request(now: now, &actions)
    }

    private mutating func strike(_ reason: String, now: Timestamp, _ actions: inout [Action]) {
        strikes += 1
        if strikes % 3 == 0, phase != .reading {
            reconnect(reason, now: now, &actions)
        } else if phase == .reading {
            request(now: now, &actions)
        } else {
            leave(now: now, &actions)
        }
    }

    private mutating func reconnect(_ reason: String, now: Timestamp, _ actions: inout [Action]) {
        actions.append(.report("\(reason); connecting anew"))
        drop(&actions, unsubscribing: false)
        actions.append(.disconnect)
        actions.append(.connect)
        phase = .replaying
        request(now: now, &actions)
    }
}

extension Timestamp {
    /// A time some microseconds later.
    package static func + (time: Timestamp, microseconds: Int64) -> Timestamp {
        Timestamp(microseconds: time.microseconds + microseconds)
    }
}
