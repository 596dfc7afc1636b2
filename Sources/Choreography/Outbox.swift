internal import DequeModule
package import Envelope

/// Released events on their way to the publishing socket: consecutive ones of a topic become one frame, when they
/// wait; nothing waits for more. Of what nobody subscribed to, only the last sequences are kept, for the next tip.
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

        /// The same in runs within the frame limit, but for a record that is larger itself.
        fileprivate var parts: [Run] {
            var parts: [Run] = []
            var (begin, end, count, first) = (0, 0, 0 as UInt32, first)
            records.withUnsafeBytes { all in
                func cut() {
                    guard count > 0 else { return }
                    parts.append(Run(topic: topic, first: first, count: count, records: [UInt8](all[begin..<end])))
                    first += UInt64(count)
                    (begin, count) = (end, 0)
                }
                while let length = RecordRun.length(at: end, in: all) {
                    if end + length - begin > Outbox.frameLimit { cut() }
                    end += length
                    count += 1
                }
                cut()
            }
            return parts
        }
    }

    private var runs: Deque<Run> = []
    /// Whether anybody subscribed to events.
    package private(set) var isHeard: Bool
    /// The last sequences of what was released while nobody had.
    private var unheard: [Topic: UInt64] = [:]

    package init(isHeard: Bool = true) { self.isHeard = isHeard }

    package var isEmpty: Bool { runs.isEmpty }

    /// Whether anybody subscribed to events, from here on.
    ///
    /// Who subscribes goes live by a tip that is put together later: by then ``takeUnheard()`` must have been told.
    package mutating func hear(_ isHeard: Bool) { self.isHeard = isHeard }

    /// The last sequences of what was released unheard; the sender's from here on.
    package mutating func takeUnheard() -> [Topic: UInt64] {
        guard !unheard.isEmpty else { return [:] }
        defer { unheard = [:] }
        return unheard
    }

    /// Appends released records; they join the last run if they continue it and it has space.
    package mutating func append(_ run: Run) {
        guard isHeard else {
            unheard[run.topic] = run.first &+ UInt64(run.count) &- 1
            return
        }
        if run.count > 1, run.records.count > Self.frameLimit {
            for part in run.parts { append(part) }
            return
        }
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

    /// As ``runs(of:)`` for borrowed bytes; the records of an entry that are one run are not copied.
    package static func runs(of said: [UInt8]) throws -> [Run] {
        try said.withUnsafeBytes { bytes in
            let (done, open) = try split(bytes)
            if done.isEmpty, let only = open.first, open.count == 1 { return [only.run(of: said)] }
            return done + open.map(\.run).sorted { $0.topic < $1.topic }
        }
    }

    /// Splits an entry's records into runs of one topic each, in order, none above the frame limit.
    package static func runs(of said: UnsafeRawBufferPointer) throws -> [Run] {
        let (done, open) = try split(said)
        return done + open.map(\.run).sorted { $0.topic < $1.topic }
    }

    private static func split(_ said: UnsafeRawBufferPointer) throws -> (done: [Run], open: [OpenRun]) {
        var open: [OpenRun] = []
        var done: [Run] = []
        var last = 0
        var offset = 0
        while offset < said.count {
            let record = try RecordHead(in: said, at: offset)
            if last >= open.count || !open[last].takes(record) {
                if let known = open.firstIndex(where: { $0.takes(record) }) {
                    last = known
                } else {
                    last = open.count
                    open.append(OpenRun(try record.topic(), at: record))
                }
            }
            if let full = open[last].append(record) { done.append(full) }
            offset += record.bytes.count
        }
        return (done, open)
    }

    /// A run that records of its topic join; neighbours are copied together.
    private struct OpenRun {
        private let topic: Topic
        private let topicBytes: UnsafeRawBufferPointer
        private var first: UInt64
        private var count: UInt32 = 0
        private var records: [UInt8] = []
        /// Records that lie one after the other and are not copied yet.
        private var tail: UnsafeRawBufferPointer

        init(_ topic: Topic, at record: RecordHead) {
            self.topic = topic
            topicBytes = record.topicBytes
            first = record.sequence
            tail = UnsafeRawBufferPointer(rebasing: record.bytes[..<0])
        }

        func takes(_ record: RecordHead) -> Bool { record.topicBytes.equals(topicBytes) }

        /// Adds a record. Returns the run before it if there is no space in that one.
        mutating func append(_ record: RecordHead) -> Run? {
            var full: Run?
            if count > 0, records.count + tail.count + record.bytes.count > frameLimit {
                full = run
                (first, count, records) = (record.sequence, 0, [])
                tail = UnsafeRawBufferPointer(rebasing: record.bytes[..<0])
            }
            if let start = tail.baseAddress, start + tail.count == record.bytes.baseAddress {
                tail = UnsafeRawBufferPointer(start: start, count: tail.count + record.bytes.count)
            } else {
                records.append(contentsOf: tail)
                tail = record.bytes
            }
            count += 1
            return full
        }

        /// The run, when all of an entry's records are in it.
        func run(of said: [UInt8]) -> Run { Run(topic: topic, first: first, count: count, records: said) }

        var run: Run {
            Run(topic: topic, first: first, count: count, records: records.isEmpty ? [UInt8](tail) : records + tail)
        }
    }
}
