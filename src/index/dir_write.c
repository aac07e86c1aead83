/* The changes of a directory: each makes a new manifest and the files of documents that it names
 * (segments, the dead), and hands both to dir_commit. */
#include "index/dir_int.h"

#include "base/map.h"

#include <string.h>

#define TIER        8u /* segments of one size class that get merged, and the step of the classes */
#define GROWTH_OVER 4u /* publish when live documents grew by more than 1/4 since the last */

/* A change on its way. */
struct change {
    struct index_dir *d;
    const struct index_snapshot *now;
    struct manifest m;
    uint64_t **dead; /* [now->m.seg.n] new bits of a segment, NULL where nothing dies */
};

static enum rc change_start(struct change *c, struct index_dir *d, struct err *e)
{
    *c = (struct change){.d = d, .now = d->now};
    if (d->mode != INDEX_WRITE)
        return err_user(e, "index.read_only", "%s", d->path);
    c->dead = mem_calloc(d->now->m.seg.n, sizeof *c->dead);
    if (!c->dead)
        return err_nomem(e);
    TRY(manifest_copy(&c->m, &d->now->m, e));
    c->m.commit++;
    return RC_OK;
}

/* Commit, or undo what was written; frees the change. */
static enum rc change_end(struct change *c, enum rc rc, struct err *e)
{
    if (rc == RC_OK)
        rc = dir_commit(c->d, &c->m, e);
    else {
        manifest_remove(c->d->path, &c->m, &c->now->m);
        manifest_release(&c->m);
    }
    return rc;
}

static void change_release(struct change *c, size_t nseg)
{
    for (size_t i = 0; c->dead && i < nseg; i++)
        mem_free(c->dead[i]);
    mem_free(c->dead);
}

/* ---- the dead ---- */

/* Mark the live document called `id`; *found says if there was one. */
static enum rc kill_id(struct change *c, struct str id, bool *found, struct err *e)
{
    const struct index_snapshot *s = c->now;
    *found = false;
    for (size_t i = s->m.seg.n; i-- > 0;) {
        uint32_t doc = held_find(s->fwd[i], id), n = s->m.seg.p[i].ndocs;
        if (doc == UINT32_MAX || is_dead(snapshot_bits(s, (uint32_t)i), doc) ||
            is_dead(c->dead[i], doc))
            continue;
        if (!c->dead[i]) {
            c->dead[i] = mem_calloc((n + 63) / 64, sizeof **c->dead);
            if (!c->dead[i])
                return err_nomem(e);
            if (s->dead[i])
                memcpy(c->dead[i], s->dead[i]->bits, (n + 63ull) / 64 * sizeof **c->dead);
        }
        c->dead[i][doc / 64] |= 1ull << doc % 64;
        *found = true;
        return RC_OK;
    }
    return RC_OK;
}

static enum rc save_dead(struct change *c, struct err *e)
{
    for (size_t i = 0; i < c->now->m.seg.n; i++) {
        struct manifest_segment *g = &c->m.seg.p[i];
        if (!c->dead[i])
            continue;
        char path[INDEX_PATH_MAX];
        g->dead = c->m.commit;
        g->ndead = bits_set(c->dead[i], g->ndocs);
        file_path(path, c->d->path, (struct file_name){REGION_DEL, g->number, g->dead});
        TRY(dead_save(path, c->dead[i], g->ndocs, e));
    }
    return RC_OK;
}

/* ---- new segments ---- */

/* Take the next number, so that the file is removed if the change fails. */
static enum rc new_segment(struct change *c, struct manifest_segment *out, char *path,
                           struct err *e)
{
    if (c->m.next == UINT32_MAX)
        return err_too_big(e, "index.full", "%u", UINT32_MAX);
    *out = (struct manifest_segment){.number = c->m.next++};
    file_path(path, c->d->path, (struct file_name){REGION_FWD, out->number, 0});
    return RC_OK;
}

/* The documents of a batch that count: the last of each id. */
struct batch {
    const struct index_item *item;
    index_doc_fn keys;
    void *ctx;
    uint32_t *pick;
    uint32_t n;
    struct str *id, *payload; /* [n] of the picked */
};

static enum rc picked_keys(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    const struct batch *b = ctx;
    return b->keys(b->ctx, b->pick[doc], worker, out, e);
}

static void batch_release(struct batch *b)
{
    mem_free(b->pick);
    mem_free(b->id);
    mem_free(b->payload);
}

static enum rc pick_last(struct batch *b, uint32_t n, struct strmap *last, struct err *e)
{
    for (uint32_t i = 0; i < n; i++) {
        if (!b->item[i].id.n || b->item[i].id.n > INDEX_ID_MAX)
            return err_user(e, "index.id", "%u", INDEX_ID_MAX);
        uint32_t *at = strmap_put(last, b->item[i].id, i);
        if (!at)
            return err_nomem(e);
        *at = i;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (*strmap_get(last, b->item[i].id) != i)
            continue;
        b->pick[b->n] = i;
        b->id[b->n] = b->item[i].id;
        b->payload[b->n++] = b->item[i].payload;
    }
    return RC_OK;
}

static enum rc batch_make(struct batch *b, uint32_t n, struct err *e)
{
    struct strmap last = {0};
    b->pick = mem_alloc(n * sizeof *b->pick);
    b->id = mem_alloc(n * sizeof *b->id);
    b->payload = mem_alloc(n * sizeof *b->payload);
    enum rc rc = b->pick && b->id && b->payload ? pick_last(b, n, &last, e) : err_nomem(e);
    strmap_free(&last);
    return rc;
}

static enum rc add_segment(struct change *c, struct batch *b, uint32_t first, uint32_t n,
                           struct err *e)
{
    struct forward f;
    struct manifest_segment g;
    char path[INDEX_PATH_MAX];
    TRY(new_segment(c, &g, path, e));
    g.ndocs = n;
    TRY(vec_push(&c->m.seg, g, e));
    TRY(forward_build(&f, first, n, NULL, picked_keys, b, c->d->o.threads, e));
    enum rc rc = forward_save(path, &f, b->id + first, b->payload + first, e);
    forward_release(&f);
    return rc;
}

static void publish_if_grown(struct manifest *m, const struct index_snapshot *now)
{
    uint64_t of = now->stats ? now->stats->s.ndocs : 0;
    if (!m->generation || (manifest_live(m) - MIN(manifest_live(m), of)) * GROWTH_OVER > of)
        m->generation++;
}

static enum rc add_batch(struct change *c, struct batch *b, struct err *e)
{
    bool found;
    if (manifest_docs(&c->m) + b->n >= UINT32_MAX)
        return err_too_big(e, "index.full", "%u", UINT32_MAX);
    for (uint32_t i = 0; i < b->n; i++)
        TRY(kill_id(c, b->id[i], &found, e));
    TRY(save_dead(c, e));
    for (uint32_t at = 0; at < b->n; at += INDEX_DOCS_MAX)
        TRY(add_segment(c, b, at, MIN(INDEX_DOCS_MAX, b->n - at), e));
    publish_if_grown(&c->m, c->now);
    return RC_OK;
}

static enum rc merge_tiers(struct index_dir *d, bool all, struct err *e);

enum rc index_dir_add(struct index_dir *d, const struct index_item *item, uint32_t n,
                      index_doc_fn keys, void *ctx, struct err *e)
{
    struct batch b = {.item = item, .keys = keys, .ctx = ctx};
    struct change c;
    if (!n)
        return RC_OK;
    pthread_mutex_lock(&d->writing);
    size_t nseg = d->now->m.seg.n;
    enum rc rc = change_start(&c, d, e);
    if (rc == RC_OK)
        rc = batch_make(&b, n, e);
    if (rc == RC_OK)
        rc = add_batch(&c, &b, e);
    rc = change_end(&c, rc, e);
    change_release(&c, nseg);
    batch_release(&b);
    /* What was added is there already: a merge that fails is tried again by the next call. */
    if (rc == RC_OK && !d->o.keep_segments && merge_tiers(d, false, NULL) != RC_OK)
        rc = RC_OK;
    pthread_mutex_unlock(&d->writing);
    return rc;
}

static enum rc kill_all(struct change *c, const struct str *id, uint32_t n, uint32_t *removed,
                        struct err *e)
{
    for (uint32_t i = 0; i < n; i++) {
        bool found;
        TRY(kill_id(c, id[i], &found, e));
        *removed += found;
    }
    return save_dead(c, e);
}

enum rc index_dir_delete(struct index_dir *d, const struct str *id, uint32_t n, uint32_t *removed,
                         struct err *e)
{
    struct change c;
    uint32_t gone = 0;
    pthread_mutex_lock(&d->writing);
    size_t nseg = d->now->m.seg.n;
    enum rc rc = change_start(&c, d, e);
    if (rc == RC_OK)
        rc = kill_all(&c, id, n, &gone, e);
    if (rc == RC_OK && !gone)
        manifest_release(&c.m);
    else
        rc = change_end(&c, rc, e);
    change_release(&c, nseg);
    pthread_mutex_unlock(&d->writing);
    if (removed)
        *removed = rc == RC_OK ? gone : 0;
    return rc;
}

enum rc index_dir_publish(struct index_dir *d, struct err *e)
{
    struct change c;
    pthread_mutex_lock(&d->writing);
    size_t nseg = d->now->m.seg.n;
    enum rc rc = change_start(&c, d, e);
    if (rc == RC_OK)
        c.m.generation++;
    rc = change_end(&c, rc, e);
    change_release(&c, nseg);
    pthread_mutex_unlock(&d->writing);
    return rc;
}

/* ---- merging ---- */

static uint32_t live_of(const struct manifest_segment *g)
{
    return g->ndocs - g->ndead;
}

static unsigned class_of(uint32_t live)
{
    unsigned c = 0;
    for (; live >= TIER; live /= TIER)
        c++;
    return c;
}

/* Neighbours [*from, *to) that should become one. */
struct run {
    uint32_t from, to;
};

/* The longest run from `from` on whose segments are of class <= most and fit into one. *pays:
 * none of them is more than half of it, so that a document moves O(log documents) times. */
static struct run run_at(const struct manifest *m, uint32_t from, unsigned most, bool *pays)
{
    uint64_t live = 0, largest = 0;
    uint32_t to = from;
    for (; to < m->seg.n && class_of(live_of(&m->seg.p[to])) <= most; to++) {
        uint32_t more = live_of(&m->seg.p[to]);
        if (live + more > INDEX_DOCS_MAX)
            break;
        live += more;
        largest = MAX(largest, more);
    }
    *pays = largest * 2 <= live;
    return (struct run){from, to};
}

static bool worth_alone(const struct manifest_segment *g, bool all)
{
    return all ? g->ndead > 0 : (uint64_t)g->ndead * 2 > g->ndocs;
}

/* The next run to merge, smallest class first; empty when all is well. */
static struct run next_run(const struct manifest *m, bool all)
{
    uint32_t n = (uint32_t)m->seg.n;
    unsigned last = class_of(INDEX_DOCS_MAX);
    for (uint32_t i = 0; i < n; i++)
        if (worth_alone(&m->seg.p[i], all))
            return (struct run){i, i + 1};
    for (unsigned most = all ? last : 0; most <= last; most++) {
        for (uint32_t i = 0; i < n;) {
            bool pays;
            struct run r = run_at(m, i, most, &pays);
            if (r.to - r.from >= (all ? 2 : TIER) && (all || pays))
                return r;
            i = MAX(r.to, i + 1);
        }
    }
    return (struct run){0, 0};
}

/* Where a document of the merged segment was. */
struct origin {
    uint32_t seg, doc;
};

struct merge {
    const struct index_snapshot *now;
    struct origin *origin;
    struct str *id, *payload;
    uint32_t n;
    struct run run;
    uint64_t **key; /* [run] by id */
};

static void merge_release(struct merge *x)
{
    for (uint32_t i = x->run.from; x->key && i < x->run.to; i++)
        mem_free(x->key[i - x->run.from]);
    mem_free(x->key);
    mem_free(x->origin);
    mem_free(x->id);
    mem_free(x->payload);
}

static enum rc merge_keys(struct merge *x, struct err *e)
{
    for (uint32_t i = x->run.from; i < x->run.to; i++) {
        const struct forward *f = &x->now->fwd[i]->f;
        uint64_t *key = mem_alloc(f->nterms * sizeof *key);
        x->key[i - x->run.from] = key;
        if (!key)
            return err_nomem(e);
        for (uint32_t t = 0; t < f->nterms; t++)
            key[f->key_id[t]] = f->key[t];
    }
    return RC_OK;
}

static enum rc merge_start(struct merge *x, const struct manifest *m, struct err *e)
{
    size_t most = 0;
    for (uint32_t i = x->run.from; i < x->run.to; i++)
        most += live_of(&m->seg.p[i]);
    x->origin = mem_alloc(most * sizeof *x->origin);
    x->id = mem_alloc(most * sizeof *x->id);
    x->payload = mem_alloc(most * sizeof *x->payload);
    x->key = mem_calloc(x->run.to - x->run.from, sizeof *x->key);
    if (!x->origin || !x->id || !x->payload || !x->key)
        return err_nomem(e);
    for (uint32_t i = x->run.from; i < x->run.to; i++)
        for (uint32_t d = 0; d < m->seg.p[i].ndocs; d++)
            if (!is_dead(snapshot_bits(x->now, i), d)) {
                x->id[x->n] = held_id(x->now->fwd[i], d);
                x->payload[x->n] = held_payload(x->now->fwd[i], d);
                x->origin[x->n++] = (struct origin){i, d};
            }
    return merge_keys(x, e);
}

static enum rc old_keys(void *ctx, uint32_t doc, unsigned worker, vec_key *out, struct err *e)
{
    (void)worker;
    const struct merge *x = ctx;
    struct origin o = x->origin[doc];
    const uint64_t *key = x->key[o.seg - x->run.from];
    struct fwd_iter it = fwd_start(&x->now->fwd[o.seg]->f, o.doc);
    while (fwd_next(&it)) {
        TRY(vec_reserve(out, it.tf, e));
        for (uint32_t i = 0; i < it.tf; i++)
            out->p[out->n++] = key[it.id];
    }
    return RC_OK;
}

/* A document's length stays what it was: occurrences beyond 65535 of a term are not kept. */
static void keep_lengths(struct forward *f, const struct merge *x)
{
    f->ntokens = 0;
    for (uint32_t d = 0; d < f->ndocs; d++) {
        f->len[d] = x->now->fwd[x->origin[d].seg]->f.len[x->origin[d].doc];
        f->ntokens += f->len[d];
    }
}

/* Put `g` in the place of the run. */
static void splice(struct manifest *m, struct run r, struct manifest_segment g)
{
    uint32_t keep = g.ndocs > 0;
    m->seg.p[r.from] = g;
    memmove(m->seg.p + r.from + keep, m->seg.p + r.to, (m->seg.n - r.to) * sizeof *m->seg.p);
    m->seg.n -= r.to - r.from - keep;
}

static enum rc merge_run(struct change *c, struct merge *x, struct err *e)
{
    struct forward f;
    struct manifest_segment g = {0};
    char path[INDEX_PATH_MAX];
    TRY(merge_start(x, &c->m, e));
    TRY(new_segment(c, &g, path, e));
    g.ndocs = x->n;
    splice(&c->m, x->run, g);
    if (!x->n)
        return RC_OK;
    TRY(forward_build(&f, 0, x->n, NULL, old_keys, x, c->d->o.threads, e));
    keep_lengths(&f, x);
    enum rc rc = forward_save(path, &f, x->id, x->payload, e);
    forward_release(&f);
    return rc;
}

/* One commit a run, until nothing is left to merge. */
static enum rc merge_tiers(struct index_dir *d, bool all, struct err *e)
{
    for (;;) {
        struct merge x = {.now = d->now, .run = next_run(&d->now->m, all)};
        if (x.run.from == x.run.to)
            return RC_OK;
        struct change c;
        size_t nseg = d->now->m.seg.n;
        enum rc rc = change_start(&c, d, e);
        if (rc == RC_OK)
            rc = merge_run(&c, &x, e);
        rc = change_end(&c, rc, e);
        change_release(&c, nseg);
        merge_release(&x);
        TRY(rc);
    }
}

enum rc index_dir_merge(struct index_dir *d, bool all, struct err *e)
{
    pthread_mutex_lock(&d->writing);
    enum rc rc = RC_OK;
    if (d->mode != INDEX_WRITE)
        rc = err_user(e, "index.read_only", "%s", d->path);
    else
        rc = merge_tiers(d, all, e);
    pthread_mutex_unlock(&d->writing);
    return rc;
}
