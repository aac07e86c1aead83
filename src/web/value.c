/* Values of records as pages show them. */
#include "service/attach.h"
#include "web/page_int.h"

#include <stdio.h>

/* ---- titles of what is referred to ---- */

enum rc titles_want(struct titles *t, int64_t id, struct err *e)
{
    return id ? vec_push(&t->id, id, e) : RC_OK;
}

static enum rc want_val(struct titles *t, const struct field_def *f, const struct val *v,
                        struct err *e);

static enum rc want_one(struct titles *t, const struct field_def *f, const struct val *v,
                        struct err *e)
{
    if (v->set && f->type == TYPE_REF)
        return titles_want(t, v->num, e);
    for (uint32_t j = 0; v->set && f->type == TYPE_GROUP && j < f->n_sub && j < v->list.n; j++)
        TRY(want_val(t, &f->sub[j], &v->list.item[j], e));
    return RC_OK;
}

static enum rc want_val(struct titles *t, const struct field_def *f, const struct val *v,
                        struct err *e)
{
    if (!v->set || (f->type != TYPE_REF && f->type != TYPE_GROUP))
        return RC_OK;
    if (!f->list)
        return want_one(t, f, v, e);
    for (uint32_t i = 0; i < v->list.n; i++)
        TRY(want_one(t, f, &v->list.item[i], e));
    return RC_OK;
}

enum rc titles_want_rec(struct titles *t, const struct rec *r, struct err *e)
{
    TRY(titles_want(t, r->org, e));
    for (uint32_t i = 0; i < r->kind->n_fields; i++)
        TRY(want_val(t, &r->kind->field[i], &r->val[i], e));
    return RC_OK;
}

enum rc titles_want_value(struct titles *t, const struct rec *r, struct str column, struct err *e)
{
    enum attr a = attr_find(column);
    uint32_t f = a == ATTR_FIELD ? field_find(r->kind, column) : NO_FIELD;
    if (a == ATTR_OWNER)
        return titles_want(t, r->org, e);
    return f == NO_FIELD ? RC_OK : want_val(t, &r->kind->field[f], &r->val[f], e);
}

enum rc titles_load(struct titles *t, struct request *rq, struct err *e)
{
    uint32_t n = (uint32_t)t->id.n;
    t->title = arena_calloc(rq->arena, n + 1, sizeof *t->title);
    t->kind = arena_calloc(rq->arena, n + 1, sizeof *t->kind);
    if (!t->title || !t->kind)
        return err_nomem(e);
    return n ? record_titles(rq->site, rq->actor, t->id.p, n, rq->arena, t->title, t->kind, e)
             : RC_OK;
}

struct str titles_of(const struct titles *t, int64_t id, const struct kind **kind)
{
    *kind = NULL;
    for (size_t i = 0; t && t->title && i < t->id.n; i++)
        if (t->id.p[i] == id) {
            *kind = t->kind[i];
            return t->title[i];
        }
    return STR("");
}

void titles_free(struct titles *t)
{
    vec_free(&t->id);
}

/* ---- one value ---- */

static enum rc plain(struct request *rq, struct str *out, const struct field_def *f,
                     const struct val *v, struct err *e)
{
    struct buf b;
    buf_init(&b, 256u << 10);
    enum rc rc = val_text(&b, f, v, rq->zh, false, e);
    *out = rc == RC_OK ? arena_str(rq->arena, buf_view(&b)) : STR("");
    buf_free(&b);
    return rc == RC_OK && !out->p ? err_nomem(e) : rc;
}

/* 30,000,000.5 */
static struct str parted(const struct request *rq, struct str number)
{
    bool minus = str_starts(number, STR("-"));
    struct str rest = str_sub(number, minus, number.n);
    size_t point = MIN(str_find(rest, STR("."), 0), rest.n);
    uint64_t n = 0;
    if (point < 5 || point > 18)
        return number;
    for (size_t i = 0; i < point; i++) {
        if (rest.p[i] < '0' || rest.p[i] > '9')
            return number;
        n = n * 10 + (uint64_t)(rest.p[i] - '0');
    }
    struct str whole = show_count(rq, n);
    return textf(rq, "%s%.*s%.*s", minus ? "-" : "", (int)whole.n, whole.p, (int)(rest.n - point),
                 rest.p + point);
}

/* 180 万元, 0.5 万元; below a thousand 元. */
struct str show_money(const struct request *rq, int64_t fen)
{
    int64_t whole = fen < 0 ? -fen : fen;
    const char *sign = fen < 0 ? "-" : "";
    if (!rq->zh || whole < 100000) {
        struct str n = show_count(rq, (uint64_t)whole / 100);
        int64_t cents = whole % 100;
        struct str end = cents ? textf(rq, ".%02d", (int)cents) : STR("");
        return textf(rq, rq->zh ? "%s%.*s%.*s 元" : "%s¥%.*s%.*s", sign, (int)n.n, n.p, (int)end.n,
                     end.p);
    }
    struct str n = show_count(rq, (uint64_t)whole / 1000000);
    char end[8] = "";
    int rest = (int)(whole % 1000000 / 100);
    if (rest)
        snprintf(end, sizeof end, ".%04d", rest);
    for (size_t i = strlen(end); i > 1 && end[i - 1] == '0'; i--)
        end[i - 1] = 0;
    return textf(rq, "%s%.*s%s 万元", sign, (int)n.n, n.p, end);
}

static struct str ref_path(struct request *rq, const struct kind *k, int64_t id)
{
    return textf(rq, "/%.*s/%lld", (int)k->name.n, k->name.p, (long long)id);
}

static void view_ref(struct request *rq, struct view *v, int64_t id, const struct titles *t)
{
    const struct kind *k = NULL;
    struct str title = titles_of(t, id, &k);
    view_str(v, "text",
             title.n ? title
             : k     ? textf(rq, "#%lld", (long long)id)
                     : msg(rq, "web.hidden"));
    if (k)
        view_str(v, "href", ref_path(rq, k, id));
}

static void view_file(struct request *rq, struct view *v, const struct rec *r, struct str value)
{
    struct str key = attach_key(value);
    view_str(v, "text", attach_name(value));
    view_str(v, "href",
             textf(rq, "/%.*s/%lld/files/%.*s", (int)r->kind->name.n, r->kind->name.p,
                   (long long)r->id, (int)key.n, key.p));
}

static enum rc view_one(struct request *rq, struct view *v, const struct rec *r,
                        const struct field_def *f, const struct val *val, const struct titles *t,
                        struct err *e)
{
    struct str s = {0};
    if (f->type == TYPE_FILE) {
        view_file(rq, v, r, val->text);
        return RC_OK;
    }
    if (f->type == TYPE_REF) {
        view_ref(rq, v, val->num, t);
        return RC_OK;
    }
    if (f->type == TYPE_MONEY)
        s = show_money(rq, val->num);
    else
        TRY(plain(rq, &s, f, val, e));
    if (f->type == TYPE_TEXT)
        s = say_declared(rq, r, f, s);
    else if (f->type == TYPE_DECIMAL)
        s = parted(rq, s);
    view_str(v, "text", s);
    const struct code *c = f->type == TYPE_CODE && f->codes ? code_find(f->codes, val->text) : NULL;
    if (c && c->tone.n)
        view_str(v, "tone", c->tone);
    if (f->type == TYPE_URL)
        view_str(v, "href", s);
    else if (f->type == TYPE_EMAIL)
        view_str(v, "href", textf(rq, "mailto:%.*s", (int)s.n, s.p));
    return RC_OK;
}

/* One value of a group's row as plain text; "" where it is unset. */
static enum rc cell_text(struct request *rq, struct str *out, const struct field_def *f,
                         const struct val *v, const struct titles *t, struct err *e)
{
    const struct kind *k;
    *out = STR("");
    if (!v->set)
        return RC_OK;
    if (f->type == TYPE_REF && !f->list)
        *out = titles_of(t, v->num, &k);
    else if (f->type == TYPE_MONEY && !f->list)
        *out = show_money(rq, v->num);
    else
        TRY(plain(rq, out, f, v, e));
    return RC_OK;
}

/* Has any of the rows a value there? */
static bool is_filled(const struct field_def *f, const struct val *val, uint32_t sub)
{
    if (!f->list)
        return val->set && sub < val->list.n && val->list.item[sub].set;
    for (uint32_t i = 0; i < val->list.n; i++) {
        const struct val *g = &val->list.item[i];
        if (g->set && sub < g->list.n && g->list.item[sub].set)
            return true;
    }
    return false;
}

static bool is_number(const struct field_def *f)
{
    return f->type == TYPE_INT || f->type == TYPE_DECIMAL || f->type == TYPE_MONEY;
}

static void view_headed(const struct request *rq, struct view *head, const struct field_def *f)
{
    view_str(head, "text", label_text(&f->label, rq->zh));
    view_flag(head, "num", is_number(f));
}

static enum rc view_cell(struct request *rq, struct view *cell, const struct field_def *f,
                         const struct val *v, const struct titles *t, struct err *e)
{
    struct str s = {0};
    if (!v->set)
        return RC_OK;
    if (f->type == TYPE_REF && !f->list) {
        view_ref(rq, cell, v->num, t);
        return RC_OK;
    }
    TRY(cell_text(rq, &s, f, v, t, e));
    view_str(cell, "text", s);
    view_flag(cell, "num", is_number(f));
    if (f->type == TYPE_URL)
        view_str(cell, "href", s);
    return RC_OK;
}

/* Columns with nothing in them are left out. */
static enum rc view_groups(struct request *rq, struct view *v, const struct field_def *f,
                           const struct val *val, const struct titles *t, struct err *e)
{
    static const struct val blank;
    struct view *table = view_map(v, "table"), *heads = view_list(table, "heads");
    struct view *rows = view_list(table, "rows");
    uint32_t n = f->list ? val->list.n : 1;
    for (uint32_t j = 0; j < f->n_sub; j++)
        if (!f->sub[j].inner && is_filled(f, val, j))
            view_headed(rq, view_item(heads), &f->sub[j]);
    for (uint32_t i = 0; i < n; i++) {
        const struct val *g = f->list ? &val->list.item[i] : val;
        struct view *cells = view_list(view_item(rows), "cells");
        for (uint32_t j = 0; j < f->n_sub; j++)
            if (!f->sub[j].inner && is_filled(f, val, j))
                TRY(view_cell(rq, view_item(cells), &f->sub[j],
                              g->set && j < g->list.n ? &g->list.item[j] : &blank, t, e));
    }
    view_str(v, "text", textf(rq, rq->zh ? "%u 项" : "%u", n));
    return RC_OK;
}

enum rc row_line(struct request *rq, struct str *out, const struct field_def *f,
                 const struct val *row, const struct titles *t, struct err *e)
{
    *out = STR("");
    for (uint32_t j = 0; row->set && j < f->n_sub && j < row->list.n; j++) {
        const struct field_def *sub = &f->sub[j];
        const struct val *v = &row->list.item[j];
        struct str s, label = label_text(&sub->label, rq->zh);
        if (!v->set || sub->inner)
            continue;
        TRY(cell_text(rq, &s, sub, v, t, e));
        if (sub->type == TYPE_BOOL) /* yes to what? */
            s = textf(rq, "%.*s %.*s", (int)label.n, label.p, (int)s.n, s.p);
        *out = textf(rq, "%.*s%s%.*s", (int)out->n, out->p, out->n && s.n ? " · " : "", (int)s.n,
                     s.n ? s.p : "");
    }
    return RC_OK;
}

enum rc view_field(struct request *rq, struct view *v, const struct rec *r,
                   const struct field_def *f, const struct val *val, const struct titles *t,
                   struct err *e)
{
    if (!val->set)
        return RC_OK;
    if (f->type == TYPE_GROUP)
        return view_groups(rq, v, f, val, t, e);
    view_flag(v, "long", f->type == TYPE_LONG);
    view_flag(v, "day", f->type == TYPE_DATE && !f->list);
    view_flag(v, "num", !f->list && is_number(f));
    if (!f->list)
        return view_one(rq, v, r, f, val, t, e);
    struct field_def one = *f;
    one.list = false;
    struct view *items = view_list(v, "items");
    for (uint32_t i = 0; i < val->list.n; i++)
        TRY(view_one(rq, view_item(items), r, &one, &val->list.item[i], t, e));
    return RC_OK;
}

void view_state(struct request *rq, struct view *v, const struct rec *r)
{
    if (r->state == NO_STATE || r->state >= r->kind->n_states)
        return;
    const struct state *s = &r->kind->state[r->state];
    view_str(v, "text", label_text(&s->label, rq->zh));
    view_str(v, "tone", s->tone.n ? s->tone : STR("neutral"));
}

static void view_secrecy(struct request *rq, struct view *v, const struct rec *r)
{
    static const char *const keys[] = {"web.secrecy_open", "web.secrecy_masked",
                                       "web.secrecy_private"};
    static const char *const tones[] = {"neutral", "warn", "bad"};
    view_str(v, "text", msg(rq, keys[r->secrecy]));
    view_text(v, "tone", tones[r->secrecy]);
}

static void view_attr(struct request *rq, struct view *v, const struct rec *r, enum attr a,
                      const struct titles *t)
{
    switch (a) {
    case ATTR_ID:
        view_int(v, "text", r->id);
        view_flag(v, "num", true);
        break;
    case ATTR_OWNER:
        if (r->org)
            view_ref(rq, v, r->org, t);
        break;
    case ATTR_STATE:
        view_state(rq, v, r);
        break;
    case ATTR_SECRECY:
        view_secrecy(rq, v, r);
        break;
    case ATTR_KIND:
        view_str(v, "text", label_text(&r->kind->label, rq->zh));
        break;
    default: {
        int64_t at = a == ATTR_CREATED ? r->created : a == ATTR_SINCE ? r->since : r->updated;
        view_str(v, "text", str_sub(show_time(rq, at), 0, 10));
        view_flag(v, "day", true);
    }
    }
}

enum rc view_value(struct request *rq, struct view *v, const struct rec *r, struct str column,
                   const struct titles *t, struct err *e)
{
    enum attr a = attr_find(column);
    uint32_t f = a == ATTR_FIELD ? field_find(r->kind, column) : NO_FIELD;
    if (a != ATTR_FIELD)
        view_attr(rq, v, r, a, t);
    return f == NO_FIELD ? RC_OK : view_field(rq, v, r, &r->kind->field[f], &r->val[f], t, e);
}

/* ---- addresses and page numbers ---- */

struct str address_with(const struct request *rq, const char *const *name, const struct str *text,
                        uint32_t n)
{
    struct buf b;
    struct err e;
    buf_init(&b, 32u << 10);
    enum rc rc = buf_str(&b, rq->path, &e);
    char mark = '?';
    for (uint32_t i = 0; rc == RC_OK && i < rq->n_params + n; i++) {
        bool ours = i >= rq->n_params;
        struct str key = ours ? str_of(name[i - rq->n_params]) : rq->param[i].name;
        struct str value = ours ? text[i - rq->n_params] : rq->param[i].value;
        bool skip = !value.n || str_eq(key, STR("done"));
        for (uint32_t j = 0; !ours && j < n; j++)
            skip |= str_eq(key, str_of(name[j]));
        if (skip)
            continue;
        rc = buf_char(&b, mark, &e);
        rc = rc == RC_OK ? url_escape(&b, key, &e) : rc;
        rc = rc == RC_OK ? buf_char(&b, '=', &e) : rc;
        rc = rc == RC_OK ? url_escape(&b, value, &e) : rc;
        mark = '&';
    }
    struct str s = rc == RC_OK ? arena_str(rq->arena, buf_view(&b)) : (struct str){0};
    buf_free(&b);
    return s.p ? s : STR("/");
}

static struct str page_at(struct request *rq, uint64_t offset)
{
    static const char *const name[] = {"from"};
    struct str text = offset ? textf(rq, "%llu", (unsigned long long)offset) : STR("");
    return address_with(rq, name, &text, 1);
}

void view_pager(struct request *rq, struct view *v, uint64_t offset, uint32_t limit, uint64_t total)
{
    struct view *p = view_map(v, "pager"), *numbers;
    uint64_t last = total ? (total - 1) / limit : 0, here = offset / limit;
    view_str(p, "total", show_count(rq, total));
    view_str(p, "from", show_count(rq, total ? offset + 1 : 0));
    view_str(p, "to", show_count(rq, MIN(offset + limit, total)));
    if (here > 0)
        view_str(p, "prev", page_at(rq, (here - 1) * limit));
    if (here < last)
        view_str(p, "next", page_at(rq, (here + 1) * limit));
    numbers = view_list(p, "numbers");
    uint64_t first = here > 2 ? here - 2 : 0;
    for (uint64_t i = first; last && i <= MIN(first + 4, last); i++) {
        struct view *one = view_item(numbers);
        view_int(one, "text", (int64_t)i + 1);
        view_str(one, "href", page_at(rq, i * limit));
        view_flag(one, "here", i == here);
    }
}
