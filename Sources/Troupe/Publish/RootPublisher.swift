package import Choreography
package import Envelope
internal import Journal

/// Publishes roots into the ingress journal of a home, for programs that come and go.
package final class RootPublisher {
    /// What became of a root that was published under an id of the caller's.
    package enum Outcome: Sendable, Hashable {
        case published
        /// The same id with the same payload stood in the journal already; nothing was appended.
        case alreadyPublished
    }

    private let home: Home
    private var ingress: IngressLog?
    private let warn: (String) -> Void

    /// Uses a home that `Home.prepare` has made.
    ///
    /// - Parameter warn: is told what people should know of the ingress journal.
    package init(home: Home, warn: @escaping (String) -> Void = { _ in }) {
        self.home = home
        self.warn = warn
    }

    /// Appends roots in one entry, durable at `level` when this returns.
    package func publish(_ roots: [Event], level: Durability) throws {
        guard !roots.isEmpty else { return }
        try log().withLock { try append(EntryDraft(said: roots, time: WallClock.now()), level: level, to: $0) }
    }

    /// Appends a batch in one entry, durable at `level` when this returns.
    package func publish(_ batch: EventBatch, level: Durability) throws {
        guard !batch.isEmpty else { return }
        var draft = EntryDraft(time: WallClock.now())
        draft.roots = batch.records
        try log().withLock { try append(draft, level: level, to: $0) }
    }

    /// To be called after the last; see `IngressLog.close`.
    package func close() throws { try ingress?.close() }

    private func log() throws -> IngressLog {
        if let ingress { return ingress }
        let log = try IngressLog(home: home, warn: warn)
        ingress = log
        return log
    }

    /// Appends a root whose flow id must be unique here. Throws `EngineError.failed` when the id is taken by another
    /// payload.
    package func publishOnce(_ root: Event, level: Durability) throws -> Outcome {
        try log().withLock { log in
            if let existing = try find(root.flow) {
                guard existing.topic == root.topic, existing.data == root.data,
                    existing.partitionKey == root.partitionKey, existing.context == root.context
                else {
                    throw EngineError(
                        .failed,
                        "the id \(root.flow) is taken by another event (\(existing.topic), \(existing.time))."
                            + " Choose another --id, or publish the same topic, data, key and context")
                }
                return .alreadyPublished
            }
            try append(EntryDraft(said: [root], time: WallClock.now()), level: level, to: log)
            return .published
        }
    }

    private func append(_ draft: EntryDraft, level: Durability, to log: JournalLog) throws {
        let appended = try log.append(draft, level: level)
        if level == .synced { _ = try log.sync() }
        try log.release(upTo: appended.end)
    }

    private func find(_ flow: FlowID) throws -> Event? {
        let reader = try FileEngineReader(.ingress, home: home, boot: BootID.current())
        var found: Event?
        var place = try reader.start()
        let end = try reader.end()
        while found == nil, !place.reaches(end) {
            let next = try reader.read(from: place, upTo: end, maxBytes: 8 << 20) { entry in
                try EntryCodec.forEachRecord(in: entry.said) { bytes, _ in
                    let view = try RecordView(bytes)
                    if found == nil, view.flowMatches(flow) { found = try view.event() }
                }
                return found == nil
            }
            if next == place { break }
            place = next
        }
        return found
    }
}
