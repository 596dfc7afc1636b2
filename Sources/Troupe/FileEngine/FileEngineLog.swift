internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal
internal import Logging

/// A slot's journal, with its sockets: what is released is published, what others publish is delivered.
///
/// At `written` the appending thread writes, and wakes the I/O thread only if it sleeps. At `synced` a sync thread
/// makes everything appended so far durable at once, then releases it.
final class FileEngineLog: EngineLog, @unchecked Sendable {
    // Unchecked: everything mutable is behind `monitor`.
    private struct Waiting {
        let runs: [Outbox.Run]
        let then: @Sendable (Result<Void, any Error>) -> Void
    }

    private struct Shared {
        let log: JournalLog
        var waiting = CommitQueue<Waiting>()
        /// Whether so much was written that the sync thread should bring it to disk, although nobody waits for it.
        var wantsFlush = false
        var isStopping = false
        var failure: EngineError?
        var receiver: (any DeliveryReceiver)?
    }

    /// How many bytes may be written and not durable before they are brought to disk: what is left when a segment ends
    /// is waited for by who appends.
    private static let flushLimit: UInt64 = 8 << 20

    let publisher: PublisherID
    let recovered: SlotState
    let isNew: Bool
    let recoveredTime: Timestamp
    private let monitor: Monitor<Shared>
    private let loop: IOLoop
    private let disk: DiskThread
    private let syncer: OSThread
    private let directory: DirectoryFolder
    private let retention: RetentionThread?

    init(_ log: JournalLog, home: Home, boot: BootID, options: FileEngine.Options, logger: Logger) throws {
        let declaration = options.declaration
        publisher = log.publisher
        recovered = log.state
        isNew = log.report.isNew
        recoveredTime = log.lastTime
        directory = DirectoryFolder(home: home)
        if log.report.cutBytes > 0 || log.report.lossPossible {
            logger.warning(
                log.report.cutBytes > 0
                    ? "the journal was cut at its start"
                    : "a new epoch begins: nothing proves that the journal holds all that it held",
                metadata: [
                    "bytes": "\(log.report.cutBytes)", "entries": "\(log.report.cutEntriesSeen)",
                    "lossPossible": "\(log.report.lossPossible)",
                ])
        }
        if !log.ahead.isEmpty {
            logger.warning(
                """
                the journal holds less than others have heard of it: it was put back from a copy, or lost its end. They are \
                set back to where it ends; what was said after that may be said and handled again
                """,
                metadata: [
                    "heard": "\(log.ahead.map(\.description).joined(separator: "; "))", "epoch": "\(log.state.epoch)",
                ])
        }
        if !log.report.isDated {
            logger.notice(
                """
                this file system does not date changes by this machine's clock: a journal that is copied over itself is \
                not noticed; put copies back with troupe restore
                """)
        }
        let epoch = log.writer.epoch
        let monitor = Monitor(Shared(log: log))
        self.monitor = monitor
        let disk = DiskThread()
        self.disk = disk
        let own = OwnReplay(publisher: publisher, home: home, boot: boot) { monitor.with { $0.log.state } }
        do {
            loop = try IOLoop(
                publisher: publisher, epoch: epoch, home: home, boot: boot, disk: disk, ownReplay: own,
                tips: recovered.nextSequence.mapValues { $0 - 1 }, emits: Set(declaration.emits), logger: logger)
        } catch {
            disk.stop()
            throw error
        }
        let loop = loop
        syncer = OSThread { Self.syncLoop(monitor, loop) }
        let (kept, slot) = (options.retention, publisher)
        retention =
            kept.removes
            ? RetentionThread(
                { try Retainer(slot, home: home, boot: boot, retention: kept) }, kept, home: home, logger: logger,
                log: { body in try monitor.with { if !$0.isStopping, $0.failure == nil { try body($0.log) } } }) : nil
        do {
            let instance = "\(getpid())-\(WallClock.now().microseconds)"
            try directory.publish(
                DirectoryRecord(
                    publisher: publisher, instance: instance, pid: getpid(), host: HostID.current,
                    publish: [home.endpoint(publisher.text, "p")], replay: [home.endpoint(publisher.text, "r")],
                    declaration: declaration, metrics: options.metrics?.description))
        } catch {
            stopThreads()
            throw error
        }
    }

    func append(
        _ draft: EntryDraft, level: Durability, then: @escaping @Sendable (Result<Void, any Error>) -> Void
    ) throws {
        let (done, wantsFlush) = try monitor.with { shared -> ([Waiting], Bool) in
            if let failure = shared.failure { throw failure }
            guard !shared.isStopping else { throw EngineError(.closed, "the slot \(publisher) is closed") }
            let appended: JournalLog.Appended
            do { appended = try shared.log.append(draft, level: level) } catch let error as EngineError
                where error.code == .noSpace
            {
                retention?.ask()
                throw error
            }
            shared.waiting.append(
                Waiting(runs: try appended.runs(), then: then), end: appended.end, level: level)
            guard let release = shared.waiting.releasable(durable: 0) else { return ([], true) }
            // The entry is appended, so nobody may be told to try again: the sync thread does.
            do { try shared.log.release(upTo: release) } catch let error as EngineError where error.code == .noSpace {
                return ([], true)
            }
            let done = shared.waiting.released(upTo: release)
            loop.publish(done.flatMap(\.runs))
            if !shared.wantsFlush, appended.end - shared.log.durableEnd >= Self.flushLimit {
                shared.wantsFlush = true
                return (done, true)
            }
            return (done, false)
        }
        if wantsFlush { monitor.signal() }
        for waiting in done { waiting.then(.success(())) }
    }

    private static func syncLoop(_ monitor: Monitor<Shared>, _ loop: IOLoop) {
        while true {
            let log: JournalLog? = monitor.wait { shared -> JournalLog?? in
                if !shared.waiting.isEmpty || shared.wantsFlush { return .some(shared.log) }
                return shared.isStopping ? .some(nil) : nil
            }
            guard let log else { return }
            let outcome = Result { try log.sync() }
            let done = monitor.with { shared -> [(Waiting, Result<Void, any Error>)] in
                shared.wantsFlush = false
                do {
                    let durable = try outcome.get()
                    guard let release = shared.waiting.releasable(durable: durable) else { return [] }
                    try shared.log.release(upTo: release)
                    let ready = shared.waiting.released(upTo: release)
                    loop.publish(ready.flatMap(\.runs))
                    return ready.map { ($0, .success(())) }
                } catch {
                    shared.failure = error as? EngineError ?? EngineError(.failed, "\(error)")
                    let failed = shared.waiting.failed().map { ($0, Result<Void, any Error>.failure(error)) }
                    shared.receiver?.failed(error)
                    return failed
                }
            }
            for (waiting, result) in done { waiting.then(result) }
        }
    }

    func follow(
        _ topics: Set<Topic>, start: @escaping @Sendable (StreamID) -> Cursor, receiver: any DeliveryReceiver
    ) throws {
        monitor.with { $0.receiver = receiver }
        loop.follow(Following(topics: topics, start: start, receiver: receiver))
    }

    func resume() { loop.resume() }

    func close() throws {
        let wasOpen = monitor.with { shared in
            defer { shared.isStopping = true }
            return !shared.isStopping
        }
        guard wasOpen else { return }
        monitor.signal()
        directory.withdraw(publisher)
        stopThreads()
        try monitor.with { shared in
            shared.receiver = nil
            if let failure = shared.failure { throw failure }
            try shared.log.close()
        }
    }

    private func stopThreads() {
        monitor.with { $0.isStopping = true }
        monitor.signal()
        retention?.stop()
        syncer.join()
        loop.stop()
        disk.stop()
    }
}
