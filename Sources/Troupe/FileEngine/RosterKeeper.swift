internal import Choreography
internal import Envelope
internal import Logging

/// Carries out a roster: tells it what the directory says, and others what follows from it. Used on the disk thread only.
final class RosterKeeper: @unchecked Sendable {
    // Unchecked: called by jobs of one disk thread, one after the other.
    /// What is different for whoever follows; often nothing.
    struct News: Sendable {
        var actions: [Roster.Action] = []
        /// The records of those that are live.
        var records: [PublisherID: DirectoryRecord] = [:]
        /// At rest, and their journals look otherwise than before.
        var grown: [PublisherID] = []
        /// Whose lock should be asked for once more, in so many microseconds.
        var doubts: (locks: Set<PublisherID>, after: Int64)?

        var isEmpty: Bool { actions.isEmpty && grown.isEmpty && doubts == nil }
    }

    private static let firstDoubt: Int64 = 5_000
    private static let lastDoubt: Int64 = 500_000

    private let directory: any Directory
    private let logger: Logger
    private let emits: Set<String>
    private var roster: Roster
    /// Whose locks are to be seen to.
    private var watched: Set<PublisherID> = []
    private var held: Set<PublisherID> = []
    private var hasBegun = false

    init(own: PublisherID, topics: Set<String>, emits: Set<String>, directory: any Directory, logger: Logger) {
        self.directory = directory
        self.logger = logger
        self.emits = emits
        roster = Roster(own: own, topics: topics)
    }

    /// Looks at everything.
    func look() -> News {
        var news = News()
        if !hasBegun {
            hasBegun = true
            carryOut(roster.begin(emits: emits), &news)
        }
        take(directory.changes(of: nil), &news)
        for publisher in watched.sorted() { ask(publisher, &news) }
        news.grown = directory.grown()
        return news
    }

    /// Looks at publishers of which something changed.
    func look(at publishers: Set<PublisherID>) -> News {
        var news = News()
        take(directory.changes(of: publishers), &news)
        return news
    }

    /// Asks for locks that were closed by somebody. The word of that comes a moment before the lock is free, so who seems
    /// to be held still is asked for again after a while, `waited` microseconds the last time.
    func look(atLocks publishers: Set<PublisherID>, waited: Int64 = 0) -> News {
        var news = News()
        let asked = publishers.intersection(watched)
        for publisher in asked.sorted() { ask(publisher, &news) }
        let doubts = asked.intersection(held)
        let wait = max(Self.firstDoubt, waited * 3)
        if !doubts.isEmpty, wait < Self.lastDoubt { news.doubts = (doubts, wait) }
        return news
    }

    private func take(_ changes: [Roster.Change], _ news: inout News) {
        for change in changes { carryOut(roster.handle(change), &news) }
    }

    private func ask(_ publisher: PublisherID, _ news: inout News) {
        do {
            let isHeld = try directory.isHeld(publisher)
            if isHeld { held.insert(publisher) } else { held.remove(publisher) }
            carryOut(roster.handle(.lock(publisher, isHeld: isHeld)), &news)
        } catch {
            logger.error("a lock cannot be asked for", metadata: ["publisher": "\(publisher)", "reason": "\(error)"])
        }
    }

    private func carryOut(_ actions: [Roster.Action], _ news: inout News) {
        for action in actions {
            switch action {
            case .attend(let publisher, let attention):
                if attention.contains(.lock) { watched.insert(publisher) } else { watched.remove(publisher) }
                directory.attend(publisher, attention)
            case .askLock(let publisher): ask(publisher, &news)
            case .located(let publisher, .live):
                news.records[publisher] = directory.record(of: publisher)
                news.actions.append(action)
            case .located, .added, .forgotten: news.actions.append(action)
            }
        }
    }
}
