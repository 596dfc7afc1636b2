internal import Troupe

/// Who says what to whom: as declared, as seen in the journals, or both.
struct ChoreographyMap: Hashable, Sendable {
    enum View: String, Encodable, Sendable {
        case declared
        case observed
        /// Both, with what is in only one of them.
        case diff
    }

    struct Handler: Hashable, Sendable {
        var name: String
        /// Of the observation; nil without one.
        var isRunning: Bool?
        var parked: Int?
        var deadLetters: Int?
    }

    /// A handler says something on a topic.
    struct Saying: Hashable, Sendable {
        /// Nil for what comes from outside.
        var handler: String?
        var topic: String
        var isDeclared = false
        var isObserved = false
        var traffic: Observation.Traffic?
    }

    /// A handler hears a topic.
    struct Hearing: Hashable, Sendable {
        var topic: String
        var handler: String
        var isDeclared = false
        var isObserved = false
        var traffic: Observation.Traffic?
        /// Events that it has not handled yet.
        var behind: UInt64?
        var parked: Int?
        var deadLetters: Int?
    }

    var choreography: String
    var view: View
    /// In the order of the file, then by name.
    var handlers: [Handler] = []
    /// Sorted by handler and topic; what comes from outside first.
    var sayings: [Saying] = []
    /// Sorted by topic, then in the order of handlers.
    var hearings: [Hearing] = []
    /// What each reaction leads to, sorted.
    var effects: [Cast.Reaction: [String]] = [:]
    /// Shapes by topic.
    var shapes: [String: PayloadShape] = [:]
    /// What of the home could not be read: there may be more than is drawn.
    var unreadable: [Unreadable] = []

    /// Every topic, sorted.
    var topics: [String] { Set(sayings.map(\.topic)).union(hearings.map(\.topic)).sorted() }

    /// Draws up a map. `observation` may be left out for what is declared.
    init(_ cast: Cast, _ observation: Observation?, view: View) {
        choreography = cast.choreography
        self.view = view
        let seen = view == .declared ? nil : observation
        unreadable = seen?.unreadable ?? []
        sayings = Self.merged(Self.sayings(cast), seen)
        hearings = Self.merged(Self.hearings(cast), seen)
        if view == .observed {
            sayings.removeAll { !$0.isObserved }
            // What waits to be heard is seen, too.
            hearings.removeAll { !$0.isObserved && ($0.behind ?? 0) == 0 }
        }
        let names = Set(hearings.map(\.handler)).union(sayings.compactMap(\.handler))
            .union(view == .observed ? [] : cast.parts.map(\.name))
        let listed = cast.parts.map(\.name).filter(names.contains)
        let order = listed + names.subtracting(listed).sorted()
        handlers = order.map { name in
            let state = seen?.handlers[name]
            return Handler(
                name: name, isRunning: state?.isRunning, parked: state?.parked, deadLetters: state?.deadLetters)
        }
        let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        hearings.sort { ($0.topic, place[$0.handler]!) < ($1.topic, place[$1.handler]!) }
        sayings.sort {
            ($0.handler.map { place[$0]! } ?? -1, $0.topic) < ($1.handler.map { place[$0]! } ?? -1, $1.topic)
        }
        effects = effects(cast)
        for part in cast.parts {
            shapes.merge(part.declaration.shapes?.emits ?? [:]) { first, _ in first }
        }
        for part in cast.parts {
            shapes.merge(part.declaration.shapes?.consumes ?? [:]) { first, _ in first }
        }
    }

    private static func sayings(_ cast: Cast) -> [Saying] {
        cast.entrances.map { Saying(handler: nil, topic: $0, isDeclared: true) }
            + cast.parts.flatMap { part in
                part.declaration.emits.map { Saying(handler: part.name, topic: $0, isDeclared: true) }
            }
    }

    private static func hearings(_ cast: Cast) -> [Hearing] {
        cast.parts.flatMap { part in
            part.declaration.consumes.map { Hearing(topic: $0.topic, handler: part.name, isDeclared: true) }
        }
    }

    private static func merged(_ declared: [Saying], _ seen: Observation?) -> [Saying] {
        guard let seen else { return declared }
        var all = declared
        for (handler, topics) in seen.said {
            for (topic, traffic) in topics {
                let index = all.firstIndex { $0.handler == handler && $0.topic == topic } ?? all.count
                if index == all.count { all.append(Saying(handler: handler, topic: topic)) }
                all[index].isObserved = traffic.count > 0
                all[index].traffic = traffic
            }
        }
        return all
    }

    private static func merged(_ declared: [Hearing], _ seen: Observation?) -> [Hearing] {
        guard let seen else { return declared }
        var all = declared
        for (handler, topics) in seen.heard {
            for (topic, heard) in topics {
                let index = all.firstIndex { $0.handler == handler && $0.topic == topic } ?? all.count
                if index == all.count { all.append(Hearing(topic: topic, handler: handler)) }
                all[index].isObserved = heard.traffic.count > 0
                all[index].traffic = heard.traffic
                all[index].behind = heard.behind
                all[index].parked = heard.parked
                all[index].deadLetters = heard.deadLetters
            }
        }
        return all
    }

    /// What a reaction is declared to lead to, as far as it is on the map; and what its handler says undeclared.
    private func effects(_ cast: Cast) -> [Cast.Reaction: [String]] {
        let declared = cast.reactions
        let known = Dictionary(
            cast.parts.map { ($0.name, Set($0.declaration.emits)) }, uniquingKeysWith: { $0.union($1) })
        return hearings.reduce(into: [:]) { all, hearing in
            let reaction = Cast.Reaction(topic: hearing.topic, handler: hearing.handler)
            let said = sayings.filter { $0.handler == hearing.handler }.map(\.topic)
            let own = declared[reaction] ?? []
            all[reaction] = said.filter { own.contains($0) || known[hearing.handler]?.contains($0) != true }.sorted()
        }
    }
}

extension ChoreographyMap {
    /// Who hears a topic, in the order of handlers.
    func hearings(of topic: String) -> [Hearing] { hearings.filter { $0.topic == topic } }

    func saying(_ handler: String?, _ topic: String) -> Saying? {
        sayings.first { $0.handler == handler && $0.topic == topic }
    }

    /// The topics that come from outside, sorted.
    var entrances: [String] { sayings.filter { $0.handler == nil }.map(\.topic) }
}

extension ChoreographyMap {
    /// Only a handler with what it hears and says, who says that, and who hears this.
    func around(_ handler: String) -> ChoreographyMap {
        let heard = Set(hearings.filter { $0.handler == handler }.map(\.topic))
        let said = Set(sayings.filter { $0.handler == handler }.map(\.topic))
        var copy = self
        copy.hearings = hearings.filter { $0.handler == handler || said.contains($0.topic) }
        copy.sayings = sayings.filter { $0.handler == handler || heard.contains($0.topic) }
        copy.effects = effects.filter { $0.key.handler == handler }
        let names = Set(copy.hearings.map(\.handler)).union(copy.sayings.compactMap(\.handler))
        copy.handlers = handlers.filter { names.contains($0.name) || $0.name == handler }
        return copy
    }
}

/// What sets a link of a map apart.
enum MapLinkState: String, Encodable {
    case usual
    /// Declared, and never seen.
    case neverSeen = "never seen"
    /// Seen, and not declared.
    case notDeclared = "not declared"

    init(_ view: ChoreographyMap.View, isDeclared: Bool, isObserved: Bool) {
        self = view != .diff || isDeclared == isObserved ? .usual : isDeclared ? .neverSeen : .notDeclared
    }
}

extension ChoreographyMap {
    func state(_ saying: Saying) -> MapLinkState {
        MapLinkState(view, isDeclared: saying.isDeclared, isObserved: saying.isObserved)
    }

    func state(_ hearing: Hearing) -> MapLinkState {
        MapLinkState(view, isDeclared: hearing.isDeclared, isObserved: hearing.isObserved)
    }
}
