/// The names of the files in a journal's directory.
enum SegmentName {
    static let mark = "mark"
    static let lock = "lock"
    private static let digits = Array("0123456789abcdef".utf8)

    /// The file name of the segment that begins at a global offset.
    static func name(_ base: UInt64) -> String {
        let hex = (0..<16).map { digits[Int((base >> UInt64(60 - 4 * $0)) & 15)] }
        return String(decoding: hex, as: UTF8.self) + ".seg"
    }

    /// The name that a segment has until it is whole and synced.
    static func temporary(_ base: UInt64) -> String { name(base) + ".tmp" }

    /// The global offset in a segment's file name, or `nil` if it is none.
    static func base(_ name: String) -> UInt64? {
        guard name.hasSuffix(".seg"), name.utf8.count == 20 else { return nil }
        var base: UInt64 = 0
        for byte in name.utf8.prefix(16) {
            guard let digit = digits.firstIndex(of: byte) else { return nil }
            base = base << 4 | UInt64(digit)
        }
        return base
    }

    /// The global offsets of the segments among the names in a directory, ascending.
    static func bases(_ names: [String]) -> [UInt64] { names.compactMap(base).sorted() }
}
