internal import FoundationEssentials
internal import Troupe

/// What `troupe check` prints.
struct CheckReport: Encodable {
    var choreography: String?
    var file: String
    var handlers: Int
    var topics: Int
    var errors: Int
    var warnings: Int
    var findings: [CheckFinding]

    init(choreography: String?, file: String, cast: Cast?, findings: [CheckFinding]) {
        self.choreography = choreography
        self.file = file
        self.findings = findings
        handlers = cast?.parts.count ?? 0
        topics = cast?.topics.count ?? 0
        errors = findings.count { $0.severity == .error }
        warnings = findings.count - errors
    }

    /// For people: where, what, what to do.
    func lines(style: TextStyle) -> [String] {
        findings.flatMap { $0.lines(style: style) } + [
            (choreography ?? file) + ": \(Count.text(handlers, "handler")), \(Count.text(topics, "topic")) · "
                + (findings.isEmpty
                    ? style.green("nothing to mend")
                    : "\(Count.text(errors, "error")), \(Count.text(warnings, "warning"))")
        ]
    }

    /// Indented JSON with sorted keys.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Workflow commands of GitHub Actions, which it shows at the file's lines.
    func annotations() -> [String] {
        findings.map { finding in
            "::\(finding.severity.rawValue) file=\(Self.property(finding.file)),line=\(finding.line),"
                + "title=\(Self.property("troupe check: \(finding.rule.rawValue)"))::"
                + Self.data("\(finding.message): \(finding.advice)")
        }
    }

    private static func data(_ text: String) -> String {
        text.reduce(into: "") { out, character in
            switch character {
            case "%": out += "%25"
            case "\r": out += "%0D"
            case "\n": out += "%0A"
            default: out.append(character)
            }
        }
    }

    private static func property(_ text: String) -> String {
        data(text).reduce(into: "") { out, character in
            switch character {
            case ":": out += "%3A"
            case ",": out += "%2C"
            default: out.append(character)
            }
        }
    }
}

extension CheckFinding {
    func lines(style: TextStyle) -> [String] {
        let kind = severity == .error ? style.red("error") : style.bold("warning")
        return ["\(file):\(line): \(kind): \(rule.rawValue): \(message)", "    → \(advice)"]
    }
}
