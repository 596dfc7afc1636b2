/// What a label of swift-metrics is called at an endpoint (Prometheus, "Metric and label naming").
enum PrometheusName {
    /// A metric's name: characters outside `[a-zA-Z0-9_:]` become `_`, and the kind's suffix is added where it is missing.
    static func metric(_ label: String, suffix: String = "") -> String {
        let name = cleaned(label, allows: UInt8(ascii: ":"))
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// A label's name: characters outside `[a-zA-Z0-9_]` become `_`. Names that begin with `__` are Prometheus's own.
    static func label(_ text: String) -> String {
        let name = cleaned(text, allows: nil)
        return name.hasPrefix("__") ? String(name.drop { $0 == "_" }) : name
    }

    private static func cleaned(_ text: String, allows extra: UInt8?) -> String {
        var bytes = text.utf8.map { isWord($0) || $0 == extra ? $0 : UInt8(ascii: "_") }
        if bytes.isEmpty || isDigit(bytes[0]) { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
