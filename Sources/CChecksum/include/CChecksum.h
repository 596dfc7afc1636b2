#ifndef TROUPE_CCHECKSUM_H
#define TROUPE_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli polynomial, reflected, as in RFC 3720 appendix B.4) of `count` bytes.
///
/// `seed` is 0, or the checksum of the bytes before these, so that a checksum can be continued.
/// Uses SSE4.2 or the ARMv8 CRC instructions where the processor has them.
uint32_t troupe_crc32c(uint32_t seed, const void *bytes, size_t count);

/// The same checksum computed with a table alone, for processors without the instructions.
uint32_t troupe_crc32c_table(uint32_t seed, const void *bytes, size_t count);

#endif
