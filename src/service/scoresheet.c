/* Assessments by a declared score sheet: the same items with the same weights. */
#include "service/site_int.h"
#include "service/special_int.h"

static const struct val *cell(const struct field_def *f, const struct val *row, const char *name,
                              enum type type)
{
    uint32_t i = sub_find(f, str_of(name));
    return i != NO_FIELD && f->sub[i].type == type ? val_sub(f, row, name) : NULL;
}

static bool same_row(const struct field_def *f, const struct val *row, const struct field_def *g,
                     const struct val *other)
{
    const struct val *name = cell(f, row, "name", TYPE_TEXT);
    const struct val *weight = cell(f, row, "weight", TYPE_DECIMAL);
    const struct val *name2 = cell(g, other, "name", TYPE_TEXT);
    const struct val *weight2 = cell(g, other, "weight", TYPE_DECIMAL);
    return name && weight && name2 && weight2 && str_eq(name->text, name2->text) &&
           weight->real == weight2->real;
}

/* Each row of the sheet once, and no other. */
static bool is_by(const struct rec *assessment, const struct rec *sheet)
{
    uint32_t at = field_find(assessment->kind, STR("items")),
             by = field_find(sheet->kind, STR("items"));
    if (at == NO_FIELD || by == NO_FIELD)
        return true;
    const struct field_def *f = &assessment->kind->field[at], *g = &sheet->kind->field[by];
    const struct val *rows = &assessment->val[at], *wanted = &sheet->val[by];
    if (!rows->set || !wanted->set || rows->list.n != wanted->list.n)
        return false;
    for (uint32_t i = 0; i < wanted->list.n; i++) {
        bool there = false;
        for (uint32_t j = 0; j < rows->list.n; j++)
            there |= same_row(f, &rows->list.item[j], g, &wanted->list.item[i]);
        if (!there)
            return false;
    }
    return true;
}

static bool unchanged(const struct saving *x, const char *field)
{
    uint32_t f = field_find(x->r->kind, str_of(field));
    return x->before &&
           (f == NO_FIELD || val_eq(&x->r->kind->field[f], &x->r->val[f], &x->before->val[f]));
}

/* A sheet that is changed later leaves the assessments that were made by it as they are. */
enum rc scoresheet_check(struct saving *x, struct err *e)
{
    const struct val *sheet = saving_val(x->r, "sheet");
    const struct kind *k = kind_find(x->s->kinds, STR("scoresheet"));
    struct viewed seen;
    uint32_t at = field_find(x->r->kind, STR("items"));
    if (!sheet || !k || at == NO_FIELD || !x->r->val[at].set ||
        (unchanged(x, "sheet") && unchanged(x, "items")))
        return RC_OK;
    TRY(view_get(x->tx, &actor_system, k, sheet->num, x->to, &seen, e));
    if (!seen.found || is_by(x->r, &seen.full))
        return RC_OK;
    return fault_add(x->faults, at, UINT32_MAX, UINT32_MAX, "assessment.sheet",
                     rec_title(&seen.full), e);
}
