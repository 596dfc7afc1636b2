internal import Troupe

/// A map in the languages of diagram tools.
struct MapDiagrams {
    private let map: ChoreographyMap
    private let handlers: [String: Int]
    private let topics: [String: Int]

    init(_ map: ChoreographyMap) {
        self.map = map
        handlers = Dictionary(uniqueKeysWithValues: map.handlers.enumerated().map { ($1.name, $0) })
        topics = Dictionary(uniqueKeysWithValues: map.topics.enumerated().map { ($1, $0) })
    }

    /// A flowchart of Mermaid: handlers are boxes, topics are rounded, what comes from outside has an open end.
    func mermaid() -> String {
        var lines = ["flowchart LR"]
        if !map.entrances.isEmpty { lines.append("  outside((\" \"))") }
        lines += map.handlers.map {
            "  h\(handlers[$0.name]!)[\"\(Self.quoted($0.name, MapNotes.isDown($0.name, map) ? "down" : nil))\"]"
        }
        lines += map.topics.map { "  t\(topics[$0]!)([\"\($0)\"])" }
        for link in links {
            let label = link.note.map { "|\"\(Self.quoted($0, nil))\"| " } ?? " "
            lines.append("  \(link.from) \(link.state == .neverSeen ? "-.->" : "-->")\(label)\(link.to)")
        }
        let odd = links.enumerated().filter { $0.element.state == .notDeclared }.map { "\($0.offset)" }
        if !odd.isEmpty { lines.append("  linkStyle \(odd.joined(separator: ",")) stroke:#c00,stroke-width:2px") }
        lines.append("  classDef handler fill:#e8f0fe,stroke:#3367d6,color:#000")
        if !handlers.isEmpty {
            lines.append("  class \(handlers.values.sorted().map { "h\($0)" }.joined(separator: ",")) handler")
        }
        return lines.joined(separator: "\n")
    }

    /// The DOT language of Graphviz.
    func dot() -> String {
        var lines = [
            "digraph \"\(Self.escaped(map.choreography))\" {", "  rankdir=LR",
            "  node [fontname=\"Helvetica\", fontsize=11]",
            "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#666666\"]",
        ]
        if !map.entrances.isEmpty { lines.append("  outside [shape=circle, label=\"\", width=0.15]") }
        lines += map.handlers.map { handler in
            let note = MapNotes.isDown(handler.name, map) ? "\\ndown" : ""
            return "  h\(handlers[handler.name]!) [shape=box, style=filled, fillcolor=\"#e8f0fe\","
                + " label=\"\(Self.escaped(handler.name))\(note)\"]"
        }
        lines += map.topics.map { "  t\(topics[$0]!) [shape=plain, label=\"\(Self.escaped($0))\"]" }
        for link in links {
            var attributes: [String] = []
            if let note = link.note { attributes.append("label=\"\(Self.escaped(note))\"") }
            if link.state == .neverSeen { attributes.append("style=dashed") }
            if link.state == .notDeclared { attributes.append("color=\"#cc0000\"") }
            let tail = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
            lines.append("  \(link.from) -> \(link.to)\(tail)")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private struct Link {
        var from: String
        var to: String
        var state: MapLinkState
        var note: String?
    }

    private var links: [Link] {
        map.sayings.map { saying in
            Link(
                from: saying.handler.map { "h\(handlers[$0]!)" } ?? "outside", to: "t\(topics[saying.topic]!)",
                state: map.state(saying), note: Self.note(MapNotes.text(saying, map)))
        }
            + map.hearings.map { hearing in
                Link(
                    from: "t\(topics[hearing.topic]!)", to: "h\(handlers[hearing.handler]!)", state: map.state(hearing),
                    note: Self.note(MapNotes.text(hearing, map)))
            }
    }

    /// Without the blank and the parentheses.
    private static func note(_ text: String) -> String? { text.isEmpty ? nil : String(text.dropFirst(2).dropLast()) }

    private static func quoted(_ text: String, _ note: String?) -> String {
        (text + (note.map { " (\($0))" } ?? "")).printable.reduce(into: "") { $0 += $1 == "\"" ? "#quot;" : String($1) }
    }

    private static func escaped(_ text: String) -> String {
        text.printable.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : String($1) }
    }
}
