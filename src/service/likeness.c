#include "service/likeness.h"

enum { WINDOW = 5, WINDOWS_MIN = 30, ALIKE = SKETCH_BINS * 3 / 4 };

static bool counts(uint32_t c)
{
    return is_han(c) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void sketch_make(struct sketch *out, struct str text)
{
    uint32_t ring[WINDOW] = {0};
    uint64_t n = 0, whole = 0;
    memset(out->bin, 0xFF, sizeof out->bin);
    for (size_t i = 0; i < text.n;) {
        uint32_t c = utf8_next(text, &i);
        if (!counts(c))
            continue;
        ring[n % WINDOW] = c;
        whole = mix64(whole ^ c);
        if (++n < WINDOW)
            continue;
        uint64_t h = 0;
        for (uint64_t k = n; k < n + WINDOW; k++)
            h = (h ^ ring[k % WINDOW]) * 0x9E3779B97F4A7C15u;
        h = mix64(h);
        uint32_t *bin = &out->bin[h >> 59];
        *bin = MIN(*bin, (uint32_t)h);
    }
    out->windows = n < WINDOW ? 0 : (uint32_t)MIN(n - WINDOW + 1, (uint64_t)UINT32_MAX);
    out->whole = out->windows < WINDOWS_MIN ? 0 : whole | 1;
}

static bool alike(const struct sketch *a, const struct sketch *b)
{
    uint32_t same = 0, both = 0;
    for (int i = 0; i < SKETCH_BINS; i++) {
        bool empty = a->bin[i] == UINT32_MAX && b->bin[i] == UINT32_MAX;
        both += !empty;
        same += !empty && a->bin[i] == b->bin[i];
    }
    /* with few windows some bins are empty: judged by the others */
    return both >= SKETCH_BINS / 2 && same * SKETCH_BINS >= (uint32_t)ALIKE * both;
}

static uint64_t band_key(const struct sketch *s, int band)
{
    uint64_t h = (uint64_t)band + 1;
    for (int i = 0; i < SKETCH_ROWS; i++)
        h = mix64(h ^ s->bin[band * SKETCH_ROWS + i]);
    return h;
}

static enum rc keep(struct likeness *l, const struct sketch *s, uint32_t id, struct err *e)
{
    uint32_t place = (uint32_t)l->kept.n;
    struct kept_sketch k = {*s, id};
    TRY(vec_push(&l->kept, k, e));
    if (!map_put(&l->by_whole, s->whole, place))
        return err_nomem(e);
    for (int b = 0; b < SKETCH_BANDS; b++)
        if (!map_put(&l->by_band[b], band_key(s, b), place))
            return err_nomem(e);
    return RC_OK;
}

enum rc likeness_find(struct likeness *l, const struct sketch *s, uint32_t id, uint32_t *found,
                      struct err *e)
{
    uint32_t best = UINT32_MAX;
    *found = id;
    if (!s->whole)
        return RC_OK;
    const uint32_t *at = map_get(&l->by_whole, s->whole);
    if (at)
        best = *at;
    for (int b = 0; b < SKETCH_BANDS && best == UINT32_MAX; b++) {
        at = map_get(&l->by_band[b], band_key(s, b));
        if (at && alike(&l->kept.p[*at].sketch, s))
            best = *at;
    }
    if (best == UINT32_MAX)
        return keep(l, s, id, e);
    *found = l->kept.p[best].id;
    return RC_OK;
}

void likeness_free(struct likeness *l)
{
    vec_free(&l->kept);
    map_free(&l->by_whole);
    for (int b = 0; b < SKETCH_BANDS; b++)
        map_free(&l->by_band[b]);
}
