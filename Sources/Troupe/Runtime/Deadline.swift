package import Envelope

/// When a wait ends. It is kept on the steady clock, so that a wait takes as long as it says when somebody sets the time
/// of day meanwhile. What is due at a time of day, as a retry is, is no deadline.
package struct Deadline: Sendable {
    /// Reads a clock.
    package typealias Clock = @Sendable () -> Timestamp

    /// On `clock`.
    private let end: Timestamp
    private let clock: Clock

    /// So many microseconds from now.
    package init(after microseconds: Int64, clock: @escaping Clock = SteadyClock.now) {
        let (end, isFar) = clock().microseconds.addingReportingOverflow(max(0, microseconds))
        self.end = isFar ? .distantFuture : Timestamp(microseconds: end)
        self.clock = clock
    }

    /// After that span; never without one.
    package init(after span: TimeSpan?, clock: @escaping Clock = SteadyClock.now) {
        self.init(after: span?.microseconds ?? .max, clock: clock)
    }

    /// A wait without end.
    package static var never: Deadline { Deadline(after: .max) }

    package var isOver: Bool { clock() >= end }

    /// Microseconds that are left, none once it is over.
    package var left: Int64 { max(0, end.microseconds - clock().microseconds) }

    /// For `poll`: rounded up, or whoever waits would wake before the end and turn in circles.
    package func milliseconds(atMost limit: Int64) -> Int { Int(min(limit, (left + 999) / 1000)) }

    /// What is left, as a moment on the steady clock.
    var steadyEnd: Timestamp {
        let (end, isFar) = SteadyClock.now().microseconds.addingReportingOverflow(left)
        return isFar ? .distantFuture : Timestamp(microseconds: end)
    }
}
