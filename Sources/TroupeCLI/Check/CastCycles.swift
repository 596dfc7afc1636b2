/// Ways on which events can go round, through the reactions of a cast.
struct CastCycles {
    /// Reactions, each of which may lead to the next and the last to the first; the least comes first.
    typealias Cycle = [Cast.Reaction]

    private let effects: [Cast.Reaction: [String]]
    private let next: [Cast.Reaction: [Cast.Reaction]]

    /// Topics in `accepted` end every way.
    init(_ cast: Cast, accepted: Set<String> = []) {
        let consumers = cast.consumers
        let effects = cast.reactions
        self.effects = effects
        next = effects.mapValues { topics in
            topics.filter { !accepted.contains($0) }.flatMap { topic in
                (consumers[topic] ?? []).map { Cast.Reaction(topic: topic, handler: $0) }
            }
        }
    }

    /// The shortest cycle through each reaction that is on one, each cycle once, sorted.
    func all() -> [Cycle] {
        var cycles: Set<Cycle> = []
        for start in next.keys {
            if let cycle = shortest(through: start) { cycles.insert(Self.rotated(cycle)) }
        }
        return cycles.sorted {
            ($0.count, $0[0]) < ($1.count, $1[0])
                || (($0.count, $0[0]) == ($1.count, $1[0]) && $0.lexicographicallyPrecedes($1))
        }
    }

    /// What a cycle's reactions may emit instead of going on round: with whom.
    func exits(of cycle: Cycle) -> [(handler: String, topics: [String])] {
        cycle.enumerated().compactMap { index, reaction in
            let onward = cycle[(index + 1) % cycle.count].topic
            let others = (effects[reaction] ?? []).filter { $0 != onward }
            return others.isEmpty ? nil : (reaction.handler, others)
        }
    }

    private func shortest(through start: Cast.Reaction) -> Cycle? {
        var before: [Cast.Reaction: Cast.Reaction] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let reaction = queue[head]
            head += 1
            for following in (next[reaction] ?? []).sorted() {
                if following == start {
                    var cycle = [reaction]
                    while cycle[0] != start { cycle.insert(before[cycle[0]]!, at: 0) }
                    return cycle
                }
                guard before[following] == nil else { continue }
                before[following] = reaction
                queue.append(following)
            }
        }
        return nil
    }

    private static func rotated(_ cycle: Cycle) -> Cycle {
        let start = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
        return Array(cycle[start...] + cycle[..<start])
    }
}
