internal import Troupe

/// Fails as often as it says, then succeeds.
struct FailingJob: EventPayload {
    static let topic = "test.failing.asked"
    var failures: Int
}

/// Ends its process, as often as it says: it counts in the file `tally`.
struct DeadlyJob: EventPayload {
    static let topic = "test.deadly.asked"
    var deaths: Int
    var tally: String
}

/// Makes its handler emit what it does not declare.
struct UndeclaredJob: EventPayload {
    static let topic = "test.undeclared.asked"
}

/// Makes its handler emit from a child task.
struct StrayJob: EventPayload {
    static let topic = "test.stray.asked"
}

/// Is handled in a task that suspends.
struct LaterJob: EventPayload {
    static let topic = "test.later.asked"
    var number: Int
}

/// Makes the file `gate.begun`, and is handled once the file `gate` is there.
struct HeldJob: EventPayload {
    static let topic = "test.held.asked"
    var number: Int
    var gate: String?
}

/// Goes round for ever: its handler consumes what it emits.
struct RoundJob: EventPayload {
    static let topic = "test.round.asked"
    var number: Int
}

/// Leads to `count` events of 60,000 bytes each.
struct FatJob: EventPayload {
    static let topic = "test.fat.asked"
    var count: Int
}

/// What a fat job leads to.
struct FatPart: EventPayload {
    static let topic = "test.fat.part"
    var text: String
}

/// A job is done.
struct JobDone: EventPayload {
    static let topic = "test.job.done"
    var number: Int
    var attempt: Int
}
