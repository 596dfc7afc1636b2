internal import Choreography
internal import Envelope
internal import Journal

/// What of a home must be kept beside its journals: whose it is, who is registered for what, and what is kept how long.
/// Sockets, the directory, caches and logs belong to what runs there.
enum HomeFiles {
    static func copy(from home: Home, to target: Home) throws {
        let disk = OSFileSystem()
        try EngineError.mapping {
            try disk.makeDirectories(target.registrations)
            for name in try disk.list(home.path) where ["choreography", "retention"].contains(name) {
                try copy(home.path + "/" + name, to: target.path + "/" + name)
            }
            let registrations = (try? disk.list(home.registrations)) ?? []
            for name in registrations where name.hasSuffix(".json") {
                try copy(home.registrations + "/" + name, to: target.registrations + "/" + name)
            }
        }
    }

    /// Copies a small file, if it is there.
    static func copy(_ path: String, to target: String) throws {
        guard let bytes = try EngineError.mapping({ try AtomicFile.read(path) }) else { return }
        try EngineError.mapping { try AtomicFile.write(bytes, to: target) }
    }

    /// The slots that have a journal's folder, in order.
    static func journals(of home: Home) -> [PublisherID] {
        ((try? OSFileSystem().list(home.journals)) ?? []).compactMap { try? PublisherID($0) }.sorted()
    }
}
