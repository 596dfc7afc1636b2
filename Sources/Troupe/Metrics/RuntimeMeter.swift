internal import Choreography
internal import CoreMetrics
internal import Envelope
internal import Glibc

/// What a runtime counts, by swift-metrics. It exists only where somebody gave a factory.
///
/// Every series has the label `handler`; those of events have `topic` besides.
final class RuntimeMeter: Sendable {
    /// What the metrics mean, by the names that Prometheus sees.
    static let help = [
        "troupe_events_handled_total": "Events whose reaction returned.",
        "troupe_events_expired_total": "Events that were heard after their expiry time.",
        "troupe_events_dead_total": "Events that became dead letters.",
        "troupe_events_emitted_total": "Events that reactions emitted.",
        "troupe_attempts_failed_total": "Attempts to handle an event that failed, the last one included.",
        "troupe_batches_total": "Batches of events; each is one entry of the journal.",
        "troupe_handling_seconds": "Time that a reaction took, by attempt.",
        "troupe_event_delay_seconds": "Time from an event's own time until its reaction began.",
        "troupe_events_waiting": "Events that were received and wait for a lane.",
        "troupe_events_parked": "Events that were set aside to be handled later.",
        "troupe_dead_letters": "Events given up on and neither retried nor dropped since.",
    ]

    private struct Topics: Sendable {
        let handled: Counter
        let expired: Counter
        let dead: Counter
        let failed: Counter
    }

    private let consumed: [Topic: Topics]
    private let emitted: [Topic: Counter]
    private let batches: Counter
    private let handling: Timer
    private let delay: Timer
    private let waiting: Meter
    private let parked: Meter
    private let deadLetters: Meter
    private let attempts: UInt32

    init(_ factory: any MetricsFactory, declaration: Declaration, retry: RetryPolicy) {
        let handler = [("handler", declaration.handler)]
        func counter(_ name: String, _ topic: String) -> Counter {
            Counter(label: "troupe_\(name)_total", dimensions: handler + [("topic", topic)], factory: factory)
        }
        func meter(_ name: String) -> Meter { Meter(label: name, dimensions: handler, factory: factory) }
        consumed = declaration.consumes.reduce(into: [:]) { all, item in
            guard let topic = try? Topic(item.topic) else { return }
            all[topic] = Topics(
                handled: counter("events_handled", item.topic), expired: counter("events_expired", item.topic),
                dead: counter("events_dead", item.topic), failed: counter("attempts_failed", item.topic))
        }
        emitted = declaration.emits.reduce(into: [:]) { all, name in
            if let topic = try? Topic(name) { all[topic] = counter("events_emitted", name) }
        }
        batches = Counter(label: "troupe_batches_total", dimensions: handler, factory: factory)
        handling = Timer(label: "troupe_handling_seconds", dimensions: handler, factory: factory)
        delay = Timer(label: "troupe_event_delay_seconds", dimensions: handler, factory: factory)
        waiting = meter("troupe_events_waiting")
        parked = meter("troupe_events_parked")
        deadLetters = meter("troupe_dead_letters")
        attempts = UInt32(retry.attempts)
    }

    /// Reactions that also note how long they take.
    func timed(_ reactions: [Topic: Reaction]) -> [Topic: Reaction] { reactions.mapValues(timed) }

    private func timed(_ reaction: Reaction) -> Reaction {
        let body: Reaction.Body =
            switch reaction.body {
            case .synchronous(let body):
                .synchronous { [self] event, context in
                    let began = begin(event.time)
                    defer { handling.recordNanoseconds(Self.clock() - began) }
                    try body(event, context)
                }
            case .bytes(let body):
                .bytes { [self] data, context in
                    let began = begin(context.eventTime)
                    defer { handling.recordNanoseconds(Self.clock() - began) }
                    try body(data, context)
                }
            case .asynchronous(let body):
                .asynchronous { [self] event, context in
                    let began = begin(event.time)
                    defer { handling.recordNanoseconds(Self.clock() - began) }
                    try await body(event, context)
                }
            }
        return Reaction(topic: reaction.topic, emits: reaction.emits, body: body)
    }

    private func begin(_ published: Timestamp) -> Int64 {
        let waited = WallClock.now().microseconds - published.microseconds
        delay.recordNanoseconds(max(0, waited) * 1000)
        return Self.clock()
    }

    private static func clock() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Counts what came of a batch.
    func count(_ batch: Batch, _ result: BatchResult) {
        batches.increment()
        var said: [Topic: Int] = [:]
        var (works, left) = (batch.works[...], batch.works.first?.count ?? 0)
        for run in result.runs {
            var count = run.count
            while count > 0, let work = works.first {
                let mine = min(count, left)
                self.count(run.outcome, mine, work, &said)
                count -= mine
                left -= mine
                if left == 0 {
                    works.removeFirst()
                    left = works.first?.count ?? 0
                }
            }
        }
        for (topic, count) in said { emitted[topic]?.increment(by: count) }
    }

    private func count(_ outcome: Outcome, _ count: Int, _ work: Work, _ said: inout [Topic: Int]) {
        guard let topic = consumed[work.position.stream.topic] else { return }
        switch outcome {
        case .handled(let events):
            topic.handled.increment(by: count)
            for event in events { said[event.topic, default: 0] += 1 }
        case .expired: topic.expired.increment()
        case .failed(_, let isFinal, _):
            topic.failed.increment()
            if isFinal || (work.parkedAttempts ?? 0) + 1 >= attempts { topic.dead.increment() }
        case .wait, .behind: break
        }
    }

    /// Sets what is true at this moment.
    func set(waiting: Int, parked: Int, deadLetters: Int) {
        self.waiting.set(waiting)
        self.parked.set(parked)
        self.deadLetters.set(deadLetters)
    }
}
