internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal

/// The one ingress journal that all `troupe publish` processes of a home share, each holding its lock for a batch.
package struct IngressLog {
    private let home: Home
    private let boot: BootID
    /// Recovery reads one segment: publishing must stay quick however much was published.
    private static let options = JournalOptions(segmentSize: 4 << 20)

    package init(home: Home) throws {
        self.home = home
        boot = try EngineError.mapping { try BootID.current() }
    }

    /// Waits for its turn, takes the lock, recovers, and runs `body`.
    ///
    /// Turns are taken on a file of their own, by a blocking lock: those who wait are served one at a time by the
    /// kernel, and the journal's own lock is free by then.
    package func withLock<R>(_ body: (JournalLog) throws -> R) throws -> R {
        let turn = try takeTurn(home.journal(PublisherID.ingress.text) + ".turn")
        defer { Glibc.close(turn) }
        let log = try JournalLog(.ingress, home: home, boot: boot, options: Self.options)
        do {
            let result = try body(log)
            try log.close()
            return result
        } catch {
            try? log.close()
            throw error
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
