internal import FoundationEssentials
internal import Troupe

/// A map as an AsyncAPI 3.0.0 document: a channel for each topic, an operation for each hearing and saying.
struct MapAsyncAPI {
    /// Where the document keeps its schemas.
    private static let schemas = "#/components/schemas/"

    private let map: ChoreographyMap

    init(_ map: ChoreographyMap) { self.map = map }

    /// Indented JSON with sorted keys.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    private var document: JSONValue {
        [
            "asyncapi": "3.0.0",
            "info": [
                "title": .text(map.choreography), "version": "1.0.0",
                "description": "The events of a choreography, as troupe map draws them up from its handlers.",
            ],
            "defaultContentType": "application/json", "channels": channels, "operations": operations,
            "components": ["messages": messages, "schemas": definitions],
        ]
    }

    /// Names of what is referred to take letters, digits, `-` and `_`; topics have no `_`.
    private static func key(_ topic: String) -> String { String(topic.map { $0 == "." ? "_" : $0 }) }

    private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(Dictionary(members, uniquingKeysWith: { first, _ in first }))
    }

    private var channels: JSONValue {
        Self.object(
            map.topics.map { topic in
                let key = Self.key(topic)
                let message: JSONValue = ["$ref": .text("#/components/messages/\(key)")]
                return (key, ["address": .text(topic), "messages": Self.object([(key, message)])])
            })
    }

    private var operations: JSONValue {
        func operation(_ handler: String, _ verb: String, _ topic: String, _ action: JSONValue) -> (String, JSONValue) {
            let key = Self.key(topic)
            return (
                "\(handler)_\(verb)_\(key)",
                [
                    "action": action, "channel": ["$ref": .text("#/channels/\(key)")],
                    "messages": [["$ref": .text("#/channels/\(key)/messages/\(key)")]],
                    "summary": .text("\(handler) \(verb) \(topic)"), "tags": [["name": .text(handler)]],
                ]
            )
        }
        return Self.object(
            map.sayings.compactMap { saying in saying.handler.map { operation($0, "says", saying.topic, "send") } }
                + map.hearings.map { operation($0.handler, "hears", $0.topic, "receive") })
    }

    private var messages: JSONValue {
        Self.object(
            map.topics.map { topic in
                var members: [(String, JSONValue)] = [("name", .text(topic)), ("contentType", "application/json")]
                if let shape = map.shapes[topic] {
                    members.append(("payload", shape.root.schema(Self.schemas + Self.key(topic) + "_")))
                }
                return (Self.key(topic), Self.object(members))
            })
    }

    /// Shapes that contain themselves, by topic and name.
    private var definitions: JSONValue {
        Self.object(
            map.topics.flatMap { topic in
                (map.shapes[topic]?.definitions ?? [:]).map { name, shape in
                    ("\(Self.key(topic))_\(name)", shape.schema(Self.schemas + Self.key(topic) + "_"))
                }
            })
    }
}
