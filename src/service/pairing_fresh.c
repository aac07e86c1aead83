/* Matches that are new to an account: one of the two records came into its state after the account
 * last looked. Found from the newcomers, not from all needs. */
#include "match/scale.h"
#include "service/pairing_int.h"

#include <stdlib.h>

#define NEWCOMERS 200u /* the newest records that are looked at */
#define EACH      20u  /* matches of one newcomer that are looked at */
#define LIMIT     50u

/* ---- when it last looked ---- */

static enum rc seen_before(struct site *s, const struct actor *a, int64_t *at, struct err *e)
{
    struct arena scratch = {0};
    struct tx *tx = NULL;
    struct account account;
    bool found = false;
    enum rc rc;
    *at = 0;
    if (a->account <= 0)
        return RC_OK;
    GOTO_OUT(tx_begin(&tx, site_store(s), TX_READ, e));
    GOTO_OUT(account_get(tx, a->account, &scratch, &account, &found, e));
    if (found)
        *at = account.seen_matches;
out:
    tx_rollback(tx);
    arena_free(&scratch);
    return rc;
}

enum rc pairing_seen(struct site *s, const struct actor *a, struct err *e)
{
    struct arena scratch = {0};
    struct tx *tx = NULL;
    struct account account;
    bool found = false;
    enum rc rc;
    if (a->account <= 0 || a->read_only)
        return RC_OK;
    GOTO_OUT(tx_begin(&tx, site_store(s), TX_WRITE, e));
    GOTO_OUT(account_get(tx, a->account, &scratch, &account, &found, e));
    if (found) {
        account.seen_matches = site_now(s);
        GOTO_OUT(account_put(tx, &account, e));
    }
    struct tx *done = tx;
    tx = NULL;
    rc = tx_commit(done, e);
out:
    tx_rollback(tx);
    arena_free(&scratch);
    return rc;
}

/* ---- newcomers ---- */

struct newcomer {
    int64_t id, since;
};
typedef VEC(struct newcomer) vec_newcomer;

static int newest_first(const void *x, const void *y)
{
    const struct newcomer *a = x, *b = y;
    if (a->since != b->since)
        return a->since < b->since ? 1 : -1;
    return (a->id < b->id) - (a->id > b->id);
}

static enum rc newcomers(const struct lister *l, int64_t seen, vec_newcomer *out, struct err *e)
{
    for (size_t i = 0; i < l->t->slot.n; i++) {
        const struct doc *d = l->t->slot.p[i].doc;
        if (!d || d->kind->side == MATCH_NONE || d->since <= seen || !d->standing)
            continue;
        struct newcomer x = {d->id, d->since};
        if (doc_face(l->actor, d) >= 0)
            TRY(vec_push(out, x, e));
    }
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, newest_first);
    out->n = MIN(out->n, (size_t)NEWCOMERS);
    return RC_OK;
}

/* Is it a need whose matches this actor is told? Of a broker every open one, else its own. */
static bool is_watched(const struct lister *l, const struct doc *d)
{
    return d && d->kind->side == MATCH_NEED && d->standing && doc_face(l->actor, d) == 0;
}

static enum rc add(struct lister *l, const struct doc *need, const struct doc *offer, double sum,
                   vec_fresh *out, struct err *e)
{
    struct fresh f = {need->id, offer->id, offer->kind, match_scale(sum)};
    if (f.score < MATCH_CREDIBLE || table_decision(l->t, need->id, offer->id))
        return RC_OK;
    for (size_t i = 0; i < out->n; i++) /* both records are new */
        if (out->p[i].need == f.need && out->p[i].offer == f.offer)
            return RC_OK;
    return vec_push(out, f, e);
}

static enum rc matches_of(struct lister *l, const struct doc *d, const struct kind *other,
                          vec_fresh *out, struct err *e)
{
    vec_item v = {0};
    bool need = d->kind->side == MATCH_NEED;
    if (other->side == MATCH_NONE || other->side == d->kind->side)
        return RC_OK;
    enum rc rc = list_items(l, d, (unsigned)doc_face(l->actor, d), other, &v, e);
    for (size_t i = 0; rc == RC_OK && i < v.n && i < EACH; i++) {
        const struct doc *x = table_doc(l->t, v.p[i].id);
        if (is_watched(l, need ? d : x))
            rc = add(l, need ? d : x, need ? x : d, v.p[i].score, out, e);
    }
    vec_free(&v);
    return rc;
}

int fresh_better_first(const void *x, const void *y)
{
    const struct fresh *a = x, *b = y;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    if (a->need != b->need)
        return a->need < b->need ? -1 : 1;
    return (a->offer > b->offer) - (a->offer < b->offer);
}

enum rc pairing_fresh(struct site *s, const struct actor *a, uint32_t limit, struct arena *to,
                      vec_fresh *out, struct err *e)
{
    struct lister l;
    vec_newcomer v = {0};
    int64_t seen;
    (void)to;
    TRY(seen_before(s, a, &seen, e));
    TRY(lister_open(&l, s, a, e));
    enum rc rc = newcomers(&l, seen, &v, e);
    for (size_t i = 0; rc == RC_OK && i < v.n; i++) {
        const struct doc *d = table_doc(l.t, v.p[i].id);
        if (d->kind->side == MATCH_NEED && !is_watched(&l, d))
            continue;
        for (uint32_t k = 0; rc == RC_OK && k < l.t->base->n_kinds; k++)
            rc = matches_of(&l, d, l.t->base->offers[k].kind, out, e);
    }
    lister_close(&l);
    vec_free(&v);
    if (out->n)
        qsort(out->p, out->n, sizeof *out->p, fresh_better_first);
    out->n = MIN(out->n, (size_t)(limit ? limit : LIMIT));
    return rc;
}
