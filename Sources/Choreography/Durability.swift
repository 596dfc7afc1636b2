/// What must have happened to an entry before anybody may see it or have it acknowledged.
///
/// A flow's level is that of its weakest hop.
public enum Durability: UInt8, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
    /// Held in memory; survives nothing. For tests and measurements.
    case memory = 0
    /// `write(2)` returned: survives `kill -9` of anything; a power loss loses some, and that is reported.
    case written = 1
    /// `fdatasync(2)` returned, group-committed: survives a power loss.
    case synced = 2

    /// Reads a level from its name; nil for any other text.
    public init?(_ name: some StringProtocol) {
        guard let level = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = level
    }

    public var description: String {
        switch self {
        case .memory: "memory"
        case .written: "written"
        case .synced: "synced"
        }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}
