/// A series' labels, by name, as they stand between its braces; the last of one name counts.
struct PrometheusLabels: Hashable, Comparable, Sendable {
    /// `handler="payment",topic="shop.order.placed"`; empty without labels.
    let text: String

    init(_ dimensions: [(String, String)]) {
        let named = Dictionary(
            dimensions.map { (PrometheusName.label($0.0), $0.1) }, uniquingKeysWith: { _, last in last })
        text = named.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escape($0.value))\"" }
            .joined(separator: ",")
    }

    static func < (a: Self, b: Self) -> Bool { a.text < b.text }

    private static func escape(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
