internal import Choreography
internal import Envelope

/// Small valid values of each format.
enum Samples {
    static let publisher = PublisherID(handler: HandlerName(unchecked: "shop"), slot: 0)
    static let topic = GoldenVectors.all[0].event.topic
    static let topics = Set(GoldenVectors.all.map(\.event.topic))
    static let now = Timestamp(microseconds: 1_933_135_628_123_456)

    static func stream(_ topic: Topic = Samples.topic) -> StreamID { StreamID(publisher, topic) }

    static func position(_ sequence: UInt64) -> Position { Position(stream(), epoch: 7, sequence: sequence) }

    /// A record on the topic that all samples consume.
    static func record(_ sequence: UInt64, data: String = #"{"a":1}"#) -> [UInt8] {
        let flow = FlowID(uuidBytes: (0x0190_A1B2_C3D4_7E5F, 0x8A1B_0000_0000_0000 | sequence))
        var bytes: [UInt8] = []
        EventRecord.encode(
            Event(topic: topic, flow: flow, time: now, data: Array(data.utf8), sequence: sequence), into: &bytes)
        return bytes
    }

    static let runs = [
        HeardRun(stream(), epoch: 7, range: 1...3, outcome: .handled),
        HeardRun(stream(Topic(unchecked: "a")), epoch: 8, range: 9...9, outcome: .parked),
    ]

    static let knowledge: [Knowledge] = [
        .epoch(7, firsts: [topic: 1, Topic(unchecked: "a"): 12]),
        .park(
            Park(
                position: position(4), reason: .retry, due: now, attempts: 2, key: "k", error: "it is closed",
                record: record(4))),
        .park(
            Park(
                position: position(5), reason: .behind, due: now, attempts: 0, key: "k", error: "", record: record(5))),
        .dead(DeadLetter(position: position(6), time: now, attempts: 5, error: "it is gone", record: record(6))),
        .unpark(position(4)), .undead(position(6)), .cursor(stream(), epoch: 7, low: 5),
        .lost(stream(), epoch: 8, low: 2), .trying(position(5), count: 3), .closed,
    ]

    static let state: SlotState = {
        var state = SlotState()
        for run in runs { state.hear(run) }
        state.hear(HeardRun(stream(), epoch: 7, range: 9...12, outcome: .handled))
        for item in knowledge.prefix(4) { state.know(item) }
        state.know(.trying(position(4), count: 1))
        state.say(topic, sequence: 4)
        return state
    }()

    static let tip = Tip(
        publisher: publisher, epoch: 7, nextDueMilliseconds: 500, last: [topic: 12, Topic(unchecked: "a"): 3])

    static let request = ReplayRequest(
        id: 1, wants: [Want(topic: topic, epoch: 7, next: 3), Want(topic: Topic(unchecked: "a"), epoch: 0, next: 1)],
        token: EngineCursor(high: 0, low: 200), credit: 1 << 20)

    static func page(_ records: [UInt8]) -> ReplayPage {
        ReplayPage(
            id: 1, status: .records, epoch: 7,
            jumps: [CursorJump(stream: stream(), epoch: 7, low: 2, reason: .trimmed)],
            tips: [topic: 12], hasMore: false, token: EngineCursor(high: 0, low: 300), records: records)
    }

    static func frame(first: UInt64, _ records: [[UInt8]]) -> [FuzzPart] {
        let header = FrameHeader(
            topic: topic, publisher: publisher.text, epoch: 7, firstSequence: first, count: UInt32(records.count))
        return [FuzzPart(.message, Frame.encode(header, records: []))] + records.map { FuzzPart(.record, $0) }
    }
}
