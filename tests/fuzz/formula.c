/* Any bytes as an expression: worked out, or refused with a key; the same every time. */
#include "../unit/record_help.h"

#include "record/formula.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static struct rec sample(struct arena *a)
{
    struct rec r;
    if (rec_new(&r, kind_find(help_kinds(), STR("plan")), a, NULL) != RC_OK)
        abort();
    for (uint32_t i = 0; i < r.kind->n_fields; i++) {
        enum type t = r.kind->field[i].type;
        if (!r.kind->field[i].list && (t == TYPE_INT || t == TYPE_MONEY || t == TYPE_DATE))
            r.val[i] = (struct val){.set = true, .num = 20000 + i};
        else if (!r.kind->field[i].list && t == TYPE_DECIMAL)
            r.val[i] = (struct val){.set = true, .real = 33.3};
        else if (!r.kind->field[i].list && t == TYPE_REF)
            r.val[i] = (struct val){.set = true, .num = 1};
    }
    r.id = 1;
    return r;
}

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    (void)e;
    *out = id == 1 ? ctx : NULL;
    return RC_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a = {.ceiling = 64u << 20};
    struct err e = {0}, f = {0};
    struct buf once, twice;
    struct rec r = sample(&a);
    const struct filter_context c = {
        .kinds = help_kinds(), .kind = r.kind, .today = 20000, .zh = n % 2};
    const struct str text = {(const char *)bytes, n};
    buf_init(&once, 1u << 20);
    buf_init(&twice, 1u << 20);
    enum rc rc = formula_try(&once, text, &c, &r, follow, &r, &a, &e);
    if (rc != RC_OK && (!e.key[0] || rc != RC_USER))
        abort();
    if (formula_try(&twice, text, &c, &r, follow, &r, &a, &f) != rc ||
        !str_eq(buf_view(&once), buf_view(&twice)))
        abort();
    buf_free(&once);
    buf_free(&twice);
    arena_free(&a);
    return 0;
}
