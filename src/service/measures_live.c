/* An indicator from the records as they are: counts and groups by the database. */
#include "service/measures_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void value_set_free(struct value_set *v)
{
    strmap_free(&v->map);
    arena_free(&v->arena);
}

static enum rc set_text(struct value_set *v, struct str text, struct err *e)
{
    if (strmap_get(&v->map, text))
        return RC_OK;
    struct str kept = arena_str(&v->arena, text);
    return kept.p && strmap_put(&v->map, kept, 1) ? RC_OK : err_nomem(e);
}

enum rc value_set_add(struct value_set *v, const struct path *p, const struct val *val,
                      struct err *e)
{
    const struct field_def *f = path_field(p);
    struct field_def one = f ? *f : (struct field_def){.type = TYPE_INT};
    struct buf b;
    buf_init(&b, 1 << 20);
    one.list = false;
    enum rc rc = val_text(&b, &one, val, false, true, e);
    if (rc == RC_OK)
        rc = set_text(v, buf_view(&b), e);
    buf_free(&b);
    return rc;
}

void result_share(struct result *r)
{
    r->value = r->denominator > 0 ? 100 * r->numerator / r->denominator : 0;
}

static struct query query_of(const struct kind *k, const struct filter *f)
{
    return (struct query){.kind = k, .filter = f, .scope = {.reach = SCOPE_ALL}};
}

static enum rc count(struct tx *tx, const struct kind *k, const struct filter *f, double *out,
                     struct err *e)
{
    struct query q = query_of(k, f);
    uint64_t n = 0;
    TRY(store_count(tx, &q, &n, e));
    *out = (double)n;
    return RC_OK;
}

static enum rc grouped(struct tx *tx, const struct spec *spec, struct arena *a, vec_grouped *out,
                       struct err *e)
{
    struct query q = query_of(spec->over, spec->filter);
    struct group_by g = {0};
    if (spec->measure == MEASURE_SUM)
        g.sum = spec->path;
    else
        g.by[0] = spec->path;
    return store_group(tx, &q, &g, a, out, e);
}

/* ---- sums over a list of the record ---- */

struct summing {
    const struct spec *spec;
    double sum;
};

static enum rc add_number(void *ctx, const struct val *v, struct err *e)
{
    struct summing *x = ctx;
    (void)e;
    x->sum += path_type(&x->spec->path) == TYPE_DECIMAL ? v->real : (double)v->num;
    return RC_OK;
}

static enum rc add_rec(void *ctx, const struct rec *r, struct err *e)
{
    struct summing *x = ctx;
    return path_each(&x->spec->path, r, NULL, NULL, add_number, x, e);
}

static bool is_list(const struct path *p)
{
    return p->step[0].attr == ATTR_FIELD && p->step[0].kind->field[p->step[0].field].list;
}

static enum rc sum(struct tx *tx, const struct spec *spec, struct arena *a, struct result *out,
                   struct err *e)
{
    struct query q = query_of(spec->over, spec->filter);
    struct summing x = {.spec = spec};
    vec_grouped groups = {0};
    if (is_list(&spec->path)) {
        TRY(store_each(tx, &q, add_rec, &x, e));
        out->value = x.sum;
        return RC_OK;
    }
    enum rc rc = grouped(tx, spec, a, &groups, e);
    out->value = rc == RC_OK && groups.n ? groups.p[0].sum : 0;
    vec_free(&groups);
    return rc;
}

/* ---- distinct, coverage ---- */

static enum rc distinct(struct tx *tx, const struct spec *spec, struct arena *a,
                        struct value_set *set, struct err *e)
{
    vec_grouped groups = {0};
    enum rc rc = grouped(tx, spec, a, &groups, e);
    for (size_t i = 0; rc == RC_OK && i < groups.n; i++)
        if (groups.p[i].value[0].n)
            rc = set_text(set, groups.p[i].value[0], e);
    vec_free(&groups);
    return rc;
}

struct covering {
    const struct value_set *set;
    struct result *out;
};

static enum rc look_for(void *ctx, const struct rec *r, struct err *e)
{
    struct covering *x = ctx;
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)r->id);
    x->out->denominator++;
    if (strmap_get(&x->set->map, (struct str){text, (size_t)n})) {
        x->out->numerator++;
        return RC_OK;
    }
    return vec_push(&x->out->missing, r->id, e);
}

static enum rc cover(struct tx *tx, const struct spec *spec, const struct value_set *set,
                     struct result *out, struct err *e)
{
    struct query q = query_of(spec->population, spec->among);
    struct covering x = {set, out};
    TRY(store_each(tx, &q, look_for, &x, e));
    result_share(out);
    return RC_OK;
}

static enum rc share(struct tx *tx, const struct spec *spec, struct arena *a, struct result *out,
                     struct err *e)
{
    const struct filter *both = filter_and(spec->filter, spec->among, a);
    if (!both)
        return err_nomem(e);
    TRY(count(tx, spec->over, both, &out->numerator, e));
    TRY(count(tx, spec->over, spec->among, &out->denominator, e));
    result_share(out);
    return RC_OK;
}

enum rc measure_live(struct tx *tx, const struct spec *spec, struct result *out, struct err *e)
{
    struct arena a = {0};
    struct value_set set = {0};
    enum rc rc = RC_OK;
    *out = (struct result){0};
    switch (spec->measure) {
    case MEASURE_COUNT:
        rc = count(tx, spec->over, spec->filter, &out->value, e);
        break;
    case MEASURE_SUM:
        rc = sum(tx, spec, &a, out, e);
        break;
    case MEASURE_SHARE:
        rc = share(tx, spec, &a, out, e);
        break;
    case MEASURE_DISTINCT:
    case MEASURE_COVERAGE:
        rc = distinct(tx, spec, &a, &set, e);
        out->value = (double)set.map.n;
        if (rc == RC_OK && spec->measure == MEASURE_COVERAGE)
            rc = cover(tx, spec, &set, out, e);
        break;
    }
    if (rc == RC_OK && spec->measure == MEASURE_SUM && path_type(&spec->path) == TYPE_MONEY)
        out->value /= 100;
    value_set_free(&set);
    arena_free(&a);
    return rc;
}
