/* Many approvals: what waits for somebody, what he submitted, what he signed. What runs is kept in
 * memory, for every page counts it. */
#include "service/approval_int.h"

#include <stdlib.h>

#define RUNNING_BATCH 1000u

struct waiting {
    pthread_mutex_t lock;
    struct arena arena;
    VEC(struct approval) all; /* that run, in the order of their ids */
    int64_t seq;              /* -1: not read yet */
};

enum rc waiting_open(struct waiting **out, struct err *e)
{
    struct waiting *w = mem_calloc(1, sizeof *w);
    if (!w)
        return err_nomem(e);
    w->seq = -1;
    pthread_mutex_init(&w->lock, NULL);
    *out = w;
    return RC_OK;
}

static void forget(struct waiting *w)
{
    for (size_t i = 0; i < w->all.n; i++)
        approval_release(&w->all.p[i]);
    w->all.n = 0;
    w->seq = -1;
    arena_reset(&w->arena);
}

void waiting_close(struct waiting *w)
{
    if (!w)
        return;
    forget(w);
    vec_free(&w->all);
    arena_free(&w->arena);
    pthread_mutex_destroy(&w->lock);
    mem_free(w);
}

/* ---- what runs ---- */

static enum rc take(struct site *s, struct waiting *w, const vec_rec *list, struct err *e)
{
    for (size_t i = 0; i < list->n; i++) {
        struct approval p;
        enum rc rc = approval_read(&p, s, &list->p[i], &w->arena, e);
        if (rc == RC_OK)
            rc = vec_push(&w->all, p, e);
        if (rc != RC_OK) {
            approval_release(&p);
            return rc;
        }
    }
    return RC_OK;
}

static enum rc read_running(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct waiting *w = ctx;
    const struct kind *k = approval_kind(s);
    struct val running = {.set = true, .num = k ? state_find(k, STR("running")) : 0};
    struct filter f = {.op = FILTER_EQ, .value = &running, .n_values = 1};
    enum rc rc = RC_OK;
    if (!k)
        return RC_OK;
    f.path = (struct path){.step[0] = {k, ATTR_STATE, NO_FIELD, UINT32_MAX}, .n = 1};
    struct query q = {.kind = k,
                      .filter = &f,
                      .scope = {.reach = SCOPE_ALL},
                      .sort = {.path = {.step[0] = {k, ATTR_ID, NO_FIELD, UINT32_MAX}, .n = 1}},
                      .limit = RUNNING_BATCH};
    do {
        vec_rec list = {0};
        struct str next = STR("");
        rc = store_list(tx, &q, &w->arena, &list, &next, e);
        if (rc == RC_OK)
            rc = take(s, w, &list, e);
        q.after = next;
        vec_free(&list);
    } while (rc == RC_OK && q.after.n);
    return rc;
}

/* Locked by the caller. */
static enum rc refresh(struct site *s, struct waiting *w, struct err *e)
{
    int64_t seq = site_seq(s);
    if (w->seq == seq)
        return RC_OK;
    forget(w);
    enum rc rc = site_read(s, read_running, w, e);
    if (rc == RC_OK)
        w->seq = seq;
    else
        forget(w);
    return rc;
}

/* The actor's seat; -1: none. */
static int32_t seat_in(const struct approval *p, const struct actor *a)
{
    const struct signer who = {.account = a->account, .org = a->org, .role = a->role};
    if (a->account <= 0 || a->read_only || p->step == CHAIN_END)
        return -1;
    return seat_for(p->seat.p, (uint32_t)p->seat.n, p->round, &who);
}

enum rc approval_waiting(struct site *s, const struct actor *a, uint32_t *n, struct err *e)
{
    struct waiting *w = s->approvals->waiting;
    *n = 0;
    if (a->account <= 0)
        return RC_OK;
    pthread_mutex_lock(&w->lock);
    enum rc rc = refresh(s, w, e);
    for (size_t i = 0; rc == RC_OK && i < w->all.n; i++)
        *n += seat_in(&w->all.p[i], a) >= 0;
    pthread_mutex_unlock(&w->lock);
    return rc;
}

/* ---- lists ---- */

struct listing {
    const struct actor *a;
    enum approval_which which;
    struct arena *to;
    vec_approval *out;
    VEC(int64_t) ids; /* of what waits */
};

static struct str text_of(const struct rec *r, const char *field)
{
    const struct val *v = saving_val(r, field);
    return v ? v->text : STR("");
}

/* When the actor signed it; 0: never. */
static int64_t signed_at(const struct approval *p, int64_t account)
{
    int64_t at = 0;
    for (size_t i = 0; i < p->seat.n; i++)
        if (p->seat.p[i].account == account)
            at = MAX(at, p->row.p[i].at);
    return at;
}

static enum rc add_line(struct listing *x, struct site *s, const struct rec *r, struct err *e)
{
    struct approval p;
    enum rc rc = approval_read(&p, s, r, x->to, e);
    struct approval_line line = {
        .id = r->id, .record = p.record, .step = text_of(r, "step_label"), .rec = *r};
    if (rc == RC_OK && p.chain && p.step != CHAIN_END)
        line.step = label_text(&p.chain->step[p.step].label, x->a->zh);
    /* who it is stays within its organisation */
    if (actor_sees_all(x->a, r) || p.submitter == x->a->account)
        line.submitter = text_of(r, "submitter");
    if (rc == RC_OK) {
        int32_t mine = x->which == APPROVALS_WAITING ? seat_in(&p, x->a) : -1;
        const struct val *submitted = saving_val(r, "submitted");
        line.since = mine >= 0                    ? p.row.p[mine].asked
                     : x->which == APPROVALS_DONE ? signed_at(&p, x->a->account)
                     : submitted                  ? submitted->num
                                                  : r->created;
        bool wanted = x->which == APPROVALS_WAITING ? mine >= 0
                      : x->which == APPROVALS_DONE  ? line.since > 0
                                                    : true;
        rc = wanted ? vec_push(x->out, line, e) : RC_OK;
    }
    approval_release(&p);
    return rc;
}

/* Before a transaction is begun: who refreshes needs one, and others wait for him. */
static enum rc find_waiting(struct site *s, struct listing *x, struct err *e)
{
    struct waiting *w = s->approvals->waiting;
    pthread_mutex_lock(&w->lock);
    enum rc rc = refresh(s, w, e);
    for (size_t i = 0; rc == RC_OK && i < w->all.n && x->ids.n < APPROVALS_MOST; i++)
        if (seat_in(&w->all.p[i], x->a) >= 0)
            rc = vec_push(&x->ids, w->all.p[i].rec.id, e);
    pthread_mutex_unlock(&w->lock);
    return rc;
}

static enum rc list_waiting(struct site *s, struct tx *tx, struct listing *x, struct err *e)
{
    for (size_t i = 0; i < x->ids.n; i++) {
        struct rec r;
        bool found;
        TRY(store_get(tx, approval_kind(s), x->ids.p[i], x->to, &r, &found, e));
        if (found)
            TRY(add_line(x, s, &r, e));
    }
    return RC_OK;
}

static enum rc list_of(struct site *s, struct tx *tx, struct listing *x, struct err *e)
{
    const struct kind *k = approval_kind(s);
    const char *path = x->which == APPROVALS_MINE ? "submitter_account" : "signatures.account";
    struct val me = {.set = true, .num = x->a->account};
    struct filter f = {.op = FILTER_EQ, .value = &me, .n_values = 1};
    vec_rec list = {0};
    TRY(view_path(s, x->a, k, str_of(path), x->to, &f.path, e));
    struct query q = {.kind = k,
                      .filter = &f,
                      .scope = {.reach = SCOPE_ALL},
                      .sort = {.path = {.step[0] = {k, ATTR_UPDATED, NO_FIELD, UINT32_MAX}, .n = 1},
                               .down = true},
                      .limit = APPROVALS_MOST};
    enum rc rc = store_list(tx, &q, x->to, &list, NULL, e);
    for (size_t i = 0; rc == RC_OK && i < list.n; i++)
        rc = add_line(x, s, &list.p[i], e);
    vec_free(&list);
    return rc;
}

static int by_since(const void *p, const void *q)
{
    const struct approval_line *a = p, *b = q;
    return a->since != b->since ? (a->since > b->since) - (a->since < b->since)
                                : (a->id > b->id) - (a->id < b->id);
}

static enum rc list(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct listing *x = ctx;
    if (!approval_kind(s))
        return RC_OK;
    TRY(x->which == APPROVALS_WAITING ? list_waiting(s, tx, x, e) : list_of(s, tx, x, e));
    if (x->out->n)
        qsort(x->out->p, x->out->n, sizeof *x->out->p, by_since);
    return RC_OK;
}

static enum rc add_titles(struct site *s, struct listing *x, struct err *e)
{
    size_t n = x->out->n;
    int64_t *id = arena_calloc(x->to, n + 1, sizeof *id);
    struct str *title = arena_calloc(x->to, n + 1, sizeof *title);
    const struct kind **kind = arena_calloc(x->to, n + 1, sizeof(struct kind *));
    if (!id || !title || !kind)
        return err_nomem(e);
    for (size_t i = 0; i < n; i++)
        id[i] = x->out->p[i].record;
    TRY(record_titles(s, x->a, id, (uint32_t)n, x->to, title, kind, e));
    for (size_t i = 0; i < n; i++) {
        x->out->p[i].title = title[i];
        x->out->p[i].kind = kind[i];
    }
    return RC_OK;
}

enum rc approval_list(struct site *s, const struct actor *a, enum approval_which which,
                      struct arena *to, vec_approval *out, struct err *e)
{
    struct listing x = {.a = a, .which = which, .to = to, .out = out};
    if (a->account <= 0)
        return RC_OK;
    enum rc rc = which == APPROVALS_WAITING ? find_waiting(s, &x, e) : RC_OK;
    if (rc == RC_OK)
        rc = site_read(s, list, &x, e);
    vec_free(&x.ids);
    if (rc != RC_OK)
        return rc;
    /* of what waits the longest comes first, of the rest the newest */
    for (size_t i = 0; which != APPROVALS_WAITING && i < out->n / 2; i++) {
        struct approval_line t = out->p[i];
        out->p[i] = out->p[out->n - 1 - i];
        out->p[out->n - 1 - i] = t;
    }
    return add_titles(s, &x, e);
}
