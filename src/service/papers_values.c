/* What a placeholder means: a field or attribute of the record, or, inside a repeated row, of its
 * item; after a dot one of the record that it refers to. Everything is asked for as the actor: what
 * it may not see is empty. */
#include "service/papers_int.h"

#include <stdlib.h>

#define BACK_MAX  200u /* records that refer to it */
#define PATH_LONG 4    /* "a.b.c.d" */

enum loop_type { LOOP_GROUP, LOOP_LIST, LOOP_BACK, LOOP_HISTORY, LOOP_APPROVAL };
/* What a row is repeated for. */
struct loop {
    struct str name;
    enum loop_type type;
    const struct field_def *f; /* a list of the record */
    const struct val *v;
    const struct kind *k; /* records of this kind that refer to the record by field `by` */
    uint32_t by;
    const struct rec *rec;
    uint32_t n;
    bool loaded;
};

struct visit {
    int64_t id;
    struct shown *shown; /* NULL: none, or none for the actor */
};

struct answering {
    struct site *s;
    const struct actor *a;
    const struct kind *k;
    struct shown shown;
    struct arena *to;
    VEC(struct loop) loops;
    VEC(struct visit) visits;
    vec_event events;
    const struct paper_signature *signature;
    uint32_t n_signatures;
};

/* A value and its type; v NULL: `num` or `text` has it. */
struct hit {
    enum type type;
    const struct field_def *f;
    const struct val *v;
    bool list, set;
    int64_t num;
    struct str text;
    const struct kind *of; /* TYPE_REF */
};

/* ---- other records ---- */

static enum rc visit(struct answering *w, const struct kind *k, int64_t id, struct shown **out,
                     struct err *e)
{
    struct err why = {0};
    *out = NULL;
    for (size_t i = 0; i < w->visits.n; i++)
        if (w->visits.p[i].id == id) {
            *out = w->visits.p[i].shown;
            return RC_OK;
        }
    struct shown *shown = arena_calloc(w->to, 1, sizeof *shown);
    if (!shown)
        return err_nomem(e);
    enum rc rc = record_show(w->s, w->a, k, id, w->to, shown, &why);
    if (rc != RC_OK && rc != RC_USER) {
        if (e)
            *e = why;
        return rc;
    }
    *out = rc == RC_OK ? shown : NULL;
    return vec_push(&w->visits, ((struct visit){id, *out}), e);
}

/* ---- names ---- */

static const char *const attributes[] = {"id",      "state", "owner", "created",
                                         "updated", "since", "today", "kind"};

static bool find_attribute(const struct answering *w, const struct kind *k, const struct rec *r,
                           struct str name, struct hit *h)
{
    bool zh = w->a->zh;
    if (str_eq(name, STR("id")))
        *h = (struct hit){.type = TYPE_INT, .num = r ? r->id : 0, .set = r != NULL};
    else if (str_eq(name, STR("today")))
        *h = (struct hit){.type = TYPE_DATE, .num = day_of_time(site_now(w->s)), .set = true};
    else if (str_eq(name, STR("created")))
        *h = (struct hit){.type = TYPE_TIME, .num = r ? r->created : 0, .set = r != NULL};
    else if (str_eq(name, STR("updated")))
        *h = (struct hit){.type = TYPE_TIME, .num = r ? r->updated : 0, .set = r != NULL};
    else if (str_eq(name, STR("since")))
        *h = (struct hit){.type = TYPE_TIME, .num = r ? r->since : 0, .set = r != NULL};
    else if (str_eq(name, STR("kind")))
        *h = (struct hit){.type = TYPE_TEXT, .text = label_text(&k->label, zh), .set = true};
    else if (str_eq(name, STR("owner")) && k->owned)
        *h = (struct hit){.type = TYPE_REF,
                          .num = r ? r->org : 0,
                          .set = r && r->org,
                          .of = kind_find(site_kinds(w->s), STR("org"))};
    else if (str_eq(name, STR("state")) && k->n_states) {
        *h = (struct hit){.type = TYPE_TEXT, .set = r && r->state < k->n_states};
        if (h->set)
            h->text = label_text(&k->state[r->state].label, zh);
    } else
        return false;
    return true;
}

static struct hit of_field(const struct field_def *f, const struct val *v, bool list)
{
    struct hit h = {.type = f->type, .f = f, .v = v, .list = list, .of = f->of_kind};
    h.set = v && v->set && (!list || v->list.n);
    if (h.set && !list && f->type == TYPE_REF)
        h.num = v->num;
    return h;
}

static bool find_in(const struct answering *w, const struct kind *k, const struct rec *r,
                    struct str name, struct hit *h)
{
    uint32_t i = field_find(k, name);
    if (i == NO_FIELD)
        return find_attribute(w, k, r, name, h);
    *h = of_field(&k->field[i], r ? &r->val[i] : NULL, k->field[i].list);
    return true;
}

/* What happened without a step of the kind. */
static struct str event_word(const struct answering *w, struct str action)
{
    static const char *const words[][2] = {
        {"create", "web.act_create"}, {"update", "web.act_update"}, {"import", "web.act_import"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(action, str_of(words[i][0])))
            return str_of(site_message(w->s, words[i][1], w->a->zh));
    return action;
}

static bool find_event(const struct answering *w, uint32_t item, struct str name, struct hit *h)
{
    const struct event_shown *ev = item < w->events.n ? &w->events.p[w->events.n - 1 - item] : NULL;
    const struct entry *n = ev ? &ev->entry : NULL;
    *h = (struct hit){.type = TYPE_TEXT, .set = n != NULL};
    if (str_eq(name, STR("at"))) {
        h->type = TYPE_TIME;
        h->num = n ? n->at : 0;
    } else if (str_eq(name, STR("who"))) {
        h->text = ev ? ev->who : STR("");
    } else if (str_eq(name, STR("comment"))) {
        h->text = n ? n->comment : STR("");
    } else if (str_eq(name, STR("action"))) {
        h->text = n ? event_word(w, n->action) : STR("");
        for (uint32_t i = 0; n && i < w->k->n_actions; i++)
            if (str_eq(w->k->action[i].name, n->action))
                h->text = label_text(&w->k->action[i].label, w->a->zh);
    } else {
        return false;
    }
    return true;
}

static bool find_signature(const struct answering *w, uint32_t item, struct str name, struct hit *h)
{
    const struct paper_signature *n = item < w->n_signatures ? &w->signature[item] : NULL;
    *h = (struct hit){.type = TYPE_TEXT, .set = n != NULL};
    if (str_eq(name, STR("at")))
        *h = (struct hit){.type = TYPE_TIME, .num = n ? n->at : 0, .set = n && n->at};
    else if (str_eq(name, STR("org")))
        *h = (struct hit){.type = TYPE_REF,
                          .num = n ? n->org : 0,
                          .set = n && n->org,
                          .of = kind_find(site_kinds(w->s), STR("org"))};
    else if (str_eq(name, STR("step")))
        h->text = n ? n->step : STR("");
    else if (str_eq(name, STR("who")))
        h->text = n ? n->who : STR("");
    else if (str_eq(name, STR("decision")))
        h->text = n ? n->decision : STR("");
    else if (str_eq(name, STR("comment")))
        h->text = n ? n->comment : STR("");
    else
        return false;
    return true;
}

static bool find_in_loop(const struct answering *w, const struct loop *s, uint32_t item,
                         struct str name, struct hit *h)
{
    const struct val *v = s->v && s->v->set && item < s->v->list.n ? &s->v->list.item[item] : NULL;
    if (str_eq(name, STR("row"))) {
        *h = (struct hit){.type = TYPE_INT, .num = (int64_t)item + 1, .set = true};
        return true;
    }
    if (s->type == LOOP_HISTORY)
        return find_event(w, item, name, h);
    if (s->type == LOOP_APPROVAL)
        return find_signature(w, item, name, h);
    if (s->type == LOOP_BACK)
        return find_in(w, s->k, item < s->n ? &s->rec[item] : NULL, name, h);
    if (s->type == LOOP_LIST) {
        *h = of_field(s->f, v, false);
        return str_eq(name, STR("item"));
    }
    for (uint32_t i = 0; i < s->f->n_sub; i++)
        if (str_eq(s->f->sub[i].name, name)) {
            *h = of_field(&s->f->sub[i], v ? &v->list.item[i] : NULL, s->f->sub[i].list);
            return true;
        }
    return false;
}

/* "need.industry" of the record or, with a loop, of its item. `types`: no record is read, only
 * whether there is such a name and of which type. */
static enum rc resolve(struct answering *w, const struct loop *s, uint32_t item, struct str name,
                       bool types, struct hit *h, bool *known, struct err *e)
{
    size_t dot = str_find(name, STR("."), 0);
    struct str head = str_sub(name, 0, dot);
    *known = (s && find_in_loop(w, s, item, head, h)) ||
             find_in(w, w->k, types ? NULL : &w->shown.rec, head, h);
    for (int i = 1; *known && dot != SIZE_MAX; i++) {
        struct shown *there = NULL;
        const struct kind *of = h->of;
        name = str_sub(name, dot + 1, name.n);
        dot = str_find(name, STR("."), 0);
        *known = h->type == TYPE_REF && !h->list && of && i < PATH_LONG;
        if (!*known)
            return RC_OK;
        if (h->set && !types)
            TRY(visit(w, of, h->num, &there, e));
        *known = find_in(w, of, there ? &there->rec : NULL, str_sub(name, 0, dot), h);
    }
    return RC_OK;
}

/* ---- lists ---- */

/* "commitment.event": the commitments whose event this record is. */
static bool find_back(const struct answering *w, struct str name, struct loop *s)
{
    size_t dot = str_find(name, STR("."), 0);
    const struct kind *k = kind_find(site_kinds(w->s), str_sub(name, 0, dot));
    uint32_t by = k && dot != SIZE_MAX ? field_find(k, str_sub(name, dot + 1, name.n)) : NO_FIELD;
    if (by == NO_FIELD || k->field[by].type != TYPE_REF ||
        (k->field[by].of_kind && k->field[by].of_kind != w->k))
        return false;
    *s = (struct loop){.name = name, .type = LOOP_BACK, .k = k, .by = by};
    return true;
}

static bool find_loop(const struct answering *w, struct str name, struct loop *s)
{
    uint32_t i = field_find(w->k, name);
    if (str_eq(name, STR("history"))) {
        *s = (struct loop){.name = name, .type = LOOP_HISTORY};
        return true;
    }
    if (i == NO_FIELD && str_eq(name, STR("approval"))) {
        *s = (struct loop){.name = name, .type = LOOP_APPROVAL};
        return true;
    }
    if (i == NO_FIELD)
        return find_back(w, name, s);
    const struct field_def *f = &w->k->field[i];
    *s = (struct loop){.name = name,
                       .type = f->type == TYPE_GROUP ? LOOP_GROUP : LOOP_LIST,
                       .f = f,
                       .v = &w->shown.rec.val[i],
                       .loaded = true};
    s->n = s->v->set ? s->v->list.n : 0;
    return f->list;
}

static int by_id(const void *x, const void *y)
{
    int64_t a = ((const struct rec *)x)->id, b = ((const struct rec *)y)->id;
    return a < b ? -1 : a > b;
}

static enum rc load_back(struct answering *w, struct loop *s, struct err *e)
{
    vec_ref refs = {0};
    struct rec *recs = arena_calloc(w->to, BACK_MAX, sizeof *recs);
    enum rc rc =
        recs ? record_refs(w->s, w->a, w->shown.rec.id, BACK_MAX, w->to, &refs, e) : err_nomem(e);
    for (size_t i = 0; rc == RC_OK && i < refs.n && s->n < BACK_MAX; i++) {
        struct shown *there = NULL;
        if (refs.p[i].kind != s->k || !str_eq(refs.p[i].relation, s->k->field[s->by].name))
            continue;
        rc = visit(w, s->k, refs.p[i].id, &there, e);
        if (rc == RC_OK && there)
            recs[s->n++] = there->rec;
    }
    if (rc == RC_OK && s->n)
        qsort(recs, s->n, sizeof *recs, by_id);
    s->rec = recs;
    vec_free(&refs);
    return rc;
}

static enum rc load(struct answering *w, struct loop *s, struct err *e)
{
    s->loaded = true;
    if (s->type == LOOP_BACK)
        return load_back(w, s, e);
    if (s->type == LOOP_APPROVAL) {
        TRY(paper_signatures(w->s, w->a, w->k, w->shown.rec.id, w->to, &w->signature,
                             &w->n_signatures, e));
        s->n = w->n_signatures;
        return RC_OK;
    }
    if (w->shown.face == FACE_FULL)
        TRY(record_history(w->s, w->a, w->k, w->shown.rec.id, w->to, &w->events, e));
    s->n = (uint32_t)w->events.n;
    return RC_OK;
}

/* The loop of a list that there is; valid until the next call. */
static enum rc loop_of(struct answering *w, struct str name, struct loop **out, struct err *e)
{
    struct loop s;
    *out = NULL;
    if (!name.n)
        return RC_OK;
    for (size_t i = 0; i < w->loops.n && !*out; i++)
        if (str_eq(w->loops.p[i].name, name))
            *out = &w->loops.p[i];
    if (*out || !find_loop(w, name, &s))
        return RC_OK;
    TRY(vec_push(&w->loops, s, e));
    *out = &w->loops.p[w->loops.n - 1];
    return RC_OK;
}

/* ---- texts ---- */

static enum rc put_titles(struct answering *w, const int64_t *id, uint32_t n, struct buf *out,
                          struct err *e)
{
    struct str *title = arena_calloc(w->to, n ? n : 1, sizeof *title);
    const struct kind **kind = arena_calloc(w->to, n ? n : 1, sizeof(struct kind *));
    if (!title || !kind)
        return err_nomem(e);
    TRY(record_titles(w->s, w->a, id, n, w->to, title, kind, e));
    bool any = false;
    for (uint32_t i = 0; i < n; i++) {
        if (title[i].n && any)
            TRY(buf_str(out, w->a->zh ? STR("、") : STR(", "), e));
        TRY(buf_str(out, title[i], e));
        any |= title[i].n > 0;
    }
    return RC_OK;
}

static enum rc put_refs(struct answering *w, const struct hit *h, struct buf *out, struct err *e)
{
    if (!h->list)
        return put_titles(w, &h->num, 1, out, e);
    int64_t *id = arena_calloc(w->to, h->v->list.n, sizeof *id);
    if (!id)
        return err_nomem(e);
    for (uint32_t i = 0; i < h->v->list.n; i++)
        id[i] = h->v->list.item[i].num;
    return put_titles(w, id, h->v->list.n, out, e);
}

static enum rc put_time(int64_t seconds, enum paper_form form, struct buf *out, struct err *e)
{
    char day[12];
    int64_t days = day_of_time(seconds), s = seconds + CHINA_SECONDS - days * 86400;
    if (form == FORM_ZH)
        return date_words(out, days, e);
    return buf_printf(out, e, "%.*s %02d:%02d", 10, date_put(day, days).p, (int)(s / 3600),
                      (int)(s / 60 % 60));
}

static enum rc put_formed(const struct hit *h, enum paper_form form, struct buf *out, struct err *e)
{
    int64_t n = h->v ? h->v->num : h->num;
    char day[12];
    if (h->type == TYPE_TIME)
        return put_time(n, form, out, e);
    if (h->type == TYPE_DATE)
        return form == FORM_ZH ? date_words(out, n, e) : buf_str(out, date_put(day, n), e);
    return form == FORM_UPPER ? money_words(out, n, e) : money_wan(out, n, e);
}

static enum rc put(struct answering *w, const struct hit *h, enum paper_form form, struct buf *out,
                   struct err *e)
{
    if (!h->set)
        return RC_OK;
    if (h->type == TYPE_REF)
        return put_refs(w, h, out, e);
    if (form != FORM_PLAIN || (!h->list && (h->type == TYPE_TIME || h->type == TYPE_DATE)))
        return put_formed(h, form, out, e);
    if (!h->v)
        return h->type == TYPE_INT ? buf_printf(out, e, "%lld", (long long)h->num)
                                   : buf_str(out, h->text, e);
    if (!h->list) { /* an item of a list, too */
        struct field_def one = *h->f;
        one.list = false;
        return val_text(out, &one, h->v, w->a->zh, false, e);
    }
    return val_text(out, h->f, h->v, w->a->zh, false, e);
}

/* ---- what the template asks ---- */

static enum rc on_knows(void *ctx, struct str list, struct str name, struct str form, bool repeats,
                        bool *known, struct err *e)
{
    struct answering *w = ctx;
    struct loop *s = NULL;
    struct hit h = {0};
    enum paper_form f = form_find(form);
    if (f == FORM__NONE)
        return err_user(e, "papers.form", "%.*s", (int)form.n, form.p);
    if (repeats) {
        TRY(loop_of(w, name, &s, e));
        *known = s != NULL;
        return RC_OK;
    }
    TRY(loop_of(w, list, &s, e));
    TRY(resolve(w, s, 0, name, true, &h, known, e));
    if (*known && f != FORM_PLAIN && (h.list || !form_fits(f, h.type)))
        return err_user(e, "papers.form_type", "%.*s\t%.*s", (int)form.n, form.p, (int)name.n,
                        name.p);
    return RC_OK;
}

static struct str on_name(void *ctx, struct str list, uint32_t i)
{
    struct answering *w = ctx;
    struct loop s;
    const struct field_def *f = NULL;
    uint32_t n = 0;
    if (list.n && find_loop(w, list, &s)) {
        f = s.type == LOOP_GROUP ? s.f->sub : s.type == LOOP_BACK ? s.k->field : NULL;
        n = s.type == LOOP_GROUP ? s.f->n_sub : s.type == LOOP_BACK ? s.k->n_fields : 0;
    }
    if (i < n)
        return f[i].name;
    i -= n;
    if (i < w->k->n_fields)
        return w->k->field[i].name;
    i -= w->k->n_fields;
    return i < ARRAY_LEN(attributes) ? str_of(attributes[i]) : (struct str){NULL, 0};
}

static enum rc on_count(void *ctx, struct str list, uint32_t *n, struct err *e)
{
    struct answering *w = ctx;
    struct loop *s = NULL;
    TRY(loop_of(w, list, &s, e));
    if (s && !s->loaded)
        TRY(load(w, s, e));
    *n = s ? s->n : 0;
    return RC_OK;
}

static enum rc on_text(void *ctx, const struct docx_place *at, struct str name, struct str form,
                       struct buf *out, struct err *e)
{
    struct answering *w = ctx;
    struct loop *s = NULL;
    struct hit h = {0};
    bool known = false;
    TRY(loop_of(w, at->list, &s, e));
    TRY(resolve(w, s, at->item, name, false, &h, &known, e));
    return known ? put(w, &h, form_find(form), out, e) : RC_OK;
}

struct docx_values answering_values(struct answering *w)
{
    return (struct docx_values){w, on_knows, on_name, on_count, on_text};
}

enum rc answering_open(struct answering **out, struct site *s, const struct actor *a,
                       const struct kind *k, int64_t id, struct arena *to, struct err *e)
{
    struct answering *w = mem_calloc(1, sizeof *w);
    if (!w)
        return err_nomem(e);
    *w = (struct answering){.s = s, .a = a, .k = k, .to = to};
    enum rc rc = record_show(s, a, k, id, to, &w->shown, e);
    if (rc == RC_OK)
        *out = w;
    else
        mem_free(w);
    return rc;
}

void answering_close(struct answering *w)
{
    if (!w)
        return;
    vec_free(&w->loops);
    vec_free(&w->visits);
    events_free(&w->events);
    mem_free(w);
}
