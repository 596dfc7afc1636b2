internal import Envelope
internal import Troupe

extension HomeStatus {
    private static let header = [
        "HANDLER", "STATE", "PID", "UPTIME", "RESTARTS", "BEHIND", "PARKED", "DEAD", "MEMORY",
    ]

    /// Aligned columns for people; `now` is for what is due.
    func lines(style: TextStyle, now: Timestamp) -> [String] {
        let rows = handlers.map(cells)
        let widths = Self.header.indices.map { column in
            ([Self.header] + rows).map { $0[column].count }.max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                // Names and states begin at the left, numbers end at the right.
                return column < 2 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }
        var lines = [style.bold(line(Self.header))]
        for (handler, row) in zip(handlers, rows) {
            let text = line(row)
            switch handler.state {
            case "running": lines.append(text)
            case "backing off", "cannot start", "unlisted": lines.append(style.red(text))
            default: lines.append(style.dim(text))
            }
            lines += trouble(handler, now).map { "  " + $0 }
            if handler.state == "unlisted", let pid = handler.pid, let name = try? HandlerName(handler.handler) {
                lines.append("  " + SlotHolder.unlistedText(name, pid))
            }
            if let metrics = handler.metrics { lines.append(style.dim("  metrics at http://\(metrics)/metrics")) }
            lines += unreadable.filter { $0.handler == handler.handler }.map { "  " + $0.line(style: style) }
            lines += unknown.filter { $0.handler == handler.handler }.map { style.red("  \($0.text)") }
            if !handler.isRegistered { lines.append("  not registered: it is sent nothing that flows wait for") }
        }
        // What belongs to nobody above.
        let names = Set(handlers.map(\.handler))
        return lines + unreadable.filter { !names.contains($0.handler) }.map { $0.line(style: style) }
    }

    private func cells(_ row: HandlerRow) -> [String] {
        [
            row.handler, row.state, row.pid.map { "\($0)" } ?? "-", row.uptimeSeconds.map(Self.duration) ?? "-",
            "\(row.restarts)", row.behind.map { "\($0)" } ?? "-", row.parked.map { "\($0)" } ?? "-",
            row.deadLetters.map { "\($0)" } ?? "-", row.memoryBytes.map(Self.size) ?? "-",
        ]
    }

    private func trouble(_ row: HandlerRow, _ now: Timestamp) -> [String] {
        guard let next = row.nextStart else { return [] }
        let wait = Self.duration(max(0, Double(next.microseconds - now.microseconds) / 1e6))
        return ["it \((row.lastEnd ?? "ended").printable); next start in \(wait)"] + row.log.map { "| \($0.printable)" }
    }

    /// `12s`, `3m 4s`, `2h 5m`, `4d 1h`.
    static func duration(_ seconds: Double) -> String {
        let all = Int(seconds)
        switch all {
        case ..<60: return "\(all)s"
        case ..<3600: return "\(all / 60)m \(all % 60)s"
        case ..<86_400: return "\(all / 3600)h \(all / 60 % 60)m"
        default: return "\(all / 86_400)d \(all / 3600 % 24)h"
        }
    }

    /// Mebibytes with one digit after the point.
    static func size(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + (1 << 19)) >> 20
        return "\(tenths / 10).\(tenths % 10)M"
    }
}
