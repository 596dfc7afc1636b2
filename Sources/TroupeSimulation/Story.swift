/// The last steps of a run in words.
struct Story {
    static let length = 60

    private var lines: [String] = []
    private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    let keepsAll: Bool

    init(keepsAll: Bool) { self.keepsAll = keepsAll }

    /// The last lines, or all of them.
    var told: [String] { keepsAll ? lines : lines.suffix(Self.length) }

    mutating func tell(_ time: Int64, _ who: String, _ what: String) {
        let milliseconds = time / 1000
        let seconds = String(milliseconds / 1000)
        let rest = String(1000 + milliseconds % 1000).dropFirst()
        let line = "\(String(repeating: " ", count: max(0, 5 - seconds.utf8.count)))\(seconds).\(rest) \(who): \(what)"
        for byte in line.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01b3 }
        lines.append(line)
        if !keepsAll, lines.count > 4 * Self.length { lines.removeFirst(lines.count - Self.length) }
    }
}
