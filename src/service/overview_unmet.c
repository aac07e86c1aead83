/* Needs that nothing meets yet: published, nobody introduced, no credible match. */
#include "service/overview_int.h"
#include "service/pairing.h"
#include "service/site_int.h"

#include "base/map.h"

#include <stdlib.h>

#define TALKS_LOOKED 200u /* of a need, on average */

/* Is there a credible match of any kind? */
static enum rc is_matched(struct making *m, const struct kind *need, int64_t id, bool *out,
                          struct err *e)
{
    const struct kinds *kinds = site_kinds(m->s);
    struct arena scratch = {0};
    enum rc rc = RC_OK;
    *out = false;
    for (uint32_t i = 0; rc == RC_OK && !*out && i < kinds_count(kinds); i++) {
        const struct kind *other = kinds_at(kinds, i);
        vec_pairing v = {0};
        if (other->side != MATCH_OFFER || !actor_reads_kind(m->a, other))
            continue;
        rc = pairing_list(m->s, m->a, need, id, other, 1, &scratch, &v, e);
        *out = rc == RC_OK && v.n && v.p[0].credible;
        vec_free(&v);
    }
    arena_free(&scratch);
    return rc;
}

static bool goes_on(const struct rec *r)
{
    static const char *const states[] = {"shortlist", "proposed", "contacted", "talking", "agreed"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (r->state < r->kind->n_states &&
            str_eq(r->kind->state[r->state].name, str_of(states[i])))
            return true;
    return false;
}

struct introducing {
    struct making *m;
    const vec_rec *open;
    struct map *out;
};

/* What refers to the needs is found at once, and looked at until one goes on. */
static enum rc introduced(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct introducing *x = ctx;
    struct arena scratch = {0};
    vec_linked talks = {0};
    int64_t id[UNMET_LOOKED];
    uint32_t n = (uint32_t)MIN(x->open->n, (size_t)UNMET_LOOKED);
    (void)s;
    for (uint32_t i = 0; i < n; i++)
        id[i] = x->open->p[i].id;
    enum rc rc = store_linked(tx, id, n, STR("need"), n * TALKS_LOOKED, &talks, e);
    for (size_t i = 0; rc == RC_OK && i < talks.n; i++) {
        struct viewed v;
        if (map_get(x->out, (uint64_t)talks.p[i].to))
            continue;
        arena_reset(&scratch);
        rc = view_get(tx, x->m->a, x->m->talk, talks.p[i].from, &scratch, &v, e);
        if (rc == RC_OK && v.found && goes_on(&v.rec))
            rc = map_put(x->out, (uint64_t)talks.p[i].to, 1) ? RC_OK : err_nomem(e);
    }
    vec_free(&talks);
    arena_free(&scratch);
    return rc;
}

static enum rc pick(struct making *m, const vec_rec *open, const struct map *known, struct err *e)
{
    struct overview *o = &m->to->o;
    int64_t *id = arena_calloc(m->arena, open->n + 1, sizeof *id);
    if (!id)
        return err_nomem(e);
    for (size_t i = open->n; i-- > 0;) { /* the list is newest first */
        bool matched = map_get(known, (uint64_t)open->p[i].id) != NULL;
        if (!matched && o->unmet_matched)
            TRY(is_matched(m, m->need, open->p[i].id, &matched, e));
        if (!matched)
            id[o->n_unmet++] = open->p[i].id;
    }
    o->unmet_id = id;
    o->unmet.n = o->n_unmet;
    o->unmet.filter = o->n_unmet ? ids_filter(m->arena, id, o->n_unmet) : STR("");
    return o->unmet.filter.p ? RC_OK : err_nomem(e);
}

enum rc make_unmet(struct making *m, struct err *e)
{
    struct overview *o = &m->to->o;
    struct arena scratch = {0};
    struct list_answer open = {0};
    struct map known = {0};
    if (!m->need || !m->talk || state_find(m->need, STR("open")) == UINT32_MAX)
        return RC_OK;
    struct list_request q = {.kind = m->need,
                             .filter = m->whole ? STR("state = open")
                                                : STR("state = open and owner = @org"),
                             .sort = STR("-since"),
                             .limit = UNMET_LOOKED,
                             .count = true};
    o->unmet_matched = m->s->engine != NULL;
    enum rc rc = record_list(m->s, m->a, &q, &scratch, &open, e);
    if (rc == RC_OK && (m->whole || open.rec.n))
        o->unmet.kind = m->need;
    struct introducing x = {m, &open.rec, &known};
    if (rc == RC_OK)
        rc = site_read(m->s, introduced, &x, e);
    if (rc == RC_OK)
        rc = pick(m, &open.rec, &known, e);
    o->unmet_cut = open.total > open.rec.n;
    vec_free(&open.rec);
    map_free(&known);
    arena_free(&scratch);
    return rc;
}
