/// Numbers of things, as people say them.
enum Count {
    /// `1 event`, `2 events`; `plural` where it does not end in s.
    static func text(_ number: some BinaryInteger, _ what: String, _ plural: String? = nil) -> String {
        number == 1 ? "1 \(what)" : "\(number) \(plural ?? what + "s")"
    }
}
