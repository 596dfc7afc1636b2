package import Choreography
package import Envelope
internal import Glibc
internal import Journal

/// The small files of a home, each read by itself: what cannot be read is a row, and the others are there.
package struct HomeLook: Sendable {
    package private(set) var registrations: [Registration] = []
    /// Every slot that has a journal or a directory record, in order.
    package private(set) var publishers: [PublisherID] = []
    /// Handlers whose registration is there and cannot be read, so that nobody knows what they are to hear.
    package private(set) var unclear: Set<HandlerName> = []
    package private(set) var unreadable: [Unreadable] = []

    package init(_ home: Home) {
        readRegistrations(home)
        readDirectory(home)
    }

    /// Every slot that has a journal or a directory record, in order, by the names alone; what is no slot's is left out.
    package static func slots(in home: Home) -> [PublisherID] {
        let fileSystem = OSFileSystem()
        var found = Set(
            ((try? fileSystem.list(home.journals)) ?? []).filter { !$0.hasSuffix(".turn") }
                .compactMap { try? PublisherID($0) })
        for name in (try? fileSystem.list(home.directory)) ?? [] where name.hasSuffix(".json") {
            if let publisher = try? PublisherID(name.dropLast(5)) { found.insert(publisher) }
        }
        return found.sorted()
    }

    private mutating func readRegistrations(_ home: Home) {
        let folder = RegistrationFolder(home: home)
        for name in names(in: home.registrations, .registration) where name.hasSuffix(".json") {
            let path = home.registrations + "/" + name
            guard let handler = try? HandlerName(name.dropLast(5)) else {
                unreadable.append(
                    Unreadable(
                        .registration, name, file: path,
                        reason: "\(path) is no registration: its name should be handler.json.",
                        advice: "Remove the file."))
                continue
            }
            do {
                if let registration = try folder.read(handler) { registrations.append(registration) }
            } catch {
                unclear.insert(handler)
                unreadable.append(Unreadable(.registration, handler.text, file: path, error))
            }
        }
    }

    private mutating func readDirectory(_ home: Home) {
        var found: Set<PublisherID> = []
        for name in names(in: home.journals, .journal) where !name.hasSuffix(".turn") {
            if let publisher = try? PublisherID(name) { found.insert(publisher) }
        }
        for name in names(in: home.directory, .directoryRecord) where name.hasSuffix(".json") {
            let path = home.directory + "/" + name
            guard let publisher = try? PublisherID(name.dropLast(5)) else {
                unreadable.append(
                    Unreadable(
                        .directoryRecord, name, file: path,
                        reason: "\(path) is no directory record: its name should be handler.slot.json.",
                        advice: "Remove the file."))
                continue
            }
            found.insert(publisher)
            do {
                guard let bytes = try AtomicFile.read(path) else { continue }
                _ = try DirectoryRecord(json: bytes, of: publisher, path: path)
            } catch {
                unreadable.append(Unreadable(.directoryRecord, publisher.text, file: path, error))
            }
        }
        publishers = found.sorted()
    }

    private mutating func names(in folder: String, _ kind: Unreadable.Kind) -> [String] {
        do { return try OSFileSystem().list(folder).sorted() } catch {
            if error.code != .notFound {
                unreadable.append(
                    Unreadable(kind, folder, file: folder, reason: error.message + ".", advice: "See to the folder."))
            }
            return []
        }
    }
}
