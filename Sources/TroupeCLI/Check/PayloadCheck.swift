internal import Choreography
internal import Envelope
internal import EventJSON
internal import Troupe

/// Refuses data that a registered consumer could not decode, before it is published.
struct PayloadCheck {
    private let topic: Topic
    private let expected: [(handler: String, shape: PayloadShape)]

    init(_ topic: Topic, expected: [(handler: String, shape: PayloadShape)]) {
        self.topic = topic
        self.expected = expected
    }

    /// Asks who is registered in a home for what it expects; those who cannot say take anything.
    init(_ topic: Topic, _ home: Home) async throws {
        guard home.exists else {
            self.init(topic, expected: [])
            return
        }
        var expected: [(handler: String, shape: PayloadShape)] = []
        for registration in HomeLook(home).registrations where registration.topics[topic] != nil {
            let declaration = await DescriptionShelf(home: home).declaration(of: registration.handler)
            guard let shape = declaration?.shapes?.consumes[topic.text] else { continue }
            expected.append((registration.handler.text, shape))
        }
        self.init(topic, expected: expected)
    }

    /// Reads data by the code that handlers decode with: what this accepts, they can read. Throws ``CommandError``.
    static func read(_ data: ArraySlice<UInt8>, where place: String) throws -> JSONNode {
        do {
            return try JSONNode(data.withUnsafeBytes { try EventJSONDecoder().parse($0) })
        } catch let error as EventJSONError {
            throw CommandError("\(place) is not JSON that can be published: \(error)")
        }
    }

    /// Throws ``CommandError`` with everything that does not fit, and whom.
    func refuse(_ value: JSONNode, where place: String) throws {
        var handlers: [String: [String]] = [:]
        var order: [String] = []
        for (handler, shape) in expected {
            for problem in ShapeMatch.problems(of: value, shape) {
                if handlers[problem] == nil { order.append(problem) }
                handlers[problem, default: []].append(handler)
            }
        }
        guard !order.isEmpty else { return }
        let problems = order.map { "\($0) (\(handlers[$0]!.joined(separator: ", ")))" }.joined(separator: "; ")
        throw CommandError(
            "\(place) does not fit what is expected of '\(topic)': \(problems). It was not published; mend it, or publish"
                + " it all the same with --no-check")
    }
}
