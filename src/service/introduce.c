#include "service/introduce.h"

#include "service/pairing.h"
#include "service/site_int.h"

#include <math.h>
#include <stdio.h>

#define MOST      1000u
#define LIST_MOST 200u

const struct kind *introduction_kind(const struct site *s)
{
    return kind_find(site_kinds(s), STR("introduction"));
}

static enum rc list(struct site *s, const struct actor *a, const char *filter, uint32_t limit,
                    struct arena *to, vec_rec *out, struct err *e)
{
    struct list_answer answer;
    struct list_request q = {
        .kind = introduction_kind(s), .filter = str_of(filter), .limit = limit};
    if (!q.kind || !actor_may(a, q.kind, RIGHT_READ, NULL))
        return RC_OK;
    TRY(record_list(s, a, &q, to, &answer, e));
    *out = answer.rec;
    return RC_OK;
}

enum rc introductions_of(struct site *s, const struct actor *a, const char *side, int64_t id,
                         struct arena *to, vec_rec *out, struct err *e)
{
    char filter[80];
    snprintf(filter, sizeof filter, "%.20s = #%lld", side, (long long)id);
    return list(s, a, filter, MOST, to, out, e);
}

enum rc introduction_between(struct site *s, const struct actor *a, int64_t need, int64_t offer,
                             struct arena *to, struct shown *out, bool *found, struct err *e)
{
    char filter[100];
    vec_rec there = {0};
    snprintf(filter, sizeof filter, "need = #%lld and offer = #%lld", (long long)need,
             (long long)offer);
    *found = false;
    TRY(list(s, a, filter, 1, to, &there, e));
    *found = there.n > 0;
    int64_t id = there.n ? there.p[0].id : 0;
    vec_free(&there);
    return id ? record_show(s, a, introduction_kind(s), id, to, out, e) : RC_OK;
}

static bool is_own(const struct actor *a, const struct rec *r)
{
    return a->org && (r->kind->is_self ? r->id : r->org) == a->org;
}

bool may_introduce(const struct site *s, const struct actor *a, const struct rec *need,
                   const struct rec *offer)
{
    const struct kind *k = introduction_kind(s);
    return k && actor_may(a, k, RIGHT_CREATE, NULL) &&
           (actor_writes_all(a) || is_own(a, need) || is_own(a, offer));
}

/* ---- a new one ---- */

static const struct action *action_of(const struct kind *k, struct str name)
{
    for (uint32_t i = 0; i < k->n_actions; i++)
        if (str_eq(k->action[i].name, name))
            return &k->action[i];
    return NULL;
}

static enum rc fill(struct site *s, const struct actor *a, const struct introducing *x,
                    struct rec *r, struct arena *to, vec_fault *faults, struct err *e)
{
    char need[24], offer[24];
    snprintf(need, sizeof need, "#%lld", (long long)x->need);
    snprintf(offer, sizeof offer, "#%lld", (long long)x->offer);
    struct typed t[3] = {{STR("need"), str_of(need)},
                         {STR("offer"), str_of(offer)},
                         {STR("broker"), a->name.n ? a->name : a->login}};
    TRY(rec_new(r, introduction_kind(s), to, e));
    TRY(record_fill(s, a, r, t, a->role == ROLE_BROKER ? 3 : 2, to, faults, e));
    return x->n_typed ? record_fill(s, a, r, x->typed, x->n_typed, to, faults, e) : RC_OK;
}

/* What visitors may know of a pair's score; false where one of the two is not public. */
static bool public_score(struct site *s, int64_t need, int64_t offer, struct arena *to, double *out)
{
    struct why w = {0};
    struct err ignored;
    bool known = pairing_why(s, &actor_visitor, need, offer, to, &w, &ignored) == RC_OK;
    *out = round(w.score * 10) / 10;
    vec_free(&w.reason);
    return known;
}

static int64_t number(const struct rec *r, uint32_t f)
{
    return f != NO_FIELD && r->val[f].set ? r->val[f].num : 0;
}

/* From the need's ranked list, which is kept; false where it does not stand there. */
static bool listed_score(struct site *s, const struct kind *need_kind, int64_t need,
                         const struct kind *offer_kind, int64_t offer, struct arena *to,
                         double *out)
{
    vec_pairing v = {0};
    struct err ignored;
    bool found = false;
    if (pairing_list(s, &actor_visitor, need_kind, need, offer_kind, LIST_MOST, to, &v, &ignored) ==
        RC_OK)
        for (size_t i = 0; i < v.n && !found; i++) {
            found = v.p[i].id == offer;
            *out = v.p[i].score;
        }
    vec_free(&v);
    return found;
}

bool introduction_score(struct site *s, const struct rec *r, const struct kind *offer_kind,
                        struct arena *to, double *out)
{
    uint32_t score = field_find(r->kind, STR("score")), f = field_find(r->kind, STR("need"));
    if (score != NO_FIELD && r->val[score].set) {
        *out = r->val[score].real;
        return true;
    }
    int64_t need = number(r, f), offer = number(r, field_find(r->kind, STR("offer")));
    if (!need || !offer || !offer_kind)
        return false;
    return listed_score(s, r->kind->field[f].of_kind, need, offer_kind, offer, to, out) ||
           public_score(s, need, offer, to, out);
}

static void set_score(struct site *s, const struct introducing *x, struct rec *r, struct arena *to)
{
    uint32_t f = field_find(r->kind, STR("score"));
    double score;
    if (f != NO_FIELD && public_score(s, x->need, x->offer, to, &score))
        r->val[f] = (struct val){.set = true, .real = score};
}

static enum rc check_action(const struct introducing *x, const struct rec *r, vec_fault *faults,
                            struct err *e)
{
    const struct action *action = action_of(r->kind, x->action);
    if (!x->action.n)
        return RC_OK;
    if (!action)
        return err_user(e, "service.no_step", "%.*s", (int)MIN(x->action.n, 60), x->action.p);
    if (action->reason && !code_find(action->reason, x->reason))
        TRY(fault_add(faults, NO_FIELD, UINT32_MAX, UINT32_MAX, "field.reason", STR(""), e));
    return rec_check_action(r, action, faults, e);
}

static enum rc begin(struct site *s, const struct actor *a, const struct introducing *x,
                     struct arena *to, struct rec *out, vec_fault *faults, struct err *e)
{
    TRY(fill(s, a, x, out, to, faults, e));
    TRY(check_action(x, out, faults, e));
    if (faults->n)
        return err_user(e, "service.invalid", "%zu", faults->n);
    set_score(s, x, out, to);
    return record_save_computed(s, a, out, STR(""), to, faults, e);
}

/* ---- one that there is ---- */

/* The step that leads from where it is back to the first state; NULL: it is not set aside. */
static const struct step *way_back(const struct shown *x)
{
    const struct state *now = &x->rec.kind->state[x->rec.state];
    for (uint32_t i = 0; now->locked && i < x->n_steps; i++)
        if (x->step[i]->to == 0)
            return x->step[i];
    return NULL;
}

static enum rc act(struct site *s, const struct actor *a, const struct introducing *x, int64_t id,
                   struct str action, struct arena *to, struct rec *out, vec_fault *faults,
                   struct err *e)
{
    bool last = str_eq(action, x->action);
    struct act step = {.id = id,
                       .action = action,
                       .comment = x->comment,
                       .reason = last ? x->reason : STR(""),
                       .typed = last ? x->typed : NULL,
                       .n_typed = last ? x->n_typed : 0};
    return record_act(s, a, introduction_kind(s), &step, to, out, faults, e);
}

/* ---- one that the other side began ---- */

struct joining {
    const struct actor *a;
    const struct introducing *x;
    struct arena *to;
    int64_t id;
    bool joined;
};

static enum rc owns(struct joining *j, struct tx *tx, int64_t id, bool *out, struct err *e)
{
    struct viewed v;
    if (*out)
        return RC_OK;
    TRY(view_get(tx, &actor_system, NULL, id, j->to, &v, e));
    *out = v.found && is_own(j->a, &v.full);
    return RC_OK;
}

/* The grant, and an entry in its history. */
static enum rc join_in(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct joining *j = ctx;
    struct viewed v;
    bool own = false;
    TRY(owns(j, tx, j->x->need, &own, e));
    TRY(owns(j, tx, j->x->offer, &own, e));
    TRY(view_get(tx, &actor_system, introduction_kind(s), j->id, j->to, &v, e));
    if (!own || !v.found)
        return RC_OK;
    struct by by = actor_by(s, j->a, STR("join"), STR(""), STR(""));
    j->joined = true;
    TRY(store_grant(tx, j->id, j->a->org, e));
    return store_put(tx, &v.full, &by, e);
}

/* There is one introduction for a pair: who comes second takes part in it. */
static enum rc join(struct site *s, struct joining *j, struct err *e)
{
    struct shown there = {0};
    bool found;
    if (!j->a->org || !actor_may(j->a, introduction_kind(s), RIGHT_CREATE, NULL))
        return RC_OK;
    TRY(introduction_between(s, &actor_system, j->x->need, j->x->offer, j->to, &there, &found, e));
    j->id = there.rec.id;
    return found ? site_write(s, join_in, j, e) : RC_OK;
}

/* ---- both ---- */

static bool offers(const struct shown *x, struct str action)
{
    for (uint32_t i = 0; i < x->n_steps; i++)
        if (str_eq(x->step[i]->action->name, action))
            return true;
    return false;
}

/* Is it where the action leads to? */
static bool is_done(const struct shown *x, struct str action)
{
    const struct kind *k = x->rec.kind;
    for (uint32_t i = 0; i < k->n_states; i++) {
        const struct step *step = step_find(k, i, action);
        if (step && step->to == x->rec.state)
            return true;
    }
    return false;
}

static enum rc go_on(struct site *s, const struct actor *a, const struct introducing *x,
                     const struct shown *there, bool joined, struct arena *to, struct rec *out,
                     vec_fault *faults, struct err *e)
{
    const struct step *back = way_back(there);
    *out = there->rec;
    if (back)
        TRY(act(s, a, x, there->rec.id, back->action->name, to, out, faults, e));
    else if (!offers(there, x->action) && (joined || is_done(there, x->action)))
        return RC_OK; /* the other side has gone that far already */
    return x->action.n ? act(s, a, x, out->id, x->action, to, out, faults, e) : RC_OK;
}

static enum rc begin_and_act(struct site *s, const struct actor *a, const struct introducing *x,
                             struct arena *to, struct rec *out, vec_fault *faults, struct err *e)
{
    struct introducing bare = *x; /* its fields are written with it */
    bare.typed = NULL;
    bare.n_typed = 0;
    TRY(begin(s, a, x, to, out, faults, e));
    return x->action.n ? act(s, a, &bare, out->id, x->action, to, out, faults, e) : RC_OK;
}

static enum rc introduce_once(struct site *s, const struct actor *a, const struct introducing *x,
                              struct arena *to, struct rec *out, vec_fault *faults, struct err *e)
{
    struct shown there = {0};
    struct joining j = {.a = a, .x = x, .to = to};
    bool found;
    TRY(introduction_between(s, a, x->need, x->offer, to, &there, &found, e));
    if (!found)
        TRY(join(s, &j, e));
    if (j.joined)
        TRY(introduction_between(s, a, x->need, x->offer, to, &there, &found, e));
    return found ? go_on(s, a, x, &there, j.joined, to, out, faults, e)
                 : begin_and_act(s, a, x, to, out, faults, e);
}

enum rc introduce(struct site *s, const struct actor *a, const struct introducing *x,
                  struct arena *to, struct rec *out, vec_fault *faults, struct err *e)
{
    struct err why = {0};
    if (!introduction_kind(s))
        return err_user(e, "service.missing", "%s", "");
    enum rc rc = introduce_once(s, a, x, to, out, faults, &why);
    /* both sides at the same moment: the database let one of them begin */
    if (rc == RC_USER && strcmp(why.key, "store.unique") == 0)
        rc = introduce_once(s, a, x, to, out, faults, &why);
    if (rc != RC_OK && e)
        *e = why;
    return rc;
}
