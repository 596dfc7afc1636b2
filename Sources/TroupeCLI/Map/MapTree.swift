/// A map as trees from where flows begin: topics, who hears them, what they say then. Each topic is followed once.
struct MapTree {
    /// A topic or a handler.
    final class Node {
        let label: String
        let isHandler: Bool
        let state: MapLinkState
        var children: [Node] = []

        init(_ label: String, isHandler: Bool, state: MapLinkState) {
            self.label = label
            self.isHandler = isHandler
            self.state = state
        }
    }

    /// Follows a topic that is drawn elsewhere.
    static let elsewhere = "…"
    /// Follows a topic that leads back to itself.
    static let round = "↺"

    private(set) var roots: [Node] = []
    /// Handlers that neither hear nor say anything.
    private(set) var idle: [String] = []
    private(set) var hasElsewhere = false
    private(set) var hasRound = false

    private let map: ChoreographyMap
    private let hearings: [String: [ChoreographyMap.Hearing]]
    /// For each topic, the place at which it is followed: the reaction nearest to where flows begin.
    private var places: [String: Cast.Reaction?] = [:]
    private var path: [String] = []

    init(_ map: ChoreographyMap) {
        self.map = map
        hearings = Dictionary(grouping: map.hearings, by: \.topic)
        var begins = map.entrances
        reach(begins)
        // What no flow leads to: first what no reaction says, then any topic of what only goes round.
        let effects = Set(map.effects.values.joined())
        for isEffect in [false, true] {
            for topic in map.topics where places[topic] == nil && effects.contains(topic) == isEffect {
                begins.append(topic)
                reach([topic])
            }
        }
        roots = begins.map { root($0) }
        let busy = Set(map.hearings.map(\.handler)).union(map.sayings.compactMap(\.handler))
        idle = map.handlers.map(\.name).filter { !busy.contains($0) }
    }

    private mutating func reach(_ topics: [String]) {
        var queue: [(String, Cast.Reaction?)] = topics.map { ($0, nil) }
        var head = 0
        while head < queue.count {
            let (topic, place) = queue[head]
            head += 1
            guard places[topic] == nil else { continue }
            places[topic] = .some(place)
            for hearing in hearings[topic] ?? [] {
                let reaction = Cast.Reaction(topic: topic, handler: hearing.handler)
                queue += (map.effects[reaction] ?? []).map { ($0, reaction) }
            }
        }
    }

    /// A topic, after those who say it without having heard anything.
    private mutating func root(_ name: String) -> Node {
        let node = topic(name, from: nil, said: map.saying(nil, name))
        let hearers = Set(map.hearings.map(\.handler))
        let sources = map.sayings.filter { $0.topic == name }.compactMap(\.handler).filter { !hearers.contains($0) }
        guard !sources.isEmpty else { return node }
        let source = Node(sources.joined(separator: ", "), isHandler: true, state: .usual)
        source.children = [node]
        return source
    }

    private mutating func topic(
        _ topic: String, from place: Cast.Reaction?, said: ChoreographyMap.Saying?
    ) -> Node {
        var label = topic
        var follows = hearings[topic] ?? []
        if path.contains(topic) {
            label += " " + Self.round
            hasRound = true
            follows = []
        } else if !follows.isEmpty, places[topic] != .some(place) {
            label += " " + Self.elsewhere
            hasElsewhere = true
            follows = []
        }
        let node = Node(
            label + (said.map { MapNotes.text($0, map) } ?? ""), isHandler: false,
            state: said.map { map.state($0) } ?? .usual)
        path.append(topic)
        node.children = follows.map { hearing in handler(hearing) }
        path.removeLast()
        return node
    }

    private mutating func handler(_ hearing: ChoreographyMap.Hearing) -> Node {
        let reaction = Cast.Reaction(topic: hearing.topic, handler: hearing.handler)
        let node = Node(hearing.handler + MapNotes.text(hearing, map), isHandler: true, state: map.state(hearing))
        node.children = (map.effects[reaction] ?? []).map {
            topic($0, from: reaction, said: map.saying(hearing.handler, $0))
        }
        return node
    }
}

/// What stands behind names on a map.
enum MapNotes {
    static func text(_ saying: ChoreographyMap.Saying, _ map: ChoreographyMap) -> String {
        note([saying.traffic.flatMap(traffic), state(map.state(saying))])
    }

    static func text(_ hearing: ChoreographyMap.Hearing, _ map: ChoreographyMap) -> String {
        note([
            hearing.behind.flatMap { $0 > 0 ? "\($0) behind" : nil },
            hearing.parked.flatMap { $0 > 0 ? "\($0) parked" : nil },
            hearing.deadLetters.flatMap { $0 > 0 ? "\($0) dead" : nil },
            isDown(hearing.handler, map) ? "down" : nil, state(map.state(hearing)),
        ])
    }

    static func isDown(_ handler: String, _ map: ChoreographyMap) -> Bool {
        map.handlers.first { $0.name == handler }?.isRunning == false
    }

    private static func state(_ state: MapLinkState) -> String? { state == .usual ? nil : state.rawValue }

    private static func note(_ parts: [String?]) -> String {
        let parts = parts.compactMap { $0 }
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }

    /// `1204, 3.5/s`.
    static func traffic(_ traffic: Observation.Traffic) -> String? {
        guard traffic.count > 0 else { return nil }
        return "\(traffic.count)" + (traffic.perSecond > 0 ? ", \(rate(traffic.perSecond))/s" : "")
    }

    /// Two digits that count: `0.017`, `3.5`, `120`.
    static func rate(_ perSecond: Double) -> String {
        if perSecond >= 10 { return "\(Int(perSecond.rounded()))" }
        let scale = perSecond >= 1 ? 10.0 : perSecond >= 0.1 ? 100 : 1000
        return "\((perSecond * scale).rounded() / scale)"
    }
}
