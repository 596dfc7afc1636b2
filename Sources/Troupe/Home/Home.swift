internal import Choreography
internal import Envelope
internal import Glibc
internal import Journal

/// The folder that holds a choreography's journals, registrations and directory.
public struct Home: Sendable, Hashable {
    /// The folder's path, absolute.
    public let path: String

    /// Names a folder; nothing is made or read.
    public init(_ path: String) {
        if path.hasPrefix("/") {
            self.path = path
        } else {
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
            let current = getcwd(&buffer, buffer.count).map { String(cString: $0) } ?? "."
            self.path = path == "." ? current : current + "/" + path
        }
    }

    /// One folder for each slot.
    package var journals: String { path + "/journals" }
    /// One JSON file for each registered handler.
    package var registrations: String { path + "/registrations" }
    /// One JSON file for each running slot.
    package var directory: String { path + "/directory" }
    /// The sockets.
    package var sockets: String { path + "/run" }
    /// What programs said of themselves: a cache, one JSON file for each handler.
    package var descriptions: String { path + "/descriptions" }
    /// What each handler writes to standard output and error: `NAME.log`.
    package var logs: String { path + "/logs" }
    /// The launcher's lock, and what it knows of each handler.
    package var launcher: String { path + "/launcher" }
    /// What lookers keep for the next look; may be removed at any time.
    package var cache: String { path + "/cache" }
    private var nameFile: String { path + "/choreography" }

    /// The folder of a slot's journal.
    package func journal(_ publisher: String) -> String { journals + "/" + publisher }
    /// The file whose lock says that a slot is held.
    package func lock(_ publisher: String) -> String { journal(publisher) + "/lock" }
    /// The slot whose lock a path is; nil for other paths.
    func publisher(ofLock path: String) -> PublisherID? {
        let parts = path.split(separator: "/").suffix(2)
        guard parts.count == 2, parts.last == "lock", let slot = parts.first, path == lock(String(slot)) else {
            return nil
        }
        return try? PublisherID(slot)
    }

    /// Where a slot's sockets are bound; `kind` is one letter.
    package func endpoint(_ publisher: String, _ kind: String) -> String {
        "ipc://" + sockets + "/" + Self.hash(publisher) + kind
    }

    /// The length in bytes of the longest socket path; the system's limit is 107.
    package var longestSocketPath: Int { sockets.utf8.count + 18 }

    /// 64-bit FNV-1a in hexadecimal: a short name that does not depend on the publisher's length.
    private static func hash(_ text: String) -> String { Hex.text(FNV1a.hash64(text.utf8)) }

    /// Makes the folder and its parts where they are missing, and checks that it belongs to `choreography`.
    /// Throws ``HandlerError`` with `badHome` when it cannot be used.
    package func prepare(choreography: String?) throws {
        let longest = longestSocketPath
        guard longest <= 107 else {
            throw HandlerError(
                .badHome,
                "the home's path is too long for sockets: \(path) makes names of \(longest) bytes and the limit is"
                    + " 107. Use a home whose path has at most \(path.utf8.count - (longest - 107)) bytes")
        }
        let fileSystem = OSFileSystem()
        do {
            for folder in [path, journals, registrations, directory, sockets] {
                try fileSystem.makeDirectories(folder)
            }
        } catch {
            let reason =
                error.errno == ENOTDIR ? "it, or a folder that it lies in, is a file and no folder" : error.message
            throw HandlerError(
                .badHome,
                "the home \(path) cannot be used: \(reason). Name another one with --home or $TROUPE_HOME")
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw HandlerError(
                .badHome,
                "the home \(path) cannot be read and written by this user: \(String(cString: strerror(errno)))."
                    + " Change its owner, or name another one with --home or $TROUPE_HOME")
        }
        for folder in [directory, registrations] { AtomicFile.sweep(folder) }
        guard let choreography else { return }
        if let name = try name() {
            guard name == choreography else {
                throw HandlerError(
                    .badHome,
                    "the home \(path) belongs to the choreography '\(name)', not '\(choreography)'."
                        + " Each choreography needs a home of its own: name another with --home")
            }
        } else {
            try AtomicFile.write(Array((choreography + "\n").utf8), to: nameFile)
        }
    }

    /// The name of the choreography that the folder belongs to, once one was given.
    package func name() throws -> String? {
        guard let bytes = try AtomicFile.read(nameFile) else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init)
    }

    /// Whether the folder is there at all.
    package var exists: Bool { access(path, F_OK) == 0 }

    /// Throws when the folder is not there or cannot be read, saying what to do.
    package func requireReadable() throws {
        guard exists else {
            throw HandlerError(
                .badHome, "there is no home at \(path). Name it with --home or $TROUPE_HOME, or start a handler there")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw HandlerError(
                .badHome, "the home \(path) is a file and no folder. Name the right one with --home or $TROUPE_HOME")
        }
        guard access(path, R_OK | X_OK) == 0 else {
            throw HandlerError(.badHome, "the home \(path) cannot be read by this user. Change its owner or its mode")
        }
    }
}
