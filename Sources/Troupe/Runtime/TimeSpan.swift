internal import ArgumentParser

/// A span of time as people write it: `10s`, `500ms`, `2m`, `1h`, `7d`.
package struct TimeSpan: ExpressibleByArgument, Hashable, Sendable, CustomStringConvertible {
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    package init?(argument: String) {
        let units: [(String, Int64)] = [
            ("ms", 1000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000),
        ]
        for (suffix, factor) in units where argument.hasSuffix(suffix) {
            guard let number = Double(argument.dropLast(suffix.count)), number >= 0, number < 1e9 else { continue }
            microseconds = Int64(number * Double(factor))
            return
        }
        return nil
    }

    package var duration: Duration { .microseconds(microseconds) }

    package var milliseconds: Int { Int(microseconds / 1000) }

    package var description: String {
        microseconds % 1_000_000 == 0 ? "\(microseconds / 1_000_000)s" : "\(microseconds / 1000)ms"
    }

    package var defaultValueDescription: String { description }
}
