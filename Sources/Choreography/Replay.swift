package import Envelope

/// Where a consumer stands on one topic of a publisher.
package struct Want: Hashable, Sendable {
    package let topic: Topic
    /// The epoch of the newest event heard; 0 if none was.
    package var epoch: UInt64
    /// The sequence to come next.
    package var next: UInt64
    /// The highest sequence heard; above `next` when events were handled out of order. What the publisher lost may
    /// lie there although it has all that comes next.
    package var high: UInt64
    /// The last event heard with its checksum, where that is known; not told to the publisher.
    package var last = Cursor.LastHeard()

    package init(topic: Topic, epoch: UInt64, next: UInt64, high: UInt64 = 0) {
        self.topic = topic
        self.epoch = epoch
        self.next = next
        self.high = max(high, next &- 1)
    }

    /// Where a cursor stands.
    package init(topic: Topic, after cursor: Cursor) {
        self.init(
            topic: topic, epoch: cursor.epoch, next: cursor.low == .max ? .max : cursor.low + 1,
            high: cursor.above.last?.upperBound ?? 0)
        last = cursor.last
    }

    /// As a publisher is asked. To begin with, that is once more for the last event heard, if it is the one before the next:
    /// so that it can be compared.
    func asked(isFirst: Bool) -> Want {
        var want = self
        want.last = Cursor.LastHeard()
        if isFirst, last.sequence > 0, last.sequence &+ 1 == next { want.next = last.sequence }
        return want
    }

    /// The publisher sent everything up to, and without, `next`.
    package mutating func advance(to next: UInt64, last: Cursor.LastHeard = Cursor.LastHeard()) {
        self.last = last
        // Behind the last sequence that can be counted; no publisher with good intentions gets there.
        self.next = next == 0 ? .max : next
        high = max(high, next &- 1)
    }

    /// The publisher cannot go on where this stood. What was lost is heard no more; what was trimmed never will be.
    package mutating func jump(_ jump: CursorJump) {
        epoch = jump.epoch
        switch jump.reason {
        case .lost:
            next = min(next, jump.next)
            high = min(high, jump.low)
            if last.sequence > jump.low { last = Cursor.LastHeard() }
        case .trimmed: advance(to: jump.next)
        }
    }
}

/// Asks a publisher, or the reader of a dead one's journal, for what comes next on some topics.
package struct ReplayRequest: Hashable, Sendable {
    /// Echoed in the answer, so that an answer to an earlier question is known as such.
    package let id: UInt32
    package let wants: [Want]
    /// Where the last page ended, if this goes on from there.
    package var token: EngineCursor?
    /// The bytes of records at which the answer ends; the entry that reaches it is in it whole.
    package let credit: UInt32

    package init(id: UInt32, wants: [Want], token: EngineCursor?, credit: UInt32) {
        self.id = id
        self.wants = wants
        self.token = token
        self.credit = credit
    }
}

/// The explicit answer to a replay request. Nothing is reset silently.
package struct ReplayPage: Sendable {
    package enum Status: UInt8, Sendable, Hashable {
        case records = 0
        /// The publisher's journal is damaged below its durable end; it answers no more.
        case corrupt = 1
    }

    package let id: UInt32
    package let status: Status
    package let epoch: UInt64
    /// Streams that cannot go on where the request stood; their records in this page begin after the new low mark.
    package let jumps: [CursorJump]
    /// The last released sequence of each topic asked for, when the page was made.
    package let tips: [Topic: UInt64]
    /// Whether there is more to be had at once.
    package let hasMore: Bool
    /// Where to go on.
    package let token: EngineCursor
    /// Concatenated records in journal order.
    package let records: [UInt8]
    /// Whether this process took the records from entries whose checksums it checked; never so of what came from others.
    package let isChecked: Bool

    package init(
        id: UInt32, status: Status, epoch: UInt64, jumps: [CursorJump], tips: [Topic: UInt64], hasMore: Bool,
        token: EngineCursor, records: [UInt8], isChecked: Bool = false
    ) {
        self.id = id
        self.status = status
        self.epoch = epoch
        self.jumps = jumps
        self.tips = tips
        self.hasMore = hasMore
        self.token = token
        self.records = records
        self.isChecked = isChecked
    }
}

/// The bytes of requests and answers between DEALER and ROUTER.
package enum ReplayCodec {
    static let version: UInt8 = 1
    /// Most topics of one request.
    package static let wantLimit = 1024

    package static func encode(_ request: ReplayRequest) -> [UInt8] {
        var out: [UInt8] = [version, 1]
        out.put(request.id)
        out.put(request.credit)
        put(request.token, into: &out)
        out.put(UInt16(request.wants.count))
        for want in request.wants {
            out.put(want.topic.text, UInt8.self)
            out.put(want.epoch)
            out.put(want.next)
            out.put(want.high)
        }
        return out
    }

    package static func request(_ bytes: UnsafeRawBufferPointer) throws -> ReplayRequest {
        var reader = ByteReader(bytes)
        try expect(1, &reader)
        let id = try reader.integer(UInt32.self)
        let credit = try reader.integer(UInt32.self)
        let token = try token(&reader)
        let count = try Int(reader.integer(UInt16.self))
        guard count <= wantLimit else {
            throw ChoreographyError(.malformed, "a replay request asks for \(count) topics; the limit is \(wantLimit)")
        }
        var wants: [Want] = []
        for _ in 0..<count {
            wants.append(
                try Want(
                    topic: reader.topic(), epoch: reader.integer(), next: max(1, reader.integer()),
                    high: reader.integer()))
        }
        return ReplayRequest(id: id, wants: wants, token: token, credit: credit)
    }

    package static func encode(_ page: ReplayPage, publisher: PublisherID) -> [UInt8] {
        var out: [UInt8] = [version, 2]
        out.reserveCapacity(page.records.count + 256)
        out.put(page.id)
        out.put(page.status.rawValue)
        out.put(publisher.text, UInt8.self)
        out.put(page.epoch)
        out.put(UInt8(page.hasMore ? 1 : 0))
        put(page.token, into: &out)
        out.put(UInt16(page.jumps.count))
        for jump in page.jumps {
            out.put(jump.stream.topic.text, UInt8.self)
            out.put(jump.epoch)
            out.put(jump.low)
            out.put(jump.reason.rawValue)
        }
        out.put(UInt16(page.tips.count))
        for (topic, last) in page.tips.sorted(by: { $0.key < $1.key }) {
            out.put(topic.text, UInt8.self)
            out.put(last)
        }
        out.append(contentsOf: page.records)
        return out
    }

    package static func page(_ bytes: UnsafeRawBufferPointer) throws -> ReplayPage {
        var reader = ByteReader(bytes)
        try expect(2, &reader)
        let id = try reader.integer(UInt32.self)
        guard let status = try ReplayPage.Status(rawValue: reader.integer()) else {
            throw ChoreographyError(.malformed, "unknown status of a replay page")
        }
        let publisher = try reader.publisher()
        let epoch = try reader.integer(UInt64.self)
        let hasMore = try reader.integer(UInt8.self) != 0
        guard let token = try token(&reader) else {
            throw ChoreographyError(.malformed, "a replay page without a token")
        }
        var jumps: [CursorJump] = []
        for _ in 0..<(try reader.integer(UInt16.self)) {
            let topic = try reader.topic()
            let (epoch, low) = try (reader.integer(UInt64.self), reader.integer(UInt64.self))
            guard let reason = try CursorJump.Reason(rawValue: reader.integer()) else {
                throw ChoreographyError(.malformed, "unknown reason of a jump")
            }
            jumps.append(CursorJump(stream: StreamID(publisher, topic), epoch: epoch, low: low, reason: reason))
        }
        var tips: [Topic: UInt64] = [:]
        for _ in 0..<(try reader.integer(UInt16.self)) {
            let topic = try reader.topic()
            tips[topic] = try reader.integer()
        }
        return ReplayPage(
            id: id, status: status, epoch: epoch, jumps: jumps, tips: tips, hasMore: hasMore, token: token,
            records: Array(try reader.take(reader.remaining)))
    }

    private static func expect(_ kind: UInt8, _ reader: inout ByteReader) throws {
        let version = try reader.integer(UInt8.self)
        guard version == Self.version else {
            throw ChoreographyError(
                .unsupported, "version \(version) of the replay protocol; this speaks \(Self.version)")
        }
        let found = try reader.integer(UInt8.self)
        guard found == kind else { throw ChoreographyError(.malformed, "message kind \(found) where \(kind) was due") }
    }

    private static func put(_ token: EngineCursor?, into out: inout [UInt8]) {
        out.put(UInt8(token == nil ? 0 : 1))
        if let token {
            out.put(token.high)
            out.put(token.low)
        }
    }

    private static func token(_ reader: inout ByteReader) throws -> EngineCursor? {
        guard try reader.integer(UInt8.self) == 1 else { return nil }
        return try EngineCursor(high: reader.integer(), low: reader.integer())
    }
}
