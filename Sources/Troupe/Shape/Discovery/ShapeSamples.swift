internal import FoundationEssentials

/// Sample values of the types that are no more than one JSON value.
enum ShapeSamples {
    /// How many sets of samples there are. A type that refuses one may take another.
    static let seeds = 8

    private static let texts = [
        "a", "1", "2026-01-31T12:00:00Z", "2026-01-31", "6f1c3f0e-6f6c-4c35-9d5c-1d1f4cd4c0de", "https://example.com/a",
        "YQ==", "",
    ]
    private static let integers = [1, 2, 1_700_000_000, 0, 10, 100, 12, 0]

    /// What is known of a type without asking it; nil for any other.
    static func basic(_ type: any Decodable.Type) -> ShapeFinder.Found? {
        switch type {
        case is Bool.Type: found(.boolean, [true, false])
        case is String.Type: found(.text(nil), texts)
        case is Double.Type: found(.number(bits: 64), integers.map { Double($0) })
        case is Float.Type: found(.number(bits: 32), integers.map { Float($0) })
        case is Decimal.Type: found(.number(bits: 0), integers.map { Decimal($0) })
        case let type as any (FixedWidthInteger & Decodable).Type: integer(type)
        case is Date.Type: found(.text(.dateTime), [Date(timeIntervalSince1970: 1_700_000_000)])
        case is UUID.Type: found(.text(.uuid), [UUID(uuidString: texts[4])!])
        case is URL.Type: found(.text(.uri), [URL(string: texts[5])!])
        case is Data.Type: found(.text(.base64), [Data([97])])
        default: nil
        }
    }

    private static func found(_ shape: Shape, _ values: [Any]) -> ShapeFinder.Found {
        .init(shape: shape, values: values)
    }

    private static func integer<T: FixedWidthInteger>(_ type: T.Type) -> ShapeFinder.Found? {
        guard T.bitWidth <= 64 else { return found(.anything, [T(1)]) }
        return found(.integer(bits: T.bitWidth, isSigned: T.isSigned), integers.map { T(clamping: $0) })
    }
}
