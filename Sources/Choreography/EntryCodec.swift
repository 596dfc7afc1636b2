internal import Envelope

/// The bytes of an entry's sections; their layout is written down in JournalFormat.
package enum EntryCodec {
    /// The kind of the entries that a slot appends, of version 2; lower kinds belong to the journal itself.
    package static let kind: UInt8 = 17
    /// The kind of entries of version 1, whose heard runs have no checksum.
    package static let firstKind: UInt8 = 16

    /// Whether a kind is that of a slot's entries.
    package static func isSlotKind(_ kind: UInt8) -> Bool { kind == Self.kind || kind == firstKind }

    // MARK: heard

    package static func encode(heard runs: [HeardRun]) -> [UInt8] {
        var out: [UInt8] = []
        guard !runs.isEmpty else { return out }
        out.reserveCapacity(runs.count * 64)
        for run in runs {
            put(run.stream, into: &out)
            out.put(run.epoch)
            out.put(run.range.lowerBound)
            out.put(run.range.upperBound)
            out.put(run.outcome.rawValue)
            out.put(run.checksum)
        }
        return out
    }

    package static func heard(_ bytes: UnsafeRawBufferPointer, kind: UInt8 = kind) throws -> [HeardRun] {
        var reader = ByteReader(bytes)
        var runs: [HeardRun] = []
        while reader.remaining > 0 {
            runs.append(try run(on: stream(&reader), &reader, kind: kind))
        }
        return runs
    }

    /// Reads what follows a run's stream.
    static func run(on stream: StreamID, _ reader: inout ByteReader, kind: UInt8) throws -> HeardRun {
        let epoch = try reader.integer(UInt64.self)
        let first = try reader.integer(UInt64.self)
        let last = try reader.integer(UInt64.self)
        guard first >= 1, first <= last else {
            throw ChoreographyError(.malformed, "a heard run goes from \(first) to \(last)")
        }
        guard let outcome = try HeardOutcome(rawValue: reader.integer()) else {
            throw ChoreographyError(.malformed, "unknown outcome in a heard run")
        }
        let checksum: UInt32 = kind == firstKind ? 0 : try reader.integer()
        return HeardRun(stream, epoch: epoch, range: first...last, outcome: outcome, checksum: checksum)
    }

    // MARK: said

    /// Calls `body` with each record of a `said` section, a frame or a page.
    package static func forEachRecord(
        in bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, Range<Int>) throws -> Void
    ) throws {
        var offset = 0
        while offset < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
            let length = try EventRecord.length(at: rest)
            try body(UnsafeRawBufferPointer(rebasing: rest[..<length]), offset..<(offset + length))
            offset += length
        }
    }

    // MARK: knows

    private enum Tag: UInt8 {
        case park = 1
        case unpark, dead, undead, cursor, epoch, lost, trying, closed, opened, forgot
        /// Tags from here on tell people something and decide nothing.
        case took = 32
    }

    package static func encode(knows items: [Knowledge]) -> [UInt8] {
        var out: [UInt8] = []
        for item in items { put(item, into: &out) }
        return out
    }

    private static func put(_ item: Knowledge, into out: inout [UInt8]) {
        let start = out.count
        let tag: Tag
        out.put(UInt8(0))
        out.put(UInt32(0))
        switch item {
        case .park(let park):
            tag = .park
            put(park.position, into: &out)
            out.put(park.reason.rawValue)
            out.put(park.due.microseconds)
            out.put(park.attempts)
            out.put(park.key, UInt16.self)
            out.put(park.error, UInt16.self)
            out.put(block: park.record)
        case .unpark(let position):
            tag = .unpark
            put(position, into: &out)
        case .dead(let letter):
            tag = .dead
            put(letter.position, into: &out)
            out.put(letter.time.microseconds)
            out.put(letter.attempts)
            out.put(letter.error, UInt16.self)
            out.put(block: letter.record)
        case .undead(let position):
            tag = .undead
            put(position, into: &out)
        case .cursor(let stream, let epoch, let low), .lost(let stream, let epoch, let low):
            if case .lost = item { tag = .lost } else { tag = .cursor }
            put(stream, into: &out)
            out.put(epoch)
            out.put(low)
        case .epoch(let epoch, let firsts):
            tag = .epoch
            out.put(epoch)
            out.put(UInt32(firsts.count))
            for (topic, first) in firsts.sorted(by: { $0.key < $1.key }) {
                out.put(topic.text, UInt8.self)
                out.put(first)
            }
        case .trying(let position, let count):
            tag = .trying
            put(position, into: &out)
            out.put(count)
        case .closed: tag = .closed
        case .opened: tag = .opened
        case .forgot(let oldest):
            tag = .forgot
            out.put(oldest)
        case .took(let times):
            tag = .took
            for time in times { out.put(time) }
        }
        out[start] = tag.rawValue
        let length = UInt32(out.count - start - 5)
        withUnsafeBytes(of: length.littleEndian) { bytes in
            for (index, byte) in bytes.enumerated() { out[start + 1 + index] = byte }
        }
    }

    package static func knows(_ bytes: UnsafeRawBufferPointer) throws -> [Knowledge] {
        var reader = ByteReader(bytes)
        var items: [Knowledge] = []
        while reader.remaining > 0 {
            let raw = try reader.integer(UInt8.self)
            guard let tag = Tag(rawValue: raw) else {
                if raw >= Tag.took.rawValue {
                    // It decides nothing, and a later program may tell more than this one knows of.
                    _ = try reader.block()
                    continue
                }
                throw ChoreographyError(.malformed, "unknown item \(raw) in a knows section")
            }
            var body = try ByteReader(reader.block())
            items.append(try item(tag, &body))
        }
        return items
    }

    private static func item(_ tag: Tag, _ body: inout ByteReader) throws -> Knowledge {
        switch tag {
        case .park:
            let position = try position(&body)
            guard let reason = try Park.Reason(rawValue: body.integer()) else {
                throw ChoreographyError(.malformed, "unknown reason of a park")
            }
            return try .park(
                Park(
                    position: position, reason: reason, due: Timestamp(microseconds: body.integer()),
                    attempts: body.integer(), key: body.text(UInt16.self), error: body.text(UInt16.self),
                    record: Array(body.block())))
        case .unpark: return try .unpark(position(&body))
        case .dead:
            return try .dead(
                DeadLetter(
                    position: position(&body), time: Timestamp(microseconds: body.integer()),
                    attempts: body.integer(), error: body.text(UInt16.self), record: Array(body.block())))
        case .undead: return try .undead(position(&body))
        case .lost: return try .lost(stream(&body), epoch: body.integer(), low: body.integer())
        case .cursor: return try .cursor(stream(&body), epoch: body.integer(), low: body.integer())
        case .epoch:
            let epoch = try body.integer(UInt64.self)
            var firsts: [Topic: UInt64] = [:]
            for _ in 0..<(try body.integer(UInt32.self)) {
                let topic = try body.topic()
                firsts[topic] = try max(1, body.integer())
            }
            return .epoch(epoch, firsts: firsts)
        case .trying: return try .trying(position(&body), count: body.integer())
        case .closed: return .closed
        case .opened: return .opened
        case .forgot: return try .forgot(before: body.integer())
        case .took:
            var times: [UInt32] = []
            while body.remaining > 0 { times.append(try body.integer()) }
            return .took(times)
        }
    }

    // MARK: parts

    static func put(_ stream: StreamID, into out: inout [UInt8]) {
        out.put(stream.publisher.text, UInt8.self)
        out.put(stream.topic.text, UInt8.self)
    }

    static func stream(_ reader: inout ByteReader) throws -> StreamID {
        try StreamID(reader.publisher(), reader.topic())
    }

    static func put(_ position: Position, into out: inout [UInt8]) {
        put(position.stream, into: &out)
        out.put(position.epoch)
        out.put(position.sequence)
    }

    static func position(_ reader: inout ByteReader) throws -> Position {
        try Position(stream(&reader), epoch: reader.integer(), sequence: reader.integer())
    }
}
