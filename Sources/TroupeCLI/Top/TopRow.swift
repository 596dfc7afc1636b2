internal import Troupe

/// One handler as `top` shows it. The JSON has every key, null where nothing is known.
struct TopRow: Encodable, Hashable {
    var handler: String
    var state: String
    /// Events heard and said per second, over the window.
    var inPerSecond: Double?
    var outPerSecond: Double?
    /// Events that its durable cursors do not cover.
    var lag: UInt64?
    /// Microseconds from an event's time until its handling was journaled, over the window.
    var delayP50: Int64?
    var delayP99: Int64?
    var retrying: Int?
    var retriesPerSecond: Double?
    var deadLetters: Int?
    var journalBytes: Int?
    var restarts: Int
    var memoryBytes: Int?
    var uptimeSeconds: Double?
    var pid: Int32?

    private enum CodingKeys: String, CodingKey {
        case handler, state, inPerSecond, outPerSecond, lag, p50Microseconds, p99Microseconds, retrying,
            retriesPerSecond
        case deadLetters, journalBytes, restarts, memoryBytes, uptimeSeconds, pid
    }

    /// The difference of two samples of one handler, `seconds` apart; without an earlier one there are no rates.
    init(_ now: TopSample.Handler, since before: TopSample.Handler?, seconds: Double) {
        handler = now.row.handler
        state = now.row.state
        lag = now.row.behind
        retrying = now.retrying
        deadLetters = now.row.deadLetters
        journalBytes = now.journalBytes
        restarts = now.row.restarts
        memoryBytes = now.row.memoryBytes
        uptimeSeconds = now.row.uptimeSeconds
        pid = now.row.pid
        // Less than before: reading began anew meanwhile.
        guard let before, seconds > 0, now.totals.heard >= before.totals.heard, now.totals.said >= before.totals.said,
            now.totals.delays.count >= before.totals.delays.count, now.totals.retries >= before.totals.retries
        else { return }
        inPerSecond = Double(now.totals.heard - before.totals.heard) / seconds
        outPerSecond = Double(now.totals.said - before.totals.said) / seconds
        retriesPerSecond = Double(now.totals.retries - before.totals.retries) / seconds
        let delays = now.totals.delays.since(before.totals.delays)
        delayP50 = delays.quantile(0.5)
        delayP99 = delays.quantile(0.99)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(handler, forKey: .handler)
        try container.encode(state, forKey: .state)
        try container.encode(inPerSecond, forKey: .inPerSecond)
        try container.encode(outPerSecond, forKey: .outPerSecond)
        try container.encode(lag, forKey: .lag)
        try container.encode(delayP50, forKey: .p50Microseconds)
        try container.encode(delayP99, forKey: .p99Microseconds)
        try container.encode(retrying, forKey: .retrying)
        try container.encode(retriesPerSecond, forKey: .retriesPerSecond)
        try container.encode(deadLetters, forKey: .deadLetters)
        try container.encode(journalBytes, forKey: .journalBytes)
        try container.encode(restarts, forKey: .restarts)
        try container.encode(memoryBytes, forKey: .memoryBytes)
        try container.encode(uptimeSeconds, forKey: .uptimeSeconds)
        try container.encode(pid, forKey: .pid)
    }
}
