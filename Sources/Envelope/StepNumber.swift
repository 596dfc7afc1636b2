/// An event's number for people: `1`, `2`, `2.1`.
public struct StepNumber: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The numbers between the dots, outermost first; each counts from 1.
    public var path: [Int]

    /// Creates a number from its parts.
    public init(path: [Int]) {
        self.path = path
    }

    /// The parts with dots between them: `2.1`.
    public var description: String {
        var text = ""
        for part in path {
            if !text.isEmpty { text += "." }
            text += String(part)
        }
        return text
    }

    /// Orders numbers part by part; a number stands before those below it.
    public static func < (left: StepNumber, right: StepNumber) -> Bool {
        left.path.lexicographicallyPrecedes(right.path)
    }
}
