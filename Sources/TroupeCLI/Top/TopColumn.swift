/// A column of `top`, in the order of the table.
enum TopColumn: Int, CaseIterable, Sendable {
    case handler, state, incoming, outgoing, lag, p50, p99, retrying, dead, journal, restarts, memory, uptime, pid

    var title: String {
        switch self {
        case .handler: "HANDLER"
        case .state: "STATE"
        case .incoming: "IN/s"
        case .outgoing: "OUT/s"
        case .lag: "LAG"
        case .p50: "P50"
        case .p99: "P99"
        case .retrying: "RETRY"
        case .dead: "DEAD"
        case .journal: "DISK"
        case .restarts: "RESTARTS"
        case .memory: "MEMORY"
        case .uptime: "UPTIME"
        case .pid: "PID"
        }
    }

    /// What the column says, for the help.
    var meaning: String {
        switch self {
        case .handler: "its name"
        case .state: "running, starting, restarting, backing off, cannot start or stopped"
        case .incoming: "events heard per second"
        case .outgoing: "events said per second"
        case .lag: "events that it has yet to hear, by its durable cursors"
        case .p50: "half of the events were handled within this time from their own"
        case .p99: "99 of 100 events were"
        case .retrying: "events that failed and wait for another attempt"
        case .dead: "dead letters: events that it gave up on (troupe dead)"
        case .journal: "size of its journal"
        case .restarts: "how often the launcher started it again"
        case .memory: "resident memory"
        case .uptime: "how long its process has run"
        case .pid: "its process"
        }
    }

    /// Its least width; the handlers' names take what they need.
    var width: Int {
        switch self {
        case .handler: 12
        case .state: 11
        case .incoming, .outgoing, .lag, .p50, .p99, .retrying, .journal: 5
        case .dead: 4
        case .memory, .uptime: 6
        case .restarts: 8
        case .pid: 7
        }
    }

    /// Words begin at the left, numbers end at the right.
    var isText: Bool { self == .handler || self == .state }

    func cell(_ row: TopRow) -> String {
        switch self {
        case .handler: row.handler
        case .state: row.state
        case .incoming: row.inPerSecond.map(TopNumber.rate) ?? "-"
        case .outgoing: row.outPerSecond.map(TopNumber.rate) ?? "-"
        case .lag: row.lag.map { TopNumber.count($0) } ?? "-"
        case .p50: row.delayP50.map(TopNumber.time) ?? "-"
        case .p99: row.delayP99.map(TopNumber.time) ?? "-"
        case .retrying: row.retrying.map { TopNumber.count(UInt64($0)) } ?? "-"
        case .dead: row.deadLetters.map { TopNumber.count(UInt64($0)) } ?? "-"
        case .journal: row.journalBytes.map(TopNumber.bytes) ?? "-"
        case .restarts: "\(row.restarts)"
        case .memory: row.memoryBytes.map(TopNumber.bytes) ?? "-"
        case .uptime: row.uptimeSeconds.map { TopNumber.time(Int64($0) * 1_000_000) } ?? "-"
        case .pid: row.pid.map { "\($0)" } ?? "-"
        }
    }

    /// Whether one row comes before another: words from a, numbers from the greatest; unknown last.
    func precedes(_ a: TopRow, _ b: TopRow) -> Bool? {
        switch self {
        case .handler: return nil
        case .state: return a.state == b.state ? nil : a.state < b.state
        default:
            let (x, y) = (value(a), value(b))
            return x == y ? nil : x > y
        }
    }

    private func value(_ row: TopRow) -> Double {
        switch self {
        case .handler, .state: 0
        case .incoming: row.inPerSecond ?? -1
        case .outgoing: row.outPerSecond ?? -1
        case .lag: row.lag.map(Double.init) ?? -1
        case .p50: row.delayP50.map(Double.init) ?? -1
        case .p99: row.delayP99.map(Double.init) ?? -1
        case .retrying: row.retrying.map(Double.init) ?? -1
        case .dead: row.deadLetters.map(Double.init) ?? -1
        case .journal: row.journalBytes.map(Double.init) ?? -1
        case .restarts: Double(row.restarts)
        case .memory: row.memoryBytes.map(Double.init) ?? -1
        case .uptime: row.uptimeSeconds ?? -1
        case .pid: row.pid.map(Double.init) ?? -1
        }
    }
}
