package import Envelope

/// When a failed event is tried again: exponential back-off with jitter, then a dead letter.
public struct RetryPolicy: Hashable, Sendable {
    /// Attempts in all, the first included; at least 1.
    public var attempts: Int
    /// The wait after the first failure, at least 1 ms; it doubles with each further one.
    public var firstDelay: Duration
    /// The longest wait.
    public var maximumDelay: Duration

    /// Five attempts, 100 ms after the first failure, at most 30 s apart.
    public init(attempts: Int = 5, firstDelay: Duration = .milliseconds(100), maximumDelay: Duration = .seconds(30)) {
        self.attempts = max(1, attempts)
        self.firstDelay = max(.milliseconds(1), firstDelay)
        self.maximumDelay = max(.milliseconds(1), maximumDelay)
    }

    /// About 35 years, in microseconds: what a caller sets beyond it is cut, for it must not overflow.
    private static let delayLimit: Int64 = 1 << 50

    /// When to try again after `failures` failures: 75 to 125 % of the nominal wait. The jitter is a function of the
    /// position, so that a run repeats.
    package func due(after failures: UInt32, of position: Position, now: Timestamp) -> Timestamp {
        let doublings = max(0, min(Int(failures) - 1, 20))
        let longest = max(1000, min(maximumDelay.wholeMicroseconds, Self.delayLimit))
        let first = max(1000, min(firstDelay.wholeMicroseconds, longest))
        let (doubled, isOver) = first.multipliedReportingOverflow(by: 1 << Int64(doublings))
        let nominal = isOver ? longest : min(longest, doubled)
        var mixed = position.sequence &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(failures) &* 0xBF58_476D_1CE4_E5B9
        mixed ^= mixed >> 31
        let jitter = Int64(mixed % UInt64(nominal / 2 + 1)) - nominal / 4
        return Timestamp(microseconds: now.microseconds + nominal + jitter)
    }
}
