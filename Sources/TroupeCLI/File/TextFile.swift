/// Files that people write.
enum TextFile {
    /// A file's text without a byte order mark (RFC 3629, section 6). Throws what it is if it is not UTF-8.
    static func text(_ bytes: [UInt8], _ path: String) throws -> String {
        if let encoding = encoding(bytes) {
            throw CommandError("\(path):1: the file is \(encoding) text; save it as UTF-8")
        }
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let line = 1 + bytes.prefix(valid(bytes)).count { $0 == 10 }
        throw CommandError("\(path):\(line): the file is not UTF-8 text from there on; save it as UTF-8")
    }

    /// UTF-16 or UTF-32, by its mark or by the zeros between the letters.
    private static func encoding(_ bytes: [UInt8]) -> String? {
        let start = bytes.prefix(4)
        if start.starts(with: [0xFF, 0xFE, 0, 0]) || start.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        guard start.count == 4, start.contains(where: { $0 != 0 }) else { return nil }
        switch start.map({ $0 == 0 }) {
        case [true, false, true, false], [false, true, false, true]: return "UTF-16"
        case [false, true, true, true], [true, true, true, false]: return "UTF-32"
        default: return nil
        }
    }

    /// How many bytes at the beginning are valid.
    private static func valid(_ bytes: ArraySlice<UInt8>) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var count = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { count += UTF8.width(scalar) }
        return count
    }
}
