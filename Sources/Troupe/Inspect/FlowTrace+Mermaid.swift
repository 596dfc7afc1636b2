extension FlowTrace {
    /// The trace as a Mermaid sequence diagram (mermaid.js.org): who told whom, in the order of hearing.
    package func mermaid() -> [String] {
        var heard = steps.flatMap { step in step.heardBy.map { (step, $0) } }
        heard.sort { ($0.1.sinceRoot, $0.0.appended) < ($1.1.sinceRoot, $1.0.appended) }
        var names: [String] = []
        func note(_ name: String) { if !names.contains(name) { names.append(name) } }
        for step in steps.prefix(1) { note(step.handler) }
        for (step, hearing) in heard {
            note(step.handler)
            note(hearing.handler)
        }
        for item in outstanding { note(item.handler) }
        func actor(_ name: String) -> String { "h\(names.firstIndex(of: name) ?? 0)" }

        var lines = ["sequenceDiagram"]
        lines += names.map { "  participant \(actor($0)) as \($0)" }
        for (step, hearing) in heard {
            let times = [
                hearing.queued.map { "queued \(Self.milliseconds($0))" },
                hearing.took.map { "took \(Self.milliseconds($0))" },
            ].compactMap(\.self)
            let isDone = hearing.outcome == "handled"
            lines.append(
                "  \(actor(step.handler))\(isDone ? "->>" : "-x")\(actor(hearing.handler)): "
                    + (step.isCritical && hearing.isCritical ? "▸ " : "") + "\(step.step) \(step.topic)"
                    + (times.isEmpty ? "" : " (\(times.joined(separator: ", ")))"))
            guard !isDone || hearing.attempts > 1 else { continue }
            let what = hearing.outcome == "dead" ? "dead letter" : hearing.outcome
            let attempts = hearing.attempts > 1 ? " at attempt \(hearing.attempts)" : ""
            let error = hearing.error.map { ": " + Self.mermaidText($0) } ?? ""
            lines.append("  Note over \(actor(hearing.handler)): \(what)\(attempts)\(error)")
        }
        for item in outstanding where item.kind == "notHeard" || item.kind == "unknown" {
            let state = item.isRunning ? "" : ", not running"
            lines.append(
                "  Note over \(actor(item.handler)): outstanding: \(item.topic), \(Self.mermaidText(item.reason))\(state)"
            )
        }
        return lines
    }

    /// Text without what ends a message or begins an entity.
    private static func mermaidText(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "#": result += "#35;"
            case ";": result += "#59;"
            default: result.append(character.isNewline ? " " : character)
            }
        }
        .printable
    }
}
