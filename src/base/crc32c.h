/* CRC-32C (Castagnoli, polynomial 0x1EDC6F41 reflected; RFC 3720 appendix B.4). */
#ifndef QIAO_CRC32C_H
#define QIAO_CRC32C_H

#include "base/base.h"

/* Continue `crc` (0 at start) over n bytes. Uses the processor's instruction where it has one:
 * several GB/s; else a table, about 0.5 GB/s. Same value either way. */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t n);

#endif
