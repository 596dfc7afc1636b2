package import Envelope

/// What a slot sends to whoever subscribes: its released events in frames, and tips that say what was sent.
package struct PublisherSide: Sendable {
    package let publisher: PublisherID
    package let epoch: UInt64
    private var tips: [Topic: UInt64]
    private var schedule: TipSchedule

    /// Begins with the last released sequence of each topic.
    package init(publisher: PublisherID, epoch: UInt64, tips: [Topic: UInt64], now: Timestamp) {
        self.publisher = publisher
        self.epoch = epoch
        self.tips = tips
        schedule = TipSchedule(now: now)
    }

    /// When the next tip is due.
    package var due: Timestamp { schedule.due }

    /// What stands before a run's records in the frame that sends it; to be sent before anything else is asked for.
    package mutating func begin(_ run: Outbox.Run, now: Timestamp) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(run.topic.text.utf8.count + publisher.text.utf8.count + 32)
        Frame.begin(
            topic: run.topic, publisher: publisher.text, epoch: epoch, firstSequence: run.first, count: run.count,
            into: &head)
        passed(run.topic, run.first + UInt64(run.count) - 1)
        schedule.traffic(now: now)
        return head
    }

    /// What was released while nobody subscribed, by the last sequence of each topic; to be told before the next tip.
    package mutating func passed(_ lasts: [Topic: UInt64], now: Timestamp) {
        guard !lasts.isEmpty else { return }
        for (topic, last) in lasts { passed(topic, last) }
        schedule.traffic(now: now)
    }

    /// Runs that wait may be older than what passed unheard.
    private mutating func passed(_ topic: Topic, _ last: UInt64) { tips[topic] = max(tips[topic] ?? 0, last) }

    /// The frame that sends a run; to be sent before anything else is asked for.
    package mutating func frame(_ run: Outbox.Run, now: Timestamp) -> [UInt8] { begin(run, now: now) + run.records }

    /// Somebody subscribed to the tips.
    package mutating func joined(now: Timestamp) { schedule.joined(now: now) }

    /// The frame of the tip that is sent now.
    package mutating func tip(now: Timestamp) -> [UInt8] {
        let due = schedule.spoke(now: now)
        return Tip(publisher: publisher, epoch: epoch, nextDueMilliseconds: due, last: tips).frame()
    }
}
