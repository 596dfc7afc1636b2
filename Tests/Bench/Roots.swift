internal import Choreography
internal import Envelope
internal import Troupe

/// Appends roots to a slot's journal, and knows how many wait for their level.
final class Roots: Sendable {
    private struct State {
        var pending = 0
        var failure: (any Error)?
    }

    private let log: any EngineLog
    private let topic: Topic
    private let level: Durability
    private let template: [UInt8]
    private let samples: Samples?
    private let monitor = Monitor(State())

    init(log: any EngineLog, topic: Topic, level: Durability, size: Int, samples: Samples?) {
        self.log = log
        self.topic = topic
        self.level = level
        self.samples = samples
        template = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    }

    /// Appends one entry with an event for each stamp.
    func publish(_ stamps: [Stamp]) throws {
        var random = BulkRandom()
        let now = WallClock.now()
        // What all have in common is said once.
        var event = Event(
            topic: topic, flow: FlowID.generate(microseconds: now.microseconds, using: &random), time: now,
            dataContentType: "application/octet-stream")
        let events = stamps.map { stamp in
            event.flow = FlowID.generate(microseconds: now.microseconds, using: &random)
            event.data = template
            stamp.write(to: &event.data)
            return event
        }
        monitor.with { $0.pending += events.count }
        try log.append(EntryDraft(said: events, time: now), level: level) { [monitor, samples] result in
            if let samples {
                let now = Nanoseconds.now()
                for stamp in stamps { samples.add(now - stamp.published) }
            }
            monitor.with { state in
                state.pending -= stamps.count
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
