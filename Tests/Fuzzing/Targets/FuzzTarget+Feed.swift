internal import Choreography
internal import Envelope

extension FuzzTarget {
    /// What a consumer makes of whatever its publisher sends: pages, tips and frames, through to the entries that it
    /// would append.
    static let feed = FuzzTarget(
        "feed", share: 8,
        seeds: [
            page((3...5).map { Samples.record($0) }) + tip(last: 5) + Samples.frame(first: 6, [Samples.record(6)]),
            page([]) + tip(last: 2) + Samples.frame(first: 3, [Samples.record(3), Samples.record(4)]) + tip(last: 4),
            page([Samples.record(3)]) + tip(last: 9) + page((4...9).map { Samples.record($0) }) + tip(last: 9),
        ],
        decode: { parts in
            var hearing = Hearing()
            for message in messages(parts) { try hearing.hear(message) }
            try hearing.wait()
            return hearing
        },
        check: { hearing, _ in try hearing.check() })

    private static func tip(last: UInt64) -> [FuzzPart] {
        let tip = Tip(publisher: Samples.publisher, epoch: 7, nextDueMilliseconds: 500, last: [Samples.topic: last])
        return [FuzzPart(.message, tip.frame())]
    }

    /// The messages of an input: each begins with its header, and its records follow.
    private static func messages(_ parts: [FuzzPart]) -> [[UInt8]] {
        var messages: [[UInt8]] = []
        for part in parts {
            if part.role == .message || messages.isEmpty { messages.append([]) }
            messages[messages.count - 1] += part.bytes
        }
        return messages
    }
}

/// One consumer's machines, without sockets and files.
private struct Hearing {
    private var feed: Feed
    private var handling = HandledCore()
    private var now = Samples.now
    private var asked: [ReplayRequest] = []

    init() {
        let wants = Samples.topics.map { Want(topic: $0, epoch: 7, next: 3) }
        feed = Feed(publisher: Samples.publisher, wants: wants)
        take(feed.handle(.located(.live(instance: "1")), now: now))
    }

    /// Gives the feed what came from a socket.
    mutating func hear(_ message: [UInt8]) throws {
        now = now + 1000
        let isPage = message.starts(with: [1, 2])
        guard isPage else {
            take(feed.handle(.frame(message), now: now))
            return
        }
        let page = try message.withUnsafeBytes { try ReplayCodec.page($0) }
        // An answer to another question is dropped; one in eight is.
        let id = page.id & 7 == 7 ? page.id : asked.last?.id ?? 0
        let answer = ReplayPage(
            id: id, status: page.status, epoch: page.epoch, jumps: page.jumps, tips: page.tips, hasMore: page.hasMore,
            token: page.token, records: page.records)
        take(feed.handle(.page(answer), now: now))
    }

    /// Lets time pass, as nobody says anything any more.
    mutating func wait() throws {
        for _ in 0..<4 {
            guard let wake = feed.wake else { return }
            now = max(now, wake)
            take(feed.handle(.tick, now: now))
        }
    }

    private mutating func take(_ actions: [Feed.Action]) {
        for action in actions {
            switch action {
            case .ask(let request), .read(let request), .readOn(let request): asked = asked.suffix(3) + [request]
            case .deliver(let deliveries): handling.deliver(deliveries, now: now)
            case .jump(let jump): handling.jump(jump, now: now)
            case .tips: break
            case .connect, .disconnect, .subscribe, .unsubscribe, .report: break
            }
        }
    }

    /// What would be asked and appended can be read again.
    func check() throws {
        for request in asked {
            guard try ReplayCodec.encode(request).withUnsafeBytes({ try ReplayCodec.request($0) }) == request else {
                throw FuzzFinding("a request that its publisher reads otherwise: \(request)")
            }
        }
        try handling.check()
    }
}
