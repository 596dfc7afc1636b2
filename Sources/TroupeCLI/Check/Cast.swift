internal import Troupe

/// Who plays in a choreography, as declared: what `check` and `map` look at.
struct Cast: Hashable, Sendable {
    struct Part: Hashable, Sendable {
        var name: String
        /// The line of its name in the file.
        var line: Int
        var declaration: Declaration
    }

    /// One reaction: an event on a topic, heard by a handler.
    struct Reaction: Hashable, Comparable, Sendable {
        var topic: String
        var handler: String

        static func < (left: Reaction, right: Reaction) -> Bool {
            (left.topic, left.handler) < (right.topic, right.handler)
        }
    }

    var choreography: String
    var file: String
    /// In the order of the file.
    var parts: [Part]
    /// Topics that come from outside.
    var roots: [Located<String>] = []
    /// Topics that nobody needs to hear.
    var leaves: [Located<String>] = []
    /// Topics through which events may go round.
    var loops: [Located<String>] = []
    /// Whether handlers of the file are missing here.
    var isPartial = false

    init(choreography: String, file: String, parts: [Part]) {
        self.choreography = choreography
        self.file = file
        self.parts = parts
    }

    /// The cast of a file, as its programs declare it.
    init(_ file: ChoreographyFile, _ plans: [LaunchPlan]) {
        self.init(
            choreography: file.name, file: file.path,
            parts: plans.map { Part(name: $0.spec.name.text, line: $0.spec.line, declaration: $0.declaration) })
        roots = file.roots.map { Located(value: $0.value.text, line: $0.line) }
        leaves = file.leaves.map { Located(value: $0.value.text, line: $0.line) }
        loops = file.loops.map { Located(value: $0.value.text, line: $0.line) }
        isPartial = Set(plans.map(\.spec.name)) != Set(file.handlers.map(\.name))
    }

    /// Handlers by the topics that they consume, each in the order of the file.
    var consumers: [String: [String]] {
        parts.reduce(into: [:]) { all, part in
            for consumed in part.declaration.consumes { all[consumed.topic, default: []].append(part.name) }
        }
    }

    /// Handlers by the topics that they emit, each in the order of the file.
    var emitters: [String: [String]] {
        parts.reduce(into: [:]) { all, part in
            for topic in part.declaration.emits { all[topic, default: []].append(part.name) }
        }
    }

    /// What each reaction may emit, sorted.
    var reactions: [Reaction: [String]] {
        parts.reduce(into: [:]) { all, part in
            for consumed in part.declaration.consumes {
                all[Reaction(topic: consumed.topic, handler: part.name)] = consumed.emits.sorted()
            }
        }
    }

    /// Every topic, sorted.
    var topics: [String] { Set(consumers.keys).union(emitters.keys).sorted() }

    /// The topics at which flows begin: what the file says, else what is consumed and not emitted.
    var entrances: [String] {
        roots.isEmpty
            ? Set(consumers.keys).subtracting(emitters.keys).sorted() : Set(roots.map(\.value)).sorted()
    }
}

extension Cast {
    /// The handlers that run in a home, as they declare themselves in its directory.
    init(running home: Home) throws {
        let directory = DirectoryFolder(home: home)
        // A record that cannot be read is a row of the observation.
        let declarations = HomeLook.slots(in: home).compactMap { (try? directory.live($0))??.declaration }
        let byName = Dictionary(declarations.map { ($0.handler, $0) }, uniquingKeysWith: { first, _ in first })
        self.init(
            choreography: try home.name() ?? "choreography", file: home.path,
            parts: byName.sorted { $0.key < $1.key }.map { Part(name: $0.key, line: 1, declaration: $0.value) })
    }
}
