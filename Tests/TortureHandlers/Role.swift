/// What a handler under torture hears and says.
protocol Role: Sendable {
    static var name: String { get }
    static var hears: String { get }
    static var says: [String] { get }
    /// Whether the first attempt at some events fails.
    static var stumbles: Bool { get }
}

extension Role {
    static var stumbles: Bool { false }
}

enum Head: Role {
    static let name = "head"
    static let hears = "torture.begun"
    static let says = ["torture.passed"]
}

enum Fork: Role {
    static let name = "fork"
    static let hears = "torture.passed"
    static let says = ["torture.left", "torture.right", "torture.right"]
}

enum Left: Role {
    static let name = "left"
    static let hears = "torture.left"
    static let says = ["torture.ended"]
}

enum Right: Role {
    static let name = "right"
    static let hears = "torture.right"
    static let says = ["torture.ended"]
}

enum Tail: Role {
    static let name = "tail"
    static let hears = "torture.ended"
    static let says: [String] = []
    static let stumbles = true
}
