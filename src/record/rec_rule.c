/* What follows from a declaration beyond single fields: computed codes, rules. */
#include "record/filter.h"
#include "record/val_int.h"

#include <math.h>

struct str rec_case(const struct rec *r, const struct field_def *f, int64_t today)
{
    for (uint32_t i = 0; i < f->n_cases; i++) {
        bool holds = false;
        /* it asks about its own record only: nothing that could fail */
        if (filter_holds_on(f->cases[i].when, today, r, NULL, NULL, &holds, NULL) != RC_OK)
            BUG("a case of %.*s cannot be evaluated", (int)f->name.n, f->name.p);
        if (holds)
            return f->cases[i].code;
    }
    return STR("");
}

void rec_compute(struct rec *r, int64_t today)
{
    for (uint32_t i = 0; i < r->kind->n_fields; i++) {
        const struct field_def *f = &r->kind->field[i];
        if (!f->n_cases)
            continue;
        struct str code = rec_case(r, f, today);
        r->val[i] = (struct val){.set = code.n > 0, .text = code};
    }
}

/* ---- rules ---- */

static enum rc fault_rule(const struct kind_rule *rule, vec_fault *faults, struct arena *a,
                          struct err *e)
{
    struct str zh = label_text(&rule->label, true), en = label_text(&rule->label, false);
    char *p = arena_alloc(a, zh.n + en.n + 1);
    if (!p)
        return err_nomem(e);
    memcpy(p, zh.p, zh.n);
    p[zh.n] = '\t';
    memcpy(p + zh.n + 1, en.p, en.n);
    struct fault_at f = {.field = rule->field,
                         .item = UINT32_MAX,
                         .sub = UINT32_MAX,
                         .key = "field.rule",
                         .detail = {p, zh.n + en.n + 1}};
    return vec_push(faults, f, e);
}

static double number_of(const struct field_def *f, const struct val *v)
{
    return f->type == TYPE_DECIMAL ? v->real : (double)v->num;
}

/* Nothing to check: no groups, one without a number, nothing to compare with. */
static bool sum_holds(const struct rec *r, const struct kind_rule *rule)
{
    const struct val *list = &r->val[rule->list];
    const struct field_def *sub = &r->kind->field[rule->list].sub[rule->sub];
    double sum = 0, want = rule->total;
    int64_t whole = 0; /* LIST_MAX numbers of 53 bits */
    bool exact = sub->type != TYPE_DECIMAL;
    if (!list->set || !list->list.n)
        return true;
    for (uint32_t i = 0; i < list->list.n; i++) {
        const struct val *item = &list->list.item[i];
        if (!item->set || rule->sub >= item->list.n || !item->list.item[rule->sub].set)
            return true;
        const struct val *v = &item->list.item[rule->sub];
        sum += number_of(sub, v);
        whole += exact ? v->num : 0;
    }
    if (rule->of != NO_FIELD) {
        if (!r->val[rule->of].set)
            return true;
        want = number_of(&r->kind->field[rule->of], &r->val[rule->of]);
        exact &= r->kind->field[rule->of].type != TYPE_DECIMAL;
    }
    return exact ? whole == (int64_t)want : fabs(sum - want) <= 0.005 + 1e-9 * fabs(want);
}

enum rc rec_check_rules(const struct rec *r, int64_t today, filter_follow_fn follow, void *ctx,
                        vec_fault *faults, struct arena *a, struct err *e)
{
    for (uint32_t i = 0; i < r->kind->n_rules; i++) {
        const struct kind_rule *rule = &r->kind->rule[i];
        bool holds = true;
        if (rule->holds)
            TRY(filter_holds_on(rule->holds, today, r, follow, ctx, &holds, e));
        else
            holds = sum_holds(r, rule);
        if (!holds)
            TRY(fault_rule(rule, faults, a, e));
    }
    return RC_OK;
}
