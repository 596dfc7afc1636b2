package import Choreography
package import Envelope
internal import Glibc
internal import Journal

/// Puts a home, or one journal of it, back from a copy. What was there is kept aside.
///
/// Each journal that is put back begins a new epoch at once, so that whoever heard more of it than it holds is set back and
/// nothing that comes is swallowed. What that repeats, and what is missing, is told.
package struct HomeRestore {
    /// What putting a journal back means.
    package struct Meaning: Sendable, Hashable {
        package let publisher: PublisherID
        /// Consumers that had heard more than it holds now.
        package fileprivate(set) var ahead: [ConsumerCursors.Ahead] = []
        /// Events that it hears again, by stream: how many.
        package fileprivate(set) var again: [StreamID: UInt64] = [:]
        /// Events that it had not heard and that their publishers removed since, by stream: how many.
        package fileprivate(set) var missing: [StreamID: UInt64] = [:]
    }

    package struct Report: Sendable {
        package fileprivate(set) var journals: [Meaning] = []
        /// Where what was there before lies now; nil where there was nothing.
        package fileprivate(set) var aside: String?
    }

    private let copy: Home
    private let home: Home
    private let boot: BootID
    private let disk = OSFileSystem()

    package init(_ copy: Home, to home: Home) throws {
        self.copy = copy
        self.home = home
        boot = try EngineError.mapping { try BootID.current() }
    }

    /// - Parameter names: the handlers, or `ingress`, whose journals are put back; empty: all, with the registrations.
    /// - Throws: ``HandlerError`` with `badHome` or `locked`; then nothing was changed.
    package func run(_ names: [HandlerName], choreography: String?) throws -> Report {
        let chosen = try choose(names)
        try home.prepare(choreography: try copy.name() ?? choreography)
        // Nobody begins meanwhile to write what is put aside.
        var locks: [any FileLock] = []
        defer { for lock in locks { lock.unlock() } }
        let there = HomeFiles.journals(of: home)
        for publisher in names.isEmpty ? there : there.filter(chosen.contains) { locks.append(try lock(publisher)) }

        let before = states(there)
        var report = Report()
        // Copied beside first: should that fail, for want of room or by a damaged copy, nothing was changed.
        let staged = home.path + "/restoring.\(getpid())"
        defer { FolderRemoval.remove(staged) }
        try EngineError.mapping {
            try disk.makeDirectories(staged)
            for publisher in chosen {
                let reader = try FileEngineReader(publisher, home: copy, boot: boot)
                _ = try JournalCopy.copy(
                    copy.journal(publisher.text), upTo: try reader.end().low, to: staged + "/" + publisher.text,
                    fileSystem: disk, now: WallClock.now().microseconds)
            }
        }
        let aside = home.path + "/replaced/" + Self.stamp()
        let moved = try putAside(names.isEmpty ? there : there.filter(chosen.contains), all: names.isEmpty, to: aside)
        if moved { report.aside = aside }
        if names.isEmpty { try HomeFiles.copy(from: copy, to: home) }
        for publisher in chosen {
            try EngineError.mapping {
                try disk.rename(staged + "/" + publisher.text, to: home.journal(publisher.text))
            }
            let registration = "\(publisher.handler).json"
            if !names.isEmpty, access(home.registrations + "/" + registration, F_OK) != 0 {
                try HomeFiles.copy(
                    copy.registrations + "/" + registration, to: home.registrations + "/" + registration)
            }
        }
        try EngineError.mapping { try disk.synchronizeDirectory(home.journals) }
        for lock in locks { lock.unlock() }
        locks = []
        FolderRemoval.remove(home.cache)
        let ahead = try chosen.map { try open($0) }
        let after = states(HomeFiles.journals(of: home))
        report.journals = zip(chosen, ahead).map { meaning($0, $1, before: before, after: after) }
        return report
    }

    private static func stamp() -> String {
        WallClock.now().description.filter { $0.isNumber || $0 == "T" }.prefix(15) + "-\(getpid())"
    }

    private func choose(_ names: [HandlerName]) throws -> [PublisherID] {
        guard access(copy.journals, R_OK | X_OK) == 0 else {
            throw HandlerError(
                .badHome,
                "\(copy.path) is no backup: it has no folder 'journals' that can be read. Name what troupe backup made")
        }
        guard copy.path != home.path else {
            throw HandlerError(.badHome, "the backup and the home are the same folder, \(home.path)")
        }
        let (ours, theirs) = (home.exists ? try home.name() : nil, try copy.name())
        if let ours, let theirs, ours != theirs {
            throw HandlerError(
                .badHome, "\(copy.path) is a copy of the choreography '\(theirs)', and the home belongs to '\(ours)'")
        }
        let all = HomeFiles.journals(of: copy)
        if names.isEmpty { return all }
        return try names.map { name in
            guard let found = all.first(where: { $0.handler == name }) else {
                throw HandlerError(
                    .badHome,
                    "\(copy.path) holds no journal of '\(name)'; it has \(all.map(\.handler.text).joined(separator: ", "))"
                )
            }
            return found
        }
    }

    private func lock(_ publisher: PublisherID) throws -> any FileLock {
        do throws(JournalError) {
            return try disk.lock(home.lock(publisher.text), note: "\(getpid())")
        } catch {
            guard error.code == .locked else { throw EngineError(journal: error) }
            throw HandlerError(
                .locked, "\(publisher.handler) runs: \(error.message). Stop it first: troupe down --home \(home.path)")
        }
    }

    private func states(_ publishers: [PublisherID]) -> [PublisherID: SlotState] {
        var states: [PublisherID: SlotState] = [:]
        for publisher in publishers {
            states[publisher] = try? FileEngineReader(publisher, home: home, boot: boot).foldToEnd().1
        }
        return states
    }

    /// Moves what is replaced out of the way. Returns whether there was anything.
    private func putAside(_ publishers: [PublisherID], all: Bool, to aside: String) throws -> Bool {
        var moves = publishers.map { (home.journal($0.text), "journals/" + $0.text) }
        if all {
            moves += ((try? disk.list(home.registrations)) ?? []).map {
                (home.registrations + "/" + $0, "registrations/" + $0)
            }
        }
        guard !moves.isEmpty else { return false }
        try EngineError.mapping {
            for folder in ["journals", "registrations"] { try disk.makeDirectories(aside + "/" + folder) }
            for (path, name) in moves { try disk.rename(path, to: aside + "/" + name) }
            for folder in [aside + "/journals", aside + "/registrations", home.journals, home.registrations] {
                try disk.synchronizeDirectory(folder)
            }
        }
        return true
    }

    /// Begins the epoch of a journal that was put back. Returns who had heard more of it.
    private func open(_ publisher: PublisherID) throws -> [ConsumerCursors.Ahead] {
        let log = try JournalLog(
            publisher, home: home, boot: boot, options: JournalOptions(),
            consumers: { try ConsumerScan.read(of: publisher, home: home, boot: boot) })
        try log.close()
        return log.ahead
    }

    /// What it means for a journal to be where it was.
    private func meaning(
        _ publisher: PublisherID, _ ahead: [ConsumerCursors.Ahead], before: [PublisherID: SlotState],
        after: [PublisherID: SlotState]
    ) -> Meaning {
        var meaning = Meaning(publisher: publisher, ahead: ahead)
        for (stream, old) in before[publisher]?.cursors ?? [:] {
            let low = after[publisher]?.cursors[stream]?.low ?? 0
            // Of what it had heard since, what is there still comes again.
            let last = min(old.low, after[stream.publisher]?.tip(stream.topic) ?? 0)
            guard last > low else { continue }
            let reader = try? FileEngineReader(stream.publisher, home: home, boot: boot)
            let gone = max(low, ((try? reader?.firstKept()[stream.topic]) ?? 1) - 1)
            if gone > low { meaning.missing[stream] = min(gone, last) - low }
            if last > gone { meaning.again[stream] = last - gone }
        }
        return meaning
    }
}
