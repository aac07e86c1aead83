/* Rectification: a finding is closed by somebody else than who is in charge of it. That it is not
 * who submitted it either, the kind itself says (`other`). */
#include "service/site_int.h"
#include "service/special_int.h"

enum rc finding_before(struct saving *x, struct err *e)
{
    const struct val *owner = saving_val(x->r, "owner_name");
    if (!x->step || !str_eq(x->step->action->name, STR("close")) || !owner || !x->a->name.n ||
        !str_eq(str_trim(owner->text), str_trim(x->a->name)))
        return RC_OK;
    return fault_add(x->faults, field_find(x->r->kind, STR("owner_name")), UINT32_MAX, UINT32_MAX,
                     "field.in_charge", STR(""), e);
}
