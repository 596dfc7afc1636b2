package import Choreography
package import Envelope
internal import FoundationEssentials

extension Registration {
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

    /// The file's bytes.
    package func json() throws -> [UInt8] {
        let entries = topics.sorted { $0.key < $1.key }.map { topic, start in
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
        let document = Document(handler: handler.text, topics: entries, begun: hasBegun ? nil : false)
        return try Array(encoder.encode(document)) + [10]
    }

    /// Reads a handler's registration. Throws `EngineError.corrupt`, naming the file, when it is none.
    package init(json bytes: [UInt8], of handler: HandlerName, path: String) throws(EngineError) {
        do {
            let document = try JSONDecoder().decode(Document.self, from: Data(bytes))
            var topics: [Topic: Start] = [:]
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
            self = try Registration(
                handler: HandlerName(document.handler), topics: topics, hasBegun: document.begun ?? true)
        } catch {
            throw EngineError(
                .corrupt,
                "the registration \(path) cannot be read (\(DirectoryFolder.explain(error))). Restore the file from a"
                    + " backup; or remove it and start \(handler) again, which registers it anew")
        }
    }
}
