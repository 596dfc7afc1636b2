internal import Envelope
internal import Troupe

/// Draws `top`: lines of at most `width` characters, at most `height` of them.
struct TopScreen {
    let width: Int
    let height: Int
    let style: TextStyle

    /// Lines that are no handlers': two above the rows, one below.
    static let frame = 4

    /// What every column takes, and the longest name.
    static func width(of rows: [TopRow]) -> Int {
        let name = max(TopColumn.handler.width, rows.map(\.handler.count).max() ?? 0)
        return TopColumn.allCases.dropFirst().reduce(name) { $0 + $1.width + 1 }
    }

    /// How many handlers have room.
    var page: Int { max(1, height - Self.frame) }

    func lines(_ model: TopModel) -> [String] {
        guard height > Self.frame else { return Array(table(model, all: model.rows).prefix(max(0, height))) }
        if model.mode == .help { return help() }
        let rows = model.rows
        var lines = [heading(model), state(model)]
        lines += table(model, all: rows)
        while lines.count < height - 1 { lines.append("") }
        return lines + [foot(model, rows.count)]
    }

    /// What is printed where nobody can press a key: the heading and every row.
    func snapshot(_ model: TopModel) -> [String] {
        let rows = model.rows
        var lines = [heading(model), state(model)] + table(model, all: rows, isWhole: true)
        for hearing in model.figures?.unknown ?? [] { lines.append(style.red(hearing.text)) }
        for row in model.figures?.unreadable ?? [] { lines.append(row.line(style: style)) }
        return lines
    }

    // MARK: parts

    private func heading(_ model: TopModel) -> String {
        let figures = model.figures
        let name = figures.map { ($0.choreography ?? $0.home).printable } ?? "…"
        let time = (figures?.time.description ?? "").dropFirst(11).prefix(8)
        let left = "troupe top  \(name)"
        let gap = width - left.count - time.count
        return style.bold(gap > 1 ? left + spaces(gap) + time : cut(left, width))
    }

    private func state(_ model: TopModel) -> String {
        guard let figures = model.figures else { return cut(model.problem ?? "looking…", width) }
        let running = figures.handlers.count { $0.state == "running" }
        let launcher = figures.launcher.map { "launcher \($0)" } ?? "no launcher"
        let published = figures.publishedPerSecond.map { " · published \(TopNumber.rate($0))/s" } ?? ""
        let unreadable = figures.unreadable.isEmpty ? "" : " · \(figures.unreadable.count) unreadable: see troupe ps"
        let unknown = figures.unknown.isEmpty ? "" : " · \(figures.unknown.count) unknown: see troupe ps"
        return cut(
            "\(running) of \(figures.handlers.count) running · \(launcher)\(published)\(unreadable)\(unknown)", width)
    }

    private func table(_ model: TopModel, all rows: [TopRow], isWhole: Bool = false) -> [String] {
        let columns = columns(rows)
        let shown = isWhole ? rows[...] : rows.dropFirst(model.offset).prefix(page)
        let titles = columns.map { column, width in pad(column.title, column, width) }
        var head = ""
        for (index, title) in titles.enumerated() {
            let isSorted = columns[index].column == model.sort
            // The mark stands in the gap, so that no column gets wider by being sorted.
            let gap = index == 0 ? "" : isSorted ? (model.isReversed ? "▴" : "▾") : " "
            head += gap + (isSorted ? style.bold(title) : title)
        }
        var lines = [style.dim(head)]
        lines += shown.map { row in
            let text = columns.map { pad($0.column.cell(row), $0.column, $0.width) }.joined(separator: " ")
            switch row.state {
            case "backing off", "cannot start": return style.red(text)
            case "running": return row.deadLetters ?? 0 > 0 ? style.yellow(text) : text
            default: return style.dim(text)
            }
        }
        if rows.isEmpty {
            let isFiltered = !model.filter.isEmpty && model.total > 0
            lines.append(
                cut(isFiltered ? "no handler matches '\(model.filter)'" : "no handler has ever run here", width))
        }
        return lines
    }

    /// The columns that fit, those at the left first, each with its width. The last ones are for wide terminals.
    private func columns(_ rows: [TopRow]) -> [(column: TopColumn, width: Int)] {
        let fixed = TopColumn.allCases.dropFirst()
        let name = max(TopColumn.handler.width, rows.map(\.handler.count).max() ?? 0)
        var left = width - min(name, max(TopColumn.handler.width, width - 68))
        var columns: [(column: TopColumn, width: Int)] = []
        for column in fixed where left > column.width {
            guard columns.count == column.rawValue - 1 else { break }
            left -= column.width + 1
            columns.append((column, column.width))
        }
        let taken = columns.reduce(0) { $0 + $1.width + 1 }
        return [(.handler, max(1, min(name, width - taken)))] + columns
    }

    private func foot(_ model: TopModel, _ count: Int) -> String {
        if let problem = model.problem, model.figures != nil { return style.red(cut(problem, width)) }
        if model.mode == .filter { return cut("filter: \(model.filter)▏ (Enter keeps it, Esc clears it)", width) }
        var parts: [String] = []
        if !model.filter.isEmpty { parts.append("filter '\(model.filter)': \(count) of \(model.total)") }
        if count > page { parts.append("\(model.offset + 1)–\(min(count, model.offset + page)) of \(count)") }
        parts.append("q quit  s sort  r reverse  / filter  h help")
        return style.dim(cut(parts.joined(separator: "  "), width))
    }

    private func help() -> [String] {
        var lines = [style.bold("troupe top"), ""]
        for column in TopColumn.allCases where column != .handler {
            lines.append("  " + pad(column.title, .handler, 10) + column.meaning)
        }
        lines += [
            "", "  s, S  sort by the next, the previous column    r  reverse",
            "  /     filter by name and state, Esc clears it  ↑ ↓ PgUp PgDn  scroll",
            "  q     quit                                     any key leaves this",
        ]
        return lines.prefix(height).map { cut($0, width) }
    }

    // MARK: text

    private func pad(_ text: String, _ column: TopColumn, _ width: Int) -> String {
        let text = cut(text, width)
        return column.isText ? text + spaces(width - text.count) : spaces(width - text.count) + text
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private func cut(_ text: String, _ width: Int) -> String {
        let text = text.printable
        return text.count <= width ? text : width < 1 ? "" : text.prefix(width - 1) + "…"
    }
}
