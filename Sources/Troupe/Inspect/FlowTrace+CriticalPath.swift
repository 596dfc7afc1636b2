extension FlowTrace {
    /// Finds when the flow ended, and marks what led to it: from the last that happened back to the root, at a join by
    /// the cause that came last.
    mutating func markCriticalPath() {
        let byID = stepsByID
        guard let last = markEnd(byID) else { return }
        var index: Int? = last
        while let current = index, !steps[current].isCritical {
            steps[current].isCritical = true
            index = steps[current].causes.compactMap { byID[$0] }.max { steps[$0].sinceRoot < steps[$1].sinceRoot }
            if let cause = index { markHearing(of: cause, by: steps[current].handler) }
        }
    }

    /// Finds the last that happened. Returns the step that was said then, or that was heard then without effect.
    private mutating func markEnd(_ byID: [String: Int]) -> Int? {
        var last: (index: Int, time: Int64, handler: String?)?
        for (index, step) in steps.enumerated() {
            if step.sinceRoot >= last?.time ?? .min { last = (index, step.sinceRoot, nil) }
            for hearing in step.heardBy where hearing.sinceRoot >= last?.time ?? .min {
                last = (index, hearing.sinceRoot, hearing.handler)
            }
        }
        guard let last else { return nil }
        duration = last.time
        guard let handler = last.handler else { return last.index }
        markHearing(of: last.index, by: handler)
        let effects = steps.indices.filter {
            steps[$0].handler == handler && steps[$0].causes.contains { byID[$0] == last.index }
        }
        return effects.max { steps[$0].sinceRoot < steps[$1].sinceRoot } ?? last.index
    }

    private mutating func markHearing(of step: Int, by handler: String) {
        guard let hearing = steps[step].heardBy.firstIndex(where: { $0.handler == handler }) else { return }
        steps[step].heardBy[hearing].isCritical = true
    }
}
