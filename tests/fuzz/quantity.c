/* The quantity reader and judge on any bytes: the input, cut at its first NUL, is need and offer.
 */
#include <stdlib.h>

#include "base/embed.h"
#include "record/yaml.h"
#include "text/quantity.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static struct units *load(void)
{
    static struct arena arena;
    struct units *units = NULL;
    struct node *table;
    for (const struct embedded *f = model_files; f->name; f++) {
        struct str bytes = {(const char *)f->bytes, f->n};
        if (strcmp(f->name, "model/units.yaml") == 0 &&
            (yaml_parse(&table, bytes, f->name, &arena, NULL) || units_init(&units, table, NULL)))
            abort();
    }
    return units;
}

static void check(const struct vec_quantity *v, struct str text)
{
    for (size_t i = 0; i < v->n; i++) {
        const struct quantity *q = &v->p[i];
        if (q->whole.from >= q->whole.to || q->whole.to > text.n || q->name.from > q->name.to ||
            q->name.to > text.n || q->value.from > q->value.to || q->value.to > text.n ||
            !(q->low <= q->high))
            abort();
    }
}

static size_t count_asked(const struct vec_quantity *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += v->p[i].stated == ASKED;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static struct units *units;
    struct vec_quantity needs = {0}, offers = {0};
    struct vec_indicator found = {0};
    if (!units)
        units = load();
    const uint8_t *cut = n ? memchr(p, 0, n) : NULL;
    size_t k = cut ? (size_t)(cut - p) : n;
    struct str need = {(const char *)p, k}, offer = str_sub((struct str){need.p, n}, k, n);
    if (quantities_read(&needs, need, units, NULL) ||
        quantities_read(&offers, offer, units, NULL) ||
        indicators_judge(&found, &needs, need, &offers, offer, units, NULL))
        abort();
    check(&needs, need);
    check(&offers, offer);
    if (found.n != count_asked(&needs))
        abort();
    vec_free(&needs);
    vec_free(&offers);
    vec_free(&found);
    return 0;
}
