/* A directory checked from the ground: every file is read anew (which verifies its checksums),
 * then held against the others; derived files are derived again and compared byte for byte. */
#include "index/dir_int.h"

#include "base/map.h"

#include <string.h>

static enum rc mismatch(const struct index_dir *d, struct file_name f, const char *what,
                        struct err *e)
{
    char path[INDEX_PATH_MAX];
    file_path(path, d->path, f);
    return err_at(e, err_corrupt(e, "index.mismatch", "%s", what), path, NULL, 0, 0);
}

/* ---- the enduring half ---- */

/* LEB128 that does not trust what it reads; false past the end or beyond 32 bits. */
static bool leb_checked(const uint8_t **p, const uint8_t *end, uint32_t *out)
{
    uint64_t v = 0;
    for (unsigned s = 0; s < 35 && *p < end; s += 7) {
        uint8_t b = *(*p)++;
        v |= (uint64_t)(b & 0x7F) << s;
        if (b < 0x80) {
            *out = (uint32_t)v;
            return v <= UINT32_MAX;
        }
    }
    return false;
}

/* One document: terms rising and known, lengths as counted. Adds to `df`. */
static bool document_sound(const struct forward *f, uint32_t doc, uint32_t *df)
{
    const uint8_t *p = f->bytes + f->off[doc], *end = f->bytes + f->off[doc + 1];
    uint64_t id = UINT64_MAX, tokens = 0;
    bool clipped = false;
    while (p < end) {
        uint32_t v, tf = 1;
        if (!leb_checked(&p, end, &v) || ((v & 1) && !leb_checked(&p, end, &tf)))
            return false;
        id += v >> 1;
        if (!(v >> 1) || id >= f->nterms || !tf || tf > UINT16_MAX || ((v & 1) && tf == 1))
            return false;
        df[id]++;
        tokens += tf;
        clipped |= tf == UINT16_MAX;
    }
    return clipped ? tokens <= f->len[doc] : tokens == f->len[doc];
}

static const char *keys_unsound(const struct forward *f, uint32_t *seen)
{
    memset(seen, 0, f->nterms * sizeof *seen);
    for (uint32_t i = 0; i < f->nterms; i++) {
        if (i && f->key[i - 1] >= f->key[i])
            return "key";
        if (seen[f->key_id[i]]++)
            return "key_id";
    }
    return NULL;
}

static const char *ids_unsound(const struct held_forward *h)
{
    for (uint32_t i = 0; i < h->f.ndocs; i++) {
        struct str id = held_id(h, h->id_doc[i]);
        if (hash_bytes(id) != h->id_hash[i] || (i && h->id_hash[i - 1] > h->id_hash[i]))
            return "id_hash";
        if (held_find(h, id) != h->id_doc[i])
            return "id_doc";
    }
    return NULL;
}

static const char *terms_unsound(const struct forward *f, uint32_t *df)
{
    uint64_t tokens = 0, nonempty = 0;
    memset(df, 0, f->nterms * sizeof *df);
    for (uint32_t d = 0; d < f->ndocs; d++) {
        if (!document_sound(f, d, df))
            return "terms";
        tokens += f->len[d];
        nonempty += f->len[d] > 0;
    }
    if (memcmp(df, f->df, f->nterms * sizeof *df) != 0)
        return "df";
    return tokens == f->ntokens && nonempty == f->nonempty ? NULL : "header";
}

static enum rc check_forward(const struct index_dir *d, const struct held_forward *h,
                             uint32_t number, struct err *e)
{
    uint32_t *seen = mem_alloc(h->f.nterms * sizeof *seen);
    if (!seen)
        return err_nomem(e);
    const char *what = keys_unsound(&h->f, seen);
    if (!what)
        what = terms_unsound(&h->f, seen);
    if (!what)
        what = ids_unsound(h);
    mem_free(seen);
    return what ? mismatch(d, (struct file_name){REGION_FWD, number, 0}, what, e) : RC_OK;
}

/* ---- the derived half ---- */

static const char *block_differs(const struct inverted *v, uint32_t i, const struct inverted *w)
{
    const struct block *a = &v->block[i], *b = &w->block[i];
    uint32_t lists = v->ncommon - v->nrows, n = a->off[lists];
    if (memcmp(a->step, b->step, v->ncommon * sizeof *a->step) != 0)
        return "step";
    if (memcmp(a->row, b->row, v->nrows * ROW_STRIDE(a->n)) != 0)
        return "row";
    if (memcmp(a->off, b->off, (lists + 1ull) * sizeof *a->off) != 0)
        return "list";
    if (memcmp(a->doc, b->doc, n * sizeof *a->doc) != 0)
        return "doc";
    return memcmp(a->imp, b->imp, n) != 0 ? "impact" : NULL;
}

static const char *inverted_differs(const struct inverted *v, const struct inverted *w,
                                    const struct forward *f)
{
    uint32_t light = f->nterms - v->ncommon;
    if (v->nrows != w->nrows || v->ncommon != w->ncommon || v->avg != w->avg)
        return "header";
    if (memcmp(v->weight, w->weight, f->nterms * sizeof *v->weight) != 0)
        return "weight";
    if (memcmp(v->norm, w->norm, f->ndocs * sizeof *v->norm) != 0)
        return "norm";
    if (memcmp(v->light, w->light, v->light_off[light] * sizeof *v->light) != 0)
        return "light";
    const char *what = NULL;
    for (uint32_t i = 0; !what && i < v->nblocks; i++)
        what = block_differs(v, i, w);
    return what;
}

static enum rc check_inverted(const struct index_dir *d, const struct index_snapshot *s, uint32_t i,
                              struct err *e)
{
    const struct forward *f = &s->fwd[i]->f;
    double *weight = NULL;
    struct inverted again;
    TRY(stats_weigh(&s->stats->s, f, &d->o.scheme, &weight, e));
    TRY(inverted_build(&again, f, weight, s->stats->s.avg, &d->o.scheme, d->o.threads, e));
    const char *what = inverted_differs(&s->inv[i]->v, &again, f);
    inverted_release(&again);
    struct file_name name = {REGION_INV, s->m.seg.p[i].number, s->m.generation};
    return what ? mismatch(d, name, what, e) : RC_OK;
}

/* ---- the whole ---- */

static enum rc check_stats(const struct index_dir *d, const struct index_snapshot *s, struct err *e)
{
    if (!s->stats)
        return RC_OK;
    const struct stats *t = &s->stats->s;
    struct file_name name = {REGION_STATS, s->m.generation, 0};
    for (uint32_t i = 0; i < t->nterms; i++) {
        if (i && t->key[i - 1] >= t->key[i])
            return mismatch(d, name, "key", e);
        if (!t->df[i] || t->df[i] > t->ndocs)
            return mismatch(d, name, "df", e);
    }
    return t->avg >= 1 ? RC_OK : mismatch(d, name, "header", e);
}

/* No id may be alive twice. */
static enum rc check_live(const struct index_dir *d, const struct index_snapshot *s, struct err *e)
{
    for (uint32_t i = 0; i < s->ix.nseg; i++) {
        const struct segment *g = &s->ix.seg[i];
        for (uint32_t doc = 0; doc < g->fwd.ndocs; doc++)
            if (!is_dead(g->dead, doc) &&
                index_snapshot_find(s, held_id(s->fwd[i], doc)) != g->base + doc)
                return mismatch(d, (struct file_name){REGION_FWD, s->m.seg.p[i].number, 0}, "id",
                                e);
    }
    return RC_OK;
}

static enum rc check_all(const struct index_dir *d, struct index_snapshot *s, struct err *e)
{
    TRY(snapshot_finish(s, d, NULL, e));
    for (uint32_t i = 0; i < s->ix.nseg; i++)
        TRY(check_forward(d, s->fwd[i], s->m.seg.p[i].number, e));
    TRY(check_stats(d, s, e));
    for (uint32_t i = 0; i < s->ix.nseg; i++)
        TRY(check_inverted(d, s, i, e));
    return check_live(d, s, e);
}

enum rc index_dir_verify(struct index_dir *d, struct err *e)
{
    struct manifest m;
    struct index_snapshot *s = NULL;
    pthread_mutex_lock(&d->writing);
    enum rc rc = manifest_load(&m, d->path, e);
    if (rc == RC_OK)
        rc = snapshot_begin(&s, d, &m, NULL, e);
    if (rc == RC_OK)
        rc = check_all(d, s, e);
    index_snapshot_release(s);
    pthread_mutex_unlock(&d->writing);
    return rc;
}
