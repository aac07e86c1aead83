#include "service/places.h"

static bool starts_char(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

enum rc places_init(struct places *p, struct str text, struct err *e)
{
    size_t n = text.n / PLACES_STEP + 1;
    uint32_t chars = 0;
    *p = (struct places){text, mem_calloc(n, sizeof *p->count)};
    if (!p->count)
        return err_nomem(e);
    for (size_t i = 0; i < text.n; i++) {
        if (i % PLACES_STEP == 0)
            p->count[i / PLACES_STEP] = chars;
        chars += starts_char(text.p[i]);
    }
    if (text.n % PLACES_STEP == 0)
        p->count[text.n / PLACES_STEP] = chars;
    return RC_OK;
}

void places_free(struct places *p)
{
    mem_free(p->count);
    *p = (struct places){0};
}

uint32_t places_char(const struct places *p, size_t byte)
{
    size_t at = MIN(byte, p->text.n), i = at / PLACES_STEP * PLACES_STEP;
    uint32_t chars = p->count[i / PLACES_STEP];
    for (; i < at; i++)
        chars += starts_char(p->text.p[i]);
    return chars;
}

size_t places_byte(const struct places *p, uint32_t character)
{
    size_t lo = 0, hi = p->text.n / PLACES_STEP + 1;
    while (hi - lo > 1) {
        size_t mid = (lo + hi) / 2;
        if (p->count[mid] <= character)
            lo = mid;
        else
            hi = mid;
    }
    uint32_t chars = p->count[lo];
    size_t i = lo * PLACES_STEP;
    for (; i < p->text.n; i++) {
        if (!starts_char(p->text.p[i]))
            continue;
        if (chars++ == character)
            return i;
    }
    return p->text.n;
}
