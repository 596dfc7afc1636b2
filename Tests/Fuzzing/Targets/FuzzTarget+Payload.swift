internal import EventJSON

extension FuzzTarget {
    /// Payloads of a handler's own types, which any publisher may fill.
    static let payload = FuzzTarget(
        "payload", share: 12,
        seeds: [
            #"{"text":"a\u00fc\n🎭","number":-42,"real":1.25e-3,"flag":true,"children":[],"counts":{"a":1,"b":255}}"#,
            #"{"text":"","number":0,"real":0,"children":[{"text":"x","number":1,"real":-0.5,"children":[]}]}"#,
        ].map { [FuzzPart(.raw, Array($0.utf8))] },
        words: [
            "\"", "\\u0000", "\\ud83c\\udfad", "\\ud800", "{", "}", "[", "]", ",", ":", "null", "1e308", "1e-400",
            "9223372036854775808", "-9223372036854775808", "0.1", "256", "\"children\":[", "[[[[[[[[", "\u{FEFF}",
        ].map { Array($0.utf8) },
        read: { try EventJSONDecoder().decode(Payload.self, from: $0) },
        write: { try EventJSONEncoder().encode($0) })

    private struct Payload: Codable, Equatable {
        var text: String
        var number: Int
        var real: Double
        var flag: Bool?
        var children: [Payload]
        var counts: [String: UInt8]?
    }
}
