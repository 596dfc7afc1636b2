package import Envelope

/// What somebody outside wants a slot to do with its dead letters. Idempotent: what is no dead letter is passed over.
package struct DeadLetterRequest: Hashable, Sendable {
    package enum Verb: UInt8, Sendable, Hashable, CaseIterable {
        /// Handle the event again, with all its attempts before it; serials and trace stay as they were.
        case retry = 0
        /// Give the event up for good.
        case drop = 1
    }

    /// Most positions of one request.
    package static let limit = 4096

    /// Echoed in the answer.
    package let id: UInt32
    package let verb: Verb
    package let positions: [Position]

    package init(id: UInt32, verb: Verb, positions: [Position]) {
        self.id = id
        self.verb = verb
        self.positions = positions
    }

    /// The version, kind 3, id, verb, positions.
    package func encode() -> [UInt8] {
        var out: [UInt8] = [ReplayCodec.version, 3]
        out.put(id)
        out.put(verb.rawValue)
        out.put(UInt16(clamping: positions.count))
        for position in positions.prefix(Self.limit) { EntryCodec.put(position, into: &out) }
        return out
    }

    /// Whether a message is one.
    package static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count > 1 && bytes[1] == 3 }

    /// Reads a request. Throws on malformed bytes.
    package init(_ bytes: UnsafeRawBufferPointer) throws {
        var reader = ByteReader(bytes)
        guard try reader.integer(UInt8.self) == ReplayCodec.version, try reader.integer(UInt8.self) == 3 else {
            throw ChoreographyError(
                .unsupported, "the message is no dead-letter request of version \(ReplayCodec.version)")
        }
        id = try reader.integer()
        guard let verb = try Verb(rawValue: reader.integer()) else {
            throw ChoreographyError(.malformed, "unknown verb of a dead-letter request")
        }
        self.verb = verb
        let count = try Int(reader.integer(UInt16.self))
        guard count <= Self.limit else {
            throw ChoreographyError(.malformed, "a request for \(count) dead letters; the limit is \(Self.limit)")
        }
        var positions: [Position] = []
        for _ in 0..<count { positions.append(try EntryCodec.position(&reader)) }
        self.positions = positions
    }

    /// The entry that does it: nothing for positions that are no dead letters (any more).
    package func draft(for state: SlotState, now: Timestamp) -> EntryDraft {
        var draft = EntryDraft(time: now)
        for position in positions {
            guard let letter = state.deadLetters[position] else { continue }
            draft.knows.append(.undead(position))
            guard verb == .retry else { continue }
            // What is no event is tried again all the same, and becomes a dead letter again: only a drop gives it up.
            let key = (try? EventRecord.decode(letter.record))?.orderingKey ?? "\(position)"
            draft.knows.append(
                .park(
                    Park(
                        position: position, reason: .retry, due: now, attempts: 0, key: key, error: letter.error,
                        record: letter.record)))
        }
        return draft
    }
}

/// The answer to a request from outside: how many things were changed, or why none could be.
package struct RequestAnswer: Hashable, Sendable {
    package let id: UInt32
    package let changed: UInt32
    /// Empty if it was done.
    package let error: String

    package init(id: UInt32, changed: UInt32, error: String = "") {
        self.id = id
        self.changed = changed
        self.error = error
    }

    /// The version, kind 4, id, changed, error.
    package func encode() -> [UInt8] {
        var out: [UInt8] = [ReplayCodec.version, 4]
        out.put(id)
        out.put(changed)
        out.put(error, UInt16.self)
        return out
    }

    /// Reads an answer. Throws on malformed bytes.
    package init(_ bytes: UnsafeRawBufferPointer) throws {
        var reader = ByteReader(bytes)
        guard try reader.integer(UInt8.self) == ReplayCodec.version, try reader.integer(UInt8.self) == 4 else {
            throw ChoreographyError(.unsupported, "the message is no answer of version \(ReplayCodec.version)")
        }
        id = try reader.integer()
        changed = try reader.integer()
        error = try reader.text(UInt16.self)
    }
}
