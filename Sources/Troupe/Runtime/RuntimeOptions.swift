public import Choreography
public import CoreMetrics
public import Logging

/// How a handler is run.
public struct RuntimeOptions: Sendable {
    /// Where a handler begins on topics that it was never registered for.
    public enum Start: String, Sendable, CaseIterable {
        /// At the oldest event that is kept.
        case earliest
        /// After what has been published by now.
        case latest
    }

    /// What must have happened to an entry before anybody sees what it says.
    public var durability = Durability.synced
    /// When a failed event is tried again.
    public var retry = RetryPolicy()
    /// How many events of different keys are handled at the same time; each lane has a thread.
    public var lanes = 1
    /// The deepest serial that is still handled; what is deeper is a loop.
    public var hopLimit = 64
    /// The most bytes of data that an event may have.
    public var dataLimit = 64 << 10
    /// How much of the journal is kept, and how large it may get.
    public var retention = Retention()
    /// Where the handler begins on new topics.
    public var start = Start.earliest
    /// Begin anew although the journal of a registered handler is missing; nil refuses.
    public var reset: Start?
    /// The handler's own settings.
    public var settings = Settings()
    /// Takes the runtime's and the reactions' messages.
    public var logger = Logger(label: "troupe")
    /// The handler's program and its settings, for those who want to know its shapes.
    package var command: [String]?
    /// Where the runtime's metrics go; nil counts nothing.
    public var metrics: (any MetricsFactory)?
    /// Where the metrics are to be had, for those who look into the directory.
    package var metricsAddress: MetricsAddress?
    /// Told where a run has got to, on any thread.
    package var observer: (@Sendable (RuntimePhase) -> Void)?

    public init() {}
}
