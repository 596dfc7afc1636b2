internal import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Glibc
internal import Journal
internal import Subprocess
internal import SystemPackage
internal import Troupe

/// What handlers' programs said of themselves, kept until a program changes, so that `publish` need not ask each time.
///
/// A cache: what cannot be read or written is asked again.
struct DescriptionShelf {
    let home: Home

    private struct Entry: Codable {
        var command: [String]
        /// Of the program's file.
        var size: Int64
        /// In nanoseconds since 1970.
        var modified: Int64
        var declaration: Declaration
    }

    private func path(_ name: HandlerName) -> String { home.descriptions + "/\(name).json" }

    /// Keeps a declaration; `command` is the program and what it was asked with.
    func put(_ name: HandlerName, _ command: [String], _ declaration: Declaration) {
        guard let stamp = Self.stamp(command) else { return }
        let entry = Entry(command: command, size: stamp.size, modified: stamp.modified, declaration: declaration)
        guard let bytes = try? JSONEncoder().encode(entry) else { return }
        try? OSFileSystem().makeDirectories(home.descriptions)
        try? AtomicFile.write(Array(bytes), to: path(name))
    }

    /// What a registered handler declares, with shapes: of the program that runs, else of the one that ran last. Nil if
    /// that cannot be known.
    func declaration(of name: HandlerName) async -> Declaration? {
        let kept = ((try? AtomicFile.read(path(name))) ?? nil).flatMap {
            try? JSONDecoder().decode(Entry.self, from: Data($0))
        }
        let record = (try? DirectoryFolder(home: home).live(PublisherID(handler: name, slot: 0))) ?? nil
        guard let command = record.map({ $0.declaration.command }) ?? kept?.command, let stamp = Self.stamp(command)
        else { return nil }
        if let kept, kept.command == command, kept.size == stamp.size, kept.modified == stamp.modified {
            return kept.declaration
        }
        guard
            let declaration = try? await HandlerDescription.read(
                .path(FilePath(command[0])), named: command[0], arguments: Array(command.dropFirst())),
            declaration.handler == name.text
        else { return nil }
        put(name, command, declaration)
        return declaration
    }

    private static func stamp(_ command: [String]) -> (size: Int64, modified: Int64)? {
        var status = stat()
        guard let program = command.first, stat(program, &status) == 0 else { return nil }
        return (Int64(status.st_size), Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
    }
}
