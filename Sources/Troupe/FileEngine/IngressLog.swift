internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal

/// The one ingress journal that all `troupe publish` processes of a home share, each holding its lock for a batch.
///
/// What a process knows of the journal holds until somebody else appends: it is opened, and recovered, only then.
package final class IngressLog: @unchecked Sendable {
    // Unchecked: one thread at a time publishes.
    private let home: Home
    private let boot: BootID
    private let retention: Retention
    /// Recovery reads one segment: publishing must stay quick however much was published.
    private static let segmentSize = 4 << 20
    private var kept: JournalLog?
    private let warn: (String) -> Void

    /// - Parameter warn: is told what people should know of the journal.
    package init(home: Home, warn: @escaping (String) -> Void = { _ in }) throws {
        self.home = home
        self.warn = warn
        retention = try IngressRetention.read(home)
        boot = try EngineError.mapping { try BootID.current() }
    }

    /// Waits for its turn, takes the lock, recovers if another appended since, and runs `body`, which must release what it
    /// appends.
    ///
    /// Turns are taken on a file of their own, by a blocking lock: those who wait are served one at a time by the
    /// kernel, and the journal's own lock is free by then.
    package func withLock<R>(_ body: (JournalLog) throws -> R) throws -> R {
        let turn = try takeTurn(home.journal(PublisherID.ingress.text) + ".turn")
        defer { Glibc.close(turn) }
        let log = try open()
        do {
            if retention.removes { try retain(log) }
            let result = try body(log)
            log.suspend()
            kept = log
            return result
        } catch {
            try? log.close()
            throw error
        }
    }

    private func open() throws -> JournalLog {
        if let log = kept {
            kept = nil
            if try log.resume() { return log }
        }
        let options = JournalOptions(segmentSize: retention.segmentSize(atMost: Self.segmentSize))
        // To ask what everybody has heard takes longer than to publish: only where a new epoch begins.
        let log = try JournalLog(
            .ingress, home: home, boot: boot, options: options, quota: retention.quota,
            consumers: { [home, boot] in try ConsumerScan.read(of: .ingress, home: home, boot: boot) },
            isCompared: false)
        if !log.ahead.isEmpty {
            warn(
                "the ingress journal holds less than others have heard of it"
                    + " (\(log.ahead.map(\.description).joined(separator: "; "))): it was put back from a copy, or lost its"
                    + " end. They are set back to where it ends, and nothing that is published now is lost")
        }
        return log
    }

    /// Brings what was written to disk, with the mark. Nothing is lost without it, but what a power loss leaves then is
    /// told less exactly.
    package func close() throws {
        guard kept != nil else { return }
        let turn = try takeTurn(home.journal(PublisherID.ingress.text) + ".turn")
        defer { Glibc.close(turn) }
        guard let log = kept, try log.resume() else { return }
        kept = nil
        try log.close()
    }

    /// Removes old segments when their time has come. To ask what every handler needs takes a moment: while somebody
    /// keeps a segment that should go, that is done every five seconds only, or when there is no room.
    private func retain(_ log: JournalLog) throws {
        let now = WallClock.now()
        try log.rotate(if: retention, now: now)
        let retainer = try Retainer(.ingress, home: home, boot: boot, retention: retention)
        guard try retainer.isDue(end: log.end, now: now) else { return }
        let note = home.journal(PublisherID.ingress.text) + ".kept"
        var status = stat()
        if !log.isFull, stat(note, &status) == 0, abs(time(nil) - status.st_mtim.tv_sec) < 5 { return }
        let outcome = try retainer.run(
            log.state, end: log.end, now: now, registrations: { try RegistrationFolder(home: home).all() },
            trim: { try log.trim(before: $0) })
        if outcome.holder == nil {
            unlink(note)
        } else {
            try EngineError.mapping { try AtomicFile.write([], to: note) }
        }
    }

    private func takeTurn(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EngineError(.unreadable, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        var request = flock()
        request.l_type = Int16(F_WRLCK)
        request.l_whence = Int16(SEEK_SET)
        let setLockWaiting: Int32 = 38  // F_OFD_SETLKW, which Glibc's module hides behind _GNU_SOURCE
        while fcntl(descriptor, setLockWaiting, &request) != 0 {
            guard errno == EINTR else {
                let reason = String(cString: strerror(errno))
                Glibc.close(descriptor)
                throw EngineError(.failed, "\(path) cannot be locked: \(reason)")
            }
        }
        return descriptor
    }
}
