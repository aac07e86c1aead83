/* Organisations by province: a cartogram of equal tiles, about where the provinces lie. Drawn by
 * us; the letters are those of GB/T 2260. */
#include "web/work_int.h"

#include <stdio.h>
#include <stdlib.h>

#define TILE         40
#define CITIES_SHOWN 6u

static const struct tile {
    const char *code, *zh, *en;
    unsigned char col, row;
} tiles[] = {
    {"230000", "黑", "HL", 7, 0}, {"150000", "蒙", "NM", 5, 1}, {"210000", "辽", "LN", 6, 1},
    {"220000", "吉", "JL", 7, 1}, {"650000", "新", "XJ", 0, 2}, {"620000", "甘", "GS", 2, 2},
    {"640000", "宁", "NX", 3, 2}, {"140000", "晋", "SX", 4, 2}, {"130000", "冀", "HE", 5, 2},
    {"110000", "京", "BJ", 6, 2}, {"120000", "津", "TJ", 7, 2}, {"540000", "藏", "XZ", 0, 3},
    {"630000", "青", "QH", 1, 3}, {"510000", "川", "SC", 2, 3}, {"610000", "陕", "SN", 3, 3},
    {"410000", "豫", "HA", 4, 3}, {"370000", "鲁", "SD", 5, 3}, {"320000", "苏", "JS", 6, 3},
    {"310000", "沪", "SH", 7, 3}, {"500000", "渝", "CQ", 3, 4}, {"420000", "鄂", "HB", 4, 4},
    {"340000", "皖", "AH", 5, 4}, {"330000", "浙", "ZJ", 6, 4}, {"530000", "云", "YN", 2, 5},
    {"520000", "贵", "GZ", 3, 5}, {"430000", "湘", "HN", 4, 5}, {"360000", "赣", "JX", 5, 5},
    {"350000", "闽", "FJ", 6, 5}, {"710000", "台", "TW", 7, 5}, {"450000", "桂", "GX", 3, 6},
    {"440000", "粤", "GD", 4, 6}, {"810000", "港", "HK", 5, 6}, {"460000", "琼", "HI", 3, 7},
    {"820000", "澳", "MO", 4, 7},
};

static uint64_t in_province(const vec_grouped *all, const char *code)
{
    uint64_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        if (all->p[i].value[0].n >= 2 && memcmp(all->p[i].value[0].p, code, 2) == 0)
            n += all->p[i].count;
    return n;
}

static int shade_of(uint64_t n, uint64_t most)
{
    if (!n)
        return 0;
    double part = (double)n / (double)most;
    return part > 0.6 ? 4 : part > 0.3 ? 3 : part > 0.1 ? 2 : 1;
}

static void view_tiles(struct request *rq, struct view *v, const vec_grouped *all)
{
    const struct codes *regions = codes_find(site_kinds(rq->site), STR("gbt2260"));
    struct view *list = view_list(v, "tiles");
    uint64_t most = 1;
    for (size_t i = 0; i < ARRAY_LEN(tiles); i++)
        most = MAX(most, in_province(all, tiles[i].code));
    for (size_t i = 0; i < ARRAY_LEN(tiles); i++) {
        const struct tile *t = &tiles[i];
        const struct code *c = regions ? code_find(regions, str_of(t->code)) : NULL;
        uint64_t n = in_province(all, t->code);
        struct view *one = view_item(list);
        view_int(one, "x", t->col * TILE);
        view_int(one, "y", t->row * TILE);
        view_int(one, "tx", t->col * TILE + TILE / 2 - 1);
        view_int(one, "ty", t->row * TILE + 16);
        view_int(one, "ny", t->row * TILE + 31);
        view_text(one, "name", rq->zh ? t->zh : t->en);
        view_str(one, "label", c ? label_text(&c->label, rq->zh) : str_of(t->code));
        view_str(one, "n", n ? show_count(rq, n) : STR(""));
        view_printf(one, "shade", "%d", shade_of(n, most));
        if (n)
            view_str(one, "href", work_list(rq, "org", textf(rq, "region under %s", t->code)));
    }
}

static int by_count(const void *p, const void *q)
{
    const struct grouped *a = p, *b = q;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return str_cmp(a->value[0], b->value[0]);
}

/* The cities with most of them; a whole province is no city, a municipality is one. */
static bool is_city(struct str code)
{
    bool province = code.n == 6 && memcmp(code.p + 2, "0000", 4) == 0;
    bool municipality =
        code.n == 6 && (memcmp(code.p, "11", 2) == 0 || memcmp(code.p, "12", 2) == 0 ||
                        memcmp(code.p, "31", 2) == 0 || memcmp(code.p, "50", 2) == 0);
    return code.n == 6 && (!province || municipality);
}

enum rc view_map_of_orgs(struct request *rq, struct view *v, struct err *e)
{
    const struct codes *regions = codes_find(site_kinds(rq->site), STR("gbt2260"));
    vec_grouped all = {0};
    TRY(work_tally(rq, "org", "", "region", "", "", &all, e));
    view_tiles(rq, v, &all);
    if (all.n)
        qsort(all.p, all.n, sizeof *all.p, by_count);
    struct view *cities = view_list(v, "cities");
    for (size_t i = 0, n = 0; i < all.n && n < CITIES_SHOWN; i++) {
        struct str code = all.p[i].value[0];
        const struct code *c = regions ? code_find(regions, code) : NULL;
        if (!c || !is_city(code))
            continue;
        struct view *one = view_item(cities);
        view_str(one, "label", label_text(&c->label, rq->zh));
        view_str(one, "n", show_count(rq, all.p[i].count));
        view_str(one, "href",
                 work_list(rq, "org", textf(rq, "region under %.*s", (int)code.n, code.p)));
        n++;
    }
    vec_free(&all);
    return RC_OK;
}
