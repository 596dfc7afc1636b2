@testable internal import Journal

extension JournalWriter {
    /// Appends an entry whose content follows from a number.
    @discardableResult
    func put(_ n: Int, size: Int = 10) throws(JournalError) -> AppendedEntry {
        try append(
            kind: 16, level: 1, time: Int64(n), heard: [UInt8(truncatingIfNeeded: n)],
            said: [UInt8](repeating: UInt8(truncatingIfNeeded: n &* 7), count: size), knows: Array("k\(n)".utf8))
    }
}
