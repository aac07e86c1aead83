/* Checking values against their declaration. */
#include "record/val_int.h"

#include <math.h>
#include <stdio.h>

static enum rc check_text(const struct val *v, struct fault_place *p, struct err *e)
{
    const struct field_def *f = p->f;
    if (!text_is_clean(v->text, f->type == TYPE_LONG))
        return fault_put(p, e, "field.utf8", "%s", "");
    if (!v->text.n)
        return fault_put(p, e, "field.empty", "%s", "");
    size_t chars = utf8_len(v->text);
    if ((double)chars > f->max)
        return fault_put(p, e, "field.too_long", "%.0f\t%zu", f->max, chars);
    if ((double)chars < f->min)
        return fault_put(p, e, "field.too_short", "%.0f\t%zu", f->min, chars);
    return RC_OK;
}

/* "least\tnow" in the form the user writes. */
static enum rc out_of_range(const struct field_def *f, double limit, const struct val *v,
                            const char *key, struct fault_place *p, struct err *e)
{
    struct buf b;
    struct val l = {.set = true};
    if (f->type == TYPE_DECIMAL)
        l.real = limit;
    else
        l.num = (int64_t)limit;
    buf_init(&b, 4096);
    enum rc rc = val_text_one(&b, f, &l, true, false, e);
    if (rc == RC_OK)
        rc = buf_char(&b, '\t', e);
    if (rc == RC_OK)
        rc = val_text_one(&b, f, v, true, false, e);
    if (rc == RC_OK)
        rc = fault_put(p, e, key, "%s", b.p);
    buf_free(&b);
    return rc;
}

static enum rc check_number(const struct val *v, struct fault_place *p, struct err *e)
{
    const struct field_def *f = p->f;
    double x = f->type == TYPE_DECIMAL ? v->real : (double)v->num;
    if (!isfinite(x))
        return fault_put(p, e, "field.decimal", "%s", "");
    if (f->type == TYPE_DATE && (v->num < DAYS_MIN || v->num > DAYS_MAX))
        return fault_put(p, e, "field.date", "%s", "");
    if (f->type == TYPE_TIME && (v->num < DAYS_MIN * 86400LL || v->num > DAYS_MAX * 86400LL))
        return fault_put(p, e, "field.time", "%s", "");
    if (f->type == TYPE_REF && (v->num < 1 || v->num > NUMBER_LIMIT))
        return fault_put(p, e, "field.ref", "%s", "");
    if (f->type != TYPE_DECIMAL && (v->num > NUMBER_LIMIT || v->num < -NUMBER_LIMIT))
        return fault_put(p, e, "field.number_limit", "%s", "");
    if (x < f->min)
        return out_of_range(f, f->min, v, "field.too_small", p, e);
    if (x > f->max)
        return out_of_range(f, f->max, v, "field.too_large", p, e);
    return RC_OK;
}

static enum rc check_format(const struct val *v, struct fault_place *p, struct err *e)
{
    char to[20];
    struct str s = v->text;
    bool ok = text_is_clean(s, false);
    const char *key = "field.file";
    switch (p->f->type) {
    case TYPE_CREDIT:
        key = "field.credit";
        ok = ok && credit_read(to, s) && str_eq(s, (struct str){to, 18});
        break;
    case TYPE_ORCID:
        key = "field.orcid";
        ok = ok && orcid_read(to, s) && str_eq(s, (struct str){to, 19});
        break;
    case TYPE_EMAIL:
        key = "field.email";
        ok = ok && email_ok(s);
        break;
    case TYPE_PHONE:
        key = "field.phone";
        ok = ok && phone_ok(s);
        break;
    case TYPE_URL:
        key = "field.url";
        ok = ok && url_ok(s);
        break;
    default:
        ok = ok && file_ok(s);
    }
    return ok ? RC_OK : fault_put(p, e, key, "%.*s", (int)MIN(s.n, 120u), s.p ? s.p : "");
}

static enum rc check_one(const struct val *v, struct fault_place *p, struct err *e);

static enum rc check_group(const struct val *v, struct fault_place *p, struct err *e)
{
    if (v->list.n != p->f->n_sub)
        return fault_put(p, e, "field.parts", "%u", p->f->n_sub);
    for (uint32_t i = 0; i < p->f->n_sub; i++) {
        struct fault_place sub = *p;
        sub.f = &p->f->sub[i];
        sub.sub = i;
        if (v->list.item[i].set)
            TRY(check_one(&v->list.item[i], &sub, e));
        else if (sub.f->required)
            TRY(fault_put(&sub, e, "field.required", "%s", ""));
    }
    return RC_OK;
}

static enum rc check_one(const struct val *v, struct fault_place *p, struct err *e)
{
    switch (p->f->type) {
    case TYPE_TEXT:
    case TYPE_LONG:
        return check_text(v, p, e);
    case TYPE_CODE:
        return code_find(p->f->codes, v->text)
                   ? RC_OK
                   : fault_put(p, e, "field.code", "%.*s\t%.*s", (int)MIN(v->text.n, 120u),
                               v->text.p ? v->text.p : "", (int)p->f->codes->label.zh.n,
                               p->f->codes->label.zh.p);
    case TYPE_GROUP:
        return check_group(v, p, e);
    case TYPE_CREDIT:
    case TYPE_ORCID:
    case TYPE_EMAIL:
    case TYPE_PHONE:
    case TYPE_URL:
    case TYPE_FILE:
        return check_format(v, p, e);
    case TYPE_BOOL:
        return v->num == 0 || v->num == 1 ? RC_OK : fault_put(p, e, "field.bool", "%s", "");
    default:
        return check_number(v, p, e);
    }
}

static enum rc check_val(const struct val *v, struct fault_place *p, struct err *e)
{
    const struct field_def *f = p->f;
    if (!v->set)
        return RC_OK;
    if (!f->list)
        return check_one(v, p, e);
    double most = f->type == TYPE_GROUP && f->max < LIST_MAX ? f->max : LIST_MAX;
    if (v->list.n > most)
        return fault_put(p, e, "field.too_many", "%.0f\t%u", most, v->list.n);
    if (f->type == TYPE_GROUP && v->list.n < f->min)
        return fault_put(p, e, "field.too_few", "%.0f\t%u", f->min, v->list.n);
    for (uint32_t i = 0; i < v->list.n; i++) {
        p->item = i;
        if (!v->list.item[i].set)
            TRY(fault_put(p, e, "field.empty", "%s", ""));
        else
            TRY(check_one(&v->list.item[i], p, e));
    }
    return RC_OK;
}

static bool is_empty(const struct field_def *f, const struct val *v)
{
    return !v->set || (f->list && v->list.n == 0);
}

enum rc rec_check(const struct rec *r, struct arena *a, vec_fault *faults, struct err *e)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        struct fault_place p = {
            &r->kind->field[i], i, UINT32_MAX, UINT32_MAX, false, a, faults,
        };
        if (p.f->n_cases)
            continue;
        if (p.f->required && is_empty(p.f, &r->val[i]))
            TRY(fault_put(&p, e, "field.required", "%s", ""));
        else
            TRY(check_val(&r->val[i], &p, e));
        p.item = UINT32_MAX;
        p.masked = true;
        if (!r->masked[i].set)
            continue;
        if (p.f->secret != SECRET_MASKED)
            TRY(fault_put(&p, e, "field.not_masked", "%s", ""));
        else
            TRY(check_val(&r->masked[i], &p, e));
    }
    return RC_OK;
}

enum rc rec_check_action(const struct rec *r, const struct action *action, vec_fault *faults,
                         struct err *e)
{
    for (uint32_t i = 0; i < action->n_require; i++) {
        uint32_t at = action->require[i];
        if (!is_empty(&r->kind->field[at], &r->val[at]))
            continue;
        struct fault_at f = {at, UINT32_MAX, UINT32_MAX, false, "field.required", STR("")};
        TRY(vec_push(faults, f, e));
    }
    return RC_OK;
}
