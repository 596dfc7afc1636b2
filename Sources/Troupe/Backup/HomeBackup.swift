package import Choreography
internal import Envelope
internal import Glibc
internal import Journal

/// Copies a home while it is used: each journal up to a place, so that together they are a state that it was in.
package struct HomeBackup {
    /// What became of a journal.
    package struct Copied: Sendable, Hashable {
        package let publisher: PublisherID
        package let bytes: UInt64
        /// Events that it holds as said, by its tips.
        package let events: UInt64
    }

    package struct Report: Sendable {
        package fileprivate(set) var journals: [Copied] = []
        /// Journals that could not be copied, and why.
        package fileprivate(set) var failures: [(publisher: PublisherID, reason: String)] = []
    }

    private let home: Home
    private let boot: BootID
    private let disk = OSFileSystem()

    package init(_ home: Home) throws {
        self.home = home
        boot = try EngineError.mapping { try BootID.current() }
    }

    /// Makes the copy at `path`, which must not be there; it appears there whole.
    ///
    /// - Throws: ``HandlerError`` with `badHome` where `path` cannot be used, and what reading and writing throws; then
    ///   nothing is left at `path`.
    package func run(to path: String) throws -> Report {
        let target = Home(path).path
        let partial = target + ".partial"
        try check(target)
        guard mkdir(partial, 0o700) == 0 else {
            let reason =
                errno == EEXIST
                ? "\(partial) is there: another backup is under way, or one was interrupted; remove it"
                : "\(partial) cannot be made: \(String(cString: strerror(errno)))"
            throw HandlerError(.badHome, reason)
        }
        do {
            let report = try copy(to: Home(partial))
            try EngineError.mapping {
                try disk.rename(partial, to: target)
                try disk.synchronizeDirectory(parent(of: target))
            }
            return report
        } catch {
            FolderRemoval.remove(partial)
            throw error
        }
    }

    private func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    private func check(_ target: String) throws {
        guard access(target, F_OK) != 0 else {
            throw HandlerError(.badHome, "\(target) is there already: name a folder that is not")
        }
        guard access(parent(of: target), W_OK) == 0 else {
            throw HandlerError(
                .badHome, "\(parent(of: target)) cannot be written: \(String(cString: strerror(errno)))")
        }
        guard !(target + "/").hasPrefix(home.path + "/") else {
            throw HandlerError(.badHome, "\(target) lies in the home that is copied: name a folder elsewhere")
        }
    }

    private func copy(to target: Home) throws -> Report {
        var report = Report()
        // First: a handler that registers meanwhile has no journal in the copy, and must not be missed there.
        try HomeFiles.copy(from: home, to: target)
        let cut = try cut(&report)
        try EngineError.mapping { try disk.makeDirectories(target.journals) }
        for (publisher, place) in cut.places.sorted(by: { $0.key < $1.key }) {
            let copied = Result { () throws(JournalError) in
                try JournalCopy.copy(
                    home.journal(publisher.text), upTo: place.low, to: target.journal(publisher.text), fileSystem: disk,
                    now: WallClock.now().microseconds)
            }
            switch copied {
            case .success(let copied):
                let said = cut.states[publisher]?.nextSequence.values.reduce(0) { $0 + ($1 - 1) } ?? 0
                report.journals.append(Copied(publisher: publisher, bytes: copied.bytes, events: said))
            case .failure(let error):
                guard error.code == .corrupt || error.code == .badVersion else { throw EngineError(journal: error) }
                FolderRemoval.remove(target.journal(publisher.text))
                report.failures.append((publisher, "\(error)"))
            }
        }
        try EngineError.mapping {
            for folder in [target.journals, target.path] { try disk.synchronizeDirectory(folder) }
        }
        return report
    }

    /// Looks at every journal, and moves on those that were looked at before what others have heard of them.
    private func cut(
        _ report: inout Report
    ) throws -> (states: [PublisherID: SlotState], places: [PublisherID: EngineCursor]) {
        var places: [PublisherID: EngineCursor] = [:]
        var states: [PublisherID: SlotState] = [:]
        var readers: [PublisherID: FileEngineReader] = [:]
        for publisher in HomeFiles.journals(of: home) {
            do {
                let reader = try FileEngineReader(publisher, home: home, boot: boot)
                (places[publisher], states[publisher]) = try reader.foldToEnd()
                readers[publisher] = reader
            } catch let error as EngineError where error.code == .notFound {
                continue
            } catch {
                report.failures.append((publisher, "\(error)"))
            }
        }
        var cut = ConsistentCut(states)
        while let need = cut.next(), let reader = readers[need.publisher], var place = places[need.publisher],
            var state = cut.states[need.publisher]
        {
            let end = try reader.end()
            while !need.isMet(by: state), !place.reaches(end) {
                let next = try reader.read(from: place, upTo: end, maxBytes: 1 << 20) { entry in
                    try state.apply(entry)
                    return !need.isMet(by: state)
                }
                if next == place { break }
                place = next
            }
            places[need.publisher] = place
            cut.moved(need, to: state)
        }
        return (cut.states, places)
    }
}
