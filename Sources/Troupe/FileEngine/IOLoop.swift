internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal
internal import Logging
internal import Synchronization
internal import ZeroMQ

/// The one thread that owns a slot's sockets. It carries out what the state machines decide, and runs no handler.
final class IOLoop: Sendable {
    private struct Inbox {
        var outbox = Outbox(isHeard: false)
        var messages = Messages()
        var isStopping = false
    }

    /// What others told the thread.
    private struct Messages {
        var following: Following?
        var answers: [(peer: [UInt8], bytes: [UInt8])] = []
        var pages: [(PublisherID, Feed.Input)] = []
        var news: [RosterKeeper.News] = []
        var hasResumed = false

        var isEmpty: Bool {
            following == nil && answers.isEmpty && pages.isEmpty && news.isEmpty && !hasResumed
        }
    }

    private let inbox = Mutex(Inbox())
    private let isAsleep = Atomic(false)
    private let wake: WakeUp
    private let thread: OSThread

    /// Binds the slot's sockets on a thread of its own. Throws when they cannot be bound.
    init(
        publisher: PublisherID, epoch: UInt64, home: Home, boot: BootID, disk: DiskThread, ownReplay: OwnReplay,
        tips: [Topic: UInt64], emits: Set<String>, logger: Logger
    ) throws {
        wake = try WakeUp()
        let started = Monitor<Result<Void, any Error>?>(nil)
        let relay = Relay()
        thread = OSThread {
            guard let loop = relay.wait() else { return }
            do {
                let shell = try Shell(
                    loop: loop, publisher: publisher, epoch: epoch, home: home, boot: boot, disk: disk,
                    ownReplay: ownReplay, tips: tips, emits: emits, logger: logger)
                started.with { $0 = .success(()) }
                started.signal()
                shell.run()
                shell.close()
            } catch {
                started.with { $0 = .failure(error) }
                started.signal()
            }
        }
        relay.send(self)
        do { try started.wait { $0 }.get() } catch {
            thread.join()
            throw error
        }
    }

    /// Hands the loop to its thread, which starts before `self` is whole.
    private final class Relay: Sendable {
        private let monitor = Monitor<IOLoop??>(nil)
        func send(_ loop: IOLoop) {
            monitor.with { $0 = .some(loop) }
            monitor.signal()
        }
        func wait() -> IOLoop? { monitor.wait { $0 } }
    }

    /// Queues released events; wakes the thread only if it sleeps and somebody hears them. Called in release order.
    func publish(_ runs: [Outbox.Run]) {
        guard !runs.isEmpty else { return }
        let isHeard = inbox.withLock { inbox in
            for run in runs { inbox.outbox.append(run) }
            return inbox.outbox.isHeard
        }
        if isHeard { nudge() }
    }

    func follow(_ following: Following) {
        inbox.withLock { $0.messages.following = following }
        nudge()
    }

    func resume() {
        inbox.withLock { $0.messages.hasResumed = true }
        nudge()
    }

    /// Sends what is queued, closes the sockets, ends the thread.
    func stop() {
        inbox.withLock { $0.isStopping = true }
        wake.signal()
        thread.join()
    }

    private func nudge() {
        if isAsleep.exchange(false, ordering: .sequentiallyConsistent) { wake.signal() }
    }

    // MARK: the thread

    /// What another slot or a tool asks for.
    private enum PeerRequest: Sendable {
        case replay(ReplayRequest)
        case deadLetters(DeadLetterRequest)

        /// Nil for what is no request.
        init?(_ bytes: UnsafeRawBufferPointer) {
            if DeadLetterRequest.matches(bytes) {
                guard let request = try? DeadLetterRequest(bytes) else { return nil }
                self = .deadLetters(request)
            } else {
                guard let request = try? ReplayCodec.request(bytes) else { return nil }
                self = .replay(request)
            }
        }
    }

    /// A publisher that is followed: its machine and its sockets.
    private final class Peer {
        var feed: Feed
        var record: DirectoryRecord?
        var subscriber: Socket?
        var dealer: Socket?
        var subscriberIndex = -1
        var dealerIndex = -1
        var lastReport: String?
        init(_ feed: Feed) { self.feed = feed }
    }

    /// Everything that lives on the thread.
    private final class Shell {
        /// How often the directory is looked at although nothing was heard of a change, in microseconds.
        private static let lookInterval: Int64 = 5_000_000
        /// The same where the system does not tell of changes.
        private static let blindLookInterval: Int64 = 1_000_000
        /// The longest sleep.
        private static let longestWait: Int64 = 60_000
        /// Frames taken from one subscription before others have their turn.
        private static let turn = 64

        private let loop: IOLoop
        private let publisher: PublisherID
        private let home: Home
        private let disk: DiskThread
        private let ownReplay: OwnReplay
        private let followers: FollowerCache
        private let logger: Logger
        private let context: ZeroMQ.Context
        private let xpub: Socket
        private let router: Socket
        private let poller = Poller()
        private let watch = FolderWatch()
        private var peers: [PublisherID: Peer] = [:]
        /// Whose the journals are that are watched.
        private var places: [String: PublisherID] = [:]
        private var following: Following?
        private var keeper: RosterKeeper?
        private var side: PublisherSide
        private var subscriptions = Subscriptions()
        private var requests = RequestQueue<PeerRequest>()
        private let emits: Set<String>
        private var nextLook = Timestamp.distantFuture
        private var doubts: (locks: Set<PublisherID>, after: Int64, at: Timestamp)?
        private var needsPoller = true
        private var hasRoom = true

        init(
            loop: IOLoop, publisher: PublisherID, epoch: UInt64, home: Home, boot: BootID, disk: DiskThread,
            ownReplay: OwnReplay, tips: [Topic: UInt64], emits: Set<String>, logger: Logger
        ) throws {
            self.loop = loop
            self.publisher = publisher
            self.home = home
            self.disk = disk
            self.ownReplay = ownReplay
            self.emits = emits
            self.logger = logger
            followers = FollowerCache(home: home, boot: boot)
            side = PublisherSide(publisher: publisher, epoch: epoch, tips: tips, now: SteadyClock.now())
            context = try ZeroMQ.Context()
            xpub = try Socket(context, .xpub, options: .publisher)
            try xpub.bind(home.endpoint(publisher.text, "p"))
            var options = SocketOptions.router
            // Pages are large, and who asks properly reads each before it asks for the next.
            options.sendHighWaterMark = 4
            router = try Socket(context, .router, options: options)
            try router.bind(home.endpoint(publisher.text, "r"))
        }

        func close() {
            for peer in peers.values { disconnect(peer) }
            xpub.close()
            router.close()
            context.terminate()
            for kind in ["p", "r"] { unlink(String(home.endpoint(publisher.text, kind).dropFirst(6))) }
        }

        func run() {
            while true {
                let (messages, stop) = takeMessages()
                let now = SteadyClock.now()
                if let new = messages.following { begin(new, now) }
                for news in messages.news { take(news, now) }
                if messages.hasResumed, !hasRoom {
                    hasRoom = true
                    for (id, peer) in peers { handle(.room(true), peer, id, now) }
                }
                for (id, input) in messages.pages { if let peer = peers[id] { handle(input, peer, id, now) } }
                for answer in messages.answers {
                    // False when the peer reads nothing, an error when it is gone.
                    let isSent = (try? router.send(parts: [answer.peer, answer.bytes])) ?? false
                    requests.answered(answer.peer, takesAnswers: isSent)
                }
                carryOutRequests()
                send(now)
                lookAround(now)
                for (id, peer) in peers where (peer.feed.wake ?? .distantFuture) <= now {
                    handle(.tick, peer, id, now)
                }
                if subscriptions.wantsTips, side.due <= now { speak(now) }
                if stop { return }
                wait()
                receive()
            }
        }

        private func takeMessages() -> (Messages, Bool) {
            loop.inbox.withLock { inbox in
                guard !inbox.messages.isEmpty else { return (Messages(), inbox.isStopping) }
                let taken = inbox.messages
                inbox.messages = Messages()
                return (taken, inbox.isStopping)
            }
        }

        // MARK: publishing

        private func send(_ now: Timestamp) {
            side.passed(loop.inbox.withLock { $0.outbox.takeUnheard() }, now: now)
            while let run = loop.inbox.withLock({ $0.outbox.pop() }) {
                // False, when a peer is at its high-water mark, concerns that peer alone: its next tip shows the gap.
                let head = side.begin(run, now: now)
                guard subscriptions.wants(head) else { continue }
                _ = try? xpub.send(joining: head, run.records)
            }
        }

        private func speak(_ now: Timestamp) { _ = try? xpub.send(side.tip(now: now)) }

        // MARK: waiting

        private func wait() {
            if needsPoller { rebuildPoller() }
            var due = min(nextLook, doubts?.at ?? nextLook)
            // Nobody hears a tip: who subscribes is told one at once.
            if subscriptions.wantsTips { due = min(due, side.due) }
            for peer in peers.values { due = min(due, peer.feed.wake ?? due) }
            loop.isAsleep.store(true, ordering: .sequentiallyConsistent)
            let hasWork = loop.inbox.withLock { inbox in
                !inbox.outbox.isEmpty || inbox.isStopping || !inbox.messages.isEmpty
            }
            let left = (due.microseconds - SteadyClock.now().microseconds) / 1000 + 1
            _ = try? poller.wait(milliseconds: hasWork ? 0 : Int(max(0, min(left, Self.longestWait))))
            loop.isAsleep.store(false, ordering: .sequentiallyConsistent)
        }

        private func rebuildPoller() {
            needsPoller = false
            poller.removeAll()
            poller.add(fileDescriptor: loop.wake.fileDescriptor)
            poller.add(fileDescriptor: watch.fileDescriptor)
            poller.add(xpub, readable: true, writable: false)
            poller.add(router, readable: true, writable: false)
            for peer in peers.values {
                if let socket = peer.subscriber {
                    peer.subscriberIndex = poller.add(socket, readable: true, writable: false)
                }
                if let socket = peer.dealer {
                    peer.dealerIndex = poller.add(socket, readable: true, writable: false)
                }
            }
        }

        private func receive() {
            let now = SteadyClock.now()
            if poller.isReadable(0) { loop.wake.drain() }
            if poller.isReadable(1) { changed(watch.changes(), now) }
            if poller.isReadable(2) { subscribers(now) }
            if poller.isReadable(3) { takeRequests() }
            let poll = peers.map { ($0.key, $0.value) }
            for (id, peer) in poll {
                if peer.subscriber != nil, peer.subscriberIndex >= 0, poller.isReadable(peer.subscriberIndex) {
                    frames(of: peer, id, now)
                }
                if peer.dealer != nil, peer.dealerIndex >= 0, poller.isReadable(peer.dealerIndex) {
                    pages(of: peer, id, now)
                }
            }
        }

        private func subscribers(_ now: Timestamp) {
            while let isTip =
                (try? xpub.receive({ bytes, _ in
                    subscriptions.note(bytes)
                    return bytes.first == 1 && bytes.dropFirst().elementsEqual(Tip.prefix)
                })) ?? nil
            {
                if isTip { side.joined(now: now) }
            }
            // Before the next turn, which takes what passed unheard and speaks the tip that answers.
            loop.inbox.withLock { $0.outbox.hear(subscriptions.wantsEvents) }
        }

        /// What others ask for waits for its turn, so that who asks for very much holds nobody up.
        private func takeRequests() {
            for _ in 0..<Self.turn {
                guard let parts = (try? router.receiveAll()) ?? nil else { break }
                guard parts.count == 2, let request = parts[1].withUnsafeBytes({ PeerRequest($0) }) else { continue }
                requests.add(request, of: parts[0])
            }
        }

        private func carryOutRequests() {
            while let (peer, request) = requests.next() {
                let (loop, ownReplay) = (loop, ownReplay)
                @Sendable func answer(_ bytes: [UInt8]) {
                    loop.inbox.withLock { $0.messages.answers.append((peer, bytes)) }
                    loop.nudge()
                }
                switch request {
                case .replay(let request): disk.enqueue { answer(ownReplay.answer(request)) }
                case .deadLetters(let request):
                    guard let following else {
                        let reason = "the handler is only starting; try again"
                        answer(RequestAnswer(id: request.id, changed: 0, error: reason).encode())
                        continue
                    }
                    following.receiver.request(request) { answer($0.encode()) }
                }
            }
        }

        private func frames(of peer: Peer, _ id: PublisherID, _ now: Timestamp) {
            for _ in 0..<Self.turn {
                guard let socket = peer.subscriber,
                    let frame = (try? socket.receive { bytes, _ in Array(bytes) }) ?? nil
                else { return }
                handle(.frame(frame), peer, id, now)
            }
        }

        private func pages(of peer: Peer, _ id: PublisherID, _ now: Timestamp) {
            while let socket = peer.dealer,
                let page = (try? socket.receive({ bytes, _ in Result { try ReplayCodec.page(bytes) } })) ?? nil
            {
                guard let page = try? page.get() else {
                    logger.warning("a replay answer cannot be read", metadata: ["publisher": "\(id)"])
                    continue
                }
                handle(.page(page), peer, id, now)
            }
        }

        // MARK: the directory

        private func begin(_ new: Following, _ now: Timestamp) {
            following = new
            keeper = RosterKeeper(
                own: publisher, topics: Set(new.topics.map(\.text)), emits: emits,
                directory: HomeDirectory(home: home, watch: watch, logger: logger), logger: logger)
            look { $0.look() }
            // Many that start together look one after the other.
            nextLook = now + Int64.random(in: 0..<Self.lookInterval)
        }

        /// Has the keeper look on the disk thread; what is different comes back as news.
        private func look(_ body: @escaping @Sendable (RosterKeeper) -> RosterKeeper.News) {
            guard let keeper else { return }
            let loop = loop
            disk.enqueue {
                let news = body(keeper)
                guard !news.isEmpty else { return }
                loop.inbox.withLock { $0.messages.news.append(news) }
                loop.nudge()
            }
        }

        private func lookAround(_ now: Timestamp) {
            if nextLook <= now {
                nextLook = now + (watch.isWorking ? Self.lookInterval : Self.blindLookInterval)
                look { $0.look() }
            }
            if let (locks, after, at) = doubts, at <= now {
                doubts = nil
                look { $0.look(atLocks: locks, waited: after) }
            }
        }

        private func changed(_ changes: FolderWatch.Changes, _ now: Timestamp) {
            var publishers: Set<PublisherID> = []
            var locks: Set<PublisherID> = []
            for (path, names) in changes.names {
                switch path {
                case home.directory:
                    for name in names where name.hasSuffix(".json") {
                        if let id = try? PublisherID(name.dropLast(5)) { publishers.insert(id) }
                    }
                case home.journals:
                    for name in names where !name.hasSuffix(".turn") {
                        if let id = try? PublisherID(name) { publishers.insert(id) }
                    }
                default:
                    if let id = places[path] {
                        if let peer = peers[id] { handle(.grew, peer, id, now) }
                    } else if let id = home.publisher(ofLock: path) {
                        locks.insert(id)
                    }
                }
            }
            if changes.isIncomplete {
                for (id, peer) in peers { handle(.grew, peer, id, now) }
                look { $0.look() }
            }
            if !publishers.isEmpty { look { [publishers] in $0.look(at: publishers) } }
            if !locks.isEmpty { look { [locks] in $0.look(atLocks: locks) } }
        }

        private func take(_ news: RosterKeeper.News, _ now: Timestamp) {
            guard let following else { return }
            for action in news.actions {
                switch action {
                case .added(let id): add(id, following)
                case .located(let id, let location):
                    guard let peer = peers[id] else { continue }
                    peer.record = news.records[id]
                    // Its journal may be read again one day; until then what it amounts to need not be in memory.
                    if peer.record != nil { disk.enqueue { [followers] in followers.forget(id) } }
                    handle(.located(location), peer, id, now)
                case .forgotten(let id):
                    guard let peer = peers[id] else { continue }
                    handle(.located(.gone), peer, id, now)
                case .attend, .askLock: break
                }
            }
            for id in news.grown { if let peer = peers[id] { handle(.grew, peer, id, now) } }
            if let (locks, after) = news.doubts {
                doubts = (locks.union(doubts?.locks ?? []), after, min(doubts?.at ?? .distantFuture, now + after))
            }
        }

        private func add(_ id: PublisherID, _ following: Following) {
            let wants = following.topics.map { topic in
                let cursor = following.start(StreamID(id, topic))
                return Want(topic: topic, after: cursor)
            }
            peers[id] = Peer(Feed(publisher: id, wants: wants))
            places[home.journal(id.text)] = id
            if !hasRoom { handle(.room(false), peers[id]!, id, SteadyClock.now()) }
        }

        // MARK: actions

        private func handle(_ input: Feed.Input, _ peer: Peer, _ id: PublisherID, _ now: Timestamp) {
            for action in peer.feed.handle(input, now: now) { carryOut(action, peer, id, now) }
        }

        private func carryOut(_ action: Feed.Action, _ peer: Peer, _ id: PublisherID, _ now: Timestamp) {
            do {
                switch action {
                case .connect: try connect(peer)
                case .disconnect: disconnect(peer)
                case .subscribe(let topics):
                    for topic in topics { try peer.subscriber?.subscribe(Array(topic.text.utf8) + [0]) }
                    // Last: the tip that answers proves that those before it are in force.
                    try peer.subscriber?.subscribe(Tip.prefix)
                case .unsubscribe(let topics):
                    try peer.subscriber?.unsubscribe(Tip.prefix)
                    for topic in topics { try peer.subscriber?.unsubscribe(Array(topic.text.utf8) + [0]) }
                case .ask(let request): _ = try peer.dealer?.send(ReplayCodec.encode(request))
                case .read(let request): read(request, id) { try $0.answer(request, id) }
                case .readOn(let request): read(request, id) { try $0.pageOn(request, id) }
                case .deliver(let deliveries):
                    peer.lastReport = nil
                    deliver(deliveries, now)
                case .jump(let jump):
                    logger.warning(
                        "a publisher cannot go on where it was heard last",
                        metadata: [
                            "stream": "\(jump.stream)", "next": "\(jump.next)", "reason": "\(jump.reason)",
                        ])
                    following?.receiver.jump(jump)
                case .tips(let tips): following?.receiver.tips(tips, of: id)
                case .report(let text):
                    // A damaged journal is tried again for ever; what is wrong with it is said once.
                    if peer.lastReport != text { logger.warning("\(text)", metadata: ["publisher": "\(id)"]) }
                    peer.lastReport = text
                }
            } catch {
                logger.warning("a socket failed", metadata: ["publisher": "\(id)", "reason": "\(error)"])
            }
        }

        private func deliver(_ deliveries: [Delivery], _ now: Timestamp) {
            guard let following else { return }
            let room = following.receiver.receive(deliveries)
            guard !room, hasRoom else { return }
            hasRoom = false
            for (id, peer) in peers { handle(.room(false), peer, id, now) }
        }

        private func connect(_ peer: Peer) throws {
            guard let record = peer.record else { return }
            let subscriber = try Socket(context, .sub, options: .subscriber)
            for endpoint in record.publish { try subscriber.connect(endpoint) }
            peer.subscriber = subscriber
            var options = SocketOptions.dealer
            options.immediate = false
            // A page reaches its credit and ends with a whole entry; libzmq cuts off who sends more than this.
            options.maxMessageSize = Int64(Feed.pageCredit) + Int64(JournalOptions().maximumEntry) + (1 << 20)
            let dealer = try Socket(context, .dealer, options: options)
            for endpoint in record.replay { try dealer.connect(endpoint) }
            peer.dealer = dealer
            needsPoller = true
        }

        private func disconnect(_ peer: Peer) {
            peer.subscriber?.close()
            peer.dealer?.close()
            peer.subscriber = nil
            peer.dealer = nil
            peer.subscriberIndex = -1
            peer.dealerIndex = -1
            needsPoller = true
        }

        private func read(
            _ request: ReplayRequest, _ id: PublisherID,
            _ answer: @escaping @Sendable (FollowerCache) throws -> ReplayPage
        ) {
            let (loop, followers) = (loop, followers)
            disk.enqueue {
                let input: Feed.Input
                do { input = .page(try answer(followers)) } catch let error as EngineError
                    where error.code == .notFound
                {
                    input = .pageFailed(id: request.id, reason: nil)
                } catch {
                    input = .pageFailed(id: request.id, reason: "its journal cannot be read: \(error)")
                }
                loop.inbox.withLock { $0.messages.pages.append((id, input)) }
                loop.nudge()
            }
        }
    }
}

extension Timestamp {
    static let distantFuture = Timestamp(microseconds: .max)
}
