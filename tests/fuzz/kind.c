/* Any bytes as declarations: YAML documents parted by NUL, each a kind, an extension or a table. */
#include "../unit/record_help.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void look(const struct kinds *k)
{
    for (uint32_t i = 0; i < kinds_count(k); i++) {
        const struct kind *d = kinds_at(k, i);
        if (kind_find(k, d->name) != d || d->title >= d->n_fields || !d->n_sections)
            abort();
        for (uint32_t f = 0; f < d->n_fields; f++)
            if (field_find(d, d->field[f].name) != f)
                abort();
        for (uint32_t s = 0; s < d->n_states; s++)
            for (uint32_t t = 0; t < d->state[s].n_steps; t++)
                if (d->state[s].step[t].to >= d->n_states ||
                    step_find(d, s, d->state[s].step[t].action->name) != &d->state[s].step[t])
                    abort();
    }
    for (uint32_t i = 0; i < codes_count(k); i++) {
        const struct codes *c = codes_at(k, i);
        for (uint32_t j = 0; j < c->n; j++)
            if (code_find(c, c->code[j].code) != &c->code[j] || c->code[j].end <= j ||
                c->code[j].end > c->n || c->code[j].under >= (int32_t)j)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct arena a = {.ceiling = 64u << 20};
    struct err e = {0};
    struct kinds *k;
    enum rc rc = kinds_open(&k, &e);
    if (rc != RC_OK)
        abort();
    for (size_t at = 0; at < n && rc == RC_OK;) {
        const uint8_t *cut = memchr(bytes + at, 0, n - at);
        size_t end = cut ? (size_t)(cut - bytes) : n;
        struct node *file;
        rc = yaml_parse(&file, (struct str){(const char *)bytes + at, end - at}, "f", &a, &e);
        if (rc == RC_OK)
            rc = kinds_add(k, file, "f", &e);
        at = end + 1;
    }
    if (rc == RC_OK)
        rc = kinds_finish(k, &e);
    if (rc == RC_OK)
        look(k);
    else if (!e.key[0] || e.rc != rc)
        abort();
    kinds_close(k);
    arena_free(&a);
    return 0;
}
