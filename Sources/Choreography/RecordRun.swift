/// Records that lie one after the other, of events whose sequences follow one another: taken apart by their lengths, which
/// were checked where they came in.
package enum RecordRun {
    /// How many of the first records to take: at most `count`, and none after those that reach `limit` bytes.
    static func prefix(
        of records: ArraySlice<UInt8>, count most: Int, bytes limit: Int = .max
    ) -> (count: Int, bytes: Int) {
        records.withUnsafeBytes { all in
            var (count, bytes) = (0, 0)
            while count < most, bytes < limit {
                guard let length = length(at: bytes, in: all) else { return (count, all.count) }
                bytes += length
                count += 1
            }
            return (count, bytes)
        }
    }

    /// The checksum that the record at an index states; 0 if there is none.
    static func checksum(of records: ArraySlice<UInt8>, at index: Int) -> UInt32 {
        records.withUnsafeBytes { all in
            var offset = 0
            for _ in 0..<index { offset += length(at: offset, in: all) ?? all.count }
            guard all.count - offset >= 8 else { return 0 }
            return UInt32(littleEndian: all.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        }
    }

    /// The length of the record at an offset; nil at the end.
    package static func length(at offset: Int, in all: UnsafeRawBufferPointer) -> Int? {
        guard all.count - offset >= 4 else { return nil }
        let length = Int(UInt32(littleEndian: all.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        return length > 0 && length <= all.count - offset ? length : nil
    }
}
