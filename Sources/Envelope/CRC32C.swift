internal import CChecksum

/// CRC-32C, the Castagnoli checksum (RFC 3720 appendix B.4), with the processor's instruction where it has one.
package enum CRC32C {
    /// The checksum of bytes.
    ///
    /// - Parameters:
    ///   - bytes: what to sum.
    ///   - seed: 0, or the checksum of the bytes before these, to continue it.
    package static func checksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return seed }
        return troupe_crc32c(seed, base, bytes.count)
    }

    /// The same checksum without the processor's instruction.
    static func tableChecksum(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
        guard let base = bytes.baseAddress else { return seed }
        return troupe_crc32c_table(seed, base, bytes.count)
    }
}
