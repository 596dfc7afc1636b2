internal import Troupe

/// A map as a picture: SVG 1.1 without scripts or fonts of its own, readable on light and dark ground.
struct MapSVG {
    private struct Box {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
        /// Where its column ends: lines bend only between columns.
        var edge: Double
    }

    private static let font = 12.0
    /// Of a letter of the fixed-width font.
    private static let letter = 7.3
    private static let row = 38.0
    private static let bendRow = 14.0
    private static let gap = 64.0
    private static let margin = 24.0

    private let map: ChoreographyMap
    private let layout: MapLayout
    private var boxes: [MapLayout.Item: Box] = [:]
    private var size = (width: 0.0, height: 0.0)

    init(_ map: ChoreographyMap) {
        self.map = map
        layout = MapLayout(map)
        measure()
    }

    private func lines(_ item: MapLayout.Item) -> [String] {
        switch item {
        case .outside, .bend: []
        case .handler(let name): [name] + notes(of: name)
        case .topic(let name): [name] + notes(on: name)
        }
    }

    /// What a handler is in trouble with, over all topics.
    private func notes(of handler: String) -> [String] {
        guard let entry = map.handlers.first(where: { $0.name == handler }), map.view != .declared else { return [] }
        let behind = map.hearings.filter { $0.handler == handler }.reduce(0) { $0 + ($1.behind ?? 0) }
        let parts = [
            entry.isRunning == false ? "down" : nil, behind > 0 ? "\(behind) behind" : nil,
            (entry.parked ?? 0) > 0 ? "\(entry.parked!) parked" : nil,
            (entry.deadLetters ?? 0) > 0 ? "\(entry.deadLetters!) dead" : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? [] : [parts.joined(separator: ", ")]
    }

    private func notes(on topic: String) -> [String] {
        let traffic = map.sayings.filter { $0.topic == topic }.compactMap(\.traffic).reduce(
            into: Observation.Traffic()
        ) {
            $0.count += $1.count
            $0.perSecond += $1.perSecond
        }
        return MapNotes.traffic(traffic).map { [$0] } ?? []
    }

    private mutating func measure() {
        func height(_ item: MapLayout.Item) -> Double {
            if case .bend = item { return Self.bendRow }
            return Self.row + Double(max(0, lines(item).count - 1)) * 14
        }
        func width(_ item: MapLayout.Item) -> Double {
            switch item {
            case .bend: 0
            case .outside: 14
            default: Double(lines(item).map(\.count).max() ?? 0) * Self.letter + 20
            }
        }
        let heights = layout.columns.map { $0.reduce(0) { $0 + height($1) } }
        let tallest = heights.max() ?? 0
        var x = Self.margin
        for (index, column) in layout.columns.enumerated() {
            let widest = column.map(width).max() ?? 0
            var y = Self.margin + (tallest - heights[index]) / 2
            for item in column {
                let box = Box(x: x, y: y, width: width(item), height: height(item), edge: x + widest)
                boxes[item] = box
                y += box.height
            }
            x += widest + Self.gap
        }
        size = (x - Self.gap + Self.margin, tallest + 2 * Self.margin)
    }

    /// The whole document.
    func text() -> String {
        var out = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Self.number(size.width))\""
                + " height=\"\(Self.number(size.height))\" viewBox=\"0 0 \(Self.number(size.width))"
                + " \(Self.number(size.height))\" role=\"img\">", "  <title>\(Self.escaped(map.choreography))</title>",
            Self.look,
        ]
        out += layout.links.map(line)
        out += layout.columns.flatMap { $0 }.compactMap(shape)
        return (out + ["</svg>"]).joined(separator: "\n")
    }

    private static let look = """
          <style>
            text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328 }
            .note { font-size: 10px; fill: #59636e } .trouble { fill: #c5221f }
            .handler { fill: #e8f0fe; stroke: #3367d6; stroke-width: 1.2 } .topic { fill: #f6f8fa; stroke: #9aa4af }
            .outside { fill: #59636e } .link { fill: none; stroke: #8c959f; stroke-width: 1.2 }
            .never { stroke-dasharray: 4 4; opacity: .7 } .undeclared { stroke: #c5221f; stroke-width: 2 }
            @media (prefers-color-scheme: dark) {
              text { fill: #e6edf3 } .note { fill: #9198a1 } .trouble { fill: #ff7b72 }
              .handler { fill: #17305c; stroke: #6ea8fe } .topic { fill: #21262d; stroke: #6e7681 }
              .outside { fill: #9198a1 } .link { stroke: #7d8590 } .undeclared { stroke: #ff7b72 }
            }
          </style>
          <defs>
            <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0L8 4L0 8z" fill="#8c959f"/>
            </marker>
            <marker id="back" viewBox="0 0 8 8" refX="1" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M8 0L0 4L8 8z" fill="#8c959f"/>
            </marker>
          </defs>
        """

    private func shape(_ item: MapLayout.Item) -> String? {
        guard let box = boxes[item] else { return nil }
        let (x, y, height) = (box.x, box.y + 6, box.height - 12)
        let body: String
        switch item {
        case .bend: return nil
        case .outside:
            return
                "  <circle class=\"outside\" cx=\"\(Self.number(x + 7))\" cy=\"\(Self.number(y + height / 2))\" r=\"7\"/>"
        case .handler, .topic:
            let isHandler = if case .handler = item { true } else { false }
            body =
                "<rect class=\"\(isHandler ? "handler" : "topic")\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
                + " width=\"\(Self.number(box.width))\" height=\"\(Self.number(height))\""
                + " rx=\"\(Self.number(isHandler ? 4 : min(13, height / 2)))\"/>"
            let words = lines(item).enumerated().map { row, line in
                let kind = row == 0 ? "" : isHandler ? " class=\"note trouble\"" : " class=\"note\""
                return "<text\(kind) x=\"\(Self.number(x + 10))\" y=\"\(Self.number(y + 17 + Double(row) * 13))\">"
                    + Self.escaped(line) + "</text>"
            }
            return "  " + ([body] + words).joined()
        }
    }

    private func line(_ link: MapLayout.Link) -> String {
        var path = ([link.from] + link.bends + [link.to]).compactMap { boxes[$0] }
        // Drawn from left to right, whichever way it points.
        if link.isBackward { path.reverse() }
        guard let first = path.first, path.count > 1 else { return "" }
        var data = "M\(Self.number(first.x + first.width)) \(Self.number(first.y + first.height / 2))"
        for (box, next) in zip(path, path.dropFirst()) {
            let (y, end) = (box.y + box.height / 2, next.y + next.height / 2)
            let bow = (next.x - box.edge) / 2
            data +=
                "H\(Self.number(box.edge))C\(Self.number(box.edge + bow)) \(Self.number(y))"
                + " \(Self.number(next.x - bow)) \(Self.number(end)) \(Self.number(next.x)) \(Self.number(end))"
        }
        let marker = link.isBackward ? "marker-start=\"url(#back)\"" : "marker-end=\"url(#tip)\""
        let kind = link.state == .neverSeen ? " never" : link.state == .notDeclared ? " undeclared" : ""
        let note = link.note.isEmpty ? "" : "<title>\(Self.escaped(String(link.note.dropFirst(2).dropLast())))</title>"
        return "  <path class=\"link\(kind)\" \(marker) d=\"\(data)\""
            + (note.isEmpty ? "/>" : ">\(note)</path>")
    }

    private static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    private static func escaped(_ text: String) -> String {
        // XML 1.0 has no control characters at all.
        text.printable.reduce(into: "") { out, character in
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            default: out.append(character)
            }
        }
    }
}
