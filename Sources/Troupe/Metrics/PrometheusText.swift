/// The text exposition format 0.0.4 (Prometheus, "Exposition formats").
enum PrometheusText {
    /// What the answer says of itself.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static func render(_ families: [String: PrometheusRegistry.Family]) -> String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(escape(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (labels, value) in family.values.sorted(by: { $0.key < $1.key }) {
                text += "\(series(name, labels.text)) \(number(value.value))\n"
            }
            for (labels, histogram) in family.histograms.sorted(by: { $0.key < $1.key }) {
                append(histogram, name, labels.text, to: &text)
            }
        }
        return text
    }

    private static func append(
        _ histogram: PrometheusHistogram, _ name: String, _ labels: String, to text: inout String
    ) {
        let state = histogram.snapshot
        let bounds = histogram.bounds.map(number) + ["+Inf"]
        var count: UInt64 = 0
        for (bound, own) in zip(bounds, state.counts) {
            count += own
            let all = labels.isEmpty ? "le=\"\(bound)\"" : "\(labels),le=\"\(bound)\""
            text += "\(series(name + "_bucket", all)) \(count)\n"
        }
        text += "\(series(name + "_sum", labels)) \(number(state.sum))\n"
        text += "\(series(name + "_count", labels)) \(count)\n"
    }

    private static func series(_ name: String, _ labels: String) -> String {
        labels.isEmpty ? name : "\(name){\(labels)}"
    }

    /// Whole numbers without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escape(_ help: String) -> String {
        help.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
    }
}
