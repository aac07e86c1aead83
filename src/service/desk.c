/* What waits for somebody: one table of lists, a row for each box of a first page. */
#include "service/desk.h"

#include "base/map.h"
#include "service/site_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NOTICE_DAYS 30u  /* before it expires */
#define RETURNED    200u /* newest collected needs that are looked at */
#define NEWEST      60u  /* newest needs that are looked at for an organisation's results */
#define EACH        20u  /* matches of each */
#define FRESH_READ  2000u

#define BY(role)  (1u << (role))
#define BY_ORG    (BY(ROLE_MEMBER) | BY(ROLE_EDITOR))
#define BY_BROKER BY(ROLE_BROKER)

enum special_row { ROW_PLAIN, ROW_RETURNED, ROW_EXPIRING };

/* clang-format off */
static const struct {
    unsigned by;
    const char *name, *kind, *filter, *sort, *step, *due; /* due: a date field */
    enum special_row special;
    bool main;
} rows[] = {
    {BY_ORG, "answer", "introduction", "state = contacted", "since", NULL, NULL, ROW_PLAIN, false},
    {BY_ORG, "returned", "need", "owner = @org and state = collected", "-since", NULL, NULL, ROW_RETURNED, false},
    {BY_ORG, "expiring", "need", "owner = @org and state = open", "since", "renew", NULL, ROW_EXPIRING, false},
    {BY_ORG, "expired", "need", "owner = @org and state = expired", "-since", "renew", NULL, ROW_PLAIN, false},
    {BY_ORG, "talks", "introduction", "state in (proposed, talking)", "since", NULL, "next", ROW_PLAIN, false},
    {BY_ORG, "unfiled", "agreement", "owner = @org and sealed is set and scanned is empty", "sealed", NULL, NULL, ROW_PLAIN, false},
    {BY_ORG, "my_needs", "need", "owner = @org", "-updated", NULL, NULL, ROW_PLAIN, false},
    {BY_ORG, "my_results", "result", "owner = @org", "-updated", NULL, NULL, ROW_PLAIN, false},

    {BY_BROKER, "collected", "need", "state = collected", "since", NULL, NULL, ROW_PLAIN, true},
    {BY_BROKER, "diagnosed", "need", "state = diagnosed", "since", NULL, NULL, ROW_PLAIN, true},
    {BY_BROKER, "follow", "introduction", "state in (shortlist, proposed, contacted, talking) and next <= today+7d",
     "next", NULL, "next", ROW_PLAIN, true},
    {BY_BROKER, "news", "page", "state = review", "-updated", NULL, NULL, ROW_PLAIN, false},
    {BY_BROKER, "stale", "introduction", "state in (shortlist, proposed, contacted, talking) and updated < today-14d",
     "updated", NULL, NULL, ROW_PLAIN, false},
    {BY_BROKER, "unfiled", "agreement", "sealed is set and scanned is empty", "sealed", NULL, NULL, ROW_PLAIN, false},
    {BY_BROKER, "expiring", "need", "state = open", "since", "renew", NULL, ROW_EXPIRING, false},
};
/* clang-format on */

struct reading {
    struct site *s;
    const struct actor *a;
    uint32_t rows;
    struct arena *to;
    size_t row;
    const struct kind *kind;
};

static enum rc copy_text(struct arena *to, struct str *out, const char *text, struct err *e)
{
    *out = arena_str(to, str_of(text));
    return out->p ? RC_OK : err_nomem(e);
}

/* How long published needs stay; 0: for ever. */
static uint32_t days_open(const struct kind *k)
{
    uint32_t open = state_find(k, STR("open"));
    return open == UINT32_MAX ? 0 : k->state[open].expires;
}

static enum rc filter_of(const struct reading *x, struct str *out, struct err *e)
{
    char text[300];
    if (rows[x->row].special != ROW_EXPIRING)
        return copy_text(x->to, out, rows[x->row].filter, e);
    uint32_t days = days_open(x->kind);
    if (days <= NOTICE_DAYS)
        return copy_text(x->to, out, "", e);
    snprintf(text, sizeof text, "%s and since < today-%ud", rows[x->row].filter,
             days - NOTICE_DAYS);
    return copy_text(x->to, out, text, e);
}

static int64_t due_of(const struct reading *x, const struct rec *r)
{
    if (rows[x->row].special == ROW_EXPIRING)
        return day_of_time(r->since) + days_open(x->kind);
    uint32_t f = rows[x->row].due ? field_find(r->kind, str_of(rows[x->row].due)) : NO_FIELD;
    return f != NO_FIELD && r->val[f].set ? r->val[f].num : 0;
}

static enum rc fill_box(const struct reading *x, struct desk_box *b, const vec_rec *all,
                        struct err *e)
{
    b->n = (uint32_t)MIN(all->n, (size_t)x->rows);
    struct rec *rec = arena_calloc(x->to, b->n + 1, sizeof *rec);
    int64_t *due = arena_calloc(x->to, b->n + 1, sizeof *due);
    bool *may = arena_calloc(x->to, b->n + 1, sizeof *may);
    if (!rec || !due || !may)
        return err_nomem(e);
    for (uint32_t i = 0; i < b->n; i++) {
        const struct rec *r = &all->p[i];
        const struct step *step =
            b->step && r->state != NO_STATE ? step_find(r->kind, r->state, str_of(b->step)) : NULL;
        rec[i] = *r;
        due[i] = due_of(x, r);
        may[i] = step && actor_may_step(x->a, r, step);
    }
    b->rec = rec;
    b->due = due;
    b->may_step = may;
    b->has_due = rows[x->row].due || rows[x->row].special == ROW_EXPIRING;
    return RC_OK;
}

/* Those that came back: they entered the state later than they were made. */
static enum rc keep_returned(const struct reading *x, struct desk_box *b, struct list_answer *all,
                             struct err *e)
{
    struct buf text;
    size_t n = 0;
    buf_init(&text, 8u << 10);
    enum rc rc = buf_str(&text, STR("id in ("), e);
    for (size_t i = 0; rc == RC_OK && i < all->rec.n; i++) {
        struct rec r = all->rec.p[i];
        if (r.since <= r.created)
            continue;
        rc = buf_printf(&text, e, "%s%" PRId64, n ? ", " : "", r.id);
        all->rec.p[n++] = r;
    }
    if (rc == RC_OK)
        rc = buf_str(&text, STR(")"), e);
    all->rec.n = n;
    all->total = n;
    if (rc == RC_OK && n) {
        b->filter = arena_str(x->to, buf_view(&text));
        rc = b->filter.p ? RC_OK : err_nomem(e);
    }
    buf_free(&text);
    return rc;
}

static enum rc read_box(const struct reading *x, struct desk *out, struct err *e)
{
    struct desk_box b = {.name = rows[x->row].name,
                         .kind = x->kind,
                         .sort = str_of(rows[x->row].sort),
                         .step = rows[x->row].step,
                         .main = rows[x->row].main};
    bool returned = rows[x->row].special == ROW_RETURNED;
    struct list_answer all = {0};
    TRY(filter_of(x, &b.filter, e));
    if (!b.filter.n)
        return RC_OK;
    struct list_request q = {.kind = x->kind,
                             .filter = b.filter,
                             .sort = b.sort,
                             .limit = returned ? RETURNED : x->rows,
                             .count = !returned};
    struct err why;
    enum rc rc = record_list(x->s, x->a, &q, x->to, &all, &why);
    if (rc == RC_USER)
        return RC_OK; /* the site's own model calls its states or fields otherwise */
    if (rc == RC_OK && returned)
        rc = keep_returned(x, &b, &all, &why);
    b.total = all.total;
    if (rc == RC_OK)
        rc = fill_box(x, &b, &all.rec, &why);
    vec_free(&all.rec);
    if (rc == RC_OK && (b.total || b.main))
        out->box[out->n++] = b;
    if (rc != RC_OK && e)
        *e = why;
    return rc;
}

enum rc desk_read(struct site *s, const struct actor *a, uint32_t most, struct arena *to,
                  struct desk *out, struct err *e)
{
    *out = (struct desk){.box = arena_calloc(to, ARRAY_LEN(rows), sizeof *out->box)};
    if (!out->box)
        return err_nomem(e);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct reading x = {s, a, most, to, i, kind_find(site_kinds(s), str_of(rows[i].kind))};
        bool org = rows[i].by & BY_ORG;
        if (!(rows[i].by & BY(a->role)) || (org && !a->org) || !x.kind ||
            !actor_reads_kind(a, x.kind))
            continue;
        TRY(read_box(&x, out, e));
    }
    return RC_OK;
}

/* ---- new matches ---- */

static enum rc last_look(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct account *account = ctx;
    struct arena scratch = {0};
    bool found;
    (void)s;
    enum rc rc = account_get(tx, account->id, &scratch, account, &found, e);
    arena_free(&scratch);
    return rc;
}

/* The organisation's own results, whatever their state. */
static enum rc own_results(struct site *s, const struct actor *a, const struct kind *k,
                           struct map *out, struct err *e)
{
    struct arena scratch = {0};
    struct list_answer all = {0};
    struct list_request q = {.kind = k, .filter = STR("owner = @org"), .limit = 1000};
    enum rc rc = record_list(s, a, &q, &scratch, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.rec.n; i++)
        if (!map_put(out, (uint64_t)all.rec.p[i].id, 1))
            rc = err_nomem(e);
    vec_free(&all.rec);
    arena_free(&scratch);
    return rc;
}

static enum rc met_by(struct site *s, const struct actor *a, const struct rec *need,
                      const struct kind *offers, const struct map *own, vec_fresh *out,
                      struct err *e)
{
    struct arena scratch = {0};
    vec_pairing v = {0};
    enum rc rc = pairing_list(s, a, need->kind, need->id, offers, EACH, &scratch, &v, e);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        struct fresh f = {need->id, v.p[i].id, offers, v.p[i].score};
        if (v.p[i].credible && !v.p[i].introduction && map_get(own, (uint64_t)f.offer))
            rc = vec_push(out, f, e);
    }
    vec_free(&v);
    arena_free(&scratch);
    return rc;
}

/* Published needs of others that are newer than the last look. */
static enum rc new_needs(struct site *s, const struct actor *a, int64_t seen, vec_fresh *out,
                         struct err *e)
{
    const struct kind *need = kind_find(site_kinds(s), STR("need"));
    const struct kind *result = kind_find(site_kinds(s), STR("result"));
    struct arena scratch = {0};
    struct list_answer all = {0};
    struct map own = {0};
    if (!need || !result || state_find(need, STR("open")) == UINT32_MAX)
        return RC_OK;
    struct list_request q = {
        .kind = need, .filter = STR("state = open"), .sort = STR("-since"), .limit = NEWEST};
    enum rc rc = own_results(s, a, result, &own, e);
    if (rc == RC_OK && own.n)
        rc = record_list(s, a, &q, &scratch, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.rec.n; i++)
        if (all.rec.p[i].since > seen && all.rec.p[i].org != a->org)
            rc = met_by(s, a, &all.rec.p[i], result, &own, out, e);
    vec_free(&all.rec);
    map_free(&own);
    arena_free(&scratch);
    return rc;
}

/* The best of each need that is not an organisation: those are told of by what they have. */
static void keep_best(vec_fresh *v, bool one_each)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++) {
        bool known = v->p[i].offer_kind->is_self;
        for (size_t j = 0; one_each && !known && j < n; j++)
            known = v->p[j].need == v->p[i].need;
        if (!known)
            v->p[n++] = v->p[i];
    }
    v->n = n;
}

enum rc desk_fresh(struct site *s, const struct actor *a, uint32_t most, struct arena *to,
                   vec_fresh *out, int64_t *seen, struct err *e)
{
    struct account account = {.id = a->account};
    *seen = 0;
    if (!s->engine || a->account <= 0)
        return RC_OK;
    TRY(site_read(s, last_look, &account, e));
    *seen = account.seen_matches;
    bool org = actor_scope(a).reach == SCOPE_ORG;
    TRY(pairing_fresh(s, a, FRESH_READ, to, out, e));
    if (org)
        TRY(new_needs(s, a, *seen, out, e));
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, fresh_better_first);
    keep_best(out, !org);
    out->n = MIN(out->n, (size_t)most);
    return RC_OK;
}
