package import Choreography
package import Envelope
package import Journal

/// A slot's journal with the state that its entries amount to: encodes drafts, numbers their events, rotates segments.
/// The caller serializes everything but `sync`.
package final class JournalLog: @unchecked Sendable {
    // Unchecked: its users keep it behind a lock; only `sync` may run beside the others, as the writer allows.
    package let publisher: PublisherID
    package let writer: JournalWriter
    package let report: RecoveryReport
    package private(set) var state: SlotState
    /// The size in bytes at which nothing more is heard or said; an entry may go beyond it by its own length.
    private let quota: UInt64?
    private var begin: UInt64
    /// When the newest entry was appended, by who appended it.
    package private(set) var lastTime: Timestamp
    /// Consumers that had heard more than the journal held when it was opened: what is above was lost.
    package let ahead: [ConsumerCursors.Ahead]

    /// Takes the slot's lock, recovers, and begins the epoch if one must begin.
    ///
    /// - Parameters:
    ///   - consumers: reads what others have heard of this slot; asked at most once, where a new epoch begins, and
    ///     otherwise if `isCompared`.
    ///   - isCompared: whether the journal is compared with what others have heard of it although its mark proves that
    ///     nothing was lost. Where it holds less, it was put back from a copy, and a new epoch begins.
    ///   - epochLimit: with so many epochs, those are forgotten that no consumer stands in or before.
    ///   - forgets: nil; a broken rule says what is forgotten.
    ///   - salt: the low bits of a new epoch's id: two copies of one journal that are put back at one time must differ.
    package init(
        _ publisher: PublisherID, home: Home, boot: BootID, options: JournalOptions, quota: UInt64? = nil,
        consumers: (() throws -> ConsumerCursors)? = nil, isCompared: Bool = true,
        epochLimit: Int = SlotState.epochLimit, forgets: UInt64? = nil,
        salt: () -> UInt16 = { .random(in: 0 ... .max) },
        fileSystem: any FileSystem = OSFileSystem(), clock: () -> Timestamp = WallClock.now
    ) throws {
        self.publisher = publisher
        var state = SlotState()
        var last = Timestamp(microseconds: 0)
        var known: ConsumerCursors?
        func heard() -> ConsumerCursors {
            let found = known ?? (try? consumers?()) ?? ConsumerCursors(of: publisher)
            known = found
            return found
        }
        do {
            (writer, report) = try JournalWriter.open(
                home.journal(publisher.text), name: publisher.text, fileSystem: fileSystem, boot: boot,
                now: clock().microseconds, options: options,
                newEpoch: { previous in
                    // The time, and later than all that anybody has heard of even if the clock was set back, with low bits
                    // of its own: the same journal, put back twice, does not begin the same epoch twice.
                    let least = (max(previous, heard().newestEpoch) | 0xFFFF) &+ 1
                    return max(UInt64(clamping: clock().microseconds) & ~0xFFFF, least) | UInt64(salt())
                },
                isPutBack: { isCompared && !heard().ahead(of: state).isEmpty },
                restore: { state = try SlotState(checkpoint: $0) },
                replay: { view in
                    last = max(last, Timestamp(microseconds: view.time))
                    if EntryCodec.isSlotKind(view.kind) { try state.apply(EngineEntry(view)) }
                })
            begin = try writer.begin()
        } catch let error as JournalError {
            throw EngineError(journal: error)
        }
        self.state = state
        self.quota = quota
        lastTime = max(last, Timestamp(microseconds: writer.segmentCreated))
        ahead = known?.ahead(of: state) ?? []
        if state.epoch != writer.epoch {
            var knows: [Knowledge] = [.epoch(writer.epoch, firsts: state.nextSequence)]
            if state.epochs.count >= epochLimit, let oldest = forgets ?? heard().oldestEpoch {
                knows.append(.forgot(before: oldest))
            }
            // A stop in order and a reboot are no crash.
            if state.isClosed { knows.append(.closed) }
            _ = try append(EntryDraft(knows: knows, time: clock()), level: .synced)
            try release(upTo: sync())
        }
    }

    /// The journal's end, a global offset.
    package var end: UInt64 { writer.writtenEnd }

    /// The global offset below which everything is safe from a power loss.
    package var durableEnd: UInt64 { writer.durableEnd }

    /// Whether the quota is used up.
    package var isFull: Bool { quota.map { end - begin >= $0 } ?? false }

    /// What was appended.
    package struct Appended {
        /// The global offset after it.
        package let end: UInt64
        /// Its records, sequences stamped.
        package let said: [UInt8]
        /// The topic of all of them and the first's sequence; nil if they are of several topics, or none.
        fileprivate let single: (topic: Topic, first: UInt64, count: Int)?

        /// The records in runs of one topic each, for the wire; the outbox cuts what is too large for a frame.
        package func runs() throws -> [Outbox.Run] {
            if let single {
                return [
                    Outbox.Run(
                        topic: single.topic, first: single.first, count: UInt32(single.count), records: said)
                ]
            }
            return said.isEmpty ? [] : try Outbox.runs(of: said)
        }
    }

    /// Appends a draft with one write.
    package func append(_ draft: EntryDraft, level: Durability) throws -> Appended {
        if isFull, draft.saysAnything || !draft.heard.isEmpty {
            throw EngineError(
                .noSpace,
                "the journal of \(publisher) has \(end - begin) bytes and its quota is \(quota ?? 0). Nothing is lost:"
                    + " raise 'quota', or set 'retention' so that old segments go")
        }
        if writer.wantsRotation {
            try EngineError.mapping {
                try writer.rotate(checkpoint: state.checkpoint(), time: draft.time.microseconds)
            }
        }
        let (said, nexts) = encode(draft.said, draft.roots)
        let single = nexts.count == 1 ? nexts.first : nil
        let count = draft.said.count + (draft.roots?.count ?? 0)
        let entry = try EngineError.mapping {
            try writer.append(
                kind: EntryCodec.kind, level: level.rawValue, time: draft.time.microseconds,
                heard: EntryCodec.encode(heard: draft.heard), said: said,
                knows: EntryCodec.encode(knows: draft.knows))
        }
        state.apply(draft)
        lastTime = max(lastTime, draft.time)
        for (topic, next) in nexts { state.say(topic, sequence: next &- 1) }
        return Appended(
            end: entry.end, said: said,
            single: single.map { ($0.key, $0.value &- UInt64(count), count) })
    }

    /// Ends the newest segment when it has lasted so long that it should be able to go.
    package func rotate(if retention: Retention, now: Timestamp) throws {
        guard !writer.segmentIsEmpty,
            retention.wantsRotated(begun: Timestamp(microseconds: writer.segmentCreated), now: now)
        else { return }
        try EngineError.mapping { try writer.rotate(checkpoint: state.checkpoint(), time: now.microseconds) }
    }

    /// Removes the segments below a global offset that were released. Returns how many.
    package func trim(before offset: UInt64) throws -> Int {
        try EngineError.mapping {
            let removed = try writer.trim(before: offset)
            begin = try writer.begin()
            return removed
        }
    }

    /// Events as records with their sequences, and the sequence after them by topic.
    private func encode(_ events: [Event], _ roots: RootRecords?) -> (said: [UInt8], nexts: [Topic: UInt64]) {
        guard !events.isEmpty || roots != nil else { return ([], [:]) }
        var nexts: [Topic: UInt64] = [:]
        // Borrowed: to iterate would copy each event, which counts the references to all that it holds.
        let said = events.withUnsafeBufferPointer { events in
            var length = 0
            if let all = events.baseAddress {
                for index in events.indices { length += EventRecord.encodedLength(of: all + index) }
            }
            if let roots { length += roots.bytes.count }
            return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                // Neighbours are mostly of one topic.
                guard var topic = events.first?.topic ?? roots?.topic else { return }
                var next = state.tip(topic) + 1
                for index in events.indices {
                    let event = events.baseAddress! + index
                    if !event.pointee.topic.text.isIdentical(to: topic.text), event.pointee.topic != topic {
                        nexts[topic] = next
                        topic = event.pointee.topic
                        next = nexts[topic] ?? state.tip(topic) + 1
                    }
                    let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
                    count += EventRecord.encode(event, sequence: next, to: rest)
                    next &+= 1
                }
                nexts[topic] = next
                guard let roots, roots.count > 0 else { return }
                let first = nexts[roots.topic] ?? state.tip(roots.topic) + 1
                roots.write(first: first, to: UnsafeMutableRawBufferPointer(rebasing: bytes[count...]))
                count += roots.bytes.count
                nexts[roots.topic] = first &+ UInt64(roots.count)
            }
        }
        return (said, nexts)
    }

    /// Lets others read up to a place; to be called before anything is shown.
    package func release(upTo end: UInt64) throws {
        try EngineError.mapping { try writer.release(upTo: end) }
    }

    /// Makes everything appended so far safe from a power loss; from any thread. Returns how far that is.
    package func sync() throws -> UInt64 { try EngineError.mapping { try writer.sync() } }

    /// Gives the slot up for others to append meanwhile; everything that was appended is released.
    package func suspend() { writer.suspend() }

    /// Takes the slot again. Returns false if anybody appended meanwhile: then open it anew.
    package func resume() throws -> Bool {
        try EngineError.mapping {
            guard try writer.resume() else { return false }
            begin = try writer.begin()
            return true
        }
    }

    /// Syncs, releases everything, and gives the slot up.
    package func close() throws {
        try release(upTo: max(sync(), writer.releasedEnd))
        try EngineError.mapping { try writer.close() }
    }
}
