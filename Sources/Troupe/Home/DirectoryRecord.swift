package import Choreography
internal import Envelope
internal import FoundationEssentials
internal import Journal

/// How others find a running slot: one JSON file in the directory, written by rename.
package struct DirectoryRecord: Codable, Hashable, Sendable {
    /// The slot, `payment.0`.
    package var publisher: String
    /// Differs for every start of the slot.
    package var instance: String
    package var pid: Int32
    /// Readers on the same host may read the journal.
    package var host: String
    /// Where events are published; a list, for several networks.
    package var publish: [String]
    /// Where replay is asked for.
    package var replay: [String]
    /// Empty on one host.
    package var publicKey: String
    package var declaration: Declaration
    /// Where its metrics are to be had, as `127.0.0.1:43211`; absent where nobody asked for any.
    package var metrics: String?

    package init(
        publisher: PublisherID, instance: String, pid: Int32, host: String, publish: [String], replay: [String],
        declaration: Declaration, metrics: String? = nil
    ) {
        self.publisher = publisher.text
        self.instance = instance
        self.pid = pid
        self.host = host
        self.publish = publish
        self.replay = replay
        publicKey = ""
        self.declaration = declaration
        self.metrics = metrics
    }

    /// Reads a slot's record. Throws `EngineError.corrupt`, naming the file, when it is none.
    package init(json bytes: [UInt8], of publisher: PublisherID, path: String) throws(EngineError) {
        do {
            self = try JSONDecoder().decode(DirectoryRecord.self, from: Data(bytes))
            guard self.publisher == publisher.text else {
                throw ChoreographyError(.malformed, "it is the record of '\(self.publisher)'")
            }
        } catch {
            throw EngineError(
                .corrupt,
                "the directory record \(path) cannot be read (\(DirectoryFolder.explain(error)))."
                    + " Remove the file; if \(publisher.handler) runs, restart it and it writes a new one")
        }
    }

    /// The file's bytes.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try Array(encoder.encode(self)) + [10]
    }
}

/// The folder in which slots are found: who runs, where, and who merely has a journal.
package struct DirectoryFolder: Sendable {
    private let home: Home
    private let fileSystem = OSFileSystem()

    package init(home: Home) { self.home = home }

    private func path(_ publisher: String) -> String { home.directory + "/" + publisher + ".json" }

    /// Writes a slot's record; its lock must be held.
    package func publish(_ record: DirectoryRecord) throws {
        try EngineError.mapping { try AtomicFile.write(record.json(), to: path(record.publisher)) }
    }

    /// Takes a slot's record away.
    package func withdraw(_ publisher: PublisherID) { try? fileSystem.unlink(path(publisher.text)) }

    /// One slot's record, if its process still holds the slot. Throws `EngineError.corrupt` when it cannot be read.
    package func live(_ publisher: PublisherID) throws -> DirectoryRecord? {
        guard try EngineError.mapping({ try fileSystem.lockHolder(home.lock(publisher.text)) }) != nil,
            let bytes = try EngineError.mapping({ try AtomicFile.read(path(publisher.text)) })
        else { return nil }
        return try DirectoryRecord(json: bytes, of: publisher, path: path(publisher.text))
    }

    /// Every slot that has a record or a journal. Throws `EngineError.corrupt` for a file that is no slot's.
    package func publishers() throws -> [PublisherID] {
        try EngineError.mapping {
            var found: Set<PublisherID> = []
            for name in try list(home.journals) where !name.hasSuffix(".turn") {
                if let publisher = try? PublisherID(name) { found.insert(publisher) }
            }
            for name in try list(home.directory) where name.hasSuffix(".json") {
                guard let publisher = try? PublisherID(name.dropLast(5)) else {
                    throw EngineError(
                        .corrupt,
                        "\(home.directory)/\(name) is no directory record: its name should be handler.slot.json."
                            + " Remove the file")
                }
                found.insert(publisher)
            }
            return found.sorted()
        }
    }

    private func list(_ folder: String) throws -> [String] {
        do { return try fileSystem.list(folder) } catch {
            if error.code == .notFound { return [] }
            throw error
        }
    }

    /// Throws if any record is damaged, so that a process notices before it starts half.
    package func verify() throws {
        for publisher in try publishers() {
            guard let bytes = try EngineError.mapping({ try AtomicFile.read(path(publisher.text)) }) else { continue }
            _ = try DirectoryRecord(json: bytes, of: publisher, path: path(publisher.text))
        }
    }

    /// What is wrong with a JSON file, in a few words.
    static func explain(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has another type"
        case let error as ChoreographyError: error.message
        case let error as EnvelopeError: error.message
        default: "it is not valid JSON"
        }
    }
}
