/* Records whose term has run out take the step `expire` by themselves. */
#include "service/records.h"

#include "base/log.h"
#include "service/record_int.h"

#define EXPIRE_BATCH 200u
#define DAY          86400

struct due {
    const struct kind *k;
    uint32_t state;
    int64_t before; /* entered the state at or before it */
    struct arena *to;
    vec_rec list;
    int64_t id; /* the one that expires now */
    bool done;
};

static enum rc list_due(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct due *d = ctx;
    struct val state = {.set = true, .num = d->state}, since = {.set = true, .num = d->before};
    struct filter f[3] = {{.op = FILTER_AND, .left = &f[1], .right = &f[2]},
                          {.op = FILTER_EQ, .value = &state, .n_values = 1},
                          {.op = FILTER_LE, .value = &since, .n_values = 1}};
    (void)s;
    f[1].path = (struct path){.step[0] = {d->k, ATTR_STATE, NO_FIELD, UINT32_MAX}, .n = 1};
    f[2].path = (struct path){.step[0] = {d->k, ATTR_SINCE, NO_FIELD, UINT32_MAX}, .n = 1};
    struct query q = {
        .kind = d->k, .filter = f, .scope = {.reach = SCOPE_ALL}, .limit = EXPIRE_BATCH};
    return store_list(tx, &q, d->to, &d->list, NULL, e);
}

static enum rc expire_one(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct due *d = ctx;
    struct viewed v;
    vec_fault faults = {0};
    d->done = false;
    TRY(view_get(tx, &actor_system, d->k, d->id, d->to, &v, e));
    if (!v.found || v.full.state != d->state || v.full.since > d->before)
        return RC_OK; /* somebody was quicker */
    const struct step *step = step_find(d->k, d->state, STR("expire"));
    struct rec *r = record_copy(&v.full, d->to);
    if (!r)
        return err_nomem(e);
    struct saving x = {s, tx, &actor_system, d->to, &v.full, r, step, &faults, false};
    r->state = step->to;
    struct by by = actor_by(s, &actor_system, STR("expire"), STR(""), STR(""));
    enum rc rc = saving_prepare(&x, e);
    if (rc == RC_OK)
        rc = saving_put(&x, &by, e);
    vec_free(&faults);
    d->done = rc == RC_OK;
    return rc;
}

/* One that cannot expire must not hold up the others: it is reported and passed over. */
static enum rc expire_batch(struct site *s, struct due *d, uint32_t *n, struct err *e)
{
    uint32_t did = 0;
    TRY(site_read(s, list_due, d, e));
    for (size_t i = 0; i < d->list.n; i++) {
        struct err why;
        d->id = d->list.p[i].id;
        enum rc rc = site_write(s, expire_one, d, &why);
        if (rc == RC_OK)
            did += d->done;
        else
            log_line(LOG_ERROR, "expire", "%lld: %s %s", (long long)d->id, why.key, why.detail);
    }
    *n += did;
    if (d->list.n < EXPIRE_BATCH || !did)
        d->k = NULL; /* that was all */
    return RC_OK;
}

static enum rc expire_state(struct site *s, const struct kind *k, uint32_t state, uint32_t *n,
                            struct err *e)
{
    struct arena to = {0};
    struct due d = {.k = k, .state = state, .to = &to};
    enum rc rc = RC_OK;
    d.before = site_now(s) - (int64_t)k->state[state].expires * DAY;
    while (rc == RC_OK && d.k) {
        rc = expire_batch(s, &d, n, e);
        vec_free(&d.list);
        arena_reset(&to);
    }
    arena_free(&to);
    return rc;
}

enum rc records_expire(struct site *s, uint32_t *n, struct err *e)
{
    *n = 0;
    for (uint32_t i = 0; i < kinds_count(s->kinds); i++) {
        const struct kind *k = kinds_at(s->kinds, i);
        for (uint32_t t = 0; t < k->n_states; t++)
            if (k->state[t].expires && step_find(k, t, STR("expire")))
                TRY(expire_state(s, k, t, n, e));
    }
    return RC_OK;
}
