package import Choreography
internal import Envelope
internal import Journal

/// Reads one journal for those who look, from where they are to its released end, past what cannot be read.
///
/// Each stretch that is passed over becomes an ``Unreadable``. Whoever decides something by a journal must not use this.
package final class JournalLook {
    package let publisher: PublisherID
    private let reader: JournalReader
    private var place: JournalReader.Cursor
    /// Where the entry begins that is being handed out.
    package private(set) var current: UInt64
    private let note: (Unreadable) -> Void
    /// What was live where reading begins, when the oldest segment cannot be read.
    private var begin: SlotState?

    /// Opens a journal at its oldest entry. Nil when there is none yet; `note` is told when it cannot be read at all.
    package init?(_ publisher: PublisherID, home: Home, note: @escaping (Unreadable) -> Void) {
        self.publisher = publisher
        self.note = note
        do throws(JournalError) {
            reader = try JournalReader(
                home.journal(publisher.text), fileSystem: OSFileSystem(), boot: try BootID.current())
        } catch {
            if error.code != .notFound { note(Unreadable(journal: publisher, error, at: nil)) }
            return nil
        }
        if let mark = reader.damagedMark {
            note(
                Unreadable(
                    .journal, publisher.text, file: mark,
                    reason: "it is no mark, so what was released last may not be shown.",
                    advice: "Start the handler: it looks what is there, and writes a new one."))
        }
        if let end = try? reader.end(), !end.isWhole { note(Self.awaitsRecovery(publisher, reader.directory)) }
        do throws(JournalError) {
            (place, current) = try Self.begin(of: reader)
        } catch {
            if error.code == .notFound { return nil }
            note(Unreadable(journal: publisher, error, at: nil))
            // The oldest segment's beginning: what follows it may be whole.
            guard let end = try? reader.end(), let next = try? reader.resumption(after: 0, upTo: end),
                let checkpoint = next.checkpoint,
                let state = try? checkpoint.withUnsafeBytes({ try SlotState(checkpoint: $0) })
            else { return nil }
            (place, current, begin) = (next.cursor, next.cursor.offset, state)
        }
    }

    /// The row of a journal whose end only its next writer can tell.
    static func awaitsRecovery(_ publisher: PublisherID, _ directory: String) -> Unreadable {
        Unreadable(
            .journal, publisher.text, file: directory,
            reason: "it awaits its recovery, after a power cut or in a copy: what was written last is not shown.",
            advice: "Start the handler; for ingress, publish something.")
    }

    private static func begin(of reader: JournalReader) throws(JournalError) -> (JournalReader.Cursor, UInt64) {
        let start = try reader.start()
        return (start, start.offset)
    }

    /// Whether a process holds the slot.
    package var isLive: Bool { (try? reader.end().isLive) ?? false }

    /// The offset of the next entry.
    package var offset: UInt64 { place.offset }

    /// How far the journal may be read now; nil when that cannot be told.
    package var end: UInt64? { try? reader.end().released }

    /// What was live at the oldest entry, of removed segments.
    package func origin() -> SlotState { begin ?? state { () throws(JournalError) in try reader.oldest() } }

    /// Reads the newest segment to its end, which `body` sees. Returns what is live there, and whether nothing lies before
    /// that segment.
    package func foldToEnd(
        seeing body: (EngineEntry) throws -> Void = { _ in }
    ) throws -> (state: SlotState, isWhole: Bool) {
        let oldest = place
        var state = state { () throws(JournalError) in try reader.newest() }
        let isWhole = place == oldest
        func take(_ entry: EngineEntry) throws {
            state.applyReadable(entry, problem: report)
            try body(entry)
        }
        try read(gap: { state = $0 }, take)
        return (state, isWhole)
    }

    private func state(
        _ find: () throws(JournalError) -> (cursor: JournalReader.Cursor, checkpoint: [UInt8])
    ) -> SlotState {
        do {
            let (cursor, checkpoint) = try find()
            let state = try checkpoint.withUnsafeBytes { try SlotState(checkpoint: $0) }
            (place, current) = (cursor, cursor.offset)
            return state
        } catch let error as JournalError { report(error, at: place.offset) } catch {
            report(
                JournalError(.corrupt, "its checkpoint cannot be read: \(error)", path: reader.directory),
                at: place.offset)
        }
        return SlotState()
    }

    /// Hands out the entries up to the released end. `gap` is told what was live behind a stretch that was passed over,
    /// where that is known. What `body` throws of an entry that cannot be understood becomes a row; the rest is thrown.
    package func read(
        gap: (SlotState) throws -> Void = { _ in }, _ body: (EngineEntry) throws -> Void
    ) throws {
        let end: JournalEnd
        do { end = try reader.end() } catch {
            report(error, at: place.offset)
            return
        }
        if end.released < place.offset { try followPutBack(end, gap) }
        while place.offset < end.released {
            let before = place
            do {
                place = try reader.read(from: place, upTo: end, maxBytes: 8 << 20) { view in
                    current = view.offset
                    if EntryCodec.isSlotKind(view.kind) { try hand(EngineEntry(view), body) }
                    current = view.end
                    return true
                }
                current = place.offset
                if place == before { return }
            } catch let error as JournalError {
                // Trimmed or recovered meanwhile: what is there now is read.
                if error.code != .notFound, error.code != .unknownPosition { report(error, at: current) }
                guard let next = try? reader.resumption(after: current, upTo: end), next.cursor.offset > current else {
                    place = (try? reader.cursors(at: [current]).first ?? nil) ?? place
                    return
                }
                (place, current) = (next.cursor, next.cursor.offset)
                if let checkpoint = next.checkpoint,
                    let state = try? checkpoint.withUnsafeBytes({ try SlotState(checkpoint: $0) })
                {
                    try gap(state)
                }
            }
        }
    }

    /// The journal is shorter than what was read of it: it was put back from a copy. What that holds was handed out already.
    private func followPutBack(_ end: JournalEnd, _ gap: (SlotState) throws -> Void) throws {
        var state = state { () throws(JournalError) in try reader.newest() }
        let from = place
        place =
            (try? reader.read(from: from, upTo: end, maxBytes: .max) { view in
                if EntryCodec.isSlotKind(view.kind) { state.applyReadable(EngineEntry(view)) { _ in } }
                return true
            }) ?? from
        current = place.offset
        try gap(state)
    }

    private func hand(_ entry: EngineEntry, _ body: (EngineEntry) throws -> Void) throws {
        do { try body(entry) } catch let error as EnvelopeError { report(EntryProblem(error)) } catch let error
            as ChoreographyError
        { report(EntryProblem(error)) }
    }

    /// Notes what cannot be read of the entry that is being handed out.
    package func report(_ problem: EntryProblem) {
        note(Unreadable(problem, in: publisher, at: reader.filePlace(of: current)))
    }

    private func report(_ error: JournalError, at offset: UInt64) {
        note(Unreadable(journal: publisher, error, at: error.code == .corrupt ? reader.filePlace(of: offset) : nil))
    }
}
