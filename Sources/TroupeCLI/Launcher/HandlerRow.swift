internal import Envelope
internal import Troupe

/// One handler as `ps` shows it. The JSON has every key, null where nothing is known.
struct HandlerRow: Encodable, Hashable {
    var handler: String
    /// `running`, `starting`, `restarting`, `backing off`, `cannot start`, `stopped`, or `unlisted` for a process that has
    /// the slot and, for longer than a start takes, does not stand in the directory.
    var state: String
    var pid: Int32?
    var uptimeSeconds: Double?
    var restarts: Int
    var isRegistered: Bool
    var behind: UInt64?
    var parked: Int?
    var deadLetters: Int?
    var memoryBytes: Int?
    /// Where its metrics are to be had.
    var metrics: String?
    /// How the last process ended.
    var lastEnd: String?
    var lastEndAt: Timestamp?
    /// When it is started again.
    var nextStart: Timestamp?
    /// The last lines of its log, where it is in trouble.
    var log: [String]

    private enum CodingKeys: String, CodingKey {
        case handler, state, pid, uptimeSeconds, restarts, isRegistered, behind, parked, deadLetters, memoryBytes,
            metrics
        case lastEnd, lastEndAt, nextStart, log
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(handler, forKey: .handler)
        try container.encode(state, forKey: .state)
        try container.encode(pid, forKey: .pid)
        try container.encode(uptimeSeconds, forKey: .uptimeSeconds)
        try container.encode(restarts, forKey: .restarts)
        try container.encode(isRegistered, forKey: .isRegistered)
        try container.encode(behind, forKey: .behind)
        try container.encode(parked, forKey: .parked)
        try container.encode(deadLetters, forKey: .deadLetters)
        try container.encode(memoryBytes, forKey: .memoryBytes)
        try container.encode(metrics, forKey: .metrics)
        try container.encode(lastEnd, forKey: .lastEnd)
        try container.encode(lastEndAt, forKey: .lastEndAt)
        try container.encode(nextStart, forKey: .nextStart)
        try container.encode(log, forKey: .log)
    }
}
