/* Any bytes as what a person types: the first chooses the field. What is understood has a raw text
 * that gives the same value. */
#include "../unit/record_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!n)
        return 0;
    const struct kind *k = kind_find(help_kinds(), bytes[0] & 0x80 ? STR("org") : STR("need"));
    const uint32_t i = (bytes[0] & 0x7F) % k->n_fields;
    const struct field_def *f = &k->field[i];
    struct arena a = {.ceiling = 256u << 20};
    struct err e = {0};
    struct val v, again;
    struct buf b;
    vec_fault faults = {0};
    buf_init(&b, 1u << 26);
    if (val_parse(&v, f, i, (struct str){(const char *)bytes + 1, n - 1}, &a, &faults, &e) != RC_OK)
        abort();
    for (size_t j = 0; j < faults.n; j++)
        if (faults.p[j].field != i || !faults.p[j].key)
            abort();
    if (faults.n == 0) {
        if (val_text(&b, f, &v, n % 2, true, &e) != RC_OK ||
            val_parse(&again, f, i, buf_view(&b), &a, &faults, &e) != RC_OK || faults.n ||
            !val_eq(f, &v, &again))
            abort();
        if (val_text(&b, f, &v, n % 2, false, &e) != RC_OK)
            abort();
    }
    buf_free(&b);
    vec_free(&faults);
    arena_free(&a);
    return 0;
}
