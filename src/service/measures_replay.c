/* Indicators on many days, from the trail: record by record, each version once. */
#include "service/measures_int.h"

#include <stdio.h>

#define BATCH      1000u /* entries read at once */
#define FOLLOW_MAX 4096u /* records that others refer to, kept parsed */

struct version {
    struct entry entry;
    int64_t since;
    const struct rec *rec; /* NULL: not needed yet */
};
struct chain {
    int64_t id;
    const struct kind *kind;
    struct arena arena;
    VEC(struct version) version;
};

/* Values, and on which days somebody has them: a bit each. */
struct values {
    struct arena arena;
    struct strmap map; /* -> place in days */
    VEC(uint64_t) days;
};

/* What one course comes to, day by day. */
struct sums {
    struct values values;
    bool steady; /* what it says of a record follows from the version alone, whatever the day */
    double value[REPLAY_DAYS], numerator[REPLAY_DAYS], denominator[REPLAY_DAYS];
};

struct replay {
    struct tx *tx;
    const struct kinds *kinds;
    struct course *course;
    uint32_t n, n_days;
    int64_t end[REPLAY_DAYS];
    struct sums *sums; /* of each course */
    struct map by_id;  /* records followed to -> place in followed */
    VEC(struct chain) followed;
    bool covering; /* populations are read, else what is counted */
};

/* ---- versions ---- */

static void chain_clear(struct chain *c)
{
    arena_reset(&c->arena);
    c->version.n = 0;
}

static void chain_free(struct chain *c)
{
    arena_free(&c->arena);
    vec_free(&c->version);
}

/* What only changes fields; every other action is a step of the kind, which enters its state. */
static bool is_change(struct str action)
{
    return str_eq(action, STR("create")) || str_eq(action, STR("update")) ||
           str_eq(action, STR("import"));
}

/* The entry's texts are copied: those of a batch do not last. */
static enum rc chain_add(struct chain *c, const struct entry *n, struct err *e)
{
    struct version v = {.entry = *n, .since = n->at};
    const struct version *last = c->version.n ? &c->version.p[c->version.n - 1] : NULL;
    v.entry.body = arena_str(&c->arena, n->body);
    v.entry.state = arena_str(&c->arena, n->state);
    v.entry.secrecy = arena_str(&c->arena, n->secrecy);
    if (!v.entry.body.p || !v.entry.state.p || !v.entry.secrecy.p)
        return err_nomem(e);
    if (last && str_eq(last->entry.state, n->state) && is_change(n->action))
        v.since = last->since;
    return vec_push(&c->version, v, e);
}

/* The record as the entry says it became. */
static enum rc parse(struct chain *c, struct version *v, struct err *e)
{
    static const char *const words[] = {"open", "masked", "private"};
    const struct entry *n = &v->entry;
    struct rec *r = arena_alloc(&c->arena, sizeof *r);
    if (!r)
        return err_nomem(e);
    TRY(rec_new(r, c->kind, &c->arena, e));
    TRY(rec_parse(r, n->body, &c->arena, e));
    r->id = c->id;
    r->org = n->org;
    r->version = n->version;
    r->created = c->version.p[0].entry.at;
    r->updated = n->at;
    r->since = v->since;
    r->state = c->kind->n_states ? state_find(c->kind, n->state) : NO_STATE;
    for (uint32_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(n->secrecy, str_of(words[i])))
            r->secrecy = (enum secrecy)i;
    v->rec = r;
    return RC_OK;
}

/* As it stood before a moment; NULL: not yet, or no longer. */
static enum rc at_end(struct chain *c, int64_t end, const struct rec **out, struct err *e)
{
    *out = NULL;
    for (size_t i = c->version.n; i-- > 0;) {
        struct version *v = &c->version.p[i];
        if (v->entry.at >= end)
            continue;
        if (v->entry.body.n && !v->rec)
            TRY(parse(c, v, e));
        *out = v->rec;
        return RC_OK;
    }
    return RC_OK;
}

/* ---- records that others refer to ---- */

static void forget_followed(struct replay *x)
{
    for (size_t i = 0; i < x->followed.n; i++)
        chain_free(&x->followed.p[i]);
    x->followed.n = 0;
    map_free(&x->by_id);
    x->by_id = (struct map){0};
}

static enum rc load_followed(struct replay *x, int64_t id, struct chain *c, struct err *e)
{
    struct arena a = {0};
    vec_entry entries = {0};
    enum rc rc = store_history(x->tx, id, &a, &entries, e);
    *c = (struct chain){.id = id};
    for (size_t i = 0; rc == RC_OK && i < entries.n; i++) {
        c->kind = kind_find(x->kinds, entries.p[i].kind);
        if (c->kind)
            rc = chain_add(c, &entries.p[i], e);
    }
    vec_free(&entries);
    arena_free(&a);
    return rc;
}

struct following {
    struct replay *x;
    int64_t end;
};

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    struct replay *x = ((struct following *)ctx)->x;
    uint32_t *at = map_put(&x->by_id, (uint64_t)id, (uint32_t)x->followed.n);
    if (!at)
        return err_nomem(e);
    if (*at == x->followed.n) {
        struct chain fresh = {.id = id};
        TRY(vec_push(&x->followed, fresh, e));
        TRY(load_followed(x, id, &x->followed.p[x->followed.n - 1], e));
    }
    return at_end(&x->followed.p[*at], ((struct following *)ctx)->end, out, e);
}

/* ---- values ---- */

static void values_free(struct values *v)
{
    strmap_free(&v->map);
    vec_free(&v->days);
    arena_free(&v->arena);
}

static enum rc values_add(struct values *v, struct str text, uint64_t days, struct err *e)
{
    uint32_t *at = strmap_get(&v->map, text);
    if (!at) {
        struct str kept = arena_str(&v->arena, text);
        at = kept.p ? strmap_put(&v->map, kept, (uint32_t)v->days.n) : NULL;
        if (!at)
            return err_nomem(e);
        TRY(vec_push(&v->days, (uint64_t)0, e));
    }
    v->days.p[*at] |= days;
    return RC_OK;
}

static uint64_t values_on(const struct values *v, uint32_t day)
{
    uint64_t n = 0;
    for (size_t i = 0; i < v->days.n; i++)
        n += v->days.p[i] >> day & 1;
    return n;
}

static bool values_hold(const struct values *v, int64_t id, uint32_t day)
{
    char text[24];
    int n = snprintf(text, sizeof text, "%lld", (long long)id);
    const uint32_t *at = strmap_get(&v->map, (struct str){text, (size_t)n});
    return at && (v->days.p[*at] >> day & 1);
}

/* ---- one version of a record, on the days from `day` up to `until` ---- */

struct looking {
    struct following following;
    const struct spec *spec;
    struct sums *sums;
    uint32_t day, until;
};

static uint64_t days_of_look(const struct looking *x)
{
    uint64_t before_end = x->until == 64 ? UINT64_MAX : (UINT64_C(1) << x->until) - 1;
    return before_end & ~((UINT64_C(1) << x->day) - 1);
}

static void add_to(const struct looking *x, double *day, double v)
{
    for (uint32_t d = x->day; d < x->until; d++)
        day[d] += v;
}

static enum rc take_value(void *ctx, const struct val *v, struct err *e)
{
    struct looking *x = ctx;
    const struct path *p = &x->spec->path;
    if (x->spec->measure == MEASURE_SUM) {
        add_to(x, x->sums->value, path_type(p) == TYPE_DECIMAL ? v->real : (double)v->num);
        return RC_OK;
    }
    const struct field_def *f = path_field(p);
    struct field_def one = f ? *f : (struct field_def){.type = TYPE_INT};
    struct buf b;
    buf_init(&b, 1 << 20);
    one.list = false;
    enum rc rc = val_text(&b, &one, v, false, true, e);
    if (rc == RC_OK)
        rc = values_add(&x->sums->values, buf_view(&b), days_of_look(x), e);
    buf_free(&b);
    return rc;
}

static enum rc passes(struct looking *x, const struct filter *f, const struct rec *r, bool *out,
                      struct err *e)
{
    *out = true;
    return f ? filter_holds(f, r, follow, &x->following, out, e) : RC_OK;
}

static enum rc count_rec(struct looking *x, const struct rec *r, struct err *e)
{
    bool holds;
    if (x->spec->measure == MEASURE_SHARE) {
        TRY(passes(x, x->spec->among, r, &holds, e));
        if (!holds)
            return RC_OK;
        add_to(x, x->sums->denominator, 1);
    }
    TRY(passes(x, x->spec->filter, r, &holds, e));
    if (!holds)
        return RC_OK;
    add_to(x, x->sums->numerator, 1);
    return path_each(&x->spec->path, r, follow, &x->following, take_value, x, e);
}

static enum rc cover_rec(struct looking *x, const struct rec *r, struct err *e)
{
    bool holds;
    TRY(passes(x, x->spec->among, r, &holds, e));
    if (!holds)
        return RC_OK;
    add_to(x, x->sums->denominator, 1);
    for (uint32_t d = x->day; d < x->until; d++)
        x->sums->numerator[d] += values_hold(&x->sums->values, r->id, d);
    return RC_OK;
}

/* The days on which the record was so; a course that hangs on the day is asked day by day. */
static enum rc take_version(struct replay *x, const struct chain *c, const struct rec *r,
                            uint32_t from, uint32_t until, struct err *e)
{
    for (uint32_t i = 0; i < x->n; i++) {
        const struct spec *spec = x->course[i].spec;
        if ((x->covering ? spec->population : spec->over) != c->kind)
            continue;
        for (uint32_t d = from, next; d < until; d = next) {
            next = x->sums[i].steady ? until : d + 1;
            struct looking look = {{x, x->end[d]}, &spec[d], &x->sums[i], d, next};
            TRY(x->covering ? cover_rec(&look, r, e) : count_rec(&look, r, e));
        }
    }
    return RC_OK;
}

static enum rc take_chain(struct replay *x, struct chain *c, struct err *e)
{
    const struct rec *r, *next;
    if (x->followed.n > FOLLOW_MAX)
        forget_followed(x);
    TRY(at_end(c, x->end[0], &r, e));
    for (uint32_t d = 0, from = 0; d < x->n_days; d++, r = next) {
        next = NULL;
        if (d + 1 < x->n_days)
            TRY(at_end(c, x->end[d + 1], &next, e));
        if (d + 1 < x->n_days && next == r)
            continue;
        if (r)
            TRY(take_version(x, c, r, from, d + 1, e));
        from = d + 1;
    }
    return RC_OK;
}

/* ---- the trail ---- */

static enum rc take_batch(struct replay *x, struct chain *c, const vec_entry *entries,
                          struct err *e)
{
    for (size_t i = 0; i < entries->n; i++) {
        const struct entry *n = &entries->p[i];
        if (c->version.n && n->id != c->id) {
            TRY(take_chain(x, c, e));
            chain_clear(c);
        }
        c->id = n->id;
        TRY(chain_add(c, n, e));
    }
    return RC_OK;
}

static enum rc read_kind(struct replay *x, const struct kind *k, struct err *e)
{
    struct arena a = {0};
    vec_entry entries = {0};
    struct chain c = {.kind = k};
    int64_t id = 0, seq = 0;
    enum rc rc;
    do {
        entries.n = 0;
        arena_reset(&a);
        rc = store_trail_of(x->tx, k, x->end[x->n_days - 1], id, seq, BATCH, &a, &entries, e);
        if (rc == RC_OK)
            rc = take_batch(x, &c, &entries, e);
        if (entries.n) {
            id = entries.p[entries.n - 1].id;
            seq = entries.p[entries.n - 1].seq;
        }
    } while (rc == RC_OK && entries.n == BATCH);
    if (rc == RC_OK && c.version.n)
        rc = take_chain(x, &c, e);
    vec_free(&entries);
    arena_free(&a);
    chain_free(&c);
    return rc;
}

static enum rc read_kinds(struct replay *x, bool covering, struct err *e)
{
    x->covering = covering;
    for (uint32_t k = 0; k < kinds_count(x->kinds); k++) {
        const struct kind *kind = kinds_at(x->kinds, k);
        bool wanted = false;
        for (uint32_t i = 0; i < x->n; i++)
            wanted |= (covering ? x->course[i].spec->population : x->course[i].spec->over) == kind;
        if (wanted)
            TRY(read_kind(x, kind, e));
    }
    return RC_OK;
}

static double value_of(const struct spec *spec, const struct sums *s, uint32_t day)
{
    struct result r = {.numerator = s->numerator[day], .denominator = s->denominator[day]};
    switch (spec->measure) {
    case MEASURE_COUNT:
        return s->numerator[day];
    case MEASURE_SUM:
        return path_type(&spec->path) == TYPE_MONEY ? s->value[day] / 100 : s->value[day];
    case MEASURE_DISTINCT:
        return (double)values_on(&s->values, day);
    case MEASURE_SHARE:
    case MEASURE_COVERAGE:
        result_share(&r);
    }
    return r.value;
}

/* ---- what hangs on the day ---- */

static bool is_steady_path(const struct path *p)
{
    const struct field_def *f = p->n ? path_field(p) : NULL;
    return p->n < 2 && !(f && f->n_cases);
}

static bool is_steady_filter(const struct filter *f)
{
    if (!f || f->op == FILTER_ALL)
        return true;
    if (f->op == FILTER_AND || f->op == FILTER_OR)
        return is_steady_filter(f->left) && is_steady_filter(f->right);
    if (f->op == FILTER_NOT)
        return is_steady_filter(f->left);
    return is_steady_path(&f->path) && is_steady_path(&f->with);
}

/* The words are the same on the first day and on the last: none is counted from today. */
static enum rc same_words(const struct filter *a, const struct filter *b, bool *out, struct err *e)
{
    struct buf x, y;
    enum rc rc = RC_OK;
    buf_init(&x, 1 << 16);
    buf_init(&y, 1 << 16);
    if (a && b) {
        rc = filter_print(&x, a, e);
        rc = rc == RC_OK ? filter_print(&y, b, e) : rc;
    }
    *out &= !a == !b && str_eq(buf_view(&x), buf_view(&y));
    buf_free(&x);
    buf_free(&y);
    return rc;
}

static enum rc find_steady(struct replay *x, struct err *e)
{
    for (uint32_t i = 0; i < x->n; i++) {
        const struct spec *first = x->course[i].spec, *last = first + x->n_days - 1;
        bool *steady = &x->sums[i].steady;
        *steady = is_steady_path(&first->path) && is_steady_filter(first->filter) &&
                  is_steady_filter(first->among);
        TRY(same_words(first->filter, last->filter, steady, e));
        TRY(same_words(first->among, last->among, steady, e));
    }
    return RC_OK;
}

/* ---- all of it ---- */

static enum rc replay(struct replay *x, struct err *e)
{
    bool covers = false;
    TRY(find_steady(x, e));
    TRY(read_kinds(x, false, e));
    for (uint32_t i = 0; i < x->n; i++) {
        bool cover = x->course[i].spec->measure == MEASURE_COVERAGE;
        covers |= cover;
        for (uint32_t d = 0; cover && d < x->n_days; d++)
            x->sums[i].numerator[d] = 0;
    }
    if (covers)
        TRY(read_kinds(x, true, e));
    for (uint32_t i = 0; i < x->n; i++)
        for (uint32_t d = 0; d < x->n_days; d++)
            x->course[i].value[d] = value_of(x->course[i].spec, &x->sums[i], d);
    return RC_OK;
}

enum rc courses_replay(struct tx *tx, const struct kinds *kinds, struct course *course, uint32_t n,
                       const int64_t *day, uint32_t n_days, struct err *e)
{
    struct replay x = {.tx = tx, .kinds = kinds, .course = course, .n = n, .n_days = n_days};
    x.sums = mem_calloc(n + 1, sizeof *x.sums);
    if (!x.sums)
        return err_nomem(e);
    for (uint32_t d = 0; d < n_days; d++)
        x.end[d] = day_end(day[d]);
    enum rc rc = n_days ? replay(&x, e) : RC_OK;
    for (uint32_t i = 0; i < n; i++)
        values_free(&x.sums[i].values);
    mem_free(x.sums);
    forget_followed(&x);
    vec_free(&x.followed);
    return rc;
}
