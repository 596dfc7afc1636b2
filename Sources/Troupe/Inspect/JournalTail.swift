package import Choreography
internal import Envelope
internal import Glibc
internal import Journal

/// Reads on in every journal of a home, as they grow: what `publish --await`, `tap` and everything that looks reads
/// through.
///
/// Costs the handlers nothing: it reads released entries from their files. What cannot be read is passed over, and
/// stands in ``unreadable``.
package final class JournalTail {
    private let home: Home
    private let watch = FolderWatch()
    private var looks: [PublisherID: JournalLook] = [:]
    private let found = UnreadableList()
    private var isBegun = false

    /// Throws when the home is a file, or may not be read.
    package init(home: Home) throws {
        if home.exists { try home.requireReadable() }
        self.home = home
        watch.add(home.journals)
    }

    /// What could not be read so far, in the order found, each once.
    package var unreadable: [Unreadable] { found.rows }

    /// Notes what a reader of an entry could not read of it, while the entry is being handed out.
    package func report(_ problem: EntryProblem, of publisher: PublisherID) { looks[publisher]?.report(problem) }

    /// Opens every journal at its end. Returns what each knows there; `body` sees some of what stands before, as far as
    /// that had to be read.
    package func begin(
        seeing body: (PublisherID, EngineEntry) throws -> Void = { _, _ in }
    ) throws -> [PublisherID: SlotState] {
        var states: [PublisherID: SlotState] = [:]
        for publisher in publishers() {
            guard let look = open(publisher) else { continue }
            looks[publisher] = look
            states[publisher] = try look.foldToEnd { try body(publisher, $0) }.state
        }
        return states
    }

    private func publishers() -> [PublisherID] {
        // The small files are read once: a look each second must cost nothing.
        if isBegun { return HomeLook.slots(in: home) }
        isBegun = true
        let look = HomeLook(home)
        for row in look.unreadable where row.kind != .registration { found.add(row) }
        return look.publishers
    }

    private func open(_ publisher: PublisherID) -> JournalLook? {
        guard let look = JournalLook(publisher, home: home, note: found.add) else { return nil }
        watch.add(home.journal(publisher.text))
        return look
    }

    /// How many journals are read.
    package var count: Int { looks.count }

    /// Hands out every entry released since the last call, in order per journal; journals that are new from their
    /// beginning. `origin` is told, before their entries, what the removed segments of those amounted to, and what was
    /// live behind a stretch that could not be read.
    package func poll(
        origin: (PublisherID, SlotState) throws -> Void = { _, _ in },
        entry body: (PublisherID, EngineEntry) throws -> Void
    ) throws {
        for publisher in publishers() where looks[publisher] == nil {
            guard let look = open(publisher) else { continue }
            looks[publisher] = look
            try origin(publisher, look.origin())
        }
        for (publisher, look) in looks.sorted(by: { $0.key < $1.key }) {
            func hand(_ entry: EngineEntry) throws { try body(publisher, entry) }
            try look.read(gap: { try origin(publisher, $0) }, hand)
        }
    }

    /// Sleeps until a journal may have grown, a second has passed, or `deadline` is reached.
    package func wait(until deadline: Deadline) {
        var descriptor = pollfd(fd: watch.fileDescriptor, events: Int16(POLLIN), revents: 0)
        _ = Glibc.poll(&descriptor, 1, Int32(deadline.milliseconds(atMost: 1000)))
        _ = watch.changes()
    }
}

/// Rows in the order found, each once.
package final class UnreadableList {
    /// A home of nothing but damage is told of by its first rows.
    private static let limit = 1000
    package private(set) var rows: [Unreadable] = []
    private var known: Set<Unreadable> = []

    package init() {}

    package func add(_ row: Unreadable) {
        if known.count < Self.limit, known.insert(row).inserted { rows.append(row) }
    }
}

/// The journals of a home, to be opened one by one.
package struct JournalShelf {
    private let home: Home

    package init(home: Home) { self.home = home }

    /// Every slot that has a journal, in order.
    package func publishers() -> [PublisherID] {
        HomeLook.slots(in: home).filter { access(home.journal($0.text), F_OK) == 0 }
    }

    package func reader(_ publisher: PublisherID) throws -> FileEngineReader {
        try FileEngineReader(publisher, home: home, boot: EngineError.mapping { try BootID.current() })
    }
}
