/* Figures of what comes of needs: how far they came, introductions, refusals, money. */
#include "service/overview_int.h"
#include "service/site_int.h"

#include "base/map.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define REFUSALS_READ 5000u /* newest entries of the trail that are looked at */

/* ---- funnel ---- */

/* The states of a need, and of its introductions, in which it came so far or farther. */
static const struct {
    const char *value, *needs, *talks;
} stages[] = {
    {"collected", "", NULL},
    {"diagnosed", "state in (diagnosed, open, matched, expired, closed)", NULL},
    {"published", "state in (open, matched, expired, closed)", NULL},
    {"introduced", NULL, "state in (proposed, contacted, talking, agreed, failed)"},
    {"talking", NULL, "state in (talking, agreed, failed)"},
    {"agreed", NULL, "state = agreed"},
};

static enum rc add_row(vec_row *rows, const char *value, struct label label, struct figure f,
                       struct err *e)
{
    struct figure_row r = {.value = str_of(value), .label = label, .figure[0] = f};
    return f.filter.p ? vec_push(rows, r, e) : err_nomem(e);
}

static const char *of_own(const struct making *m, const char *path, char to[300],
                          const char *filter)
{
    bool own = !m->whole, both = own && filter[0];
    snprintf(to, 300, "%s%s%s%s", own ? path : "", own ? " = @org" : "", both ? " and " : "",
             filter);
    return to;
}

/* "state in (a, b)" has it, or says nothing. */
static bool is_in_list(const char *list, struct str state)
{
    for (const char *p = strchr(list, '('); p && *p && *p != ')';) {
        p += strspn(p, "(, ");
        size_t n = strcspn(p, ",)");
        if (str_eq((struct str){p, n}, state))
            return true;
        p += n;
    }
    return !list[0];
}

/* The needs of all stages are counted once, by state. */
static enum rc stage_of_needs(struct making *m, size_t i, vec_row *rows, struct err *e)
{
    char own[300], text[300];
    vec_grouped all = {0};
    struct filter *known;
    struct figure f = {.kind = m->need};
    f.filter = made_text(m->arena, "%s", of_own(m, "owner", text, stages[i].needs));
    enum rc rc = f.filter.p ? view_filter(m->s, m->a, m->need, f.filter, NULL, m->arena, &known, e)
                            : err_nomem(e);
    if (rc == RC_OK)
        rc = groups_of(m, m->need, of_own(m, "owner", own, ""), "state", "", "", &all, e);
    for (size_t j = 0; j < all.n; j++)
        f.n += is_in_list(stages[i].needs, all.p[j].value[0]) ? all.p[j].count : 0;
    vec_free(&all);
    return rc == RC_OK ? add_row(rows, stages[i].value, (struct label){0}, f, e) : rc;
}

/* How many needs the stages' introductions are of, all stages at once. Of all records: who sees
 * less has few, and counts them one by one. */
static enum rc count_met(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct making *m = ctx;
    struct tally t[ARRAY_LEN(stages)];
    uint32_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(stages); i++) {
        struct filter *f;
        if (!stages[i].talks)
            continue;
        t[n] = (struct tally){.of = TALLY_DISTINCT, .kind = m->talk};
        TRY(view_filter(s, m->a, m->talk, str_of(stages[i].talks), NULL, m->arena, &f, e));
        TRY(view_path(s, m->a, m->talk, STR("need"), m->arena, &t[n].path, e));
        t[n++].filter = f;
    }
    TRY(store_tally(tx, 0, t, n, e));
    for (size_t i = ARRAY_LEN(stages); i-- > 0;)
        if (stages[i].talks)
            m->met[i] = (uint64_t)t[--n].out;
    return RC_OK;
}

/* Needs, not introductions: one need may meet several offers. */
static enum rc stage_of_talks(struct making *m, size_t i, vec_row *rows, struct err *e)
{
    char text[300];
    vec_grouped needs = {0};
    struct figure f = {.kind = m->need};
    if (m->whole && m->met[i] > IDS_FILTER) { /* too many to be named: the introductions */
        f = (struct figure){m->talk, str_of(stages[i].talks), m->met[i]};
        return add_row(rows, stages[i].value, (struct label){0}, f, e);
    }
    enum rc rc = groups_of(m, m->talk, of_own(m, "need_org", text, stages[i].talks), "need", "", "",
                           &needs, e);
    int64_t *id = arena_calloc(m->arena, needs.n + 1, sizeof *id);
    for (size_t j = 0; rc == RC_OK && id && j < needs.n; j++)
        if (needs.p[j].value[0].n)
            id[f.n++] = strtoll(needs.p[j].value[0].p, NULL, 10);
    vec_free(&needs);
    if (rc != RC_OK || !id)
        return rc != RC_OK ? rc : err_nomem(e);
    if (f.n && f.n <= IDS_FILTER) {
        f.filter = ids_filter(m->arena, id, f.n);
    } else {
        f.kind = m->talk;
        f.filter = made_text(m->arena, "%s", text);
    }
    return add_row(rows, stages[i].value, (struct label){0}, f, e);
}

static enum rc make_funnel(struct making *m, struct err *e)
{
    static const char *const series[FIGURES_MOST] = {"need"};
    vec_row rows = {0};
    enum rc rc = m->whole ? site_read(m->s, count_met, m, e) : RC_OK;
    for (size_t i = 0; rc == RC_OK && i < ARRAY_LEN(stages); i++)
        rc = stages[i].needs ? stage_of_needs(m, i, &rows, e) : stage_of_talks(m, i, &rows, e);
    if (rc == RC_OK && rows.p[0].figure[0].n)
        return figures_put(m, TABLE_FUNNEL, "funnel", &rows, 1, series, e);
    vec_free(&rows);
    return rc;
}

/* ---- introductions by state ---- */

static enum rc make_talks(struct making *m, struct err *e)
{
    static const char *const series[FIGURES_MOST] = {"introduction"};
    vec_grouped states = {0};
    vec_row rows = {0};
    enum rc rc = groups_of(m, m->talk, "", "state", "", "", &states, e);
    for (uint32_t i = 0; rc == RC_OK && i < m->talk->n_states; i++) {
        const struct state *s = &m->talk->state[i];
        struct figure f = {.kind = m->talk};
        f.filter = made_text(m->arena, "state = %.*s", (int)s->name.n, s->name.p);
        for (size_t j = 0; j < states.n; j++)
            if (str_eq(states.p[j].value[0], s->name))
                f.n += states.p[j].count;
        if (f.n)
            rc = add_row(&rows, "", s->label, f, e);
        if (rc == RC_OK && f.n)
            rows.p[rows.n - 1].value = s->name;
    }
    vec_free(&states);
    if (rc == RC_OK)
        return figures_put(m, TABLE_TALKS, "talks", &rows, 1, series, e);
    vec_free(&rows);
    return rc;
}

/* ---- refusals ---- */

struct refused {
    int64_t id, seq;
    struct str reason;
};
typedef VEC(struct refused) vec_refused;

/* Those that the actor sees, by id. */
static enum rc refused_ones(struct making *m, vec_refused *out, struct map *place, struct err *e)
{
    vec_grouped ids = {0};
    enum rc rc = groups_of(m, m->talk, "state in (refused, failed)", "id", "", "", &ids, e);
    for (size_t i = 0; rc == RC_OK && i < ids.n; i++) {
        struct refused r = {.id = strtoll(ids.p[i].value[0].p, NULL, 10)};
        uint32_t *at = map_put(place, (uint64_t)r.id, (uint32_t)out->n);
        rc = at ? vec_push(out, r, e) : err_nomem(e);
    }
    vec_free(&ids);
    return rc;
}

struct reasons {
    const char *action;
    struct arena *to;
    vec_refused *out;
    const struct map *place;
};

static enum rc read_reasons(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct reasons *x = ctx;
    vec_entry all = {0};
    struct trail_query q = {
        .action = str_of(x->action), .kind = STR("introduction"), .limit = REFUSALS_READ};
    (void)s;
    enum rc rc = store_trail(tx, &q, x->to, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        const uint32_t *at = map_get(x->place, (uint64_t)all.p[i].id);
        if (!at || x->out->p[*at].seq > all.p[i].seq || !all.p[i].reason.n)
            continue;
        x->out->p[*at].seq = all.p[i].seq;
        x->out->p[*at].reason = arena_str(x->to, all.p[i].reason);
        if (!x->out->p[*at].reason.p)
            rc = err_nomem(e);
    }
    vec_free(&all);
    return rc;
}

static enum rc reason_rows(struct making *m, const vec_refused *all, const struct codes *c,
                           vec_row *rows, struct err *e)
{
    int64_t *id = arena_calloc(m->arena, all->n + 1, sizeof *id);
    if (!id)
        return err_nomem(e);
    for (uint32_t i = 0; i < c->n; i++) {
        struct figure f = {.kind = m->talk, .filter = STR("state in (refused, failed)")};
        for (size_t j = 0; j < all->n; j++)
            if (str_eq(all->p[j].reason, c->code[i].code))
                id[f.n++] = all->p[j].id;
        if (!f.n)
            continue;
        if (f.n <= IDS_FILTER)
            f.filter = ids_filter(m->arena, id, f.n);
        TRY(add_row(rows, "", c->code[i].label, f, e));
        rows->p[rows->n - 1].value = c->code[i].code;
    }
    return RC_OK;
}

static int most_first(const void *x, const void *y)
{
    const struct figure_row *a = x, *b = y;
    if (a->figure[0].n != b->figure[0].n)
        return a->figure[0].n < b->figure[0].n ? 1 : -1;
    return str_cmp(a->value, b->value);
}

static enum rc make_refusals(struct making *m, struct err *e)
{
    static const char *const series[FIGURES_MOST] = {"introduction"};
    const struct codes *c = codes_find(site_kinds(m->s), STR("refusal"));
    struct map place = {0};
    vec_refused all = {0};
    vec_row rows = {0};
    struct arena scratch = {0};
    struct reasons refuse = {"refuse", &scratch, &all, &place},
                   fail = {"fail", &scratch, &all, &place};
    enum rc rc = c ? refused_ones(m, &all, &place, e) : RC_OK;
    if (rc == RC_OK && all.n)
        rc = site_read(m->s, read_reasons, &refuse, e);
    if (rc == RC_OK && all.n)
        rc = site_read(m->s, read_reasons, &fail, e);
    if (rc == RC_OK && c)
        rc = reason_rows(m, &all, c, &rows, e);
    if (rows.n)
        qsort(rows.p, rows.n, sizeof *rows.p, most_first);
    map_free(&place);
    vec_free(&all);
    arena_free(&scratch);
    if (rc == RC_OK)
        return figures_put(m, TABLE_REFUSAL, "refusal", &rows, 1, series, e);
    vec_free(&rows);
    return rc;
}

/* ---- money ---- */

static enum rc add_year(struct making *m, const struct grouped *g, vec_row *rows, struct err *e)
{
    struct str year = str_sub(g->value[0], 0, 4);
    struct figure_row *r = rows->n ? &rows->p[rows->n - 1] : NULL;
    if (!r || !str_eq(r->value, year)) {
        struct figure f = {.kind = m->talk};
        f.filter = year.n ? made_text(m->arena,
                                      "state = agreed and signed >= %.4s-01-01 and signed <= "
                                      "%.4s-12-31",
                                      year.p, year.p)
                          : STR("state = agreed and signed is empty");
        TRY(add_row(rows, "", (struct label){0}, f, e));
        r = &rows->p[rows->n - 1];
        r->value = year;
        r->figure[1] = (struct figure){f.kind, f.filter, 0};
    }
    r->figure[0].n += g->count;
    r->figure[1].n += g->sum > 0 ? (uint64_t)(g->sum + 0.5) : 0;
    return RC_OK;
}

static enum rc make_money(struct making *m, struct err *e)
{
    static const char *const series[FIGURES_MOST] = {"agreed", "amount"};
    struct overview *o = &m->to->o;
    vec_grouped months = {0};
    vec_row rows = {0};
    enum rc rc = groups_of(m, m->talk, "state = agreed", "signed:month", "", "amount", &months, e);
    o->agreed = o->amount = (struct figure){m->talk, STR("state = agreed"), 0};
    for (size_t i = 0; rc == RC_OK && i < months.n; i++)
        rc = add_year(m, &months.p[i], &rows, e);
    for (size_t i = 0; i < rows.n; i++) {
        o->agreed.n += rows.p[i].figure[0].n;
        o->amount.n += rows.p[i].figure[1].n;
    }
    vec_free(&months);
    if (rc == RC_OK)
        return figures_put(m, TABLE_MONEY, "money", &rows, 2, series, e);
    vec_free(&rows);
    return rc;
}

enum rc make_flow(struct making *m, struct err *e)
{
    if (!m->talk || !m->need || !m->talk->n_states)
        return RC_OK;
    TRY(make_funnel(m, e));
    TRY(make_talks(m, e));
    TRY(make_refusals(m, e));
    return has_field(m->talk, "signed") && has_field(m->talk, "amount") ? make_money(m, e) : RC_OK;
}
