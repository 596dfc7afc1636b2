/// How many delays fell into which of 313 buckets, each at most an eighth wide of where it begins.
package struct DelayHistogram: Hashable, Sendable {
    /// Delays of 2^41 µs, four weeks, and more share the last bucket.
    private static let highest = 40

    private var counts: [UInt64] = []
    package private(set) var count: UInt64 = 0

    package init() {}

    /// Notes a delay in microseconds; less than none counts as none.
    package mutating func add(_ microseconds: Int64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: 16 + (Self.highest - 3) * 8 + 1) }
        counts[min(Self.bucket(UInt64(max(0, microseconds))), counts.count - 1)] += 1
        count += 1
    }

    /// The delay in microseconds, by a sixteenth, that the share `part`, 0 to 1, of all did not exceed; nil without any.
    package func quantile(_ part: Double) -> Int64? {
        guard count > 0 else { return nil }
        let wanted = max(1, (part * Double(count)).rounded(.up))
        var seen = 0.0
        for (bucket, own) in counts.enumerated() where own > 0 {
            seen += Double(own)
            if seen >= wanted { return Self.middle(of: bucket) }
        }
        return nil
    }

    /// What was noted since an earlier state of this histogram.
    package func since(_ earlier: DelayHistogram) -> DelayHistogram {
        guard earlier.count > 0 else { return self }
        var difference = self
        for bucket in counts.indices { difference.counts[bucket] -= earlier.counts[bucket] }
        difference.count -= earlier.count
        return difference
    }

    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 16 else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        return 16 + (exponent - 4) * 8 + Int(value >> (exponent - 3)) & 7
    }

    private static func middle(of bucket: Int) -> Int64 {
        guard bucket >= 16 else { return Int64(bucket) }
        let (exponent, part) = ((bucket - 16) / 8 + 4, (bucket - 16) % 8)
        let width = Int64(1) << (exponent - 3)
        return Int64(8 + part) * width + width / 2
    }
}
