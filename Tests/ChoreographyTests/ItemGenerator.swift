internal import Choreography
internal import Envelope

/// Random parts of entries, the same for the same seed.
struct ItemGenerator {
    var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func topic() -> Topic {
        Sample.topic(random.pick(["a", "b", "shop.order.placed", String(repeating: "t", count: 200)]))
    }

    mutating func stream() -> StreamID {
        let handler = random.pick(["ingress", "shop", String(repeating: "h", count: 63)])
        return StreamID(Sample.publisher(handler, slot: UInt8(random.below(16))), topic())
    }

    mutating func number() -> UInt64 {
        random.chance(10) ? random.pick([0, .max, .max - 1]) : UInt64(random.below(10_000))
    }

    mutating func position() -> Position { Position(stream(), epoch: number(), sequence: number()) }

    mutating func text() -> String {
        (0..<random.below(6)).map { _ in random.pick(["a", "ü", "漢", "🎭", "\0", " "]) }.joined()
    }

    mutating func time() -> Timestamp { Timestamp(microseconds: Int64(bitPattern: random.next())) }

    mutating func bytes() -> [UInt8] { (0..<random.below(40)).map { _ in UInt8(random.below(256)) } }

    mutating func run() -> HeardRun {
        let first = max(1, number())
        let last = first + min(UInt64(random.below(300)), .max - first)
        return HeardRun(
            stream(), epoch: number(), range: first...last,
            outcome: random.pick([.handled, .expired, .parked, .dead]))
    }

    mutating func knowledge() -> Knowledge {
        switch random.below(9) {
        case 0:
            .park(
                Park(
                    position: position(), reason: random.pick([.retry, .behind, .notBefore]), due: time(),
                    attempts: UInt32(random.below(9)), key: text(), error: text(), record: bytes()))
        case 1: .unpark(position())
        case 2:
            .dead(
                DeadLetter(
                    position: position(), time: time(), attempts: UInt32(random.below(9)), error: text(),
                    record: bytes()))
        case 3: .undead(position())
        case 4: .cursor(stream(), epoch: number(), low: number())
        case 5: .trying(position(), count: UInt32(random.below(9)))
        case 6: random.chance(50) ? .closed : .opened
        case 7: .took((0..<random.below(4)).map { _ in UInt32(random.below(1 << 30)) })
        default:
            .epoch(
                number(),
                firsts: Dictionary(
                    (0..<random.below(4)).map { _ in (topic(), max(1, number())) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }

    mutating func want() -> Want { Want(topic: topic(), epoch: number(), next: max(1, number())) }

    mutating func place() -> EngineCursor { EngineCursor(high: random.next(), low: random.next()) }

    mutating func request() -> ReplayRequest {
        ReplayRequest(
            id: UInt32(random.below(1000)), wants: (0..<random.below(5)).map { _ in want() },
            token: random.chance(50) ? place() : nil, credit: UInt32(random.below(1 << 20)))
    }

    mutating func page(of publisher: PublisherID) -> ReplayPage {
        ReplayPage(
            id: UInt32(random.below(1000)), status: random.pick([.records, .corrupt]), epoch: number(),
            jumps: (0..<random.below(4)).map { _ in
                CursorJump(
                    stream: StreamID(publisher, topic()), epoch: number(), low: number(),
                    reason: random.pick([.trimmed, .lost]))
            },
            tips: Dictionary((0..<random.below(4)).map { _ in (topic(), number()) }) { first, _ in first },
            hasMore: random.chance(50), token: place(), records: bytes())
    }

    mutating func tip() -> Tip {
        Tip(
            publisher: stream().publisher, epoch: number(), nextDueMilliseconds: UInt32(random.below(5000)),
            last: Dictionary((0..<random.below(4)).map { _ in (topic(), number()) }) { first, _ in first })
    }
}
