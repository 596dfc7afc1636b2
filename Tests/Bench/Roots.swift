internal import Envelope
internal import Troupe

/// Publishes roots as a program does, and knows how many wait for their level.
final class Roots {
    private struct State {
        var pending = 0
        var failure: (any Error)?
    }

    private let publisher: Publisher
    private let samples: Samples?
    private let monitor = Monitor(State())
    private var batch: EventBatch
    private var data: [UInt8]

    init(_ publisher: Publisher, topic: String, size: Int, samples: Samples?) throws {
        self.publisher = publisher
        self.samples = samples
        batch = try EventBatch(topic: topic, contentType: "application/octet-stream", dataLimit: max(size, 64 << 10))
        data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    }

    /// Appends one entry with an event for each stamp.
    func publish(_ stamps: [Stamp]) throws {
        let now = WallClock.now()
        batch.removeAll()
        for stamp in stamps {
            stamp.write(to: &data)
            try batch.append(data, time: now)
        }
        let count = stamps.count
        let stamps = samples == nil ? [] : stamps
        monitor.with { $0.pending += count }
        try publisher.publish(batch) { [monitor, samples] result in
            if let samples {
                let now = Nanoseconds.now()
                for stamp in stamps { samples.add(now - stamp.published) }
            }
            monitor.with { state in
                state.pending -= count
                if case .failure(let error) = result { state.failure = error }
            }
            monitor.signal()
        }
        if let failure = monitor.with({ $0.failure }) { throw failure }
    }

    /// Waits until fewer than `limit` events wait for their level.
    func wait(below limit: Int) {
        monitor.wait { $0.pending < limit || $0.failure != nil ? () : nil }
    }
}
