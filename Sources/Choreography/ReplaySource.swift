internal import Envelope

/// Answers replay requests from a log: the same for a publisher's own journal and for a dead one's.
package enum ReplaySource {
    /// The most bytes that one answer reads from the log before it is sent, matching or not.
    package static let scanLimit = 4 << 20

    /// What the last entry of a page usually adds to its credit.
    private static let entryAllowance = 128 << 10

    /// Makes one page. Throws what the reader throws; corruption becomes an explicit answer.
    ///
    /// - Parameter isWhole: whether `state` is all that the log's writer has made of it, and not only what is known to be
    ///   durable of a log that awaits its recovery.
    package static func answer(
        _ request: ReplayRequest, publisher: PublisherID, state: SlotState, isWhole: Bool, reader: any EngineReader
    ) throws -> ReplayPage {
        let kept = try request.token == nil ? reader.firstKept() : [:]
        let (jumps, resumed) = resume(request.wants, publisher: publisher, state: state, isWhole: isWhole, kept: kept)
        let tips = Dictionary(
            request.wants.map { ($0.topic, state.tip($0.topic)) }, uniquingKeysWith: { first, _ in first })
        let end = try reader.end()
        // `state` is older than the entries: a newer epoch may have lost what was heard. The epoch's first entry says
        // nothing, so the token may lie behind it.
        // Nor is it of use to one that is set back to before it.
        let isSetBack = jumps.contains { $0.reason == .lost }
        let token = isSetBack ? nil : request.token
        let (next, records) = try collect(
            resumed, from: token ?? reader.cursor(before: resumed), upTo: end, epoch: state.epoch,
            credit: request.credit, reader: reader)
        return ReplayPage(
            id: request.id, status: .records, epoch: state.epoch, jumps: jumps, tips: tips,
            hasMore: !next.reaches(end), token: next, records: records, isChecked: true)
    }

    /// Makes the page that follows one which its publisher made, without knowing what the journal amounts to. Throws what
    /// the reader throws, and `notFound` where only the publisher can tell how to go on.
    package static func pageOn(_ request: ReplayRequest, reader: any EngineReader) throws -> ReplayPage {
        guard let begin = request.token else { throw EngineError(.notFound, "a page that follows none") }
        let epoch = request.wants.reduce(0) { max($0, $1.epoch) }
        let nexts = Dictionary(request.wants.map { ($0.topic, $0.next) }, uniquingKeysWith: { first, _ in first })
        let end = try reader.end()
        let (token, records) = try collect(
            nexts, from: begin, upTo: end, epoch: epoch, credit: request.credit, reader: reader)
        guard token != begin || token.reaches(end) else {
            throw EngineError(.notFound, "the publisher began a new epoch")
        }
        return ReplayPage(
            id: request.id, status: .records, epoch: epoch, jumps: [], tips: [:], hasMore: !token.reaches(end),
            token: token, records: records, isChecked: true)
    }

    /// The wanted records of the entries from a place on, up to an epoch, and the place behind the last entry.
    private static func collect(
        _ nexts: [Topic: UInt64], from begin: EngineCursor, upTo end: EngineCursor, epoch: UInt64, credit: UInt32,
        reader: any EngineReader
    ) throws -> (token: EngineCursor, records: [UInt8]) {
        var wants = nexts.map { Wanted(topic: Array($0.key.text.utf8), next: $0.value) }
        let credit = Int(clamping: credit)
        var records: [UInt8] = []
        // A page ends with the entry that reaches the credit; growing it would copy it whole several times.
        let rest = Int(clamping: end.low - min(end.low, begin.low))
        records.reserveCapacity(min(min(credit, Int(UInt32.max >> 1)) + entryAllowance, rest))
        let token = try reader.read(from: begin, upTo: end, maxBytes: scanLimit) { entry in
            guard entry.epoch <= epoch else { return false }
            guard !entry.said.isEmpty else { return true }
            try copy(entry.said, &wants, into: &records)
            // The token lies behind this entry whatever is returned, so all of it must be in the page.
            return records.isEmpty || records.count < credit
        }
        return (token, records)
    }

    /// What a page still takes of a topic.
    private struct Wanted {
        let topic: [UInt8]
        var next: UInt64
    }

    /// Copies the wanted records of an entry, whose checksum covers them, neighbours together.
    private static func copy(
        _ said: UnsafeRawBufferPointer, _ wants: inout [Wanted], into records: inout [UInt8]
    ) throws {
        var last = wants.count
        var lastBytes: UnsafeRawBufferPointer?
        var offset = 0
        var taken = 0..<0
        while offset < said.count {
            let record = try RecordHead(in: said, at: offset)
            // Neighbours are mostly of one topic.
            if lastBytes.map({ !$0.equals(record.topicBytes) }) ?? true {
                last = wants.firstIndex { $0.topic.equals(record.topicBytes) } ?? wants.count
                lastBytes = record.topicBytes
            }
            let end = offset + record.bytes.count
            if last < wants.count, record.sequence >= wants[last].next {
                wants[last].next = record.sequence &+ 1
                if taken.upperBound != offset {
                    records.append(contentsOf: said[taken])
                    taken = offset..<offset
                }
                taken = taken.lowerBound..<end
            }
            offset = end
        }
        records.append(contentsOf: said[taken])
    }

    /// Finds, for each want, where it goes on: a cursor at or beyond a newer epoch's start means that the publisher
    /// lost what was heard.
    private static func resume(
        _ wants: [Want], publisher: PublisherID, state: SlotState, isWhole: Bool, kept: [Topic: UInt64]
    ) -> ([CursorJump], [Topic: UInt64]) {
        var jumps: [CursorJump] = []
        var nexts: [Topic: UInt64] = [:]
        for want in wants {
            var next = want.next
            let stream = StreamID(publisher, want.topic)
            // Without a newer epoch nothing is lost for certain: a journal that awaits its recovery is read only up to
            // where it is known to be durable.
            let begun =
                isWhole
                ? state.firstSequence(afterAny: want.epoch, on: want.topic)
                : state.firstSequence(after: want.epoch, on: want.topic)
            if let begun {
                let first = min(begun, state.tip(want.topic) + 1)
                if first <= want.high {
                    next = min(next, first)
                    jumps.append(CursorJump(stream: stream, epoch: state.epoch, low: first - 1, reason: .lost))
                }
            }
            if let first = kept[want.topic], next < first {
                next = first
                jumps.append(CursorJump(stream: stream, epoch: state.epoch, low: first - 1, reason: .trimmed))
            }
            nexts[want.topic] = next
        }
        return (jumps, nexts)
    }
}
