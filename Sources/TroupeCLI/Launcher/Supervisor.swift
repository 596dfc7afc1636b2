internal import Choreography
internal import Envelope

/// Decides what to do about handlers' processes: when one is started again, what is signalled, when all is over.
///
/// Pure: it knows neither processes nor clocks. Whoever drives it tells what happened and carries out the actions.
struct Supervisor {
    /// How long to wait before a restart, and what counts as health.
    struct Policy: Sendable, Hashable {
        /// Microseconds before the first restart; doubles with each further one.
        var firstDelay: Int64 = 500_000
        var longestDelay: Int64 = 30_000_000
        /// A handler that ran so long begins at the first delay again.
        var health: Int64 = 30_000_000
        /// So many ends in a row before the slot was taken, and it is said that the handler cannot start.
        var earlyEndLimit = 5
    }

    enum Signal: Sendable, Hashable {
        case terminate
        case kill
    }

    enum Action: Sendable, Hashable {
        /// Start a process, or adopt the one that holds the slot; then tell `started`, `adopted` or `failed`.
        case start(HandlerName)
        case signal(HandlerName, Signal)
        /// The status of a handler changed: save it, and say `note` if there is one.
        case report(HandlerName, note: String?)
        /// Nothing is left to supervise.
        case finish
    }

    let policy: Policy
    private(set) var statuses: [HandlerName: HandlerStatus] = [:]
    private(set) var isDraining = false

    init(_ names: [HandlerName], policy: Policy = Policy()) {
        self.policy = policy
        for name in names { statuses[name] = HandlerStatus(handler: name.text) }
    }

    /// In order of name.
    var names: [HandlerName] { statuses.keys.sorted() }

    /// When `tick` has something to do.
    var nextDue: Timestamp? { statuses.values.compactMap(\.until).min() }

    /// Whether any handler's process has not taken its slot yet.
    var isAnyStarting: Bool { statuses.values.contains { $0.state == .starting } }

    // MARK: starts

    mutating func begin() -> [Action] { names.map { .start($0) } }

    /// A process was started; its slot is not taken yet.
    mutating func started(
        _ name: HandlerName, pid: Int32, startTicks: UInt64? = nil, now: Timestamp
    ) -> [Action] {
        change(name) {
            $0.state = .starting
            $0.pid = pid
            $0.startTicks = startTicks
            $0.since = now
            $0.until = nil
            $0.tookSlot = nil
        }
        return [.report(name, note: "started, process \(pid)")] + stopIfDraining(name)
    }

    /// A process that ran already holds the slot. `restarts` is what an earlier launcher counted of it.
    mutating func adopted(
        _ name: HandlerName, pid: Int32, startTicks: UInt64? = nil, restarts: Int, now: Timestamp
    ) -> [Action] {
        change(name) {
            $0.state = .running
            $0.pid = pid
            $0.startTicks = startTicks
            $0.since = now
            $0.until = nil
            $0.tookSlot = now
            $0.earlyEnds = 0
            $0.restarts = max($0.restarts, restarts)
        }
        return [.report(name, note: "runs already, process \(pid): adopted")] + stopIfDraining(name)
    }

    /// No process could be made.
    mutating func failed(_ name: HandlerName, _ reason: String, now: Timestamp) -> [Action] {
        ended(name, "could not be started: \(reason)", now: now)
    }

    /// The handler's process has its slot: it hears, or will at once.
    mutating func tookSlot(_ name: HandlerName, now: Timestamp) -> [Action] {
        guard statuses[name]?.state == .starting else { return [] }
        change(name) {
            $0.state = .running
            $0.tookSlot = now
            $0.earlyEnds = 0
        }
        return [.report(name, note: nil)]
    }

    // MARK: ends

    mutating func ended(_ name: HandlerName, _ end: ProcessEnd, now: Timestamp) -> [Action] {
        ended(name, end.text, now: now)
    }

    private mutating func ended(_ name: HandlerName, _ end: String, now: Timestamp) -> [Action] {
        guard var status = statuses[name] else { return [] }
        let state = status.state
        status.pid = nil
        status.startTicks = nil
        status.since = now
        status.lastEnd = end
        status.lastEndAt = now
        if isDraining || state == .restarting {
            status.tookSlot = nil
            status.earlyEnds = 0
            status.delay = nil
            status.state = .stopped
            statuses[name] = status
            guard isDraining else {
                statuses[name]!.restarts += 1
                return [.report(name, note: end), .start(name)]
            }
            return [.report(name, note: end)] + finishIfStopped()
        }
        if let tookSlot = status.tookSlot {
            status.earlyEnds = 0
            if now.microseconds - tookSlot.microseconds >= policy.health { status.delay = nil }
        } else {
            status.earlyEnds += 1
        }
        let delay = min(policy.longestDelay, status.delay.map { $0 * 2 } ?? policy.firstDelay)
        status.delay = delay
        status.tookSlot = nil
        status.until = now + delay
        status.restarts += 1
        let cannotStart = status.earlyEnds >= policy.earlyEndLimit
        status.state = cannotStart ? .cannotStart : .backingOff
        statuses[name] = status
        let wait = "next start in \(Self.seconds(delay))"
        let note =
            cannotStart
            ? "\(end); \(status.earlyEnds) times in a row before it had its slot, so it cannot start as it is; \(wait)"
            : "\(end); \(wait)"
        return [.report(name, note: note)]
    }

    private static func seconds(_ microseconds: Int64) -> String {
        microseconds % 1_000_000 == 0
            ? "\(microseconds / 1_000_000) s" : "\(microseconds / 1_000_000).\(microseconds / 100_000 % 10) s"
    }

    // MARK: time and people

    /// Starts whatever has waited long enough.
    mutating func tick(now: Timestamp) -> [Action] {
        guard !isDraining else { return [] }
        return names.filter { statuses[$0]?.until.map { $0 <= now } ?? false }.map { name in
            change(name) { $0.until = nil }
            return .start(name)
        }
    }

    /// Somebody wants a handler drained and started again, or started at once if it waits.
    mutating func restart(_ name: HandlerName, because reason: String, now: Timestamp) -> [Action] {
        guard let status = statuses[name], !isDraining else { return [] }
        switch status.state {
        case .starting, .running:
            change(name) { $0.state = .restarting }
            return [.report(name, note: "draining to start again: \(reason)"), .signal(name, .terminate)]
        case .restarting: return []
        case .stopped, .backingOff, .cannotStart:
            change(name) {
                $0.until = nil
                $0.delay = nil
                $0.earlyEnds = 0
            }
            return [.start(name)]
        }
    }

    /// Ends every handler; nothing is started again.
    mutating func drain(now: Timestamp) -> [Action] {
        guard !isDraining else { return [] }
        isDraining = true
        var actions: [Action] = []
        for name in names {
            guard let status = statuses[name] else { continue }
            if status.pid != nil {
                actions += [.report(name, note: "draining"), .signal(name, .terminate)]
            } else {
                change(name) {
                    $0.state = .stopped
                    $0.until = nil
                }
                actions.append(.report(name, note: nil))
            }
        }
        return actions + finishIfStopped()
    }

    /// Does not wait for the drain.
    mutating func kill() -> [Action] {
        names.filter { statuses[$0]?.pid != nil }.map { .signal($0, .kill) }
    }

    private func stopIfDraining(_ name: HandlerName) -> [Action] { isDraining ? [.signal(name, .terminate)] : [] }

    private func finishIfStopped() -> [Action] {
        statuses.values.allSatisfy { $0.state == .stopped } ? [.finish] : []
    }

    private mutating func change(_ name: HandlerName, _ body: (inout HandlerStatus) -> Void) {
        guard var status = statuses[name] else { return }
        body(&status)
        statuses[name] = status
    }
}
