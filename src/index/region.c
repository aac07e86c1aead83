#include "index/region.h"

#include "base/crc32c.h"
#include "base/mem.h"

#include <stdio.h>
#include <string.h>

#define ORDER 0x01020304u

struct header {
    char magic[8];
    uint32_t order, version, nregions, crc;
    uint64_t size;
    uint64_t count[REGION_COUNTS];
};
_Static_assert(sizeof(struct header) == 128, "the header is 128 bytes");
_Static_assert(sizeof(struct region_entry) == 24, "a table entry is 24 bytes");

static const char zeros[REGION_ALIGN];

/* What the regions are called in errors; from `each` on they repeat, five a block. */
static const struct kind {
    char magic[9];
    uint32_t fixed;
    const char *name[12];
} kinds[] = {
    [REGION_FWD] = {"qiao-fwd",
                    12,
                    {"key", "key_id", "df", "length", "size", "terms", "id_at", "id", "payload_at",
                     "payload", "id_hash", "id_doc"}},
    [REGION_INV] = {"qiao-inv",
                    4,
                    {"weight", "weight_of", "norm", "light", "step", "row", "list", "doc",
                     "impact"}},
    [REGION_DEL] = {"qiao-del", 1, {"dead"}},
    [REGION_STATS] = {"qiao-sta", 2, {"key", "df"}},
    [REGION_MANIFEST] = {"qiao-man", 2, {"scheme", "segment"}},
};

enum rc region_bad(enum region_kind kind, uint32_t i, struct err *e)
{
    const struct kind *k = &kinds[kind];
    if (i < k->fixed)
        return err_corrupt(e, "index.corrupt", "%s", k->name[i]);
    if (kind != REGION_INV)
        return err_corrupt(e, "index.corrupt", "%u", i);
    return err_corrupt(e, "index.corrupt", "block %u %s", (i - k->fixed) / 5,
                       k->name[k->fixed + (i - k->fixed) % 5]);
}

static enum rc corrupt(struct err *e, const char *what)
{
    return err_corrupt(e, "index.corrupt", "%s", what);
}

static uint64_t aligned(uint64_t n)
{
    return (n + REGION_ALIGN - 1) / REGION_ALIGN * REGION_ALIGN;
}

static uint64_t start_of(uint32_t nregions)
{
    return aligned(sizeof(struct header) + (uint64_t)nregions * sizeof(struct region_entry));
}

static uint32_t header_crc(const struct header *h, const struct region_entry *t)
{
    struct header copy = *h;
    copy.crc = 0;
    return crc32c(crc32c(0, &copy, sizeof copy), t, h->nregions * sizeof *t);
}

/* ---- writing ---- */

static enum rc put_padding(struct file_out *f, struct err *e)
{
    uint64_t size = file_out_size(f);
    return file_out_write(f, zeros, aligned(size) - size, e);
}

static enum rc put_region(struct file_out *f, const struct region *r, struct err *e)
{
    if (!r->part)
        TRY(file_out_write(f, r->p, r->n, e));
    for (uint64_t i = 0; r->part && i < r->n; i++)
        TRY(file_out_write(f, r->part[i].p, r->part[i].n, e));
    return put_padding(f, e);
}

static enum rc put_all(struct file_out *f, const struct header *h, const struct region_entry *t,
                       const struct region *r, struct err *e)
{
    TRY(file_out_write(f, h, sizeof *h, e));
    TRY(file_out_write(f, t, h->nregions * sizeof *t, e));
    TRY(put_padding(f, e));
    for (uint32_t i = 0; i < h->nregions; i++)
        TRY(put_region(f, &r[i], e));
    return RC_OK;
}

static struct region_entry entry_of(const struct region *r, uint64_t at)
{
    struct region_entry t = {.at = at};
    if (!r->part) {
        t.n = r->n;
        t.crc = crc32c(0, r->p, r->n);
    }
    for (uint64_t i = 0; r->part && i < r->n; i++) {
        t.n += r->part[i].n;
        t.crc = crc32c(t.crc, r->part[i].p, r->part[i].n);
    }
    return t;
}

static uint64_t fill_table(struct region_entry *t, const struct region *r, uint32_t n)
{
    uint64_t at = start_of(n);
    for (uint32_t i = 0; i < n; i++) {
        t[i] = entry_of(&r[i], at);
        at += aligned(t[i].n);
    }
    return at;
}

enum rc region_start(struct file_out **out, const char *path, enum region_kind kind,
                     const uint64_t count[REGION_COUNTS], const struct region *r, uint32_t n,
                     struct err *e)
{
    struct header h = {.order = ORDER, .version = REGION_VERSION, .nregions = n};
    memcpy(h.magic, kinds[kind].magic, sizeof h.magic);
    memcpy(h.count, count, sizeof h.count);
    struct region_entry *t = mem_calloc(n, sizeof *t);
    if (!t)
        return err_nomem(e);
    h.size = fill_table(t, r, n);
    h.crc = header_crc(&h, t);
    enum rc rc = file_out_open(out, path, e);
    if (rc == RC_OK) {
        rc = put_all(*out, &h, t, r, e);
        if (rc != RC_OK)
            file_out_abandon(*out);
    }
    mem_free(t);
    return rc;
}

enum rc region_write(const char *path, enum region_kind kind, const uint64_t count[REGION_COUNTS],
                     const struct region *r, uint32_t n, struct err *e)
{
    struct file_out *f = NULL;
    TRY(region_start(&f, path, kind, count, r, n, e));
    return file_out_commit_unsynced(f, e);
}

/* ---- reading ---- */

static enum rc check_header(const struct file_map *m, enum region_kind kind, struct err *e)
{
    const struct header *h = (const void *)m->p;
    if (m->n < sizeof *h || memcmp(h->magic, kinds[kind].magic, sizeof h->magic) != 0)
        return corrupt(e, "header");
    if (h->order != ORDER || h->version != REGION_VERSION)
        return err_corrupt(e, "index.version", "%u", h->version);
    if (h->nregions > REGION_MAX || start_of(h->nregions) > m->n || h->size != m->n)
        return corrupt(e, "header");
    const struct region_entry *t = (const void *)(m->p + sizeof *h);
    return header_crc(h, t) == h->crc ? RC_OK : corrupt(e, "header");
}

static enum rc check_zeros(const struct file_map *m, uint64_t from, uint64_t to, struct err *e)
{
    return to <= m->n && to - from < REGION_ALIGN && memcmp(m->p + from, zeros, to - from) == 0
               ? RC_OK
               : corrupt(e, "padding");
}

static enum rc check_regions(const struct region_file *f, enum region_kind kind, struct err *e)
{
    uint64_t at = start_of(f->n);
    TRY(check_zeros(&f->map, sizeof(struct header) + f->n * sizeof *f->entry, at, e));
    for (uint32_t i = 0; i < f->n; i++) {
        const struct region_entry *t = &f->entry[i];
        if (t->at != at || t->n > f->map.n - at || crc32c(0, f->map.p + at, t->n) != t->crc)
            return region_bad(kind, i, e);
        at += aligned(t->n);
        TRY(check_zeros(&f->map, t->at + t->n, at, e));
    }
    return at == f->map.n ? RC_OK : corrupt(e, "size");
}

enum rc region_open(struct region_file *out, const char *path, enum region_kind kind, struct err *e)
{
    *out = (struct region_file){0};
    TRY(file_map(&out->map, path, e));
    enum rc rc = check_header(&out->map, kind, e);
    if (rc == RC_OK) {
        const struct header *h = (const void *)out->map.p;
        out->count = h->count;
        out->entry = (const void *)(out->map.p + sizeof *h);
        out->n = h->nregions;
        rc = check_regions(out, kind, e);
    }
    if (rc != RC_OK)
        region_close(out);
    return err_at(e, rc, path, NULL, 0, 0);
}

void region_close(struct region_file *f)
{
    file_unmap(&f->map);
    *f = (struct region_file){0};
}

uint64_t region_size(const struct region_file *f, uint32_t i)
{
    return i < f->n ? f->entry[i].n : 0;
}

enum rc region_get(const struct region_file *f, enum region_kind kind, uint32_t i, uint64_t bytes,
                   const void **out, struct err *e)
{
    if (i >= f->n || f->entry[i].n != bytes)
        return region_bad(kind, i, e);
    *out = f->map.p + f->entry[i].at;
    return RC_OK;
}
