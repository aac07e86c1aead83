/* An indicator from the trail: what every record was at the end of a day. */
#include "service/measures_int.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- reading the trail ---- */

void trail_close(struct trail *t)
{
    for (size_t i = 0; i < t->chain.n; i++)
        vec_free(&t->chain.p[i].version);
    vec_free(&t->chain);
    map_free(&t->by_id);
    arena_free(&t->arena);
}

static enum rc chain_of(struct trail *t, const struct kind *k, const struct entry *n,
                        struct chain **out, struct err *e)
{
    struct chain fresh = {.id = n->id, .created = n->at, .kind = k};
    uint32_t *at = map_put(&t->by_id, (uint64_t)n->id, (uint32_t)t->chain.n);
    if (!at)
        return err_nomem(e);
    if (*at == t->chain.n)
        TRY(vec_push(&t->chain, fresh, e));
    *out = &t->chain.p[*at];
    return RC_OK;
}

/* The record as the entry says it became. */
static enum rc read_version(struct trail *t, const struct chain *c, const struct entry *n,
                            struct rec **out, struct err *e)
{
    static const char *const words[] = {"open", "masked", "private"};
    const struct rec *last = c->version.n ? c->version.p[c->version.n - 1].rec : NULL;
    struct rec *r = arena_alloc(&t->arena, sizeof *r);
    if (!r)
        return err_nomem(e);
    TRY(rec_new(r, c->kind, &t->arena, e));
    struct str body = arena_str(&t->arena, n->body);
    if (!body.p)
        return err_nomem(e);
    TRY(rec_parse(r, body, &t->arena, e));
    r->id = n->id;
    r->org = n->org;
    r->version = n->version;
    r->created = c->created;
    r->updated = n->at;
    r->state = c->kind->n_states ? state_find(c->kind, n->state) : NO_STATE;
    r->since = last && last->state == r->state ? last->since : n->at;
    for (uint32_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(n->secrecy, str_of(words[i])))
            r->secrecy = (enum secrecy)i;
    *out = r;
    return RC_OK;
}

struct loading {
    struct trail *t;
    const struct kind *k;
};

static enum rc take_entry(void *ctx, const struct entry *n, struct err *e)
{
    struct loading *x = ctx;
    struct chain *c = NULL;
    struct rec *r = NULL;
    TRY(chain_of(x->t, x->k, n, &c, e));
    if (n->body.n)
        TRY(read_version(x->t, c, n, &r, e));
    struct version v = {n->at, r};
    return vec_push(&c->version, v, e);
}

static void mark_path(const struct path *p, const struct kinds *kinds, bool *wanted, bool *all)
{
    const struct kind *org = kind_find(kinds, STR("org"));
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->step[i].kind)
            wanted[p->step[i].kind->index] = true;
        else
            *all = true;
        if (p->step[i].attr == ATTR_OWNER && org)
            wanted[org->index] = true;
    }
}

static void mark_filter(const struct filter *f, const struct kinds *kinds, bool *wanted, bool *all)
{
    if (!f || f->op == FILTER_ALL)
        return;
    if (f->op == FILTER_AND || f->op == FILTER_OR)
        mark_filter(f->right, kinds, wanted, all);
    if (f->op <= FILTER_NOT) {
        mark_filter(f->left, kinds, wanted, all);
        return;
    }
    mark_path(&f->path, kinds, wanted, all);
    mark_path(&f->with, kinds, wanted, all);
}

enum rc trail_open(struct trail *out, struct tx *tx, const struct kinds *kinds,
                   const struct spec *spec, int64_t before, struct err *e)
{
    bool wanted[256] = {false}, all = false;
    enum rc rc = RC_OK;
    *out = (struct trail){0};
    wanted[spec->over->index] = true;
    if (spec->population)
        wanted[spec->population->index] = true;
    mark_filter(spec->filter, kinds, wanted, &all);
    mark_filter(spec->among, kinds, wanted, &all);
    mark_path(&spec->path, kinds, wanted, &all);
    for (uint32_t i = 0; rc == RC_OK && i < kinds_count(kinds) && i < ARRAY_LEN(wanted); i++) {
        struct loading x = {out, kinds_at(kinds, i)};
        if (wanted[i] || all)
            rc = store_trail_of(tx, x.k, before, take_entry, &x, e);
    }
    if (rc != RC_OK)
        trail_close(out);
    return rc;
}

/* ---- one day ---- */

struct looking {
    const struct trail *t;
    const struct spec *spec;
    int64_t end; /* the first second that is too late */
    struct value_set set;
    struct result *out;
    bool covering;
};

static const struct rec *at_end(const struct chain *c, int64_t end)
{
    size_t low = 0, high = c->version.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c->version.p[mid].at < end)
            low = mid + 1;
        else
            high = mid;
    }
    return low ? c->version.p[low - 1].rec : NULL;
}

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    const struct looking *x = ctx;
    uint32_t *at = map_get(&x->t->by_id, (uint64_t)id);
    (void)e;
    *out = at ? at_end(&x->t->chain.p[*at], x->end) : NULL;
    return RC_OK;
}

static enum rc passes(struct looking *x, const struct filter *f, const struct rec *r, bool *out,
                      struct err *e)
{
    *out = true;
    return f ? filter_holds(f, r, follow, x, out, e) : RC_OK;
}

static enum rc take_value(void *ctx, const struct val *v, struct err *e)
{
    struct looking *x = ctx;
    const struct path *p = &x->spec->path;
    if (x->spec->measure != MEASURE_SUM)
        return value_set_add(&x->set, p, v, e);
    x->out->value += path_type(p) == TYPE_DECIMAL ? v->real : (double)v->num;
    return RC_OK;
}

static enum rc take_rec(struct looking *x, const struct rec *r, struct err *e)
{
    bool holds;
    if (x->spec->measure == MEASURE_SHARE) {
        TRY(passes(x, x->spec->among, r, &holds, e));
        if (!holds)
            return RC_OK;
        x->out->denominator++;
    }
    TRY(passes(x, x->spec->filter, r, &holds, e));
    if (!holds)
        return RC_OK;
    x->out->numerator++;
    return path_each(&x->spec->path, r, follow, x, take_value, x, e);
}

static enum rc cover_rec(struct looking *x, const struct rec *r, struct err *e)
{
    bool holds;
    char text[24];
    TRY(passes(x, x->spec->among, r, &holds, e));
    if (!holds)
        return RC_OK;
    int n = snprintf(text, sizeof text, "%lld", (long long)r->id);
    x->out->denominator++;
    if (!strmap_get(&x->set.map, (struct str){text, (size_t)n}))
        return vec_push(&x->out->missing, r->id, e);
    x->out->numerator++;
    return RC_OK;
}

static enum rc each_of(struct looking *x, const struct kind *k,
                       enum rc (*take)(struct looking *, const struct rec *, struct err *),
                       struct err *e)
{
    for (size_t i = 0; i < x->t->chain.n; i++) {
        const struct chain *c = &x->t->chain.p[i];
        const struct rec *r = c->kind == k ? at_end(c, x->end) : NULL;
        if (r)
            TRY(take(x, r, e));
    }
    return RC_OK;
}

static int rising(const void *p, const void *q)
{
    int64_t a = *(const int64_t *)p, b = *(const int64_t *)q;
    return (a > b) - (a < b);
}

static enum rc past(struct looking *x, struct err *e)
{
    struct result *out = x->out;
    TRY(each_of(x, x->spec->over, take_rec, e));
    switch (x->spec->measure) {
    case MEASURE_COUNT:
        out->value = out->numerator;
        break;
    case MEASURE_SUM:
        out->value /= path_type(&x->spec->path) == TYPE_MONEY ? 100 : 1;
        break;
    case MEASURE_DISTINCT:
        out->value = (double)x->set.map.n;
        break;
    case MEASURE_COVERAGE:
        out->numerator = 0;
        TRY(each_of(x, x->spec->population, cover_rec, e));
        if (out->missing.n)
            qsort(out->missing.p, out->missing.n, sizeof *out->missing.p, rising);
        result_share(out);
        return RC_OK;
    case MEASURE_SHARE:
        result_share(out);
        return RC_OK;
    }
    out->numerator = 0;
    return RC_OK;
}

enum rc measure_past(const struct trail *t, const struct spec *spec, struct result *out,
                     struct err *e)
{
    struct looking x = {.t = t, .spec = spec, .out = out};
    *out = (struct result){0};
    x.end = (spec->today + 1) * 86400 - CHINA_SECONDS;
    enum rc rc = past(&x, e);
    value_set_free(&x.set);
    if (rc != RC_OK)
        vec_free(&out->missing);
    return rc;
}
