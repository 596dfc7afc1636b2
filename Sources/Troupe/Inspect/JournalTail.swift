package import Choreography
internal import Envelope
internal import Glibc
internal import Journal

/// Reads on in every journal of a home, as they grow: what `publish --await` and `tap` look through.
///
/// Costs the handlers nothing: it reads released entries from their files.
package final class JournalTail {
    private let home: Home
    private let boot: BootID
    private let directory: DirectoryFolder
    private let watch = FolderWatch()
    private var places: [PublisherID: (reader: FileEngineReader, cursor: EngineCursor)] = [:]

    /// Where in the journals reading begins.
    package enum Start: Sendable {
        /// At their ends by now; `state` says what they know there.
        case now
        /// At the oldest entries.
        case oldest
    }

    package init(home: Home) throws {
        self.home = home
        boot = try EngineError.mapping { try BootID.current() }
        directory = DirectoryFolder(home: home)
        watch.add(home.journals)
    }

    /// Opens every journal at its end. Returns what each knows there; `body` sees some of what stands before, as far as
    /// that had to be read.
    package func begin(
        seeing body: (PublisherID, EngineEntry) throws -> Void = { _, _ in }
    ) throws -> [PublisherID: SlotState] {
        var states: [PublisherID: SlotState] = [:]
        for publisher in try directory.publishers() {
            guard let reader = try open(publisher) else { continue }
            let (cursor, state) = try reader.foldToEnd { try body(publisher, $0) }
            places[publisher] = (reader, cursor)
            states[publisher] = state
        }
        return states
    }

    private func open(_ publisher: PublisherID) throws -> FileEngineReader? {
        do {
            let reader = try FileEngineReader(publisher, home: home, boot: boot)
            watch.add(home.journal(publisher.text))
            _ = try reader.start()
            return reader
        } catch let error as EngineError where error.code == .notFound {
            return nil
        }
    }

    /// How many journals are read.
    package var count: Int { places.count }

    /// Hands out every entry released since the last call, in order per journal; journals that are new from their
    /// beginning. `origin` is told, before their entries, what the removed segments of those amounted to.
    package func poll(
        origin: (PublisherID, SlotState) throws -> Void = { _, _ in },
        entry body: (PublisherID, EngineEntry) throws -> Void
    ) throws {
        for publisher in try directory.publishers() where places[publisher] == nil {
            guard let reader = try open(publisher) else { continue }
            let (cursor, state) = try reader.origin()
            try origin(publisher, state)
            places[publisher] = (reader, cursor)
        }
        for publisher in places.keys.sorted() {
            let (reader, start) = places[publisher]!
            var cursor = start
            let end = try reader.end()
            while !cursor.reaches(end) {
                let next = try reader.read(from: cursor, upTo: end, maxBytes: 8 << 20) { entry in
                    try body(publisher, entry)
                    return true
                }
                if next == cursor { break }
                cursor = next
            }
            places[publisher] = (reader, cursor)
        }
    }

    /// Sleeps until a journal may have grown, a second has passed, or `deadline` is reached.
    package func wait(until deadline: Deadline) {
        var descriptor = pollfd(fd: watch.fileDescriptor, events: Int16(POLLIN), revents: 0)
        _ = Glibc.poll(&descriptor, 1, Int32(deadline.milliseconds(atMost: 1000)))
        _ = watch.changes()
    }
}

/// The journals of a home, to be opened one by one.
package struct JournalShelf {
    private let home: Home

    package init(home: Home) { self.home = home }

    /// Every slot that has a journal, in order.
    package func publishers() throws -> [PublisherID] {
        try DirectoryFolder(home: home).publishers().filter { access(home.journal($0.text), F_OK) == 0 }
    }

    package func reader(_ publisher: PublisherID) throws -> FileEngineReader {
        try FileEngineReader(publisher, home: home, boot: EngineError.mapping { try BootID.current() })
    }
}
