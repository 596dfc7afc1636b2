package import Choreography
package import Envelope
internal import FoundationEssentials
internal import Journal

/// The durable statements of who consumes what: one JSON file for each handler, written by rename.
package struct RegistrationFolder: Sendable {
    private let home: Home

    package init(home: Home) { self.home = home }

    private struct Document: Codable {
        struct Entry: Codable {
            var topic: String
            var start: String
            var tips: [String: UInt64]?
        }
        var handler: String
        var topics: [Entry]
        /// Only false is written: nobody has opened the journal yet.
        var begun: Bool?
    }

    private func path(_ handler: String) -> String { home.registrations + "/" + handler + ".json" }

    package func write(_ registration: Registration) throws {
        let entries = registration.topics.sorted { $0.key < $1.key }.map { topic, start in
            switch start {
            case .earliest: Document.Entry(topic: topic.text, start: "earliest", tips: nil)
            case .latest(let tips):
                Document.Entry(
                    topic: topic.text, start: "latest",
                    tips: Dictionary(tips.map { ($0.key.text, $0.value) }, uniquingKeysWith: { first, _ in first }))
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        let document = Document(
            handler: registration.handler.text, topics: entries, begun: registration.hasBegun ? nil : false)
        try EngineError.mapping {
            try AtomicFile.write(
                Array(encoder.encode(document)) + [10], to: path(registration.handler.text))
        }
    }

    package func read(_ handler: HandlerName) throws -> Registration? {
        guard let bytes = try EngineError.mapping({ try AtomicFile.read(path(handler.text)) }) else { return nil }
        do {
            let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
            var topics: [Topic: Registration.Start] = [:]
            for entry in document.topics {
                switch entry.start {
                case "earliest": topics[try Topic(entry.topic)] = .earliest
                case "latest":
                    var tips: [PublisherID: UInt64] = [:]
                    for (publisher, tip) in entry.tips ?? [:] { tips[try PublisherID(publisher)] = tip }
                    topics[try Topic(entry.topic)] = .latest(tips: tips)
                default: throw ChoreographyError(.malformed, "start '\(entry.start)'; expected earliest or latest")
                }
            }
            return try Registration(
                handler: HandlerName(document.handler), topics: topics, hasBegun: document.begun ?? true)
        } catch {
            throw EngineError(
                .corrupt,
                "the registration \(path(handler.text)) cannot be read (\(DirectoryFolder.explain(error))). Restore the file from a backup;"
                    + " or remove it and start \(handler) again, which registers it anew")
        }
    }

    package func all() throws -> [Registration] {
        let names: [String]
        do { names = try OSFileSystem().list(home.registrations) } catch {
            if error.code == .notFound { return [] }
            throw EngineError(journal: error)
        }
        return try names.filter { $0.hasSuffix(".json") }.sorted().compactMap { name in
            guard let handler = try? HandlerName(name.dropLast(5)) else { return nil }
            return try read(handler)
        }
    }

    package func remove(_ handler: HandlerName) throws {
        do { try OSFileSystem().unlink(path(handler.text)) } catch  where error.code == .notFound {} catch {
            throw EngineError(journal: error)
        }
    }
}
