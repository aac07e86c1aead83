/* Reading records: one, lists, counts, titles, history, what refers to it. */
#include "service/records.h"

#include "base/map.h"
#include "service/approval_int.h"

#define LIMIT_MOST  1000
#define LIMIT_USUAL 50
#define REFS_READ   5000 /* most that are looked through for those that may be seen */

static enum rc denied(struct err *e)
{
    return err_user(e, "service.denied", "%s", "");
}

/* ---- one ---- */

struct showing {
    const struct actor *a;
    const struct kind *k;
    int64_t id;
    struct arena *to;
    struct shown *out;
};

static enum rc list_steps(const struct showing *x, struct tx *tx, const struct viewed *v,
                          struct err *e)
{
    const struct rec *r = &v->full;
    bool barred;
    if (r->state == NO_STATE || (v->face != FACE_FULL && !v->partner))
        return RC_OK;
    const struct state *state = &r->kind->state[r->state];
    for (uint32_t i = 0; i < state->n_steps; i++) {
        if (x->out->n_steps == ARRAY_LEN(x->out->step) ||
            !actor_may_step_as(x->a, r, &state->step[i], v->partner))
            continue;
        TRY(view_other(tx, x->a, state->step[i].action, r->id, x->to, &barred, e));
        if (!barred)
            x->out->step[x->out->n_steps++] = &state->step[i];
    }
    return RC_OK;
}

static enum rc show(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct showing *x = ctx;
    struct viewed v;
    TRY(view_get(tx, x->a, x->k, x->id, x->to, &v, e));
    if (!v.found)
        return view_missing(e);
    rec_compute(&v.rec, site_today(s));
    *x->out = (struct shown){.rec = v.rec, .face = v.face};
    if (v.face != FACE_PUBLIC)
        TRY(approval_locked(s, tx, &v.full, x->to, &x->out->in_approval, e));
    if (x->out->in_approval) /* nothing but its approval moves it */
        return RC_OK;
    if (v.face == FACE_FULL || v.partner)
        x->out->may_write = actor_may_write_as(x->a, &v.full, v.partner);
    if (v.face == FACE_FULL) {
        x->out->may_delete = actor_may(x->a, v.full.kind, RIGHT_DELETE, &v.full);
    }
    return list_steps(x, tx, &v, e);
}

enum rc record_show(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                    struct arena *to, struct shown *out, struct err *e)
{
    struct showing x = {a, k, id, to, out};
    return site_read(s, show, &x, e);
}

/* ---- many ---- */

struct listing {
    const struct list_request *q;
    struct query query;
    struct arena *to;
    struct list_answer *out;
    int64_t seq;
};

static enum rc list(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct listing *x = ctx;
    TRY(store_list(tx, &x->query, x->to, &x->out->rec, &x->out->next, e));
    for (size_t i = 0; i < x->out->rec.n; i++)
        rec_compute(&x->out->rec.p[i], site_today(s));
    return x->q->count ? counts_total(s, tx, &x->query, x->seq, &x->out->total, e) : RC_OK;
}

static enum rc sort_of(struct site *s, const struct actor *a, const struct list_request *q,
                       struct arena *to, struct sort *out, struct err *e)
{
    struct str by = q->sort.n ? q->sort : STR("-updated");
    out->down = by.p[0] == '-';
    return view_path(s, a, q->kind, str_sub(by, out->down, by.n), to, &out->path, e);
}

enum rc record_list(struct site *s, const struct actor *a, const struct list_request *q,
                    struct arena *to, struct list_answer *out, struct err *e)
{
    *out = (struct list_answer){0};
    if (!actor_reads_kind(a, q->kind))
        return denied(e);
    TRY(view_filter(s, a, q->kind, q->filter, q->more, to, &out->filter, e));
    struct listing x = {.q = q, .to = to, .out = out, .seq = site_seq(s)};
    x.query = (struct query){.kind = q->kind,
                             .filter = out->filter,
                             .scope = actor_scope_of(a, q->kind),
                             .limit = q->limit ? MIN(q->limit, LIMIT_MOST) : LIMIT_USUAL,
                             .offset = q->after.n ? 0 : q->offset,
                             .after = q->after};
    TRY(sort_of(s, a, q, to, &x.query.sort, e));
    enum rc rc = site_read(s, list, &x, e);
    if (rc != RC_OK)
        vec_free(&out->rec);
    return rc;
}

struct grouping {
    struct query query;
    struct group_by by;
    int64_t seq;
    struct arena *to;
    vec_grouped *out;
};

static enum rc group(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct grouping *x = ctx;
    return groups_get(s, tx, &x->query, &x->by, x->seq, x->to, x->out, e);
}

/* "created:month" */
static enum rc group_path(struct site *s, const struct actor *a, const struct kind *k,
                          struct str text, struct arena *to, struct path *out, bool *month,
                          struct err *e)
{
    size_t colon = str_find(text, STR(":"), 0);
    if (!text.n)
        return RC_OK;
    if (colon != SIZE_MAX && !str_eq(str_sub(text, colon + 1, text.n), STR("month")))
        return err_user(e, "service.group", "%.100s", "month");
    *month = colon != SIZE_MAX;
    return view_path(s, a, k, str_sub(text, 0, colon), to, out, e);
}

enum rc record_group(struct site *s, const struct actor *a, const struct kind *k, struct str filter,
                     struct str by, struct str by2, struct str sum, struct arena *to,
                     vec_grouped *out, struct err *e)
{
    struct grouping x = {.seq = site_seq(s), .to = to, .out = out};
    struct filter *f = NULL;
    bool month;
    if (!actor_reads_kind(a, k))
        return denied(e);
    TRY(view_filter(s, a, k, filter, NULL, to, &f, e));
    TRY(group_path(s, a, k, by, to, &x.by.by[0], &x.by.month[0], e));
    TRY(group_path(s, a, k, by2, to, &x.by.by[1], &x.by.month[1], e));
    TRY(group_path(s, a, k, sum, to, &x.by.sum, &month, e));
    x.query = (struct query){.kind = k, .filter = f, .scope = actor_scope_of(a, k)};
    return site_read(s, group, &x, e);
}

/* ---- titles ---- */

struct titles {
    const struct actor *a;
    const int64_t *id;
    uint32_t n;
    struct arena *to;
    struct str *title;
    const struct kind **kind;
};

/* Which face of it the actor sees, as view_get decides. */
static bool head_title(const struct actor *a, const struct rec_head *h, struct str *title)
{
    struct rec r = {
        .kind = h->kind, .id = h->id, .org = h->org, .state = h->state, .secrecy = h->secrecy};
    if (!h->kind || !actor_reads_kind(a, h->kind))
        return false;
    bool whole = actor_sees_all(a, &r);
    whole |= h->granted && actor_scope(a).reach == SCOPE_ORG && h->secrecy != SECRECY_PRIVATE;
    *title = whole ? h->title : h->pub_title;
    return whole || h->shown;
}

/* A list names the same organisation many times: each is read once, all in one query. */
static enum rc titles(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct titles *x = ctx;
    struct map known = {0};
    int64_t *id = arena_calloc(x->to, x->n, sizeof *id);
    struct rec_head *head = arena_calloc(x->to, x->n, sizeof *head);
    uint32_t n = 0;
    enum rc rc = id && head ? RC_OK : err_nomem(e);
    (void)s;
    for (uint32_t i = 0; rc == RC_OK && i < x->n; i++) {
        const uint32_t *at = map_put(&known, (uint64_t)x->id[i], n);
        rc = at ? RC_OK : err_nomem(e);
        if (at && *at == n && x->id[i])
            id[n++] = x->id[i];
    }
    if (rc == RC_OK && n)
        rc = store_heads(tx, id, n, x->a->org, x->to, head, e);
    for (uint32_t i = 0; rc == RC_OK && i < x->n; i++) {
        const uint32_t *at = map_get(&known, (uint64_t)x->id[i]);
        x->title[i] = STR("");
        x->kind[i] = NULL;
        if (x->id[i] && at && head_title(x->a, &head[*at], &x->title[i]))
            x->kind[i] = head[*at].kind;
    }
    map_free(&known);
    return rc;
}

enum rc record_titles(struct site *s, const struct actor *a, const int64_t *id, uint32_t n,
                      struct arena *to, struct str *title, const struct kind **kind, struct err *e)
{
    struct titles x = {a, id, n, to, title, kind};
    return n ? site_read(s, titles, &x, e) : RC_OK;
}

/* ---- history ---- */

struct remembering {
    const struct actor *a;
    const struct kind *k;
    int64_t id;
    struct arena *to;
    vec_event *out;
};

/* The record as an entry says it became. */
static enum rc past(const struct remembering *x, const struct entry *entry, struct rec *r,
                    struct err *e)
{
    static const char *const words[] = {"open", "masked", "private"};
    TRY(rec_new(r, x->k, x->to, e));
    TRY(rec_parse(r, entry->body, x->to, e));
    r->id = entry->id;
    r->org = entry->org;
    r->version = entry->version;
    r->updated = entry->at;
    r->state = x->k->n_states ? state_find(x->k, entry->state) : NO_STATE;
    for (uint32_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(entry->secrecy, str_of(words[i])))
            r->secrecy = (enum secrecy)i;
    return RC_OK;
}

static enum rc add_event(struct remembering *x, const struct entry *entry, struct rec *last,
                         struct err *e)
{
    struct event_shown event = {.entry = *entry, .before = *last};
    if (entry->body.n) {
        TRY(past(x, entry, &event.after, e));
        if (last->kind)
            TRY(rec_diff(last, &event.after, &event.change, e));
    }
    enum rc rc = vec_push(x->out, event, e);
    if (rc != RC_OK)
        vec_free(&event.change);
    *last = event.after;
    return rc;
}

/* The store tells it oldest first. */
static void turn_round(vec_event *v)
{
    for (size_t i = 0; i < v->n / 2; i++) {
        struct event_shown t = v->p[i];
        v->p[i] = v->p[v->n - 1 - i];
        v->p[v->n - 1 - i] = t;
    }
}

/* A party learns what happened since it is one: what was written before, of others, stays theirs.
 */
static enum rc is_party_in(const struct remembering *x, struct tx *tx, const struct rec *r,
                           bool *out, struct err *e)
{
    const struct kind *k = r->kind;
    for (uint32_t i = 0; i < k->n_parties && !*out; i++) {
        const struct field_def *f = &k->field[k->party[i].field];
        const struct val *v = &r->val[k->party[i].field];
        const struct kind *of =
            k->party[i].sub == UINT32_MAX ? f->of_kind : f->sub[k->party[i].sub].of_kind;
        struct viewed other;
        if (of && of->is_self) {
            *out = val_holds_ref(f, v, x->a->org);
        } else if (v->set && !f->list && f->type == TYPE_REF) {
            TRY(view_get(tx, x->a, NULL, v->num, x->to, &other, e));
            *out = other.found && other.face == FACE_FULL;
        }
    }
    return RC_OK;
}

/* A login may tell which organisation is behind the other side. */
static void hide_who(const struct actor *a, struct entry *entry)
{
    if (entry->account == a->account)
        return;
    entry->account = 0;
    entry->login = STR("");
}

/* What the account is called today. */
static enum rc name_who(struct remembering *x, struct tx *tx, struct err *e)
{
    for (size_t i = 0; i < x->out->n; i++) {
        struct event_shown *ev = &x->out->p[i];
        struct account account;
        bool found = false;
        ev->who = ev->entry.account ? ev->entry.login : STR("");
        if (i && ev->entry.account == ev[-1].entry.account) {
            ev->who = ev[-1].who;
            continue;
        }
        if (ev->entry.account > 0)
            TRY(account_get(tx, ev->entry.account, x->to, &account, &found, e));
        if (found && account.name.n)
            ev->who = account.name;
    }
    return RC_OK;
}

static enum rc history(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct remembering *x = ctx;
    struct viewed v;
    vec_entry entries = {0};
    struct rec last = {0};
    (void)s;
    TRY(view_get(tx, x->a, x->k, x->id, x->to, &v, e));
    if (!v.found)
        return view_missing(e);
    if (v.face != FACE_FULL && !v.partner)
        return denied(e);
    enum rc rc = store_history(tx, x->id, x->to, &entries, e);
    for (size_t i = 0; rc == RC_OK && i < entries.n; i++) {
        bool known = !v.party;
        struct rec then;
        if (!known && entries.p[i].body.n) {
            rc = past(x, &entries.p[i], &then, e);
            if (rc == RC_OK)
                rc = is_party_in(x, tx, &then, &known, e);
        }
        if (v.face == FACE_PARTNER)
            hide_who(x->a, &entries.p[i]);
        if (rc == RC_OK && known)
            rc = add_event(x, &entries.p[i], &last, e);
        else
            last = (struct rec){0};
    }
    vec_free(&entries);
    turn_round(x->out);
    return rc == RC_OK ? name_who(x, tx, e) : rc;
}

enum rc record_history(struct site *s, const struct actor *a, const struct kind *k, int64_t id,
                       struct arena *to, vec_event *out, struct err *e)
{
    struct remembering x = {a, k, id, to, out};
    enum rc rc = site_read(s, history, &x, e);
    if (rc != RC_OK)
        events_free(out);
    return rc;
}

void events_free(vec_event *v)
{
    for (size_t i = 0; i < v->n; i++)
        vec_free(&v->p[i].change);
    vec_free(v);
}

/* ---- what refers to it ---- */

struct referring {
    const struct actor *a;
    int64_t id;
    uint32_t limit;
    struct arena *to;
    vec_ref *out;
};

/* Does the face itself tell of the reference? That a hidden field refers here is hidden too. */
static bool face_tells(const struct rec *face, struct str relation, int64_t id)
{
    if (str_eq(relation, STR("owner")))
        return face->org == id;
    for (uint32_t i = 0; i < face->kind->n_fields; i++)
        if (val_holds_ref(&face->kind->field[i], &face->val[i], id))
            return true;
    return false;
}

static enum rc refs(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct referring *x = ctx;
    struct viewed v;
    vec_ref all = {0};
    uint32_t taken = 0;
    (void)s;
    TRY(view_get(tx, x->a, NULL, x->id, x->to, &v, e));
    if (!v.found)
        return view_missing(e);
    enum rc rc = store_refs(tx, x->id, REFS_READ, x->to, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n && taken < x->limit; i++) {
        rc = view_get(tx, x->a, all.p[i].kind, all.p[i].id, x->to, &v, e);
        if (rc != RC_OK || !v.found || !face_tells(&v.rec, all.p[i].relation, x->id))
            continue;
        rc = vec_push(x->out, all.p[i], e);
        taken++;
    }
    vec_free(&all);
    return rc;
}

enum rc record_refs(struct site *s, const struct actor *a, int64_t id, uint32_t limit,
                    struct arena *to, vec_ref *out, struct err *e)
{
    struct referring x = {a, id, limit ? limit : LIMIT_USUAL, to, out};
    return site_read(s, refs, &x, e);
}
