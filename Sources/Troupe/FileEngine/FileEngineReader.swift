package import Choreography
package import Envelope
package import Journal

/// Reads a journal on this host, by `pread`, up to its released end.
package final class FileEngineReader: EngineReader {
    private let reader: JournalReader
    private let lockPath: String
    private let fileSystem: any FileSystem

    /// Opens the journal of `publisher`. Throws `EngineError.notFound` when it has none.
    package init(
        _ publisher: PublisherID, home: Home, boot: BootID, fileSystem: any FileSystem = OSFileSystem()
    ) throws {
        self.fileSystem = fileSystem
        lockPath = home.lock(publisher.text)
        do {
            reader = try JournalReader(home.journal(publisher.text), fileSystem: fileSystem, boot: boot)
        } catch {
            throw EngineError(journal: error)
        }
    }

    package func end() throws -> EngineCursor {
        try EngineError.mapping { EngineCursor(high: 0, low: try reader.end().released) }
    }

    /// Whether what was read up to a place, in an epoch, is still what the journal begins with, as far as its end tells.
    func goesOn(from place: EngineCursor, in epoch: UInt64) throws -> Bool {
        try EngineError.mapping {
            let end = try reader.end()
            return end.released >= place.low && end.epoch == epoch
        }
    }

    /// Whether a place is where the journal's writer left it, by a mark that proves that.
    func isWhole(at place: EngineCursor) throws -> Bool {
        try EngineError.mapping {
            let end = try reader.end()
            return end.markValid && place.low >= end.released
        }
    }

    /// Whether nothing was appended that cannot be read before the journal's next writer looked at it.
    package func awaitsRecovery() throws -> Bool { try EngineError.mapping { try !reader.end().isWhole } }

    package func start() throws -> EngineCursor {
        try EngineError.mapping { EngineCursor(try reader.start()) }
    }

    package func checkpoint() throws -> (EngineCursor, SlotState) {
        try EngineError.mapping {
            let (cursor, bytes) = try reader.newest()
            return (EngineCursor(cursor), try bytes.withUnsafeBytes { try SlotState(checkpoint: $0) })
        }
    }

    package func read(
        from cursor: EngineCursor, upTo end: EngineCursor, maxBytes: Int, _ body: (EngineEntry) throws -> Bool
    ) throws -> EngineCursor {
        guard let from = JournalReader.Cursor(cursor) else {
            throw EngineError(.notFound, "a place that is none of this journal")
        }
        return try EngineError.mapping {
            var limit = try reader.end()
            limit.released = min(limit.released, end.low)
            let place = try reader.read(from: from, upTo: limit, maxBytes: maxBytes) { view in
                guard EntryCodec.isSlotKind(view.kind) else { return true }
                return try body(EngineEntry(view))
            }
            return EngineCursor(place)
        }
    }

    package func cursor(before wants: [Topic: UInt64]) throws -> EngineCursor {
        try EngineError.mapping {
            EngineCursor(
                try reader.cursor { bytes in
                    let state = try SlotState(checkpoint: bytes)
                    return wants.allSatisfy { state.tip($0.key) < $0.value }
                })
        }
    }

    package func firstKept() throws -> [Topic: UInt64] {
        try origin().1.nextSequence
    }

    /// The oldest place, and the state there: what removed segments amounted to.
    package func origin() throws -> (EngineCursor, SlotState) {
        try EngineError.mapping {
            let (cursor, bytes) = try reader.oldest()
            return (EngineCursor(cursor), try bytes.withUnsafeBytes { try SlotState(checkpoint: $0) })
        }
    }

    /// A segment that retention may remove, with the last sequence of each topic in it or before.
    struct OldestFinished {
        let base: UInt64
        let end: UInt64
        let ended: Timestamp
        let tips: [Topic: UInt64]
    }

    func oldestFinished() throws -> OldestFinished? {
        try EngineError.mapping {
            guard let found = try reader.oldestFinished() else { return nil }
            let state = try found.checkpoint.withUnsafeBytes { try SlotState(checkpoint: $0) }
            return OldestFinished(
                base: found.base, end: found.end, ended: Timestamp(microseconds: found.ended),
                tips: state.nextSequence.mapValues { $0 - 1 })
        }
    }

    /// The place up to which a power loss would leave everything.
    func durableEnd() throws -> EngineCursor {
        try EngineError.mapping {
            let end = try reader.end()
            return EngineCursor(high: 0, low: min(end.released, end.durable))
        }
    }

    package var isLive: Bool { ((try? fileSystem.lockHolder(lockPath)) ?? nil) != nil }
}

extension EngineEntry {
    init(_ view: EntryView) {
        self.init(
            kind: view.kind, epoch: view.epoch, level: Durability(rawValue: view.level) ?? .memory,
            time: Timestamp(microseconds: view.time), heard: view.heard, said: view.said, knows: view.knows)
    }
}

extension EngineCursor {
    init(_ cursor: JournalReader.Cursor) {
        let parts = cursor.bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(high: UInt64(littleEndian: parts.0), low: UInt64(littleEndian: parts.1))
    }
}

extension JournalReader.Cursor {
    init?(_ cursor: EngineCursor) {
        var bytes: [UInt8] = []
        bytes.put(cursor.high)
        bytes.put(cursor.low)
        self.init(bytes: bytes)
    }
}

extension EngineError {
    /// What a journal's error means to those who use an engine.
    init(journal error: JournalError) {
        let code: Code =
            switch error.code {
            case .locked: .locked
            case .noSpace: .noSpace
            case .corrupt: .corrupt
            case .closed: .closed
            case .notFound: .notFound
            case .permission: .unreadable
            default: .failed
            }
        self.init(code, "\(error.path): \(error.message)")
    }

    static func mapping<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as JournalError { throw EngineError(journal: error) }
    }
}
