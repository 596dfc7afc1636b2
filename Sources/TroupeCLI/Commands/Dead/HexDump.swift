/// Bytes for people: an offset, sixteen bytes in hexadecimal, and those of them that are printable ASCII.
enum HexDump {
    /// A record may have megabytes, of which the first tell what it is.
    private static let limit = 4096

    static func lines(_ bytes: [UInt8]) -> [String] {
        var lines = stride(from: 0, to: min(bytes.count, limit), by: 16).map { start in
            let row = bytes[start..<min(start + 16, bytes.count, limit)]
            let hex = row.map { digits($0, 2) }.joined(separator: " ")
            let text = row.map { (0x20..<0x7F).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            return digits(start, 6) + "  " + hex + String(repeating: " ", count: 3 * (16 - row.count)) + "  |" + text
                + "|"
        }
        if bytes.count > limit { lines.append("… and \(bytes.count - limit) bytes more") }
        return lines
    }

    private static func digits(_ number: some BinaryInteger, _ width: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
