/* Agreements: the number that is given when the scan of one is filed. */
#include "service/site_int.h"
#include "service/special_int.h"

#include <stdio.h>

enum rc agreement_before(struct saving *x, struct err *e)
{
    const struct val *signed_on = saving_val(x->r, "signed");
    char name[40], number[40];
    int64_t next;
    int year, month, day;
    if (!x->step || !str_eq(x->step->action->name, STR("file")) || saving_val(x->r, "number"))
        return RC_OK;
    days_to(signed_on ? signed_on->num : site_today(x->s), &year, &month, &day);
    snprintf(name, sizeof name, "agreement:%d", year);
    TRY(store_next(x->tx, str_of(name), &next, e));
    snprintf(number, sizeof number, "%d-%03lld", year, (long long)next);
    struct str kept = arena_str(x->to, str_of(number));
    if (!kept.p)
        return err_nomem(e);
    saving_set(x->r, "number", (struct val){.set = true, .text = kept});
    return RC_OK;
}
