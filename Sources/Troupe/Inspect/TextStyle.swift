/// How text is emphasized: by terminal escapes, or not at all.
package struct TextStyle: Sendable {
    private let isOn: Bool

    /// The parameters of the escapes that are used.
    static let codes: Set<String> = ["0", "1", "2", "31", "32", "33"]

    /// No escapes: for files, pipes and NO_COLOR.
    package static let plain = TextStyle(isOn: false)
    /// ANSI escapes.
    package static let terminal = TextStyle(isOn: true)

    package func bold(_ text: String) -> String { escape("1", text) }
    package func dim(_ text: String) -> String { escape("2", text) }
    package func red(_ text: String) -> String { escape("31", text) }
    package func yellow(_ text: String) -> String { escape("33", text) }
    package func green(_ text: String) -> String { escape("32", text) }

    private func escape(_ code: String, _ text: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
