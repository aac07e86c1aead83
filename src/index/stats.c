/* The statistics of a generation (region.h has the container).
 *
 * stats-GGGGGG   count: documents, terms, generation, mean length
 *   key   u64[terms] rising
 *   df    u32[terms] live documents that hold it, at least 1 */
#include "index/segment.h"

#include "base/sort.h"

#include <string.h>

uint32_t stats_df(const struct stats *s, uint64_t key)
{
    uint32_t i = s->nterms ? key_find(&s->dir, s->key, key) : UINT32_MAX;
    return i == UINT32_MAX ? 0 : s->df[i];
}

enum rc stats_weigh(const struct stats *s, const struct forward *f,
                    const struct index_scheme *scheme, double **out, struct err *e)
{
    double *w = mem_alloc(f->nterms * sizeof *w);
    if (!w)
        return err_nomem(e);
    bool few = f->nterms < s->nterms / 16; /* look up rather than walk along */
    for (uint32_t i = 0, k = 0; i < f->nterms; i++) {
        uint32_t df = 0;
        if (few)
            df = stats_df(s, f->key[i]);
        else {
            while (k < s->nterms && s->key[k] < f->key[i])
                k++;
            df = k < s->nterms && s->key[k] == f->key[i] ? s->df[k] : 0;
        }
        w[f->key_id[i]] = scheme->weight(scheme->ctx, f->key[i], MAX(df, 1), MAX(s->ndocs, 1));
    }
    *out = w;
    return RC_OK;
}

/* ---- making ---- */

struct sum {
    uint64_t tokens, docs, nonempty;
};

/* df of one segment's live documents, by id. */
static void live_df(const struct stats_source *from, uint32_t *df, struct sum *sum)
{
    const struct forward *f = from->f;
    memcpy(df, f->df, f->nterms * sizeof *df);
    for (uint32_t d = 0; d < f->ndocs; d++) {
        if (!is_dead(from->dead, d)) {
            sum->docs++;
            sum->tokens += f->len[d];
            sum->nonempty += f->len[d] > 0;
            continue;
        }
        struct fwd_iter it = fwd_start(f, d);
        while (fwd_next(&it))
            df[it.id]--;
    }
}

/* Append (key, df) of the terms that live documents hold; keys rise. */
static enum rc gather(struct keyed *all, size_t *n, const struct stats_source *from,
                      struct sum *sum, struct err *e)
{
    const struct forward *f = from->f;
    uint32_t *df = mem_alloc(f->nterms * sizeof *df);
    if (!df)
        return err_nomem(e);
    live_df(from, df, sum);
    for (uint32_t i = 0; i < f->nterms; i++)
        if (df[f->key_id[i]])
            all[(*n)++] = (struct keyed){f->key[i], df[f->key_id[i]]};
    mem_free(df);
    return RC_OK;
}

/* Sum the records of equal keys, which stand together; returns how many are left. */
static uint32_t fold(struct keyed *all, size_t n)
{
    uint32_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (m && all[m - 1].key == all[i].key)
            all[m - 1].val += all[i].val;
        else
            all[m++] = all[i];
    }
    return m;
}

static enum rc take(struct stats *out, const struct keyed *all, uint32_t n, struct err *e)
{
    uint64_t *key = mem_alloc(n * sizeof *key);
    uint32_t *df = mem_alloc(n * sizeof *df);
    out->key = key;
    out->df = df;
    out->nterms = n;
    if (!key || !df)
        return err_nomem(e);
    for (uint32_t i = 0; i < n; i++) {
        key[i] = all[i].key;
        df[i] = all[i].val;
    }
    return key_directory_make(&out->dir, key, n, e);
}

enum rc stats_make(struct stats *out, const struct stats_source *from, uint32_t nfrom,
                   struct err *e)
{
    *out = (struct stats){0};
    size_t most = 0, n = 0;
    for (uint32_t i = 0; i < nfrom; i++)
        most += from[i].f->nterms;
    struct keyed *all = mem_alloc(most * sizeof *all);
    struct keyed *spare = mem_alloc(nfrom > 1 ? most * sizeof *spare : 0);
    struct sum sum = {0};
    enum rc rc = all && spare ? RC_OK : err_nomem(e);
    for (uint32_t i = 0; rc == RC_OK && i < nfrom; i++)
        rc = gather(all, &n, &from[i], &sum, e);
    if (rc == RC_OK) {
        if (nfrom > 1)
            sort_keyed(all, spare, n, 0, 64);
        out->ndocs = (uint32_t)sum.docs;
        out->avg = sum.nonempty ? (double)sum.tokens / (double)sum.nonempty : 1;
        rc = take(out, all, fold(all, n), e);
    }
    mem_free(all);
    mem_free(spare);
    if (rc != RC_OK)
        stats_release(out);
    return rc;
}

void stats_release(struct stats *s)
{
    mem_free((void *)(uintptr_t)s->key);
    mem_free((void *)(uintptr_t)s->df);
    mem_free(s->dir.bucket);
    *s = (struct stats){0};
}

/* ---- file ---- */

enum rc stats_save(const char *path, const struct stats *s, uint32_t generation, struct err *e)
{
    const struct region r[] = {{s->key, s->nterms * sizeof *s->key, NULL},
                               {s->df, s->nterms * sizeof *s->df, NULL}};
    uint64_t count[REGION_COUNTS] = {s->ndocs, s->nterms, generation, bits_from(s->avg)};
    return region_write(path, REGION_STATS, count, r, ARRAY_LEN(r), e);
}

static enum rc stats_map(struct held_stats *h, uint32_t generation, struct err *e)
{
    const uint64_t *count = h->file.count;
    if (h->file.n != 2 || count[0] > UINT32_MAX || count[1] > UINT32_MAX || count[2] != generation)
        return err_corrupt(e, "index.corrupt", "%s", "header");
    h->s.ndocs = (uint32_t)count[0];
    h->s.nterms = (uint32_t)count[1];
    h->s.avg = bits_to(count[3]);
    TRY(region_get(&h->file, REGION_STATS, 0, count[1] * 8, (const void **)&h->s.key, e));
    TRY(region_get(&h->file, REGION_STATS, 1, count[1] * 4, (const void **)&h->s.df, e));
    return key_directory_make(&h->s.dir, h->s.key, h->s.nterms, e);
}

enum rc stats_load(struct held_stats **out, const char *path, uint32_t generation, struct err *e)
{
    struct held_stats *h = mem_calloc(1, sizeof *h);
    if (!h)
        return err_nomem(e);
    atomic_init(&h->refs, 1);
    enum rc rc = region_open(&h->file, path, REGION_STATS, e);
    if (rc == RC_OK)
        rc = err_at(e, stats_map(h, generation, e), path, NULL, 0, 0);
    if (rc != RC_OK)
        stats_drop(h);
    else
        *out = h;
    return rc;
}

void stats_drop(struct held_stats *h)
{
    if (!h || !held_last(&h->refs))
        return;
    mem_free(h->s.dir.bucket);
    region_close(&h->file);
    mem_free(h);
}
