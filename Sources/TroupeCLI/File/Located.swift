/// A value with the line that it stands on.
struct Located<Value: Sendable & Hashable>: Sendable, Hashable {
    var value: Value
    var line: Int
}
