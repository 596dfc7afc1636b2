/// The FNV-1a hash of bytes: short names and ids that anybody can compute again from a few lines of text.
package enum FNV1a {
    /// The 64-bit hash, of offset basis 14695981039346656037 and prime 1099511628211.
    package static func hash64(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The 128-bit hash as two halves, high first.
    package static func hash128(_ bytes: some Sequence<UInt8>) -> (UInt64, UInt64) {
        let basis: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        let hash = bytes.reduce(basis) { ($0 ^ UInt128($1)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
        return (UInt64(truncatingIfNeeded: hash >> 64), UInt64(truncatingIfNeeded: hash))
    }
}
