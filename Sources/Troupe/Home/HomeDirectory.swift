internal import Choreography
internal import Glibc
internal import Journal
internal import Logging

/// The directory of a home: reads a record only when it is another than before, and asks for no lock by itself.
final class HomeDirectory: Directory {
    private struct Known {
        var stamp: FileStamp
        var record: DirectoryRecord?
    }

    private let home: Home
    private let watch: FolderWatch
    private let logger: Logger
    private let fileSystem = OSFileSystem()
    private var records: [PublisherID: Known] = [:]
    private var journals: Set<PublisherID> = []
    private var attended: [PublisherID: Roster.Attention] = [:]
    private var looks: [PublisherID: [String: FileStamp]] = [:]
    private var folders: [String: FileStamp] = [:]
    private var reported: Set<String> = []

    /// - Parameter watch: is told what to watch; whoever reads it asks for the ``changes(of:)``.
    init(home: Home, watch: FolderWatch, logger: Logger) {
        self.home = home
        self.watch = watch
        self.logger = logger
    }

    func changes(of publishers: Set<PublisherID>?) -> [Roster.Change] {
        guard let publishers else {
            watch.add(home.directory)
            watch.add(home.journals)
            // A watch ends with the file that it is on, and another file may be there now.
            for (publisher, attention) in attended { addWatches(publisher, attention) }
            return listJournals() + listRecords()
        }
        return publishers.sorted().flatMap { publisher -> [Roster.Change] in
            if let attention = attended[publisher] { addWatches(publisher, attention) }
            return [journal(publisher), listed(publisher)].compactMap(\.self)
        }
    }

    func isHeld(_ publisher: PublisherID) throws -> Bool {
        try EngineError.mapping { try fileSystem.lockHolder(home.lock(publisher.text)) } != nil
    }

    func record(of publisher: PublisherID) -> DirectoryRecord? { records[publisher]?.record }

    // MARK: journals

    private func journal(_ publisher: PublisherID) -> Roster.Change? {
        let isThere = access(home.journal(publisher.text), F_OK) == 0
        guard isThere != journals.contains(publisher) else { return nil }
        if isThere { journals.insert(publisher) } else { journals.remove(publisher) }
        return .journal(publisher, isThere: isThere)
    }

    private func listJournals() -> [Roster.Change] {
        guard let names = newNames(in: home.journals) else { return [] }
        let now = Set(names.filter { !$0.hasSuffix(".turn") }.compactMap { try? PublisherID($0) })
        defer { journals = now }
        return journals.symmetricDifference(now).sorted().map { .journal($0, isThere: now.contains($0)) }
    }

    // MARK: records

    private func listRecords() -> [Roster.Change] {
        guard let names = newNames(in: home.directory) else { return [] }
        var found = Set(records.keys)
        for name in names where name.hasSuffix(".json") {
            if let publisher = try? PublisherID(name.dropLast(5)) {
                found.insert(publisher)
            } else if reported.insert(name).inserted {
                logger.error(
                    "a file in the directory is no slot's and is passed over; remove it",
                    metadata: ["file": "\(home.directory)/\(name)"])
            }
        }
        return found.sorted().compactMap(listed)
    }

    private func listed(_ publisher: PublisherID) -> Roster.Change? {
        let path = home.directory + "/" + publisher.text + ".json"
        guard let stamp = FileStamp(path) else {
            return records.removeValue(forKey: publisher) == nil ? nil : .unlisted(publisher)
        }
        let before = records[publisher]
        guard before?.stamp != stamp else { return nil }
        do {
            guard let bytes = try EngineError.mapping({ try AtomicFile.read(path) }) else { return nil }
            let record = try DirectoryRecord(json: bytes, of: publisher, path: path)
            records[publisher] = Known(stamp: stamp, record: record)
            guard record != before?.record else { return nil }
            return .listed(publisher, Roster.Listing(record))
        } catch {
            // Whoever was found by the record before is found still.
            records[publisher] = Known(stamp: stamp, record: before?.record)
            logger.error("a directory record is ignored", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// The names in a folder; nil when they are those of the last call.
    private func newNames(in folder: String) -> [String]? {
        let stamp = FileStamp(folder)
        if let stamp, folders[folder] == stamp { return nil }
        do {
            let names = try fileSystem.list(folder)
            folders[folder] = stamp.flatMap { $0.isFresh ? nil : $0 }
            return names
        } catch {
            if error.code == .notFound { return [] }
            folders[folder] = nil
            if reported.insert(folder).inserted {
                logger.error("a folder of the home cannot be read", metadata: ["reason": "\(error)"])
            }
            return nil
        }
    }

    // MARK: attention

    func attend(_ publisher: PublisherID, _ attention: Roster.Attention) {
        let before = attended[publisher] ?? []
        attended[publisher] = attention.isEmpty ? nil : attention
        for gone in Self.parts(before.subtracting(attention)) { watch.remove(path(publisher, gone)) }
        if !attention.contains(.journal) { looks[publisher] = nil }
        addWatches(publisher, attention)
        // After the watch, so that what changes from here on is told by one or the other.
        if attention.contains(.journal), !before.contains(.journal) {
            looks[publisher] = FileStamp.files(in: home.journal(publisher.text))
        }
    }

    private func addWatches(_ publisher: PublisherID, _ attention: Roster.Attention) {
        if attention.contains(.lock) { watch.addClosing(home.lock(publisher.text)) }
        if attention.contains(.journal) { watch.add(home.journal(publisher.text)) }
    }

    private func path(_ publisher: PublisherID, _ part: Roster.Attention) -> String {
        part == .lock ? home.lock(publisher.text) : home.journal(publisher.text)
    }

    private static func parts(_ attention: Roster.Attention) -> [Roster.Attention] {
        [.lock, .journal].filter(attention.contains)
    }

    func grown() -> [PublisherID] {
        var grown: [PublisherID] = []
        for (publisher, before) in looks {
            let now = FileStamp.files(in: home.journal(publisher.text))
            looks[publisher] = now
            if now.isEmpty || now != before { grown.append(publisher) }
        }
        return grown.sorted()
    }
}

extension Roster.Listing {
    init(_ record: DirectoryRecord) {
        self.init(
            instance: record.instance, isHere: record.host == HostID.current, emits: Set(record.declaration.emits))
    }
}
