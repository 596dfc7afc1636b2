internal import Troupe

/// Judges a cast by what its handlers declare; runs and reads nothing.
struct Check {
    /// What a flow's hops are limited to.
    private static let hops = 64

    private let cast: Cast
    private let consumers: [String: [String]]
    private let emitters: [String: [String]]

    init(_ cast: Cast) {
        self.cast = cast
        consumers = cast.consumers
        emitters = cast.emitters
    }

    /// All findings, errors and warnings, by line.
    func findings() -> [CheckFinding] {
        // What is not there might hear and emit anything.
        let whole = cast.isPartial ? [] : orphans() + mutes() + unreachable() + stale()
        return (duplicates() + cycles() + shapes() + whole).sorted(by: Self.order)
    }

    static func order(_ left: CheckFinding, _ right: CheckFinding) -> Bool {
        let keys = [left, right].map { ($0.line, $0.topic ?? "", $0.message) }
        return keys[0] < keys[1]
    }

    private func line(_ handler: String) -> Int { cast.parts.first { $0.name == handler }?.line ?? 1 }

    private func finding(
        _ rule: CheckFinding.Rule, _ severity: CheckFinding.Severity, handler: String?, topic: String? = nil,
        line: Int? = nil, field: String? = nil, _ message: String, advice: String
    ) -> CheckFinding {
        CheckFinding(
            rule: rule, severity: severity, file: cast.file, line: line ?? handler.map(self.line) ?? 1,
            handler: handler, topic: topic, field: field, message: message, advice: advice)
    }

    private static func list(_ names: [String]) -> String {
        names.count < 2
            ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }

    // MARK: names

    private func duplicates() -> [CheckFinding] {
        Dictionary(grouping: cast.parts, by: \.declaration.handler).filter { $1.count > 1 }.flatMap { name, parts in
            parts.dropFirst().map { part in
                finding(
                    .duplicate, .error, handler: name, line: part.line,
                    "there are two handlers '\(name)', here and on line \(parts[0].line)",
                    advice: "a name has one journal: give one of the two another name, or remove it")
            }
        }
    }

    // MARK: the graph

    private func orphans() -> [CheckFinding] {
        let accepted = Set(cast.leaves.map(\.value))
        return emitters.filter { consumers[$0.key] == nil && !accepted.contains($0.key) }.map { topic, names in
            let near = Nearest.to(topic, among: consumers.keys.filter { emitters[$0] == nil })
            return finding(
                .orphan, .warning, handler: names[0], topic: topic,
                "nobody hears '\(topic)', which \(Self.list(names)) emit\(names.count == 1 ? "s" : "")"
                    + (near.map { "; did you mean '\($0)'?" } ?? ""),
                advice: "let a handler consume it, or name it under 'leaves' if flows may end there")
        }
    }

    private func mutes() -> [CheckFinding] {
        let accepted = Set(cast.roots.map(\.value))
        return consumers.filter { emitters[$0.key] == nil && !accepted.contains($0.key) }.map { topic, names in
            let near = Nearest.to(topic, among: emitters.keys.filter { consumers[$0] == nil })
            return finding(
                .mute, .warning, handler: names[0], topic: topic,
                "nobody emits '\(topic)', which \(Self.list(names)) consume\(names.count == 1 ? "s" : "")"
                    + (near.map { "; did you mean '\($0)'?" } ?? ""),
                advice: "let a handler emit it, or name it under 'roots' if it is published from outside")
        }
    }

    private func unreachable() -> [CheckFinding] {
        let reactions = cast.reactions
        var reached = Set(cast.entrances)
        var open = Array(reached)
        while let topic = open.popLast() {
            for handler in consumers[topic] ?? [] {
                for effect in reactions[Cast.Reaction(topic: topic, handler: handler)] ?? []
                where reached.insert(effect).inserted { open.append(effect) }
            }
        }
        return cast.parts.compactMap { part in
            let topics = part.declaration.consumes.map(\.topic)
            guard !topics.isEmpty, reached.isDisjoint(with: topics) else { return nil }
            return finding(
                .unreachable, .warning, handler: part.name, topic: topics[0],
                "no event ever gets to '\(part.name)': no flow leads to \(Self.list(topics.map { "'\($0)'" }))",
                advice: cast.roots.isEmpty
                    ? "name the topics at which flows begin under 'roots', or let a handler that is reached emit one of"
                        + " these"
                    : "flows begin at \(Self.list(cast.entrances)): add what is missing there to 'roots', or let a"
                        + " handler that is reached emit one of these")
        }
    }

    private func cycles() -> [CheckFinding] {
        let cycles = CastCycles(cast, accepted: Set(cast.loops.map(\.value)))
        return cycles.all().map { cycle in
            let way = cycle.map { "\($0.topic) → \($0.handler) → " }.joined() + cycle[0].topic
            let exits = cycles.exits(of: cycle)
            let end =
                exits.isEmpty
                ? "nothing that is declared leads out of it"
                : "it ends where "
                    + Self.list(exits.map { "\($0.handler) says \($0.topics.joined(separator: " or ")) instead" })
            return finding(
                .cycle, exits.isEmpty ? .error : .warning, handler: cycle[0].handler, topic: cycle[0].topic,
                "events go round: \(way); \(end)",
                advice: "after \(Self.hops) hops an event becomes a dead letter. Let a reaction on the way declare an"
                    + " emission that leads out, or accept the loop with 'loops: [\(cycle[0].topic)]'")
        }
    }

    private func stale() -> [CheckFinding] {
        func stale(
            _ key: String, _ topics: [Located<String>], _ known: Set<String>, _ likely: Set<String>, _ what: String
        ) -> [CheckFinding] {
            topics.filter { !known.contains($0.value) }.map { topic in
                let near = Nearest.to(topic.value, among: likely.subtracting(topics.map(\.value)))
                return finding(
                    .stale, .warning, handler: nil, topic: topic.value, line: topic.line,
                    "'\(key)' names '\(topic.value)', which \(what)" + (near.map { "; did you mean '\($0)'?" } ?? ""),
                    advice: "correct the name, or take it out")
            }
        }
        let (heard, said) = (Set(consumers.keys), Set(emitters.keys))
        let looping = Set(CastCycles(cast).all().flatMap { $0.map(\.topic) })
        return stale("roots", cast.roots, heard, heard.subtracting(said), "no handler consumes")
            + stale("leaves", cast.leaves, said, said.subtracting(heard), "no handler emits")
            + stale("loops", cast.loops, looping, looping, "is on no loop")
    }

    // MARK: shapes

    private func shapes() -> [CheckFinding] {
        var findings: [CheckFinding] = []
        for emitter in cast.parts {
            for consumer in cast.parts {
                for topic in Set(emitter.declaration.emits).intersection(consumer.declaration.consumes.map(\.topic)) {
                    guard let sent = emitter.declaration.shapes?.emits[topic],
                        let expected = consumer.declaration.shapes?.consumes[topic]
                    else { continue }
                    findings += ShapeFit.misfits(sent: sent, expected: expected).map {
                        misfit($0, topic, emitter.name, consumer)
                    }
                }
            }
        }
        return findings
    }

    private func misfit(
        _ misfit: ShapeFit.Misfit, _ topic: String, _ emitter: String, _ consumer: Cast.Part
    ) -> CheckFinding {
        let field = misfit.field.isEmpty ? "the data" : "'\(misfit.field)'"
        let (message, advice): (String, String)
        switch misfit.kind {
        case .missing:
            message = "\(consumer.name) requires \(field), which \(emitter) never sends"
            advice = "let \(emitter) send it, or make it optional in \(consumer.name)"
        case .optional:
            message = "\(consumer.name) requires \(field), which \(emitter) may leave out"
            advice = "make it required in \(emitter), or optional in \(consumer.name)"
        case .null:
            message = "\(emitter) may send \(field) as null, which \(consumer.name) does not take"
            advice = "make it optional in \(consumer.name), or let \(emitter) always send a value"
        case .type(let sent, let expected):
            message = "\(emitter) sends \(field) as \(sent); \(consumer.name) expects \(expected)"
            advice = "use the same type in both"
        case .unknownCases(let cases):
            let words = Self.list(cases.map { "'\($0)'" })
            message = "\(emitter) may send \(words) in \(field), which \(consumer.name) does not know"
            advice = "add the case\(cases.count == 1 ? "" : "s") to \(consumer.name)"
        case .wider(let sent, let expected):
            message = "\(emitter) sends \(field) as \(sent); \(consumer.name) takes only \(expected)"
            advice = "use the same type in both; what does not fit becomes a dead letter"
        }
        return finding(
            .shape, misfit.isSure ? .error : .warning, handler: consumer.name, topic: topic,
            field: misfit.field.isEmpty ? nil : misfit.field, "on '\(topic)' \(message)", advice: advice)
    }
}
