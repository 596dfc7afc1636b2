/// Numbers in at most five characters, for narrow columns.
enum TopNumber {
    /// `0`, `0.4`, `12`, `999`, `1.2k`, `45k`, `1.3M`.
    static func rate(_ value: Double) -> String {
        if value == 0 { return "0" }
        let tenths = Int((value * 10).rounded())
        if tenths == 0 { return "<0.1" }
        return tenths < 100 ? tenth(tenths) : count(UInt64(value.rounded()))
    }

    /// `0`, `9999`, `12k`, `1.3M`.
    static func count(_ value: UInt64) -> String {
        value < 10_000 ? "\(value)" : scaled(value, 1000, ["k", "M", "G", "T", "P", "E"])
    }

    /// `812B`, `1.2K`, `45M`, `1.3G`.
    static func bytes(_ value: Int) -> String {
        value < 1024 ? "\(value)B" : scaled(UInt64(value), 1024, ["K", "M", "G", "T", "P", "E"])
    }

    /// Microseconds as `0µs`, `850µs`, `1.2ms`, `45ms`, `1.3s`, `12s`, `3m`, `2h`, `4d`.
    static func time(_ microseconds: Int64) -> String {
        let value = max(0, microseconds)
        switch value {
        case ..<1000: return "\(value)µs"
        case ..<9950: return tenth(Int((value + 50) / 100)) + "ms"
        case ..<1_000_000: return "\(value / 1000)ms"
        case ..<9_950_000: return tenth(Int((value + 50_000) / 100_000)) + "s"
        case ..<60_000_000: return "\(value / 1_000_000)s"
        case ..<3_600_000_000: return "\(value / 60_000_000)m"
        case ..<86_400_000_000: return "\(value / 3_600_000_000)h"
        default: return "\(value / 86_400_000_000)d"
        }
    }

    private static func scaled(_ value: UInt64, _ factor: UInt64, _ units: [String]) -> String {
        var unit: UInt64 = factor
        var index = 0
        while value / unit >= factor, index < units.count - 1 {
            unit *= factor
            index += 1
        }
        let tenths = Int((Double(value) / Double(unit) * 10).rounded(.down))
        return (tenths < 100 ? tenth(tenths) : "\(tenths / 10)") + units[index]
    }

    private static func tenth(_ tenths: Int) -> String { "\(tenths / 10).\(tenths % 10)" }
}
