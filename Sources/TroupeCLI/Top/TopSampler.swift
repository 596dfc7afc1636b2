internal import Choreography
internal import Envelope
internal import Glibc
internal import Troupe

/// Looks at a home again and again: journals as they grow, locks, what a launcher left. Asks no handler anything.
final class TopSampler {
    private struct Reading {
        let tail: JournalTail
        var activity = HandlerActivity()
        var folders: [PublisherID: UInt64]
    }

    private let home: Home
    private var reading: Reading?

    init(home: Home) { self.home = home }

    /// What is true now. Throws when the home cannot be read; the next call begins anew.
    func sample() throws -> TopSample {
        try home.requireReadable()
        let look = HomeLook(home)
        // Taken out meanwhile: nothing is copied, and after an error nothing is left.
        var now = try resume(reading.take(), look)
        // Consumers' cursors are older than publishers' tips, so that nobody looks lost who is ahead of the reading.
        let cursors = now.activity.states
        let tail = now.tail
        try tail.poll(
            origin: { now.activity.begin($0, $1) },
            entry: { publisher, entry in
                now.activity.observe(publisher, entry) { tail.report($0, of: publisher) }
            })
        now.activity.settle()
        reading = now
        let activity = now.activity
        let backlogs = Dictionary(
            look.registrations.map { ($0.handler, HandlerBacklog($0, states: activity.states, cursors: cursors)) },
            uniquingKeysWith: { $1 })
        // A small file that was put right is no row any more; a journal's stretch was passed over for good.
        let journals = tail.unreadable.filter { $0.kind != .directoryRecord }
        let status = try HomeStatus(home, look, backlogs: backlogs, unreadable: journals)
        return TopSample(
            time: SteadyClock.now(), clock: WallClock.now(), home: status.home, choreography: status.choreography,
            launcher: status.launcher, handlers: status.handlers.map { handler($0, activity) },
            published: activity.totals[.ingress]?.said ?? 0, unreadable: status.unreadable, unknown: status.unknown)
    }

    /// Reads on, or begins: also where a journal is another one of that name, for the home was purged and begun anew.
    private func resume(_ old: consuming Reading?, _ look: HomeLook) throws -> Reading {
        let folders = self.folders(look)
        if var old, !old.folders.contains(where: { folders[$0.key] != $0.value }) {
            old.folders = folders
            return old
        }
        var new = Reading(tail: try JournalTail(home: home), folders: folders)
        let states = try new.tail.begin { new.activity.remember($0, $1) }
        new.activity.begin(states)
        return new
    }

    private func handler(_ row: HandlerRow, _ activity: HandlerActivity) -> TopSample.Handler {
        let slots = activity.states.filter { $0.key.handler.text == row.handler }
        guard let name = try? HandlerName(row.handler), !slots.isEmpty else { return TopSample.Handler(row: row) }
        return TopSample.Handler(
            row: row,
            retrying: slots.values.reduce(0) { $0 + $1.parks.values.count { $0.reason == .retry } },
            journalBytes: slots.keys.reduce(0) { $0 + FolderSize.bytes(in: home.journal($1.text)) },
            totals: activity.totals[name] ?? HandlerActivity.Totals())
    }

    /// The folder of each journal, as the file system knows it.
    private func folders(_ look: HomeLook) -> [PublisherID: UInt64] {
        var folders: [PublisherID: UInt64] = [:]
        for publisher in look.publishers {
            var status = stat()
            if stat(home.journal(publisher.text), &status) == 0 { folders[publisher] = UInt64(status.st_ino) }
        }
        return folders
    }
}
