/* The list of a kind: quick filters, the filter language, sorting, columns, paging, saved queries.
 */
#include "service/approval.h"
#include "service/paths.h"
#include "service/saved.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <math.h>
#include <stdio.h>

#define ROWS        50u
#define COLUMNS_MAX 24u
#define CODES_SHOWN 60u

struct list_view {
    struct request *rq;
    const struct kind *kind;
    struct view *v;
    struct str column[COLUMNS_MAX];
    uint32_t n_columns;
    struct list_request query;
    struct str *path_text[COLUMNS_MAX]; /* of columns that are paths: a text a row; else NULL */
};

const struct page list_page_def = {"list",
                                   "kind{name label} may_create new_path total filter_text "
                                   "filter_error{before word after text} text"
                                   " filtered clear sort columns export_query"
                                   " quick[name label value type options[value label on] hint]"
                                   " choices[name label on]"
                                   " saved[id name path mine shared] save_open share"
                                   " heads[label href dir num]"
                                   " rows[secrecy{text tone} cells[" VALUE_SHAPE
                                   " label first path term]] " PAGER_SHAPE,
                                   false};

/* ---- columns ---- */

struct str column_label(const struct request *rq, const struct kind *k, struct str name)
{
    enum attr a = attr_find(name);
    if (a != ATTR_FIELD) {
        struct label l = attr_label(a);
        return label_text(&l, rq->zh);
    }
    uint32_t f = field_find(k, name);
    return f == NO_FIELD ? path_column_label(rq->site, k, name, rq->zh, rq->arena)
                         : label_text(&k->field[f].label, rq->zh);
}

static bool is_column(const struct list_view *l, struct str name)
{
    return attr_find(name) != ATTR_FIELD || field_find(l->kind, name) != NO_FIELD ||
           path_is_column(l->rq->site, l->kind, name);
}

static bool has_column(const struct list_view *l, struct str name)
{
    for (uint32_t i = 0; i < l->n_columns; i++)
        if (str_eq(l->column[i], name))
            return true;
    return false;
}

static void add_column(struct list_view *l, struct str name)
{
    if (l->n_columns < COLUMNS_MAX && is_column(l, name) && !has_column(l, name))
        l->column[l->n_columns++] = name;
}

/* Those that were ticked ("col", several), or named ("columns", parted by commas), else the kind's
 * own. */
static void choose_columns(struct list_view *l)
{
    struct str list = param_text(l->rq, "columns");
    for (uint32_t i = 0; i < l->rq->n_params; i++)
        if (str_eq(l->rq->param[i].name, STR("col")))
            add_column(l, l->rq->param[i].value);
    for (size_t at = 0; at < list.n;) {
        size_t end = MIN(str_find(list, STR(","), at), list.n);
        add_column(l, str_sub(list, at, end));
        at = end + 1;
    }
    for (uint32_t i = 0; !l->n_columns && i < MIN(l->kind->n_list, COLUMNS_MAX); i++)
        l->column[i] = l->kind->list[i];
    if (!l->n_columns)
        l->n_columns = MIN(l->kind->n_list, COLUMNS_MAX);
}

static struct str columns_text(const struct list_view *l)
{
    struct str s = STR("");
    for (uint32_t i = 0; i < l->n_columns; i++)
        s = textf(l->rq, "%.*s%s%.*s", (int)s.n, s.p, i ? "," : "", (int)l->column[i].n,
                  l->column[i].p);
    return s;
}

static void view_choice(struct list_view *l, struct view *list, struct str name)
{
    struct view *c = view_item(list);
    view_str(c, "name", name);
    view_str(c, "label", column_label(l->rq, l->kind, name));
    view_flag(c, "on", has_column(l, name));
}

static void view_choices(struct list_view *l)
{
    static const char *const attrs[] = {"owner", "state", "secrecy", "created", "updated", "id"};
    struct view *list = view_list(l->v, "choices");
    for (uint32_t i = 0; i < l->kind->n_list; i++)
        if (path_is_column(l->rq->site, l->kind, l->kind->list[i]))
            view_choice(l, list, l->kind->list[i]);
    for (uint32_t i = 0; i < l->kind->n_fields + ARRAY_LEN(attrs); i++) {
        bool field = i < l->kind->n_fields;
        struct str name = field ? l->kind->field[i].name : str_of(attrs[i - l->kind->n_fields]);
        if ((str_eq(name, STR("state")) && !l->kind->n_states) ||
            (str_eq(name, STR("secrecy")) && !l->kind->secrecy) ||
            (str_eq(name, STR("owner")) && !l->kind->owned))
            continue;
        view_choice(l, list, name);
    }
}

/* ---- quick filters ---- */

/* The field at the end of a path such as "need.industry". */
static const struct field_def *quick_field(const struct kind *k, struct str path)
{
    for (;;) {
        size_t dot = MIN(str_find(path, STR("."), 0), path.n);
        struct str name = str_sub(path, 0, dot);
        uint32_t f = k ? field_find(k, name) : NO_FIELD;
        if (f == NO_FIELD)
            return NULL;
        if (dot == path.n)
            return &k->field[f];
        k = k->field[f].of_kind;
        path = str_sub(path, dot + 1, path.n);
    }
}

static struct str quick_name(const struct request *rq, struct str path)
{
    return textf(rq, "f.%.*s", (int)path.n, path.p);
}

static void option(struct view *options, struct str value, struct str label, struct str chosen)
{
    struct view *o = view_item(options);
    view_str(o, "value", value);
    view_str(o, "label", label);
    view_flag(o, "on", str_eq(value, chosen));
}

static void state_options(struct request *rq, struct view *options, const struct kind *k,
                          struct str chosen)
{
    for (uint32_t i = 0; i < k->n_states; i++)
        option(options, k->state[i].name, label_text(&k->state[i].label, rq->zh), chosen);
}

/* All codes of a small table, the widest ones of a large one. */
static void code_options(struct request *rq, struct view *options, const struct codes *c,
                         struct str chosen)
{
    for (uint32_t i = 0; i < c->n; i++)
        if (c->n <= CODES_SHOWN || c->code[i].under < 0 || str_eq(c->code[i].code, chosen))
            option(options, c->code[i].code, label_text(&c->code[i].label, rq->zh), chosen);
}

static void field_options(struct request *rq, struct view *q, struct view *options,
                          const struct field_def *f, struct str chosen)
{
    const char *type = "select";
    if (f->type == TYPE_CODE) {
        code_options(rq, options, f->codes, chosen);
    } else if (f->type == TYPE_BOOL) {
        option(options, STR("true"), msg(rq, "web.yes"), chosen);
        option(options, STR("false"), msg(rq, "web.no"), chosen);
    } else if (f->type == TYPE_INT && !isnan(f->min) && !isnan(f->max) && f->max - f->min < 20) {
        for (int n = (int)f->min; n <= (int)f->max; n++)
            option(options, textf(rq, "%d", n), textf(rq, "%d", n), chosen);
    } else {
        type = "text";
    }
    view_text(q, "type", type);
}

static void view_quick(struct list_view *l)
{
    struct request *rq = l->rq;
    struct view *list = view_list(l->v, "quick");
    for (uint32_t i = 0; i < l->kind->n_filters; i++) {
        struct str path = l->kind->filters[i], name = quick_name(rq, path);
        const struct field_def *f = quick_field(l->kind, path);
        struct str chosen = param_text(rq, name.p);
        bool state = str_eq(path, STR("state"));
        if (!f && !state)
            continue;
        struct view *q = view_item(list);
        view_str(q, "name", name);
        view_str(q, "label", f ? label_text(&f->label, rq->zh) : column_label(rq, l->kind, path));
        view_str(q, "value", chosen);
        struct view *options = view_list(q, "options");
        if (state) {
            view_text(q, "type", "select");
            state_options(rq, options, l->kind, chosen);
        } else {
            field_options(rq, q, options, f, chosen);
        }
    }
}

/* One quick filter as a test. A ref is found by a part of its title. */
static enum rc quick_test(struct list_view *l, struct str path, struct str text,
                          const struct filter_context *c, struct filter **out, struct err *e)
{
    const struct field_def *f = quick_field(l->kind, path);
    enum filter_op op = FILTER_EQ;
    if (f && f->type == TYPE_CODE)
        op = FILTER_UNDER;
    else if (f && (f->type == TYPE_TEXT || f->type == TYPE_LONG))
        op = FILTER_CONTAINS;
    else if (f && f->type == TYPE_REF && f->of_kind) {
        struct str title = f->of_kind->field[f->of_kind->title].name;
        path = textf(l->rq, "%.*s.%.*s", (int)path.n, path.p, (int)title.n, title.p);
        op = FILTER_CONTAINS;
    }
    return filter_test(out, path, op, text, c, l->rq->arena, e);
}

enum rc list_more(struct request *rq, const struct kind *k, const struct filter **out, bool *any,
                  struct err *e)
{
    struct list_view l = {.rq = rq, .kind = k};
    struct filter_context c = {.kinds = site_kinds(rq->site),
                               .kind = k,
                               .today = site_now(rq->site) / 86400,
                               .me = rq->actor->person,
                               .org = rq->actor->org,
                               .zh = rq->zh};
    struct str text = str_trim(param_text(rq, "text"));
    struct filter *one = NULL;
    *any = text.n > 0;
    *out = NULL;
    if (text.n) {
        TRY(filter_test(&one, k->field[k->title].name, FILTER_CONTAINS, text, &c, rq->arena, e));
        *out = one;
    }
    for (uint32_t i = 0; i < k->n_filters; i++) {
        struct str value = str_trim(param_text(rq, quick_name(rq, k->filters[i]).p));
        if (!value.n)
            continue;
        *any = true;
        TRY(quick_test(&l, k->filters[i], value, &c, &one, e));
        *out = *out ? filter_and(*out, one, rq->arena) : one;
        if (!*out)
            return err_nomem(e);
    }
    return RC_OK;
}

/* ---- rows ---- */

/* What a list of groups or of values holds has no one order. */
static bool path_sorts(const struct list_view *l, struct str name)
{
    size_t dot = MIN(str_find(name, STR("."), 0), name.n);
    uint32_t f = field_find(l->kind, str_sub(name, 0, dot));
    return f == NO_FIELD || !l->kind->field[f].list;
}

static void view_heads(struct list_view *l)
{
    static const char *const names[] = {"sort", "from"};
    struct view *heads = view_list(l->v, "heads");
    struct str sort = l->query.sort;
    for (uint32_t i = 0; i < l->n_columns; i++) {
        struct str name = l->column[i];
        uint32_t f = field_find(l->kind, name);
        const struct field_def *def = f == NO_FIELD ? NULL : &l->kind->field[f];
        struct view *h = view_item(heads);
        view_str(h, "label", column_label(l->rq, l->kind, name));
        view_flag(
            h, "num",
            def && !def->list &&
                (def->type == TYPE_INT || def->type == TYPE_DECIMAL || def->type == TYPE_MONEY));
        if (path_is_column(l->rq->site, l->kind, name) && !path_sorts(l, name))
            continue;
        if (def && (def->list || def->type == TYPE_GROUP || def->type == TYPE_LONG))
            continue;
        bool up = str_eq(sort, name);
        bool down = sort.n && sort.p[0] == '-' && str_eq(str_sub(sort, 1, sort.n), name);
        struct str texts[2] = {textf(l->rq, "%s%.*s", up ? "-" : "", (int)name.n, name.p), STR("")};
        view_str(h, "href", address_with(l->rq, names, texts, 2));
        view_text(h, "dir", up ? "ascending" : down ? "descending" : "");
    }
}

static enum rc view_row(struct list_view *l, struct view *rows, const struct rec *r, size_t at,
                        const struct titles *t, struct err *e)
{
    struct request *rq = l->rq;
    struct view *row = view_item(rows), *cells;
    struct str path =
        textf(rq, "/%.*s/%lld", (int)r->kind->name.n, r->kind->name.p, (long long)r->id);
    if (r->secrecy != SECRECY_OPEN && !r->face_public) {
        struct view *secrecy = view_map(row, "secrecy");
        bool masked = r->secrecy == SECRECY_MASKED;
        view_str(secrecy, "text", msg(rq, masked ? "web.secrecy_masked" : "web.secrecy_private"));
        view_text(secrecy, "tone", masked ? "warn" : "bad");
    }
    cells = view_list(row, "cells");
    for (uint32_t i = 0; i < l->n_columns; i++) {
        struct view *c = view_item(cells);
        bool title = str_eq(l->column[i], r->kind->field[r->kind->title].name);
        view_flag(c, "first",
                  title || (i == 0 && !has_column(l, r->kind->field[r->kind->title].name)));
        view_str(c, "path", path);
        uint32_t f = field_find(r->kind, l->column[i]);
        view_flag(c, "term", f != NO_FIELD && r->kind->field[f].type == TYPE_CODE);
        if (!l->path_text[i]) /* on a phone it stands before the value */
            view_str(c, "label", column_label(rq, r->kind, l->column[i]));
        if (title && !rec_title(r).n)
            view_str(c, "text", msg(rq, "web.masked_title"));
        else if (l->path_text[i])
            view_str(c, "text", l->path_text[i][at]);
        else
            TRY(view_value(rq, c, r, l->column[i], t, e));
    }
    return RC_OK;
}

/* The columns that follow a path, each for all rows at once. */
static enum rc read_paths(struct list_view *l, const vec_rec *rec, struct err *e)
{
    struct request *rq = l->rq;
    for (uint32_t i = 0; i < l->n_columns; i++) {
        if (!path_is_column(rq->site, l->kind, l->column[i]))
            continue;
        l->path_text[i] = arena_calloc(rq->arena, rec->n + 1, sizeof **l->path_text);
        if (!l->path_text[i])
            return err_nomem(e);
        TRY(record_paths(rq->site, rq->actor, rec->p, rec->n, l->column[i], rq->zh, false,
                         rq->arena, l->path_text[i], e));
    }
    return RC_OK;
}

/* Titles of what the columns name, and of nothing else. */
static enum rc want_columns(struct list_view *l, struct titles *t, const struct rec *r,
                            struct err *e)
{
    for (uint32_t i = 0; i < l->n_columns; i++)
        TRY(titles_want_value(t, r, l->column[i], e));
    return RC_OK;
}

static enum rc view_rows(struct list_view *l, const struct list_answer *a, struct err *e)
{
    struct titles t = {0};
    struct view *rows = view_list(l->v, "rows");
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < a->rec.n; i++)
        rc = want_columns(l, &t, &a->rec.p[i], e);
    if (rc == RC_OK)
        rc = titles_load(&t, l->rq, e);
    if (rc == RC_OK)
        rc = read_paths(l, &a->rec, e);
    for (size_t i = 0; rc == RC_OK && i < a->rec.n; i++)
        rc = view_row(l, rows, &a->rec.p[i], i, &t, e);
    titles_free(&t);
    return rc;
}

/* ---- the page ---- */

/* What is wrong with the filter, with its word marked. */
static void view_filter_error(struct list_view *l, const struct err *why)
{
    struct view *f = view_map(l->v, "filter_error");
    struct str text = l->query.filter, word = str_of(why->detail);
    size_t at = 0;
    word = str_sub(word, 0, str_find(word, STR("\t"), 0));
    for (uint32_t col = 1; why->col && col < why->col && at < text.n; col++)
        (void)utf8_next(text, &at);
    if (!str_starts(str_sub(text, at, text.n), word) || !word.n)
        word = str_sub(text, at, text.n);
    view_str(f, "before", str_sub(text, 0, at));
    view_str(f, "word", str_sub(text, at, at + word.n));
    view_str(f, "after", str_sub(text, at + word.n, text.n));
    view_str(f, "text", msg_error(l->rq, why));
}

static enum rc view_saved(struct list_view *l, struct err *e)
{
    struct request *rq = l->rq;
    vec_saved all = {0};
    if (!rq->actor->account)
        return RC_OK;
    enum rc rc = saved_queries(rq->site, rq->actor, l->kind, rq->arena, &all, e);
    struct view *list = view_list(l->v, "saved");
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        const struct saved *s = &all.p[i];
        struct view *v = view_item(list);
        view_int(v, "id", s->id);
        view_str(v, "name", s->name);
        view_flag(v, "mine", s->account == rq->actor->account);
        view_flag(v, "shared", s->shared);
        view_str(v, "path",
                 textf(rq, "/%.*s?%.*s", (int)l->kind->name.n, l->kind->name.p, (int)s->filter.n,
                       s->filter.p));
    }
    view_flag(l->v, "save_open", true);
    view_flag(l->v, "share", rq->actor->role == ROLE_BROKER);
    vec_free(&all);
    return rc;
}

static enum rc fill(struct list_view *l, bool *filtered, struct err *e)
{
    struct list_answer a = {0};
    struct err why = {0};
    enum rc rc = list_more(l->rq, l->kind, &l->query.more, filtered, &why);
    if (rc == RC_OK)
        rc = record_list(l->rq->site, l->rq->actor, &l->query, l->rq->arena, &a, &why);
    for (size_t i = 0; rc == RC_OK && i < a.rec.n; i++)
        rc = approval_words(l->rq->site, &a.rec.p[i], l->rq->zh, l->rq->arena, &why);
    if (rc == RC_USER && l->query.filter.n && str_starts(str_of(why.key), STR("filter."))) {
        view_filter_error(l, &why);
        return RC_OK;
    }
    if (rc == RC_OK) {
        rc = view_rows(l, &a, &why);
        view_pager(l->rq, l->v, l->query.offset, l->query.limit, a.total);
        view_str(l->v, "total", show_count(l->rq, a.total));
    }
    vec_free(&a.rec);
    if (rc != RC_OK && e)
        *e = why;
    return rc;
}

enum rc list_page(struct request *rq, struct reply *re, struct err *e)
{
    const struct kind *k = rq->kind;
    struct list_view l = {.rq = rq, .kind = k, .v = view_new(rq->arena)};
    int64_t from = param_int(rq, "from", 0);
    bool filtered = false;
    if (!l.v)
        return err_nomem(e);
    l.query = (struct list_request){.kind = k,
                                    .filter = str_trim(param_text(rq, "filter")),
                                    .sort = param_text(rq, "sort"),
                                    .limit = ROWS,
                                    .offset = from > 0 ? (uint64_t)from / ROWS * ROWS : 0,
                                    .count = true};
    choose_columns(&l);
    view_heads(&l);
    TRY(fill(&l, &filtered, e));
    struct view *kind = view_map(l.v, "kind");
    view_str(kind, "name", k->name);
    view_str(kind, "label", label_text(&k->label, rq->zh));
    view_flag(l.v, "may_create", actor_may(rq->actor, k, RIGHT_CREATE, NULL));
    view_str(l.v, "filter_text", l.query.filter);
    view_str(l.v, "text", param_text(rq, "text"));
    view_str(l.v, "sort", l.query.sort);
    view_str(l.v, "columns",
             param_has(rq, "col") || param_has(rq, "columns") ? columns_text(&l) : STR(""));
    view_flag(l.v, "filtered", filtered || l.query.filter.n > 0);
    view_quick(&l);
    view_choices(&l);
    static const char *const names[] = {"from", "format"};
    static const struct str none[] = {{"", 0}, {"", 0}};
    struct str here = address_with(rq, names, none, 2);
    size_t mark = MIN(str_find(here, STR("?"), 0), here.n);
    view_str(l.v, "export_query", str_sub(here, mark + 1, here.n));
    TRY(view_saved(&l, e));
    return reply_page(rq, re, &list_page_def, label_text(&k->label, rq->zh), l.v, e);
}
