package import Envelope

/// What to do with an event before any reaction sees it.
package enum Triage: Hashable, Sendable {
    case react
    /// Its `expirytime` has passed.
    case expired
    /// Its `notbefore` lies ahead.
    case wait(Timestamp)
    /// An earlier event of its key waits.
    case behind
    /// Its serial is deeper than the hop limit: a loop.
    case tooDeep(String)
    /// Process after process ended while it handled the event.
    case poison(String)

    /// Decides for one event. `blocked` holds the keys of which an earlier event waits; `deaths` counts the processes in
    /// a row that ended while they handled it.
    package static func decide(
        _ event: Event, isParked: Bool, deaths: UInt32 = 0, now: Timestamp, hopLimit: Int, blocked: Set<String>
    ) -> Triage {
        if let expiry = event.expiryTime, expiry <= now { return .expired }
        if event.serial.depth > hopLimit { return .tooDeep(loop(event.serial, limit: hopLimit)) }
        // First: an event that is parked behind another is handled after it, whatever its own time.
        if !isParked, let notBefore = event.notBefore, notBefore > now { return .wait(notBefore) }
        if !blocked.isEmpty, blocked.contains(event.orderingKey) { return .behind }
        if deaths >= Trials.limit {
            return .poison("the handler's process ended \(deaths) times in a row while it handled this event")
        }
        return .react
    }

    /// Whether ``decide(_:isParked:deaths:now:hopLimit:blocked:)`` says to react to an event that has neither an expiry
    /// nor a time to wait for; false is no verdict. Told from the record alone, since nearly all events are of this kind.
    package static func reacts(
        to record: RecordView, deaths: UInt32, hopLimit: Int, blocked: Set<String>
    ) -> Bool {
        blocked.isEmpty && deaths == 0 && record.expiryTime == nil && record.notBefore == nil
            && record.depth <= hopLimit
    }

    /// Says which handlers a too deep serial goes round.
    private static func loop(_ serial: Serial, limit: Int) -> String {
        let handlers = serial.handlers
        var cycle = handlers.suffix(12)
        if let last = handlers.last, let before = handlers.dropLast().lastIndex(of: last) {
            cycle = handlers[before...]
        }
        return "the flow is \(serial.depth) events deep, over the hop limit of \(limit); it goes round "
            + cycle.joined(separator: " → ")
    }
}

extension Serial {
    /// The handlers along the path, root first.
    var handlers: [String] {
        text.split(separator: "/").dropFirst().map { part in
            String(part[..<(part.lastIndex(of: ".") ?? part.endIndex)])
        }
    }
}
