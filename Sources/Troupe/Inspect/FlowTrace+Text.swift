extension FlowTrace {
    /// The trace as lines for a terminal or a log. `style` emphasizes; plain text passes through unchanged.
    ///
    /// A line for each step: its number, its topic, who said it, when after the root, how long its cause waited for that
    /// handler and how long handling it took, its level. `▸` marks the critical path.
    package func lines(style: TextStyle = .plain) -> [String] {
        var lines = [style.bold("flow \(flow)") + "  " + summary(style)]
        guard !steps.isEmpty else { return lines }
        let byID = stepsByID
        let deepest = steps.map { $0.step.count }.max() ?? 1
        let widestTopic = steps.map { indent($0) + $0.topic.count }.max() ?? 1
        let widestHandler = max(2, steps.map(\.handler.count).max() ?? 1)
        lines.append(
            style.dim(
                "  " + pad("", deepest) + "  " + pad("", widestTopic) + "  " + pad("by", widestHandler)
                    + "             at     queued       took"))
        for step in steps {
            let topic = String(repeating: " ", count: indent(step)) + step.topic
            let cause = cause(of: step, byID)
            let times = [Self.milliseconds(step.sinceRoot, sign: true), column(cause?.queued), column(cause?.took)]
            lines.append(
                "  " + style.bold(pad(step.step, deepest)) + "  " + pad(topic, widestTopic) + "  "
                    + pad(step.handler, widestHandler) + (step.isCritical ? "  ▸" : "   ")
                    + style.dim(padLeft(times[0], 12) + times[1] + times[2] + "  " + step.durability)
                    + (cause.map { $0.attempts > 1 ? style.red("  at attempt \($0.attempts)") : "" } ?? ""))
            let margin = String(repeating: " ", count: deepest + 4 + indent(step))
            if let context = context(of: step, byID) { lines.append(margin + style.dim("· with \(context)")) }
            for hearing in step.heardBy {
                if let note = note(hearing, step) {
                    lines.append(margin + (hearing.outcome == "dead" ? style.red(note) : style.dim(note)))
                }
            }
        }
        for item in outstanding {
            let state = item.isRunning ? "running" : "not running"
            lines.append(
                style.red("  outstanding: \(item.topic) on \(item.handler) (\(state)): \(item.reason.printable)"))
        }
        lines += unreadable.map { "  " + $0.line(style: style) }
        return lines
    }

    /// The flow in one line, among others.
    package func line(style: TextStyle = .plain) -> String {
        let root = steps.first.map { "\($0.time)  \($0.topic)" } ?? ""
        return style.bold("flow \(flow)") + "  \(root)  " + summary(style)
    }

    private func summary(_ style: TextStyle) -> String {
        let state =
            if !isSettled { style.red("outstanding: \(outstanding.count)") } else if failures > 0 {
                style.red("settled, \(failures) dead letter\(failures == 1 ? "" : "s")")
            } else if !unreadable.isEmpty {
                style.yellow("settled as far as can be read")
            } else { style.green("settled") }
        let count = "\(steps.count) event\(steps.count == 1 ? "" : "s")"
        return "\(state) · \(count) · \(durability) · \(Self.milliseconds(duration))"
    }

    /// The handling that said a step.
    func cause(of step: Step, _ byID: [String: Int]) -> Hearing? {
        step.causes.lazy.compactMap { byID[$0] }.flatMap { steps[$0].heardBy }.first { $0.handler == step.handler }
    }

    /// What a step's context has that its causes' do not.
    private func context(of step: Step, _ byID: [String: Int]) -> String? {
        let known = step.causes.compactMap { byID[$0].flatMap { steps[$0].context } }
        let new = (step.context ?? [:]).filter { key, value in !known.contains { $0[key] == value } }
        return new.isEmpty
            ? nil
            : new.sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value)".printable }.joined(separator: " ")
    }

    private func indent(_ step: Step) -> Int { 2 * step.step.filter { $0 == "." }.count }

    /// What the steps themselves do not show: a failure, an expiry, a hearing that nothing followed.
    private func note(_ hearing: Hearing, _ step: Step) -> String? {
        let after = hearing.attempts > 1 ? " at attempt \(hearing.attempts)" : ""
        let times = [
            hearing.queued.map { "queued " + Self.milliseconds($0) },
            hearing.took.map { "took " + Self.milliseconds($0) },
        ].compactMap(\.self)
        let spent = times.isEmpty ? "" : " (\(times.joined(separator: ", ")))"
        switch hearing.outcome {
        case "dead": return "✗ dead letter of \(hearing.handler)\(after)\(spent): \((hearing.error ?? "").printable)"
        case "expired": return "· expired before \(hearing.handler) heard it"
        case "parked": return nil
        default:
            let id = id(of: step)
            let hasEffect = steps.contains { $0.handler == hearing.handler && $0.causes.contains(id) }
            return hasEffect ? nil : "· heard by \(hearing.handler)\(after), nothing followed\(spent)"
        }
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func column(_ microseconds: Int64?) -> String {
        padLeft(microseconds.map { Self.milliseconds($0) } ?? "", 11)
    }

    /// `12.3 ms`.
    static func milliseconds(_ microseconds: Int64, sign: Bool = false) -> String {
        let tenths = (microseconds.magnitude + 50) / 100
        return "\(microseconds < 0 ? "-" : sign ? "+" : "")\(tenths / 10).\(tenths % 10) ms"
    }
}
