internal import DequeModule
package import Envelope

/// Released events on their way to the publishing socket: consecutive ones of a topic become one frame, when they
/// wait; nothing waits for more.
package struct Outbox: Sendable {
    /// The most bytes of records in a frame, unless a single record is larger.
    package static let frameLimit = 128 << 10

    /// Records of one topic with contiguous sequences.
    package struct Run: Sendable {
        package let topic: Topic
        package let first: UInt64
        package var count: UInt32
        package var records: [UInt8]

        package init(topic: Topic, first: UInt64, count: UInt32, records: [UInt8]) {
            self.topic = topic
            self.first = first
            self.count = count
            self.records = records
        }
    }

    private var runs: Deque<Run> = []

    package init() {}

    package var isEmpty: Bool { runs.isEmpty }

    /// Appends released records; they join the last run if they continue it and it has space.
    package mutating func append(_ run: Run) {
        if let last = runs.last, last.topic == run.topic, last.first + UInt64(last.count) == run.first,
            last.records.count + run.records.count <= Self.frameLimit
        {
            runs[runs.count - 1].records.append(contentsOf: run.records)
            runs[runs.count - 1].count += run.count
        } else {
            runs.append(run)
        }
    }

    package mutating func pop() -> Run? { runs.popFirst() }

    /// Splits an entry's records into runs of one topic each, in order, none above the frame limit.
    package static func runs(of said: UnsafeRawBufferPointer) throws -> [Run] {
        var open: [Topic: Run] = [:]
        var done: [Run] = []
        try EntryCodec.forEachRecord(in: said) { bytes, _ in
            let view = try RecordView(bytes)
            let topic: Topic
            if let known = open.keys.first(where: { view.topicMatches($0) }) {
                topic = known
            } else {
                topic = try Topic(String(decoding: view.topicBytes, as: UTF8.self))
            }
            if open[topic].map({ $0.records.count + bytes.count > frameLimit }) ?? false {
                done.append(open.removeValue(forKey: topic)!)
            }
            if open[topic] == nil {
                open[topic] = Run(topic: topic, first: view.sequence, count: 0, records: [])
            }
            open[topic]!.records.append(contentsOf: bytes)
            open[topic]!.count += 1
        }
        return done + open.values.sorted { $0.topic < $1.topic }
    }
}
