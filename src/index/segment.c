/* The enduring half of a segment as a file (region.h has the container).
 *
 * seg-NNNNNN.fwd   count: documents, terms, postings, tokens, documents with any term
 *   key        u64[terms]       rising
 *   key_id     u32[terms]       id of each key
 *   df         (u32, u32)[...]  by id: df, how many ids in a row have it; df falls
 *   length     u32[documents]   tokens
 *   size       u32[documents]   bytes in `terms`
 *   terms      documents end to end, as struct forward says
 *   id_at, payload_at           u64[documents + 1]: where id and payload begin
 *   id, payload                 end to end
 *   id_hash    u64[documents]   rising hash_bytes of the ids
 *   id_doc     u32[documents]   whose they are
 *
 * df, starts of documents and the directory are kept in memory. */
#include "index/segment.h"

#include "base/map.h"
#include "base/sort.h"

#include <string.h>

enum {
    F_KEY,
    F_KEY_ID,
    F_DF,
    F_LEN,
    F_SIZE,
    F_TERMS,
    F_ID_AT,
    F_ID,
    F_PAY_AT,
    F_PAY,
    F_HASH,
    F_DOC,
    F_N
};

typedef VEC(uint32_t) vec_u32;

static enum rc df_runs(vec_u32 *out, const struct forward *f, struct err *e)
{
    for (uint32_t i = 0; i < f->nterms;) {
        uint32_t from = i;
        while (i < f->nterms && f->df[i] == f->df[from])
            i++;
        TRY(vec_push(out, f->df[from], e));
        TRY(vec_push(out, i - from, e));
    }
    return RC_OK;
}

/* What a .fwd holds beyond struct forward itself. */
struct fwd_extra {
    vec_u32 runs;
    uint32_t *size, *id_doc;
    uint64_t *id_at, *payload_at, *id_hash;
    struct keyed *sorted;
};

static void extra_release(struct fwd_extra *x)
{
    vec_free(&x->runs);
    mem_free(x->size);
    mem_free(x->id_doc);
    mem_free(x->id_at);
    mem_free(x->payload_at);
    mem_free(x->id_hash);
    mem_free(x->sorted);
}

static enum rc extra_make(struct fwd_extra *x, const struct forward *f, const struct str *id,
                          const struct str *payload, struct err *e)
{
    uint32_t n = f->ndocs;
    x->size = mem_alloc(n * sizeof *x->size);
    x->id_doc = mem_alloc(n * sizeof *x->id_doc);
    x->id_at = mem_calloc((size_t)n + 1, sizeof *x->id_at);
    x->payload_at = mem_calloc((size_t)n + 1, sizeof *x->payload_at);
    x->id_hash = mem_alloc(n * sizeof *x->id_hash);
    x->sorted = mem_alloc(2 * (size_t)n * sizeof *x->sorted);
    if (!x->size || !x->id_doc || !x->id_at || !x->payload_at || !x->id_hash || !x->sorted)
        return err_nomem(e);
    for (uint32_t d = 0; d < n; d++) {
        x->size[d] = (uint32_t)(f->off[d + 1] - f->off[d]);
        x->id_at[d + 1] = x->id_at[d] + id[d].n;
        x->payload_at[d + 1] = x->payload_at[d] + payload[d].n;
        x->sorted[d] = (struct keyed){hash_bytes(id[d]), d};
    }
    sort_keyed(x->sorted, x->sorted + n, n, 0, 64);
    for (uint32_t d = 0; d < n; d++) {
        x->id_hash[d] = x->sorted[d].key;
        x->id_doc[d] = x->sorted[d].val;
    }
    return df_runs(&x->runs, f, e);
}

enum rc forward_save(const char *path, const struct forward *f, const struct str *id,
                     const struct str *payload, struct err *e)
{
    struct fwd_extra x = {0};
    uint64_t n = f->ndocs;
    enum rc rc = extra_make(&x, f, id, payload, e);
    if (rc == RC_OK) {
        const struct region r[F_N] = {
            [F_KEY] = {f->key, f->nterms * sizeof *f->key, NULL},
            [F_KEY_ID] = {f->key_id, f->nterms * sizeof *f->key_id, NULL},
            [F_DF] = {x.runs.p, x.runs.n * sizeof *x.runs.p, NULL},
            [F_LEN] = {f->len, n * sizeof *f->len, NULL},
            [F_SIZE] = {x.size, n * sizeof *x.size, NULL},
            [F_TERMS] = {f->bytes, f->off[n], NULL},
            [F_ID_AT] = {x.id_at, (n + 1) * sizeof *x.id_at, NULL},
            [F_ID] = {NULL, n, id},
            [F_PAY_AT] = {x.payload_at, (n + 1) * sizeof *x.payload_at, NULL},
            [F_PAY] = {NULL, n, payload},
            [F_HASH] = {x.id_hash, n * sizeof *x.id_hash, NULL},
            [F_DOC] = {x.id_doc, n * sizeof *x.id_doc, NULL},
        };
        uint64_t count[REGION_COUNTS] = {f->ndocs, f->nterms, f->npostings, f->ntokens,
                                         f->nonempty};
        rc = region_write(path, REGION_FWD, count, r, F_N, e);
    }
    extra_release(&x);
    return rc;
}

static enum rc bad_fwd(uint32_t i, struct err *e)
{
    return region_bad(REGION_FWD, i, e);
}

static enum rc unfold_df(struct held_forward *h, struct err *e)
{
    struct forward *f = &h->f;
    const uint32_t *run;
    uint64_t bytes = region_size(&h->file, F_DF);
    TRY(region_get(&h->file, REGION_FWD, F_DF, bytes / 8 * 8, (const void **)&run, e));
    f->df = mem_alloc(f->nterms * sizeof *f->df);
    if (!f->df)
        return err_nomem(e);
    uint64_t at = 0, postings = 0;
    uint32_t last = UINT32_MAX;
    for (uint64_t i = 0; i < bytes / 8; i++) {
        uint32_t df = run[2 * i], n = run[2 * i + 1];
        if (!df || df >= last || df > f->ndocs || n > f->nterms - at)
            return bad_fwd(F_DF, e);
        for (uint32_t k = 0; k < n; k++)
            f->df[at++] = df;
        postings += (uint64_t)df * n;
        last = df;
    }
    return at == f->nterms && postings == f->npostings ? RC_OK : bad_fwd(F_DF, e);
}

static enum rc unfold_sizes(struct held_forward *h, struct err *e)
{
    struct forward *f = &h->f;
    const uint32_t *size;
    TRY(region_get(&h->file, REGION_FWD, F_SIZE, f->ndocs * 4ull, (const void **)&size, e));
    f->off = mem_alloc(((size_t)f->ndocs + 1) * sizeof *f->off);
    if (!f->off)
        return err_nomem(e);
    f->off[0] = 0;
    for (uint32_t d = 0; d < f->ndocs; d++)
        f->off[d + 1] = f->off[d] + size[d];
    const void *terms;
    TRY(region_get(&h->file, REGION_FWD, F_TERMS, f->off[f->ndocs], &terms, e));
    f->bytes = region_mapped(terms);
    return RC_OK;
}

/* The strings of region i + 1, whose starts are region i. */
static enum rc get_strings(struct held_forward *h, uint32_t i, const uint64_t **at,
                           const char **bytes, struct err *e)
{
    uint32_t n = h->f.ndocs;
    TRY(region_get(&h->file, REGION_FWD, i, (n + 1ull) * 8, (const void **)at, e));
    TRY(region_get(&h->file, REGION_FWD, i + 1, (*at)[n], (const void **)bytes, e));
    bool rising = (*at)[0] == 0;
    for (uint32_t d = 0; d < n; d++)
        rising &= (*at)[d] <= (*at)[d + 1];
    return rising ? RC_OK : bad_fwd(i, e);
}

static enum rc check_numbers(const struct held_forward *h, struct err *e)
{
    const struct forward *f = &h->f;
    uint32_t worst = 0;
    for (uint32_t i = 0; i < f->nterms; i++)
        worst = MAX(worst, f->key_id[i]);
    if (f->nterms && worst >= f->nterms)
        return bad_fwd(F_KEY_ID, e);
    worst = 0;
    for (uint32_t d = 0; d < f->ndocs; d++)
        worst = MAX(worst, h->id_doc[d]);
    return f->ndocs && worst >= f->ndocs ? bad_fwd(F_DOC, e) : RC_OK;
}

static enum rc forward_map(struct held_forward *h, struct err *e)
{
    struct forward *f = &h->f;
    const uint64_t *count = h->file.count;
    if (h->file.n != F_N || count[0] > INDEX_DOCS_MAX || count[1] > UINT32_MAX)
        return err_corrupt(e, "index.corrupt", "%s", "header");
    f->ndocs = (uint32_t)count[0];
    f->nterms = (uint32_t)count[1];
    f->npostings = count[2];
    f->ntokens = count[3];
    f->nonempty = (uint32_t)count[4];
    const void *p;
    TRY(region_get(&h->file, REGION_FWD, F_KEY, f->nterms * 8ull, &p, e));
    f->key = region_mapped(p);
    TRY(region_get(&h->file, REGION_FWD, F_KEY_ID, f->nterms * 4ull, &p, e));
    f->key_id = region_mapped(p);
    TRY(region_get(&h->file, REGION_FWD, F_LEN, f->ndocs * 4ull, &p, e));
    f->len = region_mapped(p);
    TRY(region_get(&h->file, REGION_FWD, F_HASH, f->ndocs * 8ull, &p, e));
    h->id_hash = p;
    TRY(region_get(&h->file, REGION_FWD, F_DOC, f->ndocs * 4ull, &p, e));
    h->id_doc = p;
    TRY(get_strings(h, F_ID_AT, &h->id_at, &h->id, e));
    TRY(get_strings(h, F_PAY_AT, &h->payload_at, &h->payload, e));
    TRY(check_numbers(h, e));
    TRY(unfold_df(h, e));
    TRY(unfold_sizes(h, e));
    return forward_derive(f, e);
}

enum rc forward_load(struct held_forward **out, const char *path, struct err *e)
{
    struct held_forward *h = mem_calloc(1, sizeof *h);
    if (!h)
        return err_nomem(e);
    atomic_init(&h->refs, 1);
    enum rc rc = region_open(&h->file, path, REGION_FWD, e);
    if (rc == RC_OK)
        rc = err_at(e, forward_map(h, e), path, NULL, 0, 0);
    if (rc != RC_OK)
        forward_drop(h);
    else
        *out = h;
    return rc;
}

void forward_drop(struct held_forward *h)
{
    if (!h || !held_last(&h->refs))
        return;
    mem_free(h->f.df);
    mem_free(h->f.off);
    mem_free(h->f.dir.bucket);
    mem_free(h->f.place);
    region_close(&h->file);
    mem_free(h);
}

uint32_t held_find(const struct held_forward *h, struct str id)
{
    uint64_t wanted = hash_bytes(id);
    uint32_t lo = 0, hi = h->f.ndocs;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (h->id_hash[mid] < wanted)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < h->f.ndocs && h->id_hash[lo] == wanted; lo++)
        if (str_eq(held_id(h, h->id_doc[lo]), id))
            return h->id_doc[lo];
    return UINT32_MAX;
}

uint64_t forward_item_bytes(const struct held_forward *h)
{
    uint64_t n = 0;
    for (uint32_t i = F_ID_AT; i < F_N; i++)
        n += region_size(&h->file, i);
    return n;
}
