internal import Choreography
internal import Envelope
internal import Journal
internal import Logging

/// Looks now and then whether something of a running slot's journal may go. Only slots that remove anything have one.
final class RetentionThread: Sendable {
    private struct State {
        var isStopping = false
        var isAsked = true
    }

    private static let interval: Int64 = 5_000_000

    private let monitor = Monitor(State())
    private let thread: OSThread

    /// - Parameter log: runs its argument with the slot's journal, nobody else using it.
    init(
        _ retainer: @escaping @Sendable () throws -> Retainer, _ retention: Retention, home: Home, logger: Logger,
        log: @escaping @Sendable ((JournalLog) throws -> Void) throws -> Void
    ) {
        let monitor = monitor
        thread = OSThread {
            var known: Retainer?
            var reported: ConsumerNeeds.Holder?
            while Self.isAsked(monitor) {
                do {
                    let worker = try known ?? retainer()
                    known = worker
                    let outcome = try Self.look(worker, retention, home, log)
                    if outcome.segments > 0 {
                        logger.info(
                            "old segments are removed",
                            metadata: ["segments": "\(outcome.segments)", "bytes": "\(outcome.bytes)"])
                    }
                    if let holder = outcome.holder, holder.handler != reported?.handler {
                        logger.notice(
                            """
                            old segments are kept for a handler that is behind; start it, or end its registration with \
                            troupe forget
                            """,
                            metadata: [
                                "handler": "\(holder.handler)", "topic": "\(holder.topic)", "handled": "\(holder.low)",
                            ])
                    }
                    reported = outcome.holder
                } catch {
                    known = nil
                    logger.warning("nothing is removed from the journal", metadata: ["reason": "\(error)"])
                }
            }
        }
    }

    private static func isAsked(_ monitor: Monitor<State>) -> Bool {
        let next = Deadline(after: interval)
        return monitor.wait(deadline: next) { state -> Bool? in
            if state.isStopping { return false }
            guard state.isAsked || next.isOver else { return nil }
            state.isAsked = false
            return true
        }
    }

    private static func look(
        _ retainer: Retainer, _ retention: Retention, _ home: Home, _ log: ((JournalLog) throws -> Void) throws -> Void
    ) throws -> Retainer.Outcome {
        let now = WallClock.now()
        var state = SlotState()
        var end: UInt64 = 0
        try log { log in
            try log.rotate(if: retention, now: now)
            (state, end) = (log.state, log.end)
        }
        return try retainer.run(
            state, end: end, now: now, registrations: { try RegistrationFolder(home: home).all() },
            trim: { offset in
                var removed = 0
                try log { removed = try $0.trim(before: offset) }
                return removed
            })
    }

    /// Looks soon: there is no room.
    func ask() {
        monitor.with { $0.isAsked = true }
        monitor.signal()
    }

    /// Ends the thread.
    func stop() {
        monitor.with { $0.isStopping = true }
        monitor.signal()
        thread.join()
    }
}
