#include "web/form_view_int.h"

#include "service/attach.h"
#include "web/page_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define SELECT_MAX 60u /* codes shown as a list to choose from; more are searched */

struct str form_name(const struct request *rq, const struct field_def *f, uint32_t row,
                     uint32_t sub)
{
    const struct field_def *s = &f->sub[sub];
    return textf(rq, "%.*s.%u.%.*s", (int)f->name.n, f->name.p, row, (int)s->name.n, s->name.p);
}

uint32_t form_rows(const struct request *rq, const struct field_def *f)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < rq->n_params; i++) {
        struct str name = rq->param[i].name;
        if (!str_starts(name, f->name) || name.n <= f->name.n + 1 || name.p[f->name.n] != '.')
            continue;
        unsigned long row =
            strtoul(textf(rq, "%.*s", (int)name.n, name.p).p + f->name.n + 1, NULL, 10);
        if (row < FORM_ROWS_MAX)
            rows = MAX(rows, (uint32_t)row + 1);
    }
    return rows;
}

static struct str field_id(const struct request *rq, struct str name)
{
    struct str s = textf(rq, "f-%.*s", (int)name.n, name.p);
    for (char *p = (char *)(uintptr_t)s.p; s.n && *p; p++)
        if (*p == '.')
            *p = '-';
    return s;
}

/* ---- values as text ---- */

/* As a field of a form holds it; refs and long codes with their names behind, as page_form.c takes
 * them apart again. */
static enum rc one_text(struct request *rq, struct buf *out, const struct field_def *f,
                        const struct val *v, const struct titles *t, struct err *e)
{
    const struct kind *k;
    if (!v->set)
        return RC_OK;
    if (f->type == TYPE_REF) {
        struct str title = titles_of(t, v->num, &k);
        return buf_printf(out, e, "#%lld%s%.*s", (long long)v->num, title.n ? " " : "",
                          (int)title.n, title.n ? title.p : "");
    }
    TRY(val_text(out, f, v, rq->zh, true, e));
    if (f->type != TYPE_CODE || !f->codes || f->codes->n <= SELECT_MAX)
        return RC_OK;
    const struct code *c = code_find(f->codes, v->text);
    struct str label = c ? label_text(&c->label, rq->zh) : STR("");
    return c ? buf_printf(out, e, " %.*s", (int)label.n, label.p) : RC_OK;
}

static enum rc value_text(struct request *rq, struct str *out, const struct field_def *f,
                          const struct val *v, const struct titles *t, struct err *e)
{
    struct buf b;
    buf_init(&b, 256u << 10);
    enum rc rc = one_text(rq, &b, f, v, t, e);
    *out = rc == RC_OK ? arena_str(rq->arena, buf_view(&b)) : STR("");
    buf_free(&b);
    return rc == RC_OK && !out->p ? err_nomem(e) : rc;
}

enum rc form_text(struct request *rq, struct str *out, const struct field_def *f,
                  const struct val *v, struct err *e)
{
    struct buf b;
    *out = STR("");
    if (!v->set)
        return RC_OK;
    buf_init(&b, 256u << 10);
    enum rc rc = val_text(&b, f, v, rq->zh, false, e);
    *out = rc == RC_OK ? arena_str(rq->arena, buf_view(&b)) : STR("");
    buf_free(&b);
    return rc == RC_OK && !out->p ? err_nomem(e) : rc;
}

/* ---- faults ---- */

static struct str fault_text(const struct form_view *f, uint32_t field, uint32_t item, uint32_t sub)
{
    for (size_t i = 0; f->faults && i < f->faults->n; i++) {
        const struct fault_at *w = &f->faults->p[i];
        bool here = w->field == field && (item == UINT32_MAX || w->item == item) &&
                    (sub == UINT32_MAX || w->sub == sub);
        if (here)
            return msg_fault(f->rq, w);
    }
    return STR("");
}

enum rc fault_of_store(struct request *rq, const struct kind *k, const struct err *why,
                       vec_fault *faults, struct err *e)
{
    struct str detail = str_of(why->detail);
    size_t tab = MIN(str_find(detail, STR("\t"), 0), detail.n), from = 0;
    for (size_t i = 0; i < tab; i++) /* several that stand once together: at the last of them */
        from = detail.p[i] == '+' ? i + 1 : from;
    struct fault_at f = {.field = field_find(k, str_sub(detail, from, tab)),
                         .item = UINT32_MAX,
                         .sub = UINT32_MAX,
                         .key = strcmp(why->key, "store.unique") == 0 ? "web.not_unique"
                                                                      : "web.no_record"};
    f.detail = arena_str(rq->arena, str_sub(detail, tab + 1, detail.n));
    if (!f.detail.n && strcmp(f.key, "web.not_unique") == 0)
        f.key = "web.not_unique_hidden";
    if (!f.detail.p)
        return err_nomem(e);
    return vec_push(faults, f, e);
}

/* ---- one widget ---- */

static void option(struct view *list, struct str value, struct str label, bool on)
{
    struct view *o = view_item(list);
    view_str(o, "value", value);
    view_str(o, "label", label);
    view_flag(o, "on", on);
}

static uint32_t depth_of(const struct codes *c, uint32_t i)
{
    uint32_t depth = 0;
    for (int32_t up = c->code[i].under; up >= 0; up = c->code[up].under)
        depth++;
    return depth;
}

static void code_options(struct request *rq, struct view *v, const struct codes *c,
                         struct str chosen)
{
    static const char *const indents[] = {"", "　", "　　", "　　　"};
    struct view *list = view_list(v, "options");
    for (uint32_t i = 0; i < c->n; i++) {
        struct str label = label_text(&c->code[i].label, rq->zh);
        option(list, c->code[i].code,
               textf(rq, "%s%.*s", indents[MIN(depth_of(c, i), 3u)], (int)label.n, label.p),
               str_eq(c->code[i].code, chosen) || str_eq(label, chosen));
    }
}

static void bool_options(struct request *rq, struct view *v, struct str chosen)
{
    static const char *const yes[] = {"true", "1", "是", "yes"}, *const no[] = {"false", "0", "否",
                                                                                "no"};
    bool is_yes = false, is_no = false;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        is_yes |= str_eq(chosen, str_of(yes[i]));
        is_no |= str_eq(chosen, str_of(no[i]));
    }
    struct view *list = view_list(v, "options");
    option(list, STR("true"), msg(rq, "web.yes"), is_yes);
    option(list, STR("false"), msg(rq, "web.no"), is_no);
}

static bool is_day(struct str s)
{
    return s.n == 0 || (s.n == 10 && s.p[4] == '-' && s.p[7] == '-');
}

/* How a single value is written; `value` as typed or as kept. */
static void view_input(struct request *rq, struct view *v, const struct field_def *f,
                       struct str value)
{
    const char *type = "text";
    view_str(v, "value", value);
    switch (f->type) {
    case TYPE_LONG:
        type = "long";
        break;
    case TYPE_BOOL:
        type = "select";
        bool_options(rq, v, value);
        break;
    case TYPE_CODE:
        if (f->codes->n <= SELECT_MAX) {
            type = "select";
            code_options(rq, v, f->codes, value);
            break;
        }
        type = "suggest";
        view_str(v, "suggest",
                 textf(rq, "/suggest/codes/%.*s", (int)f->codes->name.n, f->codes->name.p));
        break;
    case TYPE_REF:
        if (f->of_kind || f->n_among) {
            type = "suggest";
            view_str(v, "suggest", suggest_path(rq, f));
        }
        break;
    case TYPE_DATE:
        type = is_day(value) ? "date" : "text";
        break;
    case TYPE_INT:
    case TYPE_DECIMAL:
    case TYPE_MONEY:
        view_text(v, "mode", "decimal");
        break;
    default:
        break;
    }
    view_text(v, "type", type);
}

static void view_labels(struct request *rq, struct view *v, const struct field_def *f,
                        struct str name, bool required)
{
    view_str(v, "name", name);
    view_str(v, "id", field_id(rq, name));
    view_str(v, "label", label_text(&f->label, rq->zh));
    view_str(v, "hint", label_text(&f->hint, rq->zh));
    view_flag(v, "required", required);
    if (!isnan(f->max) && (f->type == TYPE_TEXT || f->type == TYPE_LONG))
        view_int(v, "max", (int64_t)f->max);
}

/* ---- lists ---- */

/* Is `code` among the values, posted or kept? */
static bool is_chosen(const struct form_view *w, const struct field_def *f, const struct val *val,
                      const struct code *code)
{
    for (uint32_t i = 0; w->posted && i < w->rq->n_params; i++)
        if (str_eq(w->rq->param[i].name, f->name) && str_eq(w->rq->param[i].value, code->code))
            return true;
    for (uint32_t i = 0; !w->posted && val->set && i < val->list.n; i++)
        if (str_eq(val->list.item[i].text, code->code))
            return true;
    return false;
}

static void view_checks(struct form_view *w, struct view *v, const struct field_def *f,
                        const struct val *val)
{
    struct view *list = view_list(v, "options");
    view_text(v, "type", "checks");
    for (uint32_t i = 0; i < f->codes->n; i++)
        option(list, f->codes->code[i].code, label_text(&f->codes->code[i].label, w->rq->zh),
               is_chosen(w, f, val, &f->codes->code[i]));
}

static void many_item(struct form_view *w, struct view *list, const struct field_def *f,
                      struct str value, uint32_t i)
{
    struct view *v = view_item(list);
    view_str(v, "value", value);
    view_str(v, "id", textf(w->rq, "f-%.*s-%u", (int)f->name.n, f->name.p, i));
}

/* One input a value, and an empty one: codes of a large table, refs. */
static enum rc view_many(struct form_view *w, struct view *v, const struct field_def *f,
                         const struct val *val, struct err *e)
{
    struct view *list = view_list(v, "many");
    struct field_def one = *f;
    uint32_t n = 0;
    one.list = false;
    view_input(w->rq, v, &one, STR(""));
    for (uint32_t i = 0; w->posted && i < w->rq->n_params; i++)
        if (str_eq(w->rq->param[i].name, f->name) && str_trim(w->rq->param[i].value).n)
            many_item(w, list, f, w->rq->param[i].value, n++);
    for (uint32_t i = 0; !w->posted && val->set && i < val->list.n; i++) {
        struct str s;
        TRY(value_text(w->rq, &s, &one, &val->list.item[i], &w->titles, e));
        many_item(w, list, f, s, n++);
    }
    many_item(w, list, f, STR(""), n++);
    if (str_eq(param_text(w->rq, "add"), f->name))
        many_item(w, list, f, STR(""), n);
    view_flag(v, "wide", false);
    return RC_OK;
}

/* Texts by lines. */
static enum rc view_lines(struct form_view *w, struct view *v, const struct field_def *f,
                          const struct val *val, struct err *e)
{
    struct field_def one = *f;
    struct str all = STR(""), s;
    one.list = false;
    if (w->posted)
        all = param_text(w->rq, textf(w->rq, "%.*s", (int)f->name.n, f->name.p).p);
    for (uint32_t i = 0; !w->posted && val->set && i < val->list.n; i++) {
        TRY(value_text(w->rq, &s, &one, &val->list.item[i], &w->titles, e));
        all = textf(w->rq, "%.*s%s%.*s", (int)all.n, all.p, i ? "\n" : "", (int)s.n, s.p);
    }
    view_text(v, "type", "lines");
    view_str(v, "value", all);
    return RC_OK;
}

/* ---- files ---- */

static void kept_file(struct form_view *w, struct view *list, struct str value, bool stored)
{
    struct request *rq = w->rq;
    struct view *v = view_item(list);
    struct str key = attach_key(value), path = record_path(rq, w->rec);
    view_str(v, "value", value);
    view_str(v, "text", attach_name(value));
    if (stored)
        view_str(v, "href", textf(rq, "%.*s/files/%.*s", (int)path.n, path.p, (int)key.n, key.p));
}

static void view_files(struct form_view *w, struct view *v, const struct field_def *f,
                       const struct val *val)
{
    struct view *list = view_list(v, "kept");
    uint32_t n = !val->set ? 0 : f->list ? val->list.n : 1;
    view_text(v, "type", "file");
    view_flag(v, "several", f->list);
    for (uint32_t i = 0; w->posted && i < w->rq->n_params; i++)
        if (str_eq(w->rq->param[i].name, f->name) && w->rq->param[i].value.n > ATTACH_KEY)
            kept_file(w, list, w->rq->param[i].value, false);
    for (uint32_t i = 0; !w->posted && i < n; i++)
        kept_file(w, list, f->list ? val->list.item[i].text : val->text, w->rec->id != 0);
}

/* ---- groups ---- */

static enum rc view_row(struct form_view *w, struct view *rows, uint32_t field,
                        const struct val *group, uint32_t from, uint32_t to, struct err *e)
{
    struct request *rq = w->rq;
    const struct field_def *f = &w->rec->kind->field[field];
    struct view *row = view_item(rows), *cells;
    view_int(row, "number", to + 1);
    view_str(row, "drop", textf(rq, "%.*s.%u", (int)f->name.n, f->name.p, to));
    cells = view_list(row, "cells");
    for (uint32_t j = 0; j < f->n_sub; j++) {
        struct str value = STR("");
        struct view *c = view_item(cells);
        if (w->posted)
            value = param_text(rq, form_name(rq, f, from, j).p);
        else if (group && group->set && j < group->list.n)
            TRY(value_text(rq, &value, &f->sub[j], &group->list.item[j], &w->titles, e));
        view_labels(rq, c, &f->sub[j], form_name(rq, f, to, j), f->sub[j].required);
        view_input(rq, c, &f->sub[j], value);
        view_str(c, "error", fault_text(w, field, from, j));
    }
    return RC_OK;
}

static enum rc view_groups(struct form_view *w, struct view *v, uint32_t field, struct err *e)
{
    struct request *rq = w->rq;
    const struct field_def *f = &w->rec->kind->field[field];
    const struct val *val = &w->rec->val[field];
    uint32_t n = w->posted ? form_rows(rq, f) : val->set ? val->list.n : 0, to = 0;
    struct view *heads = view_list(v, "heads"), *rows;
    view_text(v, "type", "groups");
    view_str(v, "add", f->name);
    form_view_draw(rq, v, w->rec->kind, f);
    for (uint32_t j = 0; j < f->n_sub; j++) {
        struct view *h = view_item(heads);
        view_str(h, "label", label_text(&f->sub[j].label, rq->zh));
        view_str(h, "hint", label_text(&f->sub[j].hint, rq->zh));
        view_flag(h, "required", f->sub[j].required);
    }
    rows = view_list(v, "rows");
    for (uint32_t i = 0; i < n; i++) {
        struct str name = textf(rq, "%.*s.%u", (int)f->name.n, f->name.p, i);
        if (w->posted && str_eq(param_text(rq, "drop"), name))
            continue;
        const struct val *group = w->posted ? NULL : &val->list.item[i];
        TRY(view_row(w, rows, field, group, i, to++, e));
    }
    bool more = w->posted && str_eq(param_text(rq, "add"), f->name);
    if (more || (!to && !param_has(rq, "drop")))
        TRY(view_row(w, rows, field, NULL, FORM_ROWS_MAX, to, e));
    return RC_OK;
}

/* ---- fields and sections ---- */

static enum rc view_masked(struct form_view *w, struct view *v, uint32_t field)
{
    const struct field_def *f = &w->rec->kind->field[field];
    const struct val *m = w->rec->masked ? &w->rec->masked[field] : NULL;
    struct view *masked;
    if (!w->rec->kind->secrecy || f->secret != SECRET_MASKED || f->list || f->type == TYPE_GROUP)
        return RC_OK;
    masked = view_map(v, "masked");
    struct str name = textf(w->rq, "masked.%.*s", (int)f->name.n, f->name.p);
    view_str(masked, "name", name);
    view_flag(masked, "long", f->type == TYPE_LONG);
    view_str(masked, "value",
             w->posted     ? param_text(w->rq, name.p)
             : m && m->set ? m->text
                           : STR(""));
    return RC_OK;
}

static enum rc view_widget(struct form_view *w, struct view *fields, uint32_t field, struct err *e)
{
    const struct field_def *f = &w->rec->kind->field[field];
    const struct val *val = &w->rec->val[field];
    struct view *v = view_item(fields);
    struct str s = STR("");
    bool needed = f->required;
    for (uint32_t i = 0; i < w->n_needed; i++) /* a step may want more than the record does */
        needed |= w->only[i] == field;
    view_labels(w->rq, v, f, f->name, needed);
    view_flag(v, "wide",
              f->type == TYPE_LONG || f->type == TYPE_GROUP || field == w->rec->kind->title);
    view_str(v, "error", fault_text(w, field, UINT32_MAX, UINT32_MAX));
    if (f->type == TYPE_GROUP && f->list)
        return view_groups(w, v, field, e);
    TRY(view_masked(w, v, field));
    if (f->type == TYPE_FILE) {
        view_files(w, v, f, val);
        return RC_OK;
    }
    if (f->list && f->type == TYPE_CODE && f->codes->n <= SELECT_MAX) {
        view_checks(w, v, f, val);
        return RC_OK;
    }
    if (f->list && (f->type == TYPE_CODE || f->type == TYPE_REF))
        return view_many(w, v, f, val, e);
    if (f->list)
        return view_lines(w, v, f, val, e);
    if (w->posted)
        s = param_text(w->rq, textf(w->rq, "%.*s", (int)f->name.n, f->name.p).p);
    else
        TRY(value_text(w->rq, &s, f, val, &w->titles, e));
    view_input(w->rq, v, f, s);
    return RC_OK;
}

static bool is_shown(const struct form_view *w, uint32_t field)
{
    bool listed = !w->only;
    for (uint32_t i = 0; i < w->n_only; i++)
        listed |= w->only[i] == field;
    return listed && !w->rec->kind->field[field].computed && !w->rec->kind->field[field].off_form;
}

static void view_secrecy(struct form_view *w)
{
    static const char *const names[] = {"open", "masked", "private"};
    static const char *const keys[] = {"web.secrecy_open_long", "web.secrecy_masked_long",
                                       "web.secrecy_private_long"};
    struct request *rq = w->rq;
    if (!w->rec->kind->secrecy || w->only)
        return;
    struct view *list = view_list(w->v, "secrecy");
    for (uint32_t i = 0; i < ARRAY_LEN(names); i++)
        option(list, str_of(names[i]), msg(rq, keys[i]),
               w->posted ? str_eq(param_text(rq, "secrecy"), str_of(names[i]))
                         : (uint32_t)w->rec->secrecy == i);
}

static bool owner_is_shown(const struct form_view *w)
{
    return !w->only && w->rec->kind->owned && !w->rq->actor->org && !w->rec->kind->is_self;
}

/* What is wrong with the owner, which is no field of the kind. */
static bool is_of_owner(const struct fault_at *f)
{
    struct str key = str_of(f->key);
    return f->field == NO_FIELD &&
           (str_starts(key, STR("field.ref")) || str_starts(key, STR("field.owner")));
}

/* Of the record as a whole, or of its owner. */
static struct str whole_fault(const struct form_view *w, bool owner)
{
    for (size_t i = 0; w->faults && i < w->faults->n; i++)
        if (w->faults->p[i].field == NO_FIELD && is_of_owner(&w->faults->p[i]) == owner)
            return msg_fault(w->rq, &w->faults->p[i]);
    return STR("");
}

/* Who may write for every organisation says for which. */
static void view_owner(struct form_view *w)
{
    const struct kind *k;
    struct request *rq = w->rq;
    if (!owner_is_shown(w))
        return;
    struct view *o = view_map(w->v, "owner");
    struct str title = titles_of(&w->titles, w->rec->org, &k);
    struct str kept = w->rec->org ? textf(rq, "#%lld %.*s", (long long)w->rec->org, (int)title.n,
                                          title.n ? title.p : "")
                                  : STR("");
    view_str(o, "value", w->posted ? param_text(rq, "owner") : kept);
    view_str(o, "error", whole_fault(w, true));
}

/* Faults of the record as a whole. */
static void view_record_error(struct form_view *w)
{
    struct str whole = whole_fault(w, false);
    if (!whole.n && !owner_is_shown(w))
        whole = whole_fault(w, true);
    view_str(w->v, "record_error", whole);
}

static enum rc sections(struct form_view *w, struct err *e)
{
    const struct kind *k = w->rec->kind;
    struct view *list = view_list(w->v, "sections");
    for (uint32_t i = 0; i < k->n_sections; i++) {
        struct view *fields = NULL;
        for (uint32_t j = 0; j < k->section[i].n; j++) {
            uint32_t field = k->section[i].field[j];
            if (!is_shown(w, field))
                continue;
            if (!fields) {
                struct view *s = view_item(list);
                view_str(s, "label", label_text(&k->section[i].label, w->rq->zh));
                fields = view_list(s, "fields");
            }
            TRY(view_widget(w, fields, field, e));
        }
    }
    view_secrecy(w);
    view_owner(w);
    view_record_error(w);
    view_flag(w->v, "files", kind_has_files(k));
    return RC_OK;
}

enum rc form_sections(struct form_view *w, struct err *e)
{
    enum rc rc = titles_want_rec(&w->titles, w->rec, e);
    if (rc == RC_OK)
        rc = titles_load(&w->titles, w->rq, e);
    if (rc == RC_OK)
        rc = sections(w, e);
    titles_free(&w->titles);
    return rc;
}
