/* Records: making, checking, comparing, and the texts that are searched and matched. */
#include "record/val_int.h"

#include <math.h>
#include <stdio.h>

enum rc rec_new(struct rec *out, const struct kind *k, struct arena *a, struct err *e)
{
    struct val *v = arena_calloc(a, (size_t)k->n_fields * 2, sizeof *v);
    if (!v)
        return err_nomem(e);
    *out = (struct rec){.kind = k,
                        .state = k->n_states ? 0 : NO_STATE,
                        .version = 1,
                        .val = v,
                        .masked = v + k->n_fields};
    return RC_OK;
}

static enum rc diff_one(const struct rec *before, const struct rec *after, bool masked,
                        vec_change *out, struct err *e)
{
    const struct kind *k = after->kind;
    for (uint32_t i = 0; i < k->n_fields; i++) {
        const struct val *x = masked ? &before->masked[i] : &before->val[i];
        const struct val *y = masked ? &after->masked[i] : &after->val[i];
        if (k->field[i].n_cases || val_eq(&k->field[i], x, y))
            continue;
        struct change c = {i, masked, x, y};
        TRY(vec_push(out, c, e));
    }
    return RC_OK;
}

enum rc rec_diff(const struct rec *before, const struct rec *after, vec_change *out, struct err *e)
{
    if (before->kind != after->kind)
        BUG("records of two kinds are compared");
    TRY(diff_one(before, after, false, out, e));
    return diff_one(before, after, true, out, e);
}

bool kind_shows(const struct kind *k)
{
    bool shows = k->n_states == 0;
    for (uint32_t i = 0; i < k->n_states; i++)
        shows |= k->state[i].is_public;
    return shows && (k->read & 1u << ROLE_VISITOR);
}

static bool is_public(const struct rec *r)
{
    if (!(r->kind->read & 1u << ROLE_VISITOR) || r->secrecy == SECRECY_PRIVATE)
        return false;
    return r->kind->n_states == 0 ||
           (r->state < r->kind->n_states && r->kind->state[r->state].is_public);
}

static bool has_secrets(const struct field_def *f, enum secret least)
{
    for (uint32_t i = 0; i < f->n_sub; i++)
        if (f->sub[i].secret >= least)
            return true;
    return false;
}

/* One group without its secrets; unset where nothing is left. */
static enum rc strip_one(const struct field_def *f, struct val *v, enum secret least,
                         struct arena *a, struct err *e)
{
    struct val *sub = arena_calloc(a, f->n_sub, sizeof *sub);
    bool set = false;
    if (!sub)
        return err_nomem(e);
    for (uint32_t i = 0; i < f->n_sub && i < v->list.n; i++) {
        if (f->sub[i].secret < least)
            sub[i] = v->list.item[i];
        set |= sub[i].set;
    }
    *v = (struct val){.set = set, .list = {sub, f->n_sub}};
    return RC_OK;
}

/* Sub-fields of this secrecy and above are taken out of the groups. */
static enum rc strip(struct rec *r, enum secret least, struct arena *a, struct err *e)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        struct val *v = &r->val[i];
        if (!v->set || !has_secrets(f, least))
            continue;
        if (!f->list) {
            TRY(strip_one(f, v, least, a, e));
            continue;
        }
        struct val *item = arena_calloc(a, v->list.n, sizeof *item);
        uint32_t n = 0;
        if (!item)
            return err_nomem(e);
        for (uint32_t j = 0; j < v->list.n; j++) {
            item[n] = v->list.item[j];
            if (item[n].set)
                TRY(strip_one(f, &item[n], least, a, e));
            n += item[n].set;
        }
        *v = (struct val){.set = n > 0, .list = {item, n}};
    }
    return RC_OK;
}

/* A copy whose values can be taken away. */
static enum rc copy(struct rec *out, const struct rec *r, struct arena *a, struct err *e)
{
    struct val *v = arena_calloc(a, (size_t)r->kind->n_fields * 2, sizeof *v);
    if (!v)
        return err_nomem(e);
    *out = *r;
    out->val = v;
    out->masked = v + r->kind->n_fields;
    for (uint32_t i = 0; i < r->kind->n_fields; i++)
        if (r->kind->field[i].secret != SECRET_PRIVATE && !r->kind->field[i].n_cases)
            v[i] = r->val[i];
    return strip(out, SECRET_PRIVATE, a, e);
}

enum rc rec_public(struct rec *out, bool *visible, const struct rec *r, struct arena *a,
                   struct err *e)
{
    *visible = is_public(r);
    if (!*visible)
        return RC_OK;
    TRY(copy(out, r, a, e));
    out->face_public = true;
    if (r->secrecy == SECRECY_OPEN || r->face_public)
        return RC_OK;
    out->org = 0;
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        if (r->kind->field[i].secret == SECRET_MASKED)
            out->val[i] = r->masked[i];
        if (r->kind->field[i].type == TYPE_FILE) /* nobody can mask what stands in a file */
            out->val[i] = (struct val){0};
    }
    return strip(out, SECRET_MASKED, a, e);
}

enum rc rec_partner(struct rec *out, const struct rec *r, struct arena *a, struct err *e)
{
    return copy(out, r, a, e);
}

struct str rec_title(const struct rec *r)
{
    const struct val *v = &r->val[r->kind->title];
    return v->set ? v->text : STR("");
}

static enum rc put_line(struct buf *out, const struct rec *r, uint32_t field, bool zh,
                        struct err *e)
{
    if (!r->val[field].set)
        return RC_OK;
    TRY(val_text(out, &r->kind->field[field], &r->val[field], zh, false, e));
    return buf_char(out, '\n', e);
}

enum rc rec_search_text(struct buf *out, uint32_t *title, const struct rec *r, bool zh,
                        struct err *e)
{
    size_t start = out->n;
    TRY(buf_str(out, rec_title(r), e));
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        if (!r->kind->field[i].search_title || i == r->kind->title || !r->val[i].set)
            continue;
        TRY(buf_char(out, ' ', e));
        TRY(val_text(out, &r->kind->field[i], &r->val[i], zh, false, e));
    }
    *title = (uint32_t)(out->n - start);
    TRY(buf_char(out, '\n', e));
    for (uint32_t i = 0; i < r->kind->n_fields; i++)
        if (r->kind->field[i].search_body)
            TRY(put_line(out, r, i, zh, e));
    return RC_OK;
}

static const struct val *sub_of(const struct field_def *f, const struct val *v, struct str name,
                                const struct field_def **sub)
{
    for (uint32_t i = 0; i < f->n_sub; i++)
        if (str_eq(f->sub[i].name, name)) {
            *sub = &f->sub[i];
            return v->list.item[i].set ? &v->list.item[i] : NULL;
        }
    return NULL;
}

/* The sign a quantity reader knows, where the code has the usual name of one. */
static struct str sign_of(struct str code)
{
    static const char *const signs[][2] = {{"ge", "≥"},  {"gt", "＞"}, {"le", "≤"},
                                           {"lt", "＜"}, {"eq", "="},  {"about", "约"}};
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        if (str_eq(code, str_of(signs[i][0])))
            return str_of(signs[i][1]);
    return STR("");
}

/* 堆积密度≥1.8g/cm³；, of a range 粒径10~20μm；. A group without name and value: what it holds. */
static enum rc put_indicator(struct buf *out, const struct field_def *f, const struct val *v,
                             struct err *e)
{
    const struct field_def *d = NULL;
    const struct val *name = sub_of(f, v, STR("name"), &d);
    const struct val *value = name ? sub_of(f, v, STR("value"), &d) : NULL;
    if (!name || !value) {
        TRY(val_text_one(out, f, v, true, false, e));
        return buf_str(out, STR("；"), e);
    }
    TRY(buf_str(out, name->text, e));
    const struct field_def *d2 = NULL;
    const struct val *op = sub_of(f, v, STR("op"), &d2), *to = sub_of(f, v, STR("value2"), &d2);
    if (op && !to)
        TRY(buf_str(out, sign_of(op->text), e));
    TRY(val_text_one(out, d, value, true, false, e));
    if (to) {
        TRY(buf_char(out, '~', e));
        TRY(val_text_one(out, d2, to, true, false, e));
    }
    const struct val *unit = sub_of(f, v, STR("unit"), &d);
    if (unit)
        TRY(buf_str(out, unit->text, e));
    return buf_str(out, STR("；"), e);
}

enum rc rec_match_text(struct buf *out, uint32_t *title, const struct rec *r, struct err *e)
{
    struct str name = rec_title(r);
    TRY(buf_str(out, name, e));
    *title = (uint32_t)name.n;
    TRY(buf_char(out, '\n', e));
    for (uint32_t i = 0; i < r->kind->n_match_text; i++) {
        uint32_t at = r->kind->match_text[i];
        const struct field_def *f = &r->kind->field[at];
        const struct val *v = &r->val[at];
        if (f->type != TYPE_GROUP || !v->set) {
            TRY(put_line(out, r, at, true, e));
            continue;
        }
        for (uint32_t j = 0; j < (f->list ? v->list.n : 1); j++)
            TRY(put_indicator(out, f, f->list ? &v->list.item[j] : v, e));
        TRY(buf_char(out, '\n', e));
    }
    return RC_OK;
}
