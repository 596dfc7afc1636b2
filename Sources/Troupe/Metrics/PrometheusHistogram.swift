internal import CoreMetrics
internal import Synchronization

/// How often values fell into which bucket: a timer, in seconds, or a recorder that aggregates.
final class PrometheusHistogram: TimerHandler, RecorderHandler {
    struct State: Sendable {
        /// One more than there are bounds: the last bucket has none.
        var counts: [UInt64]
        var sum = 0.0
    }

    /// Upper bounds of a timer's buckets, in seconds: 10 µs to 10 s.
    static let durations = [
        0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
        1, 2.5, 5, 10,
    ]
    /// Upper bounds of a recorder's buckets.
    static let amounts: [Double] = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 100_000, 1_000_000]

    let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    var snapshot: State { state.withLock { $0 } }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
