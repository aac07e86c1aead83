#include "service/thread.h"

#include "base/map.h"
#include "service/site_int.h"

#include <stdio.h>
#include <stdlib.h>

#define REFS_MOST 5000u /* what refers to one record, looked through for what hangs on it */

struct walk {
    const struct actor *a;
    int64_t id;
    struct arena *to;
    vec_thread *out;
    bool more;
    struct map known; /* id -> place in the queue */
    VEC(int64_t) queue;
};

/* ---- one record ---- */

/* Where it stands: the first date of these that it has. */
static void place_in_time(struct thread_item *item)
{
    static const char *const names[] = {"day", "signed", "done", "due", "start", "published"};
    const struct rec *r = &item->rec;
    item->day = day_of_time(r->created);
    item->day_field = NO_FIELD;
    for (size_t i = 0; i < ARRAY_LEN(names) && item->day_field == NO_FIELD; i++) {
        uint32_t f = field_find(r->kind, str_of(names[i]));
        if (f == NO_FIELD || r->kind->field[f].type != TYPE_DATE || r->kind->field[f].list ||
            !r->val[f].set)
            continue;
        item->day = r->val[f].num;
        item->day_field = f;
    }
}

static struct str text_of(const struct rec *r, const char *name, enum type type)
{
    uint32_t f = field_find(r->kind, str_of(name));
    if (f == NO_FIELD || r->kind->field[f].type != type || !r->val[f].set)
        return STR("");
    return r->val[f].text;
}

/* ---- rows ---- */

static const struct val *date_in(const struct field_def *f, const struct val *row, const char *name)
{
    uint32_t i = sub_find(f, str_of(name));
    return i != NO_FIELD && f->sub[i].type == TYPE_DATE ? val_sub(f, row, name) : NULL;
}

static struct str name_in(const struct field_def *f, const struct val *row)
{
    uint32_t i = sub_find(f, STR("name"));
    const struct val *v =
        i != NO_FIELD && f->sub[i].type == TYPE_TEXT ? val_sub(f, row, "name") : NULL;
    return v ? v->text : STR("");
}

/* As the lights of kinds are: green on time, made up when late, red when missed. */
static const char *light_of(const struct val *due, const struct val *done, int64_t today)
{
    if (done)
        return due && done->num > due->num ? "made_up" : "green";
    return due && due->num < today ? "red" : "open";
}

static enum rc rows_of(struct walk *w, const struct thread_item *whole, int64_t today,
                       struct err *e)
{
    const struct rec *r = &whole->rec;
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        if (f->type != TYPE_GROUP || !f->thread || !r->val[i].set)
            continue;
        for (uint32_t j = 0; j < r->val[i].list.n; j++) {
            const struct val *row = &r->val[i].list.item[j];
            const struct val *due = date_in(f, row, "due"), *done = date_in(f, row, "done");
            const struct val *day = done ? done : due;
            struct thread_item item = {.rec = *r,
                                       .day = day ? day->num : whole->day,
                                       .day_field = day ? i : whole->day_field,
                                       .from = r->id,
                                       .part = f,
                                       .name = name_in(f, row),
                                       .light = light_of(due, done, today)};
            TRY(vec_push(w->out, item, e));
        }
    }
    return RC_OK;
}

/* ---- links ---- */

static enum rc meet(struct walk *w, int64_t id, struct err *e)
{
    uint32_t next = (uint32_t)w->queue.n;
    if (!id)
        return RC_OK;
    uint32_t *at = map_put(&w->known, (uint64_t)id, next);
    if (!at)
        return err_nomem(e);
    return *at == next ? vec_push(&w->queue, id, e) : RC_OK;
}

static enum rc link_up(struct walk *w, struct thread_item *item, const struct field_def *f,
                       const struct val *v, struct err *e)
{
    if (!v->set)
        return RC_OK;
    if (f->type == TYPE_GROUP) {
        for (uint32_t i = 0; i < f->n_sub && i < v->list.n; i++)
            TRY(link_up(w, item, &f->sub[i], &v->list.item[i], e));
        return RC_OK;
    }
    if (!f->thread)
        return RC_OK;
    if (!item->from)
        item->from = v->num;
    return meet(w, v->num, e);
}

/* What it hangs on; the first is where it comes from. */
static enum rc links_up(struct walk *w, struct thread_item *item, struct err *e)
{
    const struct rec *r = &item->rec;
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        const struct val *v = &r->val[i];
        if (!v->set || (f->type != TYPE_GROUP && !f->thread))
            continue;
        for (uint32_t j = 0; j < (f->list ? v->list.n : 1); j++)
            TRY(link_up(w, item, f, f->list ? &v->list.item[j] : v, e));
    }
    return RC_OK;
}

bool field_threads(const struct field_def *f)
{
    bool is = f->thread;
    for (uint32_t i = 0; i < f->n_sub; i++)
        is |= f->sub[i].thread;
    return is;
}

/* What hangs on it. Whether the reader may see that it does is asked when the record is read. */
static enum rc links_down(struct walk *w, struct tx *tx, int64_t id, struct err *e)
{
    vec_ref refs = {0};
    enum rc rc = store_refs(tx, id, REFS_MOST, w->to, &refs, e);
    for (size_t i = 0; rc == RC_OK && i < refs.n; i++) {
        uint32_t f = field_find(refs.p[i].kind, refs.p[i].relation);
        struct viewed v;
        if (f == NO_FIELD || !field_threads(&refs.p[i].kind->field[f]) ||
            map_get(&w->known, (uint64_t)refs.p[i].id))
            continue;
        rc = view_get(tx, w->a, NULL, refs.p[i].id, w->to, &v, e);
        if (rc == RC_OK && v.found && val_holds_ref(&v.rec.kind->field[f], &v.rec.val[f], id))
            rc = meet(w, refs.p[i].id, e);
    }
    vec_free(&refs);
    return rc;
}

static enum rc visit(struct walk *w, struct site *s, struct tx *tx, int64_t id, struct err *e)
{
    struct viewed v;
    TRY(view_get(tx, w->a, NULL, id, w->to, &v, e));
    if (!v.found)
        return id == w->id ? view_missing(e) : RC_OK;
    rec_compute(&v.rec, site_today(s));
    struct thread_item item = {.rec = v.rec,
                               .quote = text_of(&v.rec, "quote", TYPE_LONG),
                               .source = text_of(&v.rec, "source", TYPE_URL),
                               .here = id == w->id};
    place_in_time(&item);
    TRY(links_up(w, &item, e));
    TRY(links_down(w, tx, id, e));
    TRY(vec_push(w->out, item, e));
    return rows_of(w, &item, site_today(s), e);
}

static int by_day(const void *p, const void *q)
{
    const struct thread_item *a = p, *b = q;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->rec.id != b->rec.id)
        return a->rec.id < b->rec.id ? -1 : 1;
    return a->part && b->part ? str_cmp(a->name, b->name) : !!a->part - !!b->part;
}

static enum rc walk_all(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct walk *w = ctx;
    TRY(meet(w, w->id, e));
    for (size_t i = 0; i < w->queue.n; i++) {
        w->more = w->out->n >= THREAD_MAX;
        if (w->more)
            break;
        TRY(visit(w, s, tx, w->queue.p[i], e));
    }
    return RC_OK;
}

/* A record whose origin the reader may not see hangs on nothing, for it. */
static void forget_hidden(vec_thread *v)
{
    for (size_t i = 0; i < v->n; i++) {
        bool there = false;
        for (size_t j = 0; j < v->n && !there; j++)
            there = v->p[j].rec.id == v->p[i].from;
        if (!there)
            v->p[i].from = 0;
    }
}

enum rc thread_of(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                  vec_thread *out, bool *more, struct err *e)
{
    struct walk w = {.a = a, .id = id, .to = to, .out = out};
    enum rc rc = id ? site_read(s, walk_all, &w, e) : view_missing(e);
    *more = w.more;
    if (rc == RC_OK) {
        qsort(out->p, out->n, sizeof *out->p, by_day);
        forget_hidden(out);
    } else {
        vec_free(out);
    }
    map_free(&w.known);
    vec_free(&w.queue);
    return rc;
}

/* ---- minutes become commitments ---- */

struct promising {
    const struct actor *a;
    int64_t event;
    uint64_t known;
    const struct typed_row *row;
    uint32_t n;
    struct arena *to;
    vec_fault *faults;
    uint32_t at;
};

static enum rc promise_one(struct promising *p, struct site *s, struct tx *tx,
                           const struct typed_row *row, struct err *e)
{
    const struct kind *k = kind_find(s->kinds, STR("commitment"));
    struct typed *t = arena_calloc(p->to, row->n + 1, sizeof *t);
    char *id = arena_alloc(p->to, 24);
    struct rec r;
    if (!k)
        return view_missing(e);
    if (!t || !id)
        return err_nomem(e);
    int n = snprintf(id, 24, "#%lld", (long long)p->event);
    if (row->n)
        memcpy(t, row->typed, row->n * sizeof *t);
    t[row->n] = (struct typed){STR("event"), {id, (size_t)n}};
    TRY(rec_new(&r, k, p->to, e));
    TRY(fill_in(s, tx, p->a, &r, t, row->n + 1, p->to, p->faults, e));
    return record_save_in(s, tx, p->a, &r, STR(""), p->to, p->faults, e);
}

/* The commitments of the event that the actor sees. */
static enum rc count_promised(const struct promising *p, struct site *s, struct tx *tx, uint64_t *n,
                              struct err *e)
{
    const struct kind *k = kind_find(s->kinds, STR("commitment"));
    uint32_t field = k ? field_find(k, STR("event")) : NO_FIELD;
    struct val event = {.set = true, .num = p->event};
    struct filter f = {.op = FILTER_EQ, .value = &event, .n_values = 1};
    *n = 0;
    if (field == NO_FIELD)
        return RC_OK;
    f.path = (struct path){.step[0] = {k, ATTR_FIELD, field, UINT32_MAX}, .n = 1};
    struct query q = {.kind = k, .filter = &f, .scope = actor_scope_of(p->a, k)};
    return store_count(tx, &q, n, e);
}

static enum rc promise(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    uint64_t there = 0;
    struct promising *p = ctx;
    const struct kind *k = kind_find(s->kinds, STR("event"));
    struct viewed v;
    TRY(view_get(tx, p->a, k, p->event, p->to, &v, e));
    if (!k || !v.found)
        return view_missing(e);
    if (p->known != PROMISED_ANY)
        TRY(count_promised(p, s, tx, &there, e));
    if (p->known != PROMISED_ANY && there != p->known) {
        p->at = UINT32_MAX;
        return err_user(e, "thread.promised", "%llu", (unsigned long long)there);
    }
    for (p->at = 0; p->at < p->n; p->at++)
        TRY(promise_one(p, s, tx, &p->row[p->at], e));
    return RC_OK;
}

enum rc thread_promise(struct site *s, const struct actor *a, int64_t event, uint64_t known,
                       const struct typed_row *row, uint32_t n, struct arena *to, vec_fault *faults,
                       uint32_t *bad_row, struct err *e)
{
    struct promising p = {a, event, known, row, n, to, faults, 0};
    enum rc rc = site_write(s, promise, &p, e);
    *bad_row = rc == RC_OK ? UINT32_MAX : p.at;
    return rc;
}
