internal import Envelope

/// What a launcher knows of a handler; also the JSON that it leaves for `ps`.
struct HandlerStatus: Codable, Sendable, Hashable {
    enum State: String, Codable, Sendable {
        /// No process, and none is wanted.
        case stopped
        /// A process that has not taken its slot yet.
        case starting
        case running
        /// Draining, to be started again at once.
        case restarting
        /// No process until `until`.
        case backingOff = "backing off"
        /// As `backingOff`, after many ends in a row before the slot was taken.
        case cannotStart = "cannot start"
    }

    var handler: String
    var state = State.stopped
    var pid: Int32?
    /// When the state's process started or ended.
    var since: Timestamp?
    var restarts = 0
    /// How the last process ended.
    var lastEnd: String?
    var lastEndAt: Timestamp?
    /// When it is started again.
    var until: Timestamp?
    /// When this process took its slot.
    var tookSlot: Timestamp?
    /// Ends in a row before the slot was taken.
    var earlyEnds = 0
    /// The last wait, in microseconds; nil while healthy.
    var delay: Int64?
    /// Tells the process from a later one with its number: when it started, in clock ticks since the boot.
    var startTicks: UInt64?

    init(handler: String) { self.handler = handler }
}
