internal import Choreography
internal import Envelope

/// What a launcher knows of a handler; also the JSON that it leaves for `ps`.
///
/// The launcher keeps these times on its steady clock, since it measures spans by them; the JSON has times of day.
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

    /// The same with times of day. `steady` is the moment on the launcher's clock at which the time of day is `time`.
    func dated(_ time: Timestamp, at steady: Timestamp) -> HandlerStatus {
        let offset = time.microseconds - steady.microseconds
        var status = self
        status.since = since.map { $0 + offset }
        status.lastEndAt = lastEndAt.map { $0 + offset }
        status.until = until.map { $0 + offset }
        status.tookSlot = tookSlot.map { $0 + offset }
        return status
    }
}
