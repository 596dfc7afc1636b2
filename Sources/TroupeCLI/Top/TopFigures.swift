internal import Envelope
internal import FoundationEssentials
internal import Troupe

/// A home's handlers over a window of time: what `top` shows and what its JSON says.
struct TopFigures: Encodable, Hashable {
    var home: String
    var choreography: String?
    var launcher: Int32?
    var time: Timestamp
    /// How far apart the two looks are that rates and delays are taken from.
    var windowSeconds: Double
    /// What `troupe publish` publishes.
    var publishedPerSecond: Double?
    /// By name.
    var handlers: [TopRow]
    /// What cannot be read, and so is not in the rows.
    var unreadable: [Unreadable]
    /// What handlers have heard beyond the ends of journals.
    var unknown: [UnknownHearing]

    private enum CodingKeys: String, CodingKey {
        case home, choreography, launcher, time, windowSeconds, publishedPerSecond, handlers, unreadable, unknown
    }

    /// The difference of two samples; without an earlier one there are no rates.
    init(_ now: TopSample, since before: TopSample?) {
        home = now.home
        choreography = now.choreography
        unreadable = now.unreadable
        unknown = now.unknown
        launcher = now.launcher
        time = now.clock
        let seconds = before.map { Double(now.time.microseconds - $0.time.microseconds) / 1e6 } ?? 0
        windowSeconds = seconds
        if let before, seconds > 0, now.published >= before.published {
            publishedPerSecond = Double(now.published - before.published) / seconds
        }
        let earlier = Dictionary(
            (before?.handlers ?? []).map { ($0.row.handler, $0) }, uniquingKeysWith: { first, _ in first })
        handlers = now.handlers.map { handler in
            // A handler that came up meanwhile has counted from nothing.
            let old = before == nil ? nil : earlier[handler.row.handler] ?? TopSample.Handler(row: handler.row)
            return TopRow(handler, since: old, seconds: seconds)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(home, forKey: .home)
        try container.encode(choreography, forKey: .choreography)
        try container.encode(launcher, forKey: .launcher)
        try container.encode("\(time)", forKey: .time)
        try container.encode(windowSeconds, forKey: .windowSeconds)
        try container.encode(publishedPerSecond, forKey: .publishedPerSecond)
        try container.encode(handlers, forKey: .handlers)
        try container.encode(unreadable, forKey: .unreadable)
        try container.encode(unknown, forKey: .unknown)
    }

    /// Indented JSON with sorted keys.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
