/* Private to src/index. The container of all files of an index directory: a header, a table of
 * regions, the regions; little-endian, every region on a 64-byte border so that arrays are used
 * where the file is mapped.
 *
 *   0    char magic[8]     "qiao-" and the kind: fwd inv del sta man
 *   8    u32 order         0x01020304 as the machine writes it
 *   12   u32 version       REGION_VERSION
 *   16   u32 nregions
 *   20   u32 crc           crc32c of header and table, this field as 0
 *   24   u64 size          of the file
 *   32   u64 count[12]     numbers of this kind (segment.c, derived.c, stats.c, manifest.h);
 * doubles as bits 128  table, 24 bytes a region: u64 offset, u64 bytes, u32 crc32c, u32 0
 *   ...  the regions, in table order; zeros up to the next border, also after the last
 *
 * All checksums are verified when a file is opened: what a reader sees afterwards is what a
 * writer wrote. That costs one pass over the mapped bytes (docs/index.md has the figures). */
#ifndef QIAO_INDEX_REGION_H
#define QIAO_INDEX_REGION_H

#include "base/err.h"
#include "base/file.h"

#define REGION_VERSION 2u
#define REGION_COUNTS  12u
#define REGION_ALIGN   64u
#define REGION_MAX     4096u /* of one file */

enum region_kind { REGION_FWD, REGION_INV, REGION_DEL, REGION_STATS, REGION_MANIFEST };

struct region {
    const void *p;
    uint64_t n;             /* bytes */
    const struct str *part; /* or, where not NULL, these n strings end to end */
};

struct region_entry {
    uint64_t at, n;
    uint32_t crc, zero;
};

struct region_file {
    struct file_map map;
    const uint64_t *count;            /* [REGION_COUNTS] in the map */
    const struct region_entry *entry; /* [n] in the map */
    uint32_t n;
};

/* Write a whole file beside `path`; it is there once *out is committed. */
enum rc region_start(struct file_out **out, const char *path, enum region_kind kind,
                     const uint64_t count[REGION_COUNTS], const struct region *r, uint32_t n,
                     struct err *e) MUST_CHECK;
/* The same, and commit it, without waiting for the disk (dir.c does that for all files of a
 * commit at once). */
enum rc region_write(const char *path, enum region_kind kind, const uint64_t count[REGION_COUNTS],
                     const struct region *r, uint32_t n, struct err *e) MUST_CHECK;

/* Map a file and check header, table, padding and checksums, as file and region are named in the
 * error: RC_CORRUPT "index.corrupt" (detail: the region), "index.version". */
enum rc region_open(struct region_file *out, const char *path, enum region_kind kind,
                    struct err *e) MUST_CHECK;
void region_close(struct region_file *f);

/* The bytes of region i, which must exist and hold exactly `bytes`; else RC_CORRUPT. */
enum rc region_get(const struct region_file *f, enum region_kind kind, uint32_t i, uint64_t bytes,
                   const void **out, struct err *e) MUST_CHECK;
/* Bytes of region i, 0 if there is none. */
uint64_t region_size(const struct region_file *f, uint32_t i);
/* "index.corrupt" for region i. */
enum rc region_bad(enum region_kind kind, uint32_t i, struct err *e) MUST_CHECK;

static inline uint64_t bits_from(double x)
{
    union {
        double d;
        uint64_t u;
    } v = {x};
    return v.u;
}

static inline double bits_to(uint64_t x)
{
    union {
        uint64_t u;
        double d;
    } v = {x};
    return v.d;
}

#endif
