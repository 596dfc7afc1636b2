extension FlowTrace {
    /// The trace as lines for a terminal or a log. `style` emphasizes; plain text passes through unchanged.
    package func lines(style: TextStyle = .plain) -> [String] {
        var lines = [style.bold("flow \(flow)") + "  " + summary(style)]
        guard !steps.isEmpty else { return lines }
        let deepest = steps.map { $0.step.count }.max() ?? 1
        let widestTopic = steps.map { indent($0) + $0.topic.count }.max() ?? 1
        let widestHandler = steps.map(\.handler.count).max() ?? 1
        for step in steps {
            let topic = String(repeating: " ", count: indent(step)) + step.topic
            lines.append(
                "  " + style.bold(pad(step.step, deepest)) + "  " + pad(topic, widestTopic) + "  "
                    + pad(step.handler, widestHandler) + "  "
                    + style.dim(milliseconds(step.sinceRoot) + "  " + step.durability))
            let margin = String(repeating: " ", count: deepest + 4 + indent(step))
            for hearing in step.heardBy {
                if let note = note(hearing, step) {
                    lines.append(margin + (hearing.outcome == "dead" ? style.red(note) : style.dim(note)))
                }
            }
        }
        for item in outstanding {
            let state = item.isRunning ? "running" : "not running"
            lines.append(style.red("  outstanding: \(item.topic) on \(item.handler) (\(state)): \(item.reason)"))
        }
        return lines
    }

    private func summary(_ style: TextStyle) -> String {
        let state =
            if !isSettled { style.red("outstanding: \(outstanding.count)") } else if failures > 0 {
                style.red("settled, \(failures) dead letter\(failures == 1 ? "" : "s")")
            } else { style.green("settled") }
        return "\(state) · \(steps.count) event\(steps.count == 1 ? "" : "s") · \(durability)"
    }

    private func indent(_ step: Step) -> Int { 2 * step.step.filter { $0 == "." }.count }

    /// What the steps themselves do not show: a failure, an expiry, a hearing that nothing followed.
    private func note(_ hearing: Hearing, _ step: Step) -> String? {
        let after = hearing.attempts > 1 ? " at attempt \(hearing.attempts)" : ""
        switch hearing.outcome {
        case "dead": return "✗ dead letter of \(hearing.handler)\(after): \(hearing.error ?? "")"
        case "expired": return "· expired before \(hearing.handler) heard it"
        case "parked": return nil
        default:
            let hasEffect = steps.contains { $0.handler == hearing.handler && $0.causes.contains(step.id) }
            return hasEffect ? nil : "· heard by \(hearing.handler)\(after), nothing followed"
        }
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func milliseconds(_ microseconds: Int64) -> String {
        let tenths = (microseconds + 50) / 100
        let text = "+\(tenths / 10).\(tenths % 10) ms"
        return String(repeating: " ", count: max(0, 11 - text.count)) + text
    }
}

/// How text is emphasized: by terminal escapes, or not at all.
package struct TextStyle: Sendable {
    private let isOn: Bool

    /// No escapes: for files, pipes and NO_COLOR.
    package static let plain = TextStyle(isOn: false)
    /// ANSI escapes.
    package static let terminal = TextStyle(isOn: true)

    package func bold(_ text: String) -> String { escape("1", text) }
    package func dim(_ text: String) -> String { escape("2", text) }
    package func red(_ text: String) -> String { escape("31", text) }
    package func green(_ text: String) -> String { escape("32", text) }

    private func escape(_ code: String, _ text: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
