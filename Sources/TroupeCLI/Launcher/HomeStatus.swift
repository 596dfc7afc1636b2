internal import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Troupe

/// What goes on in a home: from locks, journals and what a launcher left there, so that it needs no launcher.
struct HomeStatus: Encodable {
    var home: String
    var choreography: String?
    /// The launcher's process.
    var launcher: Int32?
    var handlers: [HandlerRow]
    /// What cannot be read, and so is not in the rows above.
    var unreadable: [Unreadable] = []
    /// What handlers have heard beyond the ends of journals.
    var unknown: [UnknownHearing] = []

    private enum CodingKeys: String, CodingKey { case home, choreography, launcher, handlers, unreadable, unknown }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(home, forKey: .home)
        try container.encode(choreography, forKey: .choreography)
        try container.encode(launcher, forKey: .launcher)
        try container.encode(handlers, forKey: .handlers)
        try container.encode(unreadable, forKey: .unreadable)
        try container.encode(unknown, forKey: .unknown)
    }

    init(_ home: Home) throws {
        // Registrations first: one made meanwhile is left out rather than taken for behind.
        let (look, found) = (HomeLook(home), UnreadableList())
        let backlogs = try HandlerBacklog.all(in: home, look, note: found.add)
        try self.init(home, look, backlogs: backlogs, unreadable: found.rows)
    }

    /// With backlogs that are known already.
    init(
        _ home: Home, _ look: HomeLook, backlogs: [HandlerName: HandlerBacklog], unreadable: [Unreadable]
    ) throws {
        let found = UnreadableList()
        for row in look.unreadable + unreadable { found.add(row) }
        self.home = home.path
        choreography = try home.name()
        unknown = backlogs.sorted { $0.key < $1.key }.flatMap(\.value.unknown)
        let folder = LauncherFolder(home: home)
        let slots = SlotHolder(home: home)
        let launcher = folder.launcher()
        let held = look.publishers.filter { $0 != .ingress && (try? slots.isHeld($0)) ?? false }.map(\.handler)
        let names = Set(backlogs.keys).union(folder.known()).union(held).union(look.unclear)
        handlers = names.sorted().map { name in
            let status = folder.status(name)
            var row = HandlerRow(
                handler: name.text, state: "stopped", restarts: status?.restarts ?? 0,
                isRegistered: backlogs[name] != nil || look.unclear.contains(name), log: [])
            if let pid = (try? slots.pid(name)) ?? nil {
                // A record that cannot be read is a row of its own; the process runs all the same.
                let record = (try? slots.record(name, pid: pid)) ?? nil
                let isUnclear = found.rows.contains { $0.kind == .directoryRecord && $0.name == "\(name).0" }
                let isListed = record != nil || isUnclear || ((try? slots.unlisted(name)) ?? nil) == nil
                row.state =
                    status?.state == .restarting && launcher != nil
                    ? "restarting" : record != nil ? "running" : isListed ? "starting" : "unlisted"
                row.pid = pid
                row.metrics = record?.metrics
            } else if let process = folder.startingProcess(name) {
                row.state = "starting"
                row.pid = process.pid
            } else if launcher != nil, let status, [.backingOff, .cannotStart].contains(status.state) {
                row.state = status.state.rawValue
                row.nextStart = status.until
                row.log = Self.withoutRepeats(LogTail.last(10, of: folder.logPath(name.text))).suffix(3).map { $0 }
            }
            if row.pid == nil, row.state == "stopped", (try? slots.isHeld(PublisherID(handler: name, slot: 0))) ?? false
            {
                // So new that its process has not said its number.
                row.state = "starting"
            }
            row.uptimeSeconds = row.pid.flatMap(ProcessFacts.uptimeSeconds)
            row.memoryBytes = row.pid.flatMap(ProcessFacts.residentBytes)
            row.lastEnd = status?.lastEnd
            row.lastEndAt = status?.lastEndAt
            if let backlog = backlogs[name] {
                row.behind = backlog.behind
                row.parked = backlog.parked
                row.deadLetters = backlog.deadLetters
            }
            return row
        }
        self.launcher = launcher
        self.unreadable = found.rows
    }

    /// One line where several alike follow each other: what fails again and again says the same.
    private static func withoutRepeats(_ lines: [String]) -> [String] {
        lines.enumerated().filter { $0.offset == 0 || $0.element != lines[$0.offset - 1] }.map(\.element)
    }

    /// Indented JSON with sorted keys.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
