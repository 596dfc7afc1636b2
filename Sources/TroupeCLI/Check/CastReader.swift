internal import Choreography
internal import Envelope
internal import Troupe

/// Asks the programs of a choreography file for what they declare, and goes on where one cannot say.
struct CastReader {
    let file: ChoreographyFile
    let home: Home

    /// The plans of the programs that could be asked, and what is wrong with the others; in the order of the file.
    func read() async -> (plans: [LaunchPlan], findings: [CheckFinding]) {
        let finder = ExecutableFinder(file)
        return await withTaskGroup(of: (Int, Result<LaunchPlan, any Error>).self) { group in
            for (index, spec) in file.handlers.enumerated() {
                group.addTask {
                    do {
                        let plan = try await LaunchPlan.one(spec, finder.find(spec), file, home)
                        return (index, .success(plan))
                    } catch { return (index, .failure(error)) }
                }
            }
            var results: [Int: Result<LaunchPlan, any Error>] = [:]
            for await (index, result) in group { results[index] = result }
            var plans: [LaunchPlan] = []
            var findings: [CheckFinding] = []
            for (index, result) in results.sorted(by: { $0.key < $1.key }) {
                switch result {
                case .success(let plan): plans.append(plan)
                case .failure(let error):
                    let spec = file.handlers[index]
                    findings.append(Self.finding(.program, "\(error)", file.path, spec.name.text, line: spec.line))
                }
            }
            return (plans, findings)
        }
    }

    /// Handlers that were added and do not say where they begin, by what is registered.
    func starts(_ plans: [LaunchPlan]) throws -> [CheckFinding] {
        guard home.exists else { return [] }
        let known = try Dictionary(
            uniqueKeysWithValues: RegistrationFolder(home: home).all().map { ($0.handler, $0) })
        let plan = RegistrationPlan(file: file, known: known, isFirstUp: try LauncherFolder(home: home).isFirstUp())
        return plans.compactMap { one in
            do {
                _ = try plan.changes([one]) { _ in [:] }
                return nil
            } catch {
                return Self.finding(.start, "\(error)", file.path, one.spec.name.text, line: one.spec.line)
            }
        }
    }

    /// Takes `FILE:LINE: MESSAGE. ADVICE` apart.
    static func finding(
        _ rule: CheckFinding.Rule, _ text: String, _ file: String, _ handler: String? = nil, line: Int = 1
    ) -> CheckFinding {
        var (line, rest) = (line, text[...])
        if rest.hasPrefix(file + ":") {
            rest = rest.dropFirst(file.count + 1)
            let digits = rest.prefix { $0.isNumber }
            if let number = Int(digits) { line = number }
            rest = rest.dropFirst(digits.count).drop { $0 == ":" || $0 == " " }
        }
        if let handler, rest.hasPrefix("handler '\(handler)': ") {
            rest = rest.dropFirst("handler '\(handler)': ".count)
        }
        let parts = Self.sentences(String(rest))
        return CheckFinding(
            rule: rule, severity: .error, file: file, line: line, handler: handler, topic: nil, field: nil,
            message: parts.0, advice: parts.1)
    }

    /// The first sentence, and what follows: our messages say what is wrong, then what to do.
    private static func sentences(_ text: String) -> (String, String) {
        for (index, character) in zip(text.indices, text) where character == "." || character == "?" {
            let after = text[text.index(after: index)...]
            guard after.hasPrefix(" "), let next = after.dropFirst().first, next.isUppercase else { continue }
            return (String(character == "?" ? text[...index] : text[..<index]), String(after.dropFirst()))
        }
        if let colon = text.range(of: ": say ") {
            return (String(text[..<colon.lowerBound]), String(text[text.index(colon.lowerBound, offsetBy: 2)...]))
        }
        return (text, "mend it there")
    }
}
