/* Projects: their dates hold what hangs on them. */
#include "service/site_int.h"
#include "service/special_int.h"

#include <stdio.h>

static bool same_day(const struct val *a, const struct val *b)
{
    return !a == !b && (!a || a->num == b->num);
}

/* "project = 12 and due < 2026-01-01" */
static enum rc outside(struct saving *x, const char *field, const char *sign, const struct val *day,
                       struct err *e)
{
    const struct kind *k = kind_find(x->s->kinds, STR("milestone"));
    struct filter_context c = {.kinds = x->s->kinds, .kind = k};
    char text[80], digits[12];
    vec_rec list = {0};
    struct filter *f;
    uint32_t at = field_find(x->r->kind, str_of(field));
    if (!k || !day || field_find(k, STR("project")) == NO_FIELD ||
        field_find(k, STR("due")) == NO_FIELD)
        return RC_OK;
    struct str date = date_put(digits, day->num);
    snprintf(text, sizeof text, "project = %lld and due %s %.*s", (long long)x->r->id, sign,
             (int)date.n, date.p);
    TRY(filter_parse(&f, str_of(text), &c, x->to, e));
    struct query q = {.kind = k,
                      .filter = f,
                      .scope = {.reach = SCOPE_ALL},
                      .sort = {.path = {.step[0] = {k, ATTR_ID, NO_FIELD, UINT32_MAX}, .n = 1}},
                      .limit = 1};
    enum rc rc = store_list(x->tx, &q, x->to, &list, NULL, e);
    if (rc == RC_OK && list.n)
        rc = fault_add(x->faults, at, UINT32_MAX, UINT32_MAX, "project.milestone",
                       rec_title(&list.p[0]), e);
    vec_free(&list);
    return rc;
}

enum rc project_before(struct saving *x, struct err *e)
{
    const struct val *start = saving_val(x->r, "start"), *end = saving_val(x->r, "end");
    if (!x->before)
        return RC_OK;
    if (!same_day(start, saving_val(x->before, "start")))
        TRY(outside(x, "start", "<", start, e));
    return same_day(end, saving_val(x->before, "end")) ? RC_OK : outside(x, "end", ">", end, e);
}
