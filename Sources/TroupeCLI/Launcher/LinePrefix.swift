/// Puts a handler's name before its lines, aligned, in a colour of its own on a terminal.
struct LinePrefix {
    /// Who speaks for the launcher.
    static let launcher = "troupe"
    // Cyan, yellow, magenta, green, blue, and their bright kin: red is for failures.
    private static let colors = [36, 33, 35, 32, 34, 96, 93, 95, 92, 94]

    private let width: Int
    private let colors: [String: Int]

    init(_ names: [String], isColored: Bool) {
        width = (names + [Self.launcher]).map(\.count).max() ?? 0
        var colors: [String: Int] = [:]
        if isColored {
            for (index, name) in names.sorted().enumerated() { colors[name] = Self.colors[index % Self.colors.count] }
            colors[Self.launcher] = 1
        }
        self.colors = colors
    }

    func line(_ name: String, _ text: String) -> String {
        let prefix = name + String(repeating: " ", count: max(0, width - name.count)) + " |"
        guard let color = colors[name] else { return "\(prefix) \(text)" }
        return "\u{1B}[\(color)m\(prefix)\u{1B}[0m \(text)"
    }
}
