internal import Troupe

/// A map as a drawing for a terminal. What fits stands on one line; what does not is broken at its stem.
struct MapText {
    private struct Line {
        var text: String
        /// Columns, without escapes.
        var width: Int
    }

    private struct Place: Hashable {
        let node: ObjectIdentifier
        let width: Int
    }

    private let map: ChoreographyMap
    private let style: TextStyle
    private var drawn: [Place: [Line]] = [:]

    /// `width` is that of the terminal in columns; what has no room within it goes beyond.
    static func lines(_ map: ChoreographyMap, width: Int, style: TextStyle) -> [String] {
        var text = MapText(map, style: style)
        return text.all(width)
    }

    private init(_ map: ChoreographyMap, style: TextStyle) {
        self.map = map
        self.style = style
    }

    private mutating func all(_ width: Int) -> [String] {
        let tree = MapTree(map)
        let head =
            style.bold(map.choreography.printable)
            + "  \(Count.text(map.handlers.count, "handler")), \(Count.text(map.topics.count, "topic"))"
            + (map.view == .declared ? "" : " · \(map.view.rawValue)")
        var lines = [head]
        for root in tree.roots {
            lines.append("")
            lines += draw(root, width).map(\.text)
        }
        if !tree.idle.isEmpty { lines += ["", "without any event: \(tree.idle.joined(separator: ", "))"] }
        var legend: [String] = []
        if tree.hasElsewhere { legend.append("\(MapTree.elsewhere) drawn once, elsewhere") }
        if tree.hasRound { legend.append("\(MapTree.round) goes round") }
        if !legend.isEmpty { lines += ["", style.dim(legend.joined(separator: "   "))] }
        if map.view == .diff { lines += differences() }
        if !map.unreadable.isEmpty { lines += [""] + map.unreadable.map { $0.line(style: style) } }
        return lines
    }

    private mutating func draw(_ node: MapTree.Node, _ width: Int) -> [Line] {
        let place = Place(node: ObjectIdentifier(node), width: width)
        if let lines = drawn[place] { return lines }
        let lines = shorter(abreast(node, width), below(node, width), width)
        drawn[place] = lines
        return lines
    }

    /// What has room, of it what takes fewer lines.
    private func shorter(_ abreast: [Line]?, _ below: [Line], _ width: Int) -> [Line] {
        guard let abreast else { return below }
        return abreast.count <= below.count || below.contains { $0.width > width } ? abreast : below
    }

    /// The node with its children to the right; nil where that has no room.
    private mutating func abreast(_ node: MapTree.Node, _ width: Int) -> [Line]? {
        let stem = label(node)
        guard let first = node.children.first else { return [stem] }
        let isFork = node.children.count > 1
        // Handlers are arrived at, topics are said: ─► and ──.
        let tip = first.isHandler ? "► " : "─ "
        let bar = isFork ? " ─┬─" : " ─"
        let indent = stem.width + bar.count + tip.count
        guard indent < width else { return nil }
        var lines: [Line] = []
        for (index, child) in node.children.enumerated() {
            let block = draw(child, width - indent)
            guard block.allSatisfy({ $0.width + indent <= width }) else { return nil }
            let isLast = index == node.children.count - 1
            for (row, line) in block.enumerated() {
                let before: String
                if row > 0 {
                    before = space(stem.width + 2) + (isFork && !isLast ? "│ " : isFork ? "  " : "") + space(tip.count)
                } else if index == 0 {
                    before = stem.text + style.dim(bar + tip)
                } else {
                    before = space(stem.width + 2) + style.dim((isLast ? "└─" : "├─") + tip)
                }
                let pad = row > 0 ? space(max(0, indent - (stem.width + 2 + (isFork ? 2 : 0) + tip.count))) : ""
                lines.append(
                    Line(text: (row > 0 ? style.dim(before) : before) + pad + line.text, width: indent + line.width))
            }
        }
        return lines
    }

    /// The node with its children on lines of their own.
    private mutating func below(_ node: MapTree.Node, _ width: Int) -> [Line] {
        var lines = [label(node)]
        for (index, child) in node.children.enumerated() {
            let isLast = index == node.children.count - 1
            let tip = child.isHandler ? "─► " : "── "
            for (row, line) in draw(child, max(1, width - 4)).enumerated() {
                let before = row == 0 ? (isLast ? "└" : "├") + tip : (isLast ? "    " : "│   ")
                lines.append(Line(text: style.dim(before) + line.text, width: line.width + 4))
            }
        }
        return lines
    }

    private func label(_ node: MapTree.Node) -> Line {
        let text =
            switch node.state {
            case .usual: node.isHandler ? style.bold(node.label) : node.label
            case .neverSeen: style.dim(node.label)
            case .notDeclared: style.red(node.label)
            }
        return Line(text: text, width: node.label.count)
    }

    private func space(_ count: Int) -> String { String(repeating: " ", count: count) }

    // MARK: differences

    private func differences() -> [String] {
        func list(_ state: MapLinkState, _ title: String) -> [String] {
            let said = map.sayings.filter { map.state($0) == state }.map {
                "  \($0.handler.map { "\($0) says" } ?? "published from outside:") \($0.topic)"
            }
            let heard = map.hearings.filter { map.state($0) == state }.map { "  \($0.handler) hears \($0.topic)" }
            return said.isEmpty && heard.isEmpty ? [] : ["", style.bold(title)] + said + heard
        }
        let lines =
            list(.neverSeen, "declared, never seen:") + list(.notDeclared, "seen, not declared:")
        return lines.isEmpty ? ["", style.green("everything that is declared was seen, and nothing else")] : lines
    }
}
