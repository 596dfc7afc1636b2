/// A moment in UTC, to the microsecond. CloudEvents 1.0.2 §3.1 *Timestamp*, RFC 3339.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch, UTC, leap seconds not counted.
    public var microseconds: Int64

    /// Creates a moment from microseconds since the Unix epoch.
    ///
    /// Events carry only the years 0001 to 9999; ``Event/validate()`` refuses others.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Orders moments by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// Whether the moment lies within the years 0001 to 9999.
    package var isInRange: Bool { Timestamp.range.contains(microseconds) }

    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z.
    static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
}
