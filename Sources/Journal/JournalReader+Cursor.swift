extension JournalReader {
    /// A place between two entries of one journal. It stays good while its segment exists, except when a recovery cuts
    /// what lies before it: see ``JournalError/Code/unknownPosition``.
    package struct Cursor: Hashable, Sendable {
        /// The global offset at which the segment begins.
        let segmentBase: UInt64
        /// The global offset of the next entry.
        package let offset: UInt64

        init(segmentBase: UInt64, offset: UInt64) {
            self.segmentBase = segmentBase
            self.offset = offset
        }

        /// Makes a cursor from the 16 bytes of another; `nil` if they cannot be one.
        package init?(bytes: some Collection<UInt8>) {
            guard bytes.count == 16 else { return nil }
            let numbers = Array(bytes).withUnsafeBytes { ($0.u64(0), $0.u64(8)) }
            guard numbers.0 <= numbers.1 else { return nil }
            self.init(segmentBase: numbers.0, offset: numbers.1)
        }

        /// The cursor as 16 bytes: segment base and offset, little-endian.
        package var bytes: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 16)
            bytes.withUnsafeMutableBytes { buffer in
                buffer.put(segmentBase, 0)
                buffer.put(offset, 8)
            }
            return bytes
        }
    }
}
