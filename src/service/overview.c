/* Figures of a site: what is counted by code, month and organisation, and how it is kept. */
#include "service/overview_int.h"
#include "service/pairing.h"
#include "service/site_int.h"

#include "base/map.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS 32u

/* ---- small things ---- */

struct str made_text(struct arena *a, const char *fmt, ...)
{
    char small[200];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof small)
        return (struct str){0};
    return arena_str(a, (struct str){small, (size_t)n});
}

struct str ids_filter(struct arena *a, const int64_t *id, size_t n)
{
    size_t cap = n * 22 + 16, at;
    char *p = arena_alloc(a, cap);
    if (!p)
        return (struct str){0};
    at = (size_t)snprintf(p, cap, "id in (");
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(p + at, cap - at, "%s%" PRId64, i ? ", " : "", id[i]);
    at += (size_t)snprintf(p + at, cap - at, ")");
    return (struct str){p, at};
}

bool has_field(const struct kind *k, const char *name)
{
    return k && field_find(k, str_of(name)) != NO_FIELD;
}

enum rc groups_of(struct making *m, const struct kind *k, const char *filter, const char *by,
                  const char *by2, const char *sum, vec_grouped *out, struct err *e)
{
    return k ? record_group(m->s, m->a, k, str_of(filter), str_of(by), str_of(by2), str_of(sum),
                            m->arena, out, e)
             : RC_OK;
}

enum rc figures_put(struct making *m, int which, const char *name, vec_row *rows, uint32_t n_series,
                    const char *const series[FIGURES_MOST], struct err *e)
{
    struct figure_table *t = &m->to->o.table[which];
    struct figure_row *row = arena_calloc(m->arena, rows->n, sizeof *row);
    *t = (struct figure_table){.name = name, .n_series = n_series, .row = row};
    for (uint32_t i = 0; i < n_series; i++)
        t->series[i] = series[i];
    if (row && rows->n)
        memcpy(row, rows->p, rows->n * sizeof *row);
    t->n = (uint32_t)rows->n;
    for (uint32_t i = 0; row && i < t->n; i++)
        for (uint32_t j = 0; j < n_series; j++)
            if (strcmp(series[j], "amount") != 0)
                t->most = MAX(t->most, row[i].figure[j].n);
    vec_free(rows);
    return row ? RC_OK : err_nomem(e);
}

static const char *const sides[FIGURES_MOST] = {"need", "result"};

static struct figure_row *row_of(vec_row *rows, struct str value, struct err *e)
{
    struct figure_row fresh = {.value = value};
    for (size_t i = 0; i < rows->n; i++)
        if (str_eq(rows->p[i].value, value))
            return &rows->p[i];
    return vec_push(rows, fresh, e) == RC_OK ? &rows->p[rows->n - 1] : NULL;
}

static uint64_t both(const struct figure_row *r)
{
    return r->figure[0].n + r->figure[1].n;
}

/* Greatest first; what is not stated last. */
static int greatest_first(const void *x, const void *y)
{
    const struct figure_row *a = x, *b = y;
    if (!a->value.n != !b->value.n)
        return a->value.n ? -1 : 1;
    if (both(a) != both(b))
        return both(a) < both(b) ? 1 : -1;
    return str_cmp(a->value, b->value);
}

static void sort_rows(vec_row *rows)
{
    if (rows->n)
        qsort(rows->p, rows->n, sizeof *rows->p, greatest_first);
}

/* ---- by code ---- */

enum depth { DEPTH_ROOT, DEPTH_SECOND, DEPTH_ANY };

/* The wider code at that depth, or the code itself. */
static const struct code *at_depth(const struct codes *c, struct str value, enum depth depth)
{
    const struct code *code = code_find(c, value);
    while (code && depth != DEPTH_ANY && code->under >= 0) {
        if (depth == DEPTH_SECOND && c->code[code->under].under < 0)
            break;
        code = &c->code[code->under];
    }
    return code;
}

/* A code that has narrower ones beside it in the table counts itself only. */
static struct str code_filter(struct making *m, const char *field, const struct code *code,
                              enum depth depth)
{
    bool all = depth == DEPTH_ROOT || (depth == DEPTH_SECOND && code && code->under >= 0);
    if (!code)
        return made_text(m->arena, "%s is empty", field);
    return made_text(m->arena, "%s %s %.*s", field, all ? "under" : "=", (int)code->code.n,
                     code->code.p);
}

static enum rc add_codes(struct making *m, const struct kind *k, int side, const char *field,
                         enum depth depth, vec_row *rows, struct err *e)
{
    vec_grouped groups = {0};
    if (!has_field(k, field) || !k->field[field_find(k, str_of(field))].codes)
        return RC_OK;
    const struct codes *c = k->field[field_find(k, str_of(field))].codes;
    enum rc rc = groups_of(m, k, "", field, "", "", &groups, e);
    for (size_t i = 0; rc == RC_OK && i < groups.n; i++) {
        const struct code *code = at_depth(c, groups.p[i].value[0], depth);
        if (groups.p[i].value[0].n && !code)
            continue; /* no code of the table any more: no filter finds it */
        struct figure_row *r = row_of(rows, code ? code->code : STR(""), e);
        if (!r) {
            rc = RC_NOMEM;
            break;
        }
        r->label = code ? code->label : (struct label){0};
        for (int j = 0; j < 2; j++) {
            r->figure[j].kind = j ? m->result : m->need;
            r->figure[j].filter = code_filter(m, field, code, depth);
            if (!r->figure[j].filter.p)
                rc = err_nomem(e);
        }
        r->figure[side].n += groups.p[i].count;
    }
    vec_free(&groups);
    return rc;
}

static enum rc make_codes(struct making *m, int which, const char *name, const char *field,
                          enum depth depth, struct err *e)
{
    vec_row rows = {0};
    enum rc rc = add_codes(m, m->need, 0, field, depth, &rows, e);
    if (rc == RC_OK)
        rc = add_codes(m, m->result, 1, field, depth, &rows, e);
    sort_rows(&rows);
    if (rc == RC_OK)
        return figures_put(m, which, name, &rows, 2, sides, e);
    vec_free(&rows);
    return rc;
}

/* ---- by month ---- */

static struct str month_filter(struct making *m, const char *field, const char *more, int y, int mo)
{
    int ny = mo == 12 ? y + 1 : y, nm = mo == 12 ? 1 : mo + 1;
    return made_text(m->arena, "%s%s >= %04d-%02d-01 and %s < %04d-%02d-01", more, field, y, mo,
                     field, ny, nm);
}

/* "2026-11": the number of `n` digits at a place of it. */
static int number_at(struct str s, size_t at, size_t n)
{
    int x = 0;
    for (size_t i = at; i < MIN(at + n, s.n) && s.p[i] >= '0' && s.p[i] <= '9'; i++)
        x = x * 10 + (s.p[i] - '0');
    return x;
}

static enum rc add_months(struct making *m, const struct kind *k, int side, const char *field,
                          const char *more, vec_row *rows, struct err *e)
{
    vec_grouped groups = {0};
    char by[40];
    snprintf(by, sizeof by, "%s:month", field);
    /* of introductions the same groups as those of money: read once */
    const char *filter = more[0] ? "state = agreed" : "";
    const char *sum = more[0] && has_field(k, "amount") ? "amount" : "";
    enum rc rc = groups_of(m, k, filter, by, "", sum, &groups, e);
    for (size_t i = 0; k && rc == RC_OK && i < rows->n; i++) {
        struct figure_row *r = &rows->p[i];
        int y = number_at(r->value, 0, 4), mo = number_at(r->value, 5, 2);
        r->figure[side] = (struct figure){.kind = k, .filter = month_filter(m, field, more, y, mo)};
        if (!r->figure[side].filter.p)
            rc = err_nomem(e);
        for (size_t j = 0; j < groups.n; j++)
            if (str_eq(groups.p[j].value[0], r->value))
                r->figure[side].n += groups.p[j].count;
    }
    vec_free(&groups);
    return rc;
}

static enum rc make_months(struct making *m, struct err *e)
{
    static const char *const series[FIGURES_MOST] = {"need", "result", "agreed"};
    vec_row rows = {0};
    enum rc rc = RC_OK;
    int y, mo, d;
    days_to(day_of_time(site_now(m->s)), &y, &mo, &d);
    int last = y * 12 + mo - 1;
    for (int i = last - (int)OVERVIEW_MONTHS + 1; rc == RC_OK && i <= last; i++) {
        struct figure_row r = {.value = made_text(m->arena, "%04d-%02d", i / 12, i % 12 + 1)};
        rc = r.value.p ? vec_push(&rows, r, e) : err_nomem(e);
    }
    bool signed_on = has_field(m->talk, "signed");
    if (rc == RC_OK)
        rc = add_months(m, m->need, 0, "created", "", &rows, e);
    if (rc == RC_OK)
        rc = add_months(m, m->result, 1, "created", "", &rows, e);
    if (rc == RC_OK && signed_on)
        rc = add_months(m, m->talk, 2, "signed", "state = agreed and ", &rows, e);
    if (rc == RC_OK)
        return figures_put(m, TABLE_MONTH, "month", &rows, signed_on ? 3 : 2, series, e);
    vec_free(&rows);
    return rc;
}

/* ---- by organisation ---- */

/* `place`: of an organisation's row. There may be tens of thousands. */
static enum rc add_owners(struct making *m, const struct kind *k, int side, struct strmap *place,
                          vec_row *rows, struct err *e)
{
    vec_grouped groups = {0};
    enum rc rc = k && k->owned ? groups_of(m, k, "", "owner", "", "", &groups, e) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < groups.n; i++) {
        struct figure_row fresh = {.value = groups.p[i].value[0]};
        if (!fresh.value.n) /* masked, or nobody's */
            continue;
        const uint32_t *at = strmap_put(place, fresh.value, (uint32_t)rows->n);
        if (!at)
            rc = err_nomem(e);
        else if (*at == rows->n)
            rc = vec_push(rows, fresh, e);
        if (rc == RC_OK)
            rows->p[*at].figure[side].n += groups.p[i].count;
    }
    vec_free(&groups);
    return rc;
}

static enum rc name_owners(struct making *m, vec_row *rows, struct err *e)
{
    int64_t id[TOP_ORGS];
    struct str title[TOP_ORGS];
    const struct kind *kind[TOP_ORGS];
    uint32_t n = (uint32_t)rows->n;
    for (uint32_t i = 0; i < n; i++)
        id[i] = strtoll(rows->p[i].value.p, NULL, 10);
    TRY(record_titles(m->s, m->a, id, n, m->arena, title, kind, e));
    for (uint32_t i = 0; i < n; i++) {
        rows->p[i].label = (struct label){title[i], title[i]};
        struct str filter = made_text(m->arena, "owner = %" PRId64, id[i]);
        if (!filter.p)
            return err_nomem(e);
        rows->p[i].figure[0] = (struct figure){m->need, filter, rows->p[i].figure[0].n};
        rows->p[i].figure[1] = (struct figure){m->result, filter, rows->p[i].figure[1].n};
    }
    return RC_OK;
}

static enum rc make_owners(struct making *m, struct err *e)
{
    vec_row rows = {0};
    struct strmap place = {0};
    enum rc rc = add_owners(m, m->need, 0, &place, &rows, e);
    if (rc == RC_OK)
        rc = add_owners(m, m->result, 1, &place, &rows, e);
    strmap_free(&place);
    sort_rows(&rows);
    rows.n = MIN(rows.n, (size_t)TOP_ORGS);
    if (rc == RC_OK)
        rc = name_owners(m, &rows, e);
    if (rc == RC_OK)
        return figures_put(m, TABLE_ORG, "org", &rows, 2, sides, e);
    vec_free(&rows);
    return rc;
}

/* ---- all ---- */

/* Of all kinds at once, where the actor sees the same of every kind. */
struct totals {
    struct making *m;
    const struct kind *any;
    vec_grouped kinds;
};

static enum rc count_kinds(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct totals *x = ctx;
    struct query q = {.scope = actor_scope(x->m->a)};
    struct group_by by = {0};
    TRY(view_path(s, x->m->a, x->any, STR("kind"), x->m->arena, &by.by[0], e));
    return store_group(tx, &q, &by, x->m->arena, &x->kinds, e);
}

static enum rc count_kind(struct making *m, const struct kind *k, const vec_grouped *kinds,
                          uint64_t *n, struct err *e)
{
    vec_grouped all = {0};
    enum rc rc = kinds ? RC_OK : groups_of(m, k, "", "kind", "", "", &all, e);
    for (size_t i = 0; i < all.n; i++)
        *n += all.p[i].count;
    for (size_t i = 0; kinds && i < kinds->n; i++)
        if (str_eq(kinds->p[i].value[0], k->name))
            *n += kinds->p[i].count;
    vec_free(&all);
    return rc;
}

static enum rc make_totals(struct making *m, struct err *e)
{
    const struct kinds *kinds = site_kinds(m->s);
    struct overview *o = &m->to->o;
    bool together = actor_scope(m->a).reach != SCOPE_ORG; /* else some were granted to it */
    struct totals x = {.m = m, .any = kinds_at(kinds, 0)};
    o->total = arena_calloc(m->arena, kinds_count(kinds), sizeof *o->total);
    enum rc rc = !o->total ? err_nomem(e) : together ? site_read(m->s, count_kinds, &x, e) : RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < kinds_count(kinds); i++) {
        const struct kind *k = kinds_at(kinds, i);
        if (!actor_reads_kind(m->a, k))
            continue;
        struct figure_row *r = &o->total[o->n_totals++];
        *r = (struct figure_row){.value = k->name, .label = k->label, .figure[0].kind = k};
        rc = count_kind(m, k, together ? &x.kinds : NULL, &r->figure[0].n, e);
    }
    vec_free(&x.kinds);
    return rc;
}

static const struct kind *read_kind(const struct site *s, const struct actor *a, const char *name)
{
    const struct kind *k = kind_find(site_kinds(s), str_of(name));
    return k && actor_reads_kind(a, k) ? k : NULL;
}

/* A site's own model may call states and fields otherwise: then there is no such figure. */
static enum rc where_known(enum rc rc)
{
    return rc == RC_USER ? RC_OK : rc;
}

static enum rc make(struct site *s, const struct actor *a, struct made_overview *to, struct err *e)
{
    struct making m = {.s = s, .a = a, .to = to, .arena = &to->arena};
    m.need = read_kind(s, a, "need");
    m.result = read_kind(s, a, "result");
    m.talk = read_kind(s, a, "introduction");
    m.whole = to->o.whole = actor_scope(a).reach == SCOPE_ALL;
    TRY(make_totals(&m, e));
    TRY(make_codes(&m, TABLE_SECTION, "section", "industry", DEPTH_ROOT, e));
    TRY(make_codes(&m, TABLE_DIVISION, "division", "industry", DEPTH_SECOND, e));
    TRY(make_codes(&m, TABLE_REGION, "region", "region", DEPTH_ANY, e));
    TRY(make_months(&m, e));
    TRY(make_owners(&m, e));
    TRY(where_known(make_flow(&m, e)));
    return where_known(make_unmet(&m, e));
}

/* ---- kept ---- */

struct overview_key {
    enum role role;
    int64_t org, day, seq;
    uint64_t generation;
};
struct overviews {
    pthread_mutex_t lock;
    struct {
        struct overview_key key;
        struct made_overview *made; /* NULL: free */
    } slot[SLOTS];
    uint32_t next; /* to be given up */
};

enum rc overviews_open(struct overviews **out, struct err *e)
{
    struct overviews *c = mem_calloc(1, sizeof *c);
    if (!c)
        return err_nomem(e);
    pthread_mutex_init(&c->lock, NULL);
    *out = c;
    return RC_OK;
}

void overviews_close(struct overviews *c)
{
    if (!c)
        return;
    for (uint32_t i = 0; i < SLOTS; i++)
        if (c->slot[i].made)
            overview_done(&c->slot[i].made->o);
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

void overview_done(const struct overview *o)
{
    struct made_overview *m = (struct made_overview *)(uintptr_t)o;
    if (!m || atomic_fetch_sub(&m->holders, 1) != 1)
        return;
    arena_free(&m->arena);
    mem_free(m);
}

static bool same_reader(const struct overview_key *a, const struct overview_key *b)
{
    return a->role == b->role && a->org == b->org;
}

static bool same_key(const struct overview_key *a, const struct overview_key *b)
{
    return same_reader(a, b) && a->day == b->day && a->seq == b->seq &&
           a->generation == b->generation;
}

static struct made_overview *find(struct overviews *c, const struct overview_key *key)
{
    struct made_overview *found = NULL;
    pthread_mutex_lock(&c->lock);
    for (uint32_t i = 0; !found && i < SLOTS; i++)
        if (c->slot[i].made && same_key(&c->slot[i].key, key))
            found = c->slot[i].made;
    if (found)
        atomic_fetch_add(&found->holders, 1);
    pthread_mutex_unlock(&c->lock);
    return found;
}

/* In the place of the reader's older one, else of the one that was put longest ago. */
static void put(struct overviews *c, const struct overview_key *key, struct made_overview *made)
{
    pthread_mutex_lock(&c->lock);
    uint32_t at = SLOTS;
    for (uint32_t i = 0; i < SLOTS && at == SLOTS; i++)
        if (c->slot[i].made && same_reader(&c->slot[i].key, key))
            at = i;
    if (at == SLOTS)
        at = c->next++ % SLOTS;
    struct made_overview *old = c->slot[at].made;
    c->slot[at].key = *key;
    c->slot[at].made = made;
    atomic_fetch_add(&made->holders, 1);
    pthread_mutex_unlock(&c->lock);
    if (old)
        overview_done(&old->o);
}

enum rc overview_get(struct site *s, const struct actor *a, const struct overview **out,
                     struct err *e)
{
    /* what it was made from is at least as new as its key */
    struct overview_key key = {a->role, a->org, day_of_time(site_now(s)), site_seq(s),
                               engine_generation(s)};
    if (actor_is_system(a))
        key.org = -1;
    struct made_overview *made = find(s->overviews, &key);
    if (!made) {
        made = mem_calloc(1, sizeof *made);
        if (!made)
            return err_nomem(e);
        atomic_store(&made->holders, 1);
        enum rc rc = make(s, a, made, e);
        if (rc != RC_OK) {
            overview_done(&made->o);
            return rc;
        }
        put(s->overviews, &key, made);
    }
    *out = &made->o;
    return RC_OK;
}
