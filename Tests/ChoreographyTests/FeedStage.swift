internal import Choreography
internal import Envelope

/// A feed whose actions read as text, with time that passes when told.
///
/// `a4` is what comes next on topic a, or the event 4 of it; a `+` says that a request goes on from a token.
struct FeedStage {
    var feed: Feed
    var now = Sample.start
    private(set) var lastRequest: ReplayRequest?
    private(set) var delivered: [Delivery] = []
    /// The tips that were told, once.
    private(set) var told: [Topic: UInt64]?

    init(_ wants: Want..., publisher: PublisherID = Sample.publisher()) {
        feed = Feed(publisher: publisher, wants: wants)
    }

    static func want(_ topic: String, next: UInt64 = 1, epoch: UInt64 = 0) -> Want {
        Want(topic: Sample.topic(topic), epoch: epoch, next: next)
    }

    // MARK: inputs

    mutating func handle(_ input: Feed.Input) -> [String] {
        feed.handle(input, now: now).compactMap { action in
            switch action {
            case .tips(let tips):
                told = tips
                return nil
            case .ask(let request), .read(let request), .readOn(let request): lastRequest = request
            case .deliver(let deliveries): delivered += deliveries.flatMap(\.each)
            default: break
            }
            return Self.text(action)
        }
    }

    mutating func live(_ instance: String = "i1", isLocal: Bool = false) -> [String] {
        handle(.located(.live(instance: instance, isLocal: isLocal)))
    }
    mutating func atRest() -> [String] { handle(.located(.atRest)) }

    /// Answers a request, the last one unless told.
    mutating func page(
        _ events: Event..., more: Bool = false, epoch: UInt64 = 1, jumps: [CursorJump] = [], id: UInt32? = nil,
        status: ReplayPage.Status = .records, tips: KeyValuePairs<String, UInt64> = [:]
    ) -> [String] {
        handle(
            .page(
                ReplayPage(
                    id: id ?? lastRequest!.id, status: status, epoch: epoch, jumps: jumps,
                    tips: Dictionary(uniqueKeysWithValues: tips.map { (Sample.topic($0.key), $0.value) }),
                    hasMore: more,
                    token: EngineCursor(high: 0, low: 9), records: events.flatMap(Sample.record))))
    }

    mutating func frame(
        _ topic: String = "a", _ sequences: ClosedRange<UInt64>, epoch: UInt64 = 1, by publisher: String = "shop.0"
    ) -> [String] {
        handle(.frame(Self.frame(topic, sequences, epoch: epoch, by: publisher)))
    }

    mutating func tip(
        epoch: UInt64 = 1, due: UInt32 = 500, by publisher: String = "shop", _ last: KeyValuePairs<String, UInt64>
    ) -> [String] {
        let last = Dictionary(uniqueKeysWithValues: last.map { (Sample.topic($0.key), $0.value) })
        let tip = Tip(publisher: Sample.publisher(publisher), epoch: epoch, nextDueMilliseconds: due, last: last)
        return handle(.frame(tip.frame()))
    }

    /// Lets time pass to when the machine wants a tick, and gives it.
    mutating func wake() -> [String] {
        guard let wake = feed.wake else { return ["no wake"] }
        now = max(now, wake)
        return handle(.tick)
    }

    mutating func wait(milliseconds: Int64) -> [String] {
        now = now + milliseconds * 1000
        return handle(.tick)
    }

    // MARK: ready-made

    /// Live at `a5`, from instance i1.
    static func isLive(_ wants: Want...) -> FeedStage {
        var stage = FeedStage(want("a", next: 5))
        if !wants.isEmpty { stage.feed = Feed(publisher: Sample.publisher(), wants: wants) }
        _ = stage.live()
        _ = stage.page()
        _ = stage.tip([:])
        return stage
    }

    static func event(_ topic: String = "a", _ sequence: UInt64) -> Event { Sample.event(topic, sequence: sequence) }

    static func frame(
        _ topic: String, _ sequences: ClosedRange<UInt64>, epoch: UInt64 = 1, by publisher: String = "shop.0"
    ) -> [UInt8] {
        Frame.encode(
            FrameHeader(
                topic: Sample.topic(topic), publisher: publisher, epoch: epoch, firstSequence: sequences.lowerBound,
                count: UInt32(sequences.count)),
            records: sequences.flatMap { Sample.record(event(topic, $0)) })
    }

    // MARK: text

    private static func text(_ action: Feed.Action) -> String {
        switch action {
        case .connect: "connect"
        case .disconnect: "disconnect"
        case .subscribe(let topics): "subscribe " + topics.map(\.text).joined(separator: " ")
        case .unsubscribe(let topics): "unsubscribe " + topics.map(\.text).joined(separator: " ")
        case .ask(let request): "ask " + text(request)
        case .read(let request): "read " + text(request)
        case .readOn(let request): "read on " + text(request)
        case .deliver(let deliveries):
            "deliver " + deliveries.flatMap(\.each).map { "\($0.stream.topic)\($0.sequence)" }.joined(separator: " ")
        case .tips: "tips"
        case .jump(let jump): "jump \(jump.stream.topic)\(jump.low + 1) \(jump.reason)"
        case .report: "report"
        }
    }

    private static func text(_ request: ReplayRequest) -> String {
        request.wants.map { "\($0.topic)\($0.next)" }.joined(separator: " ") + (request.token == nil ? "" : "+")
    }
}
