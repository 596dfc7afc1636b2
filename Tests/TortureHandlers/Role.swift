/// What a handler under torture is called, hears and says.
struct Role: Sendable {
    let name: String
    let hears: String
    let says: [String]
    /// Whether the first attempt at some events fails.
    var stumbles = false

    static let all = [
        Role(name: "head", hears: "torture.begun", says: ["torture.passed"]),
        Role(name: "fork", hears: "torture.passed", says: ["torture.left", "torture.right", "torture.right"]),
        Role(name: "left", hears: "torture.left", says: ["torture.ended"]),
        Role(name: "right", hears: "torture.right", says: ["torture.ended"]),
        Role(name: "tail", hears: "torture.ended", says: [], stumbles: true),
    ]
}
