/* A store with a few hundred records, each of them also in memory, and filters that tell. */
#ifndef QUERY_HELP_H
#define QUERY_HELP_H

#include "store_help.h"

#include "base/map.h"
#include "store/store_int.h"

#define ORGS   6
#define PEOPLE 14
#define NEEDS  120
#define ALL    (ORGS + PEOPLE + NEEDS)

static struct place at;
static struct store *s;
static struct arena arena;
static struct rec recs[ALL + 1]; /* by id */
static struct rec faces[ALL + 1];
static bool shown[ALL + 1];
static uint64_t seed = 20260301;

static inline uint32_t chance(uint32_t n)
{
    seed = mix64(seed + 0x9e3779b97f4a7c15u);
    return (uint32_t)(seed >> 33) % n;
}

static inline const char *pick(const char *const *list, uint32_t n)
{
    return list[chance(n)];
}
#define PICK(list) pick(list, ARRAY_LEN(list))

/* ---- records ---- */

static const char *const codes[] = {"C", "C32", "C321", "C39", "D", "E", "E1", "C3"};
static const char *const words[] = {"Alpha", "beta", "合金", "电池", "a%b", "c'd", "x_y", "\\\\z"};

static inline void add(struct buf *b, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    OK(buf_str(b, str_of(text), &err));
}

static inline void need_json(struct buf *b)
{
    add(b, "{\"title\":\"%s%u\"", PICK(words), chance(40));
    if (chance(3))
        add(b, ",\"body\":\"%s %s\"", PICK(words), PICK(words));
    if (chance(4))
        add(b, ",\"industry\":\"%s\"", PICK(codes));
    if (chance(2))
        add(b, ",\"also\":[\"%s\",\"%s\"]", PICK(codes), PICK(codes));
    if (chance(2))
        add(b, ",\"keywords\":[\"%s\",\"w%u\"]", PICK(words), chance(4));
    if (chance(4))
        add(b, ",\"trl\":%u", 1 + chance(9));
    if (chance(3))
        add(b, ",\"grade\":%u", 1 + chance(5));
    if (chance(2))
        add(b, ",\"ratio\":%d.%u", (int)chance(12) - 6, 25 * chance(4));
    if (chance(2))
        add(b, ",\"budget\":%u", chance(9) * 100);
    if (chance(2))
        add(b, ",\"deadline\":\"2026-%02u-%02u\"", 1 + chance(12), 1 + chance(28));
    if (chance(2))
        add(b, ",\"visited\":%u", 1750000000 + chance(1000000));
    if (chance(2))
        add(b, ",\"urgent\":%s", chance(2) ? "true" : "false");
    if (chance(2))
        add(b, ",\"people\":[%u,%u]", ORGS + 1 + chance(PEOPLE), ORGS + 1 + chance(PEOPLE));
    if (chance(2))
        add(b, ",\"about\":%u", 1 + chance(ORGS + PEOPLE));
    if (chance(2))
        add(b, ",\"days\":[\"2026-01-0%u\"]", 1 + chance(9));
    if (chance(2))
        add(b, ",\"place\":{\"room\":\"%s\",\"seats\":%u}", PICK(words), chance(9));
    if (chance(2))
        add(b,
            ",\"targets\":[{\"name\":\"%s\",\"value\":%u.5},{\"name\":\"硬度\",\"op\":\"ge\","
            "\"sure\":true}]",
            PICK(words), chance(5));
    if (chance(2))
        add(b, ",\"masked\":{\"title\":\"%s*%u\",\"keywords\":[\"%s\"]}", PICK(words), chance(9),
            PICK(words));
    add(b, "}");
}

static inline void keep(struct tx *tx, struct rec r)
{
    struct by by = by_test;
    by.at += chance(60);
    OK(store_put(tx, &r, &by, &err));
    assert_in_range(r.id, 1, ALL);
    recs[r.id] = r;
    OK(rec_public(&faces[r.id], &shown[r.id], &recs[r.id], &arena, &err));
}

static inline void fill(struct tx *tx)
{
    for (uint32_t i = 0; i < ALL; i++) {
        struct buf b;
        buf_init(&b, 1 << 16);
        const char *kind = i < ORGS ? "org" : i < ORGS + PEOPLE ? "person" : "need";
        if (i < ORGS && i % 3)
            add(&b, "{\"name\":\"单位%u\",\"region\":\"%s\",\"parent\":%u}", i, PICK(codes), i);
        else if (i < ORGS)
            add(&b, "{\"name\":\"单位%u\"}", i);
        else if (i < ORGS + PEOPLE)
            add(&b, "{\"name\":\"%s\",\"field\":\"%s\"}", PICK(words), PICK(codes));
        else
            need_json(&b);
        struct rec r = make(kind, b.p, &arena);
        if (i >= ORGS) {
            r.org = (int64_t)chance(ORGS + 1);
            r.secrecy = (enum secrecy)chance(3);
        }
        if (r.kind->n_states)
            r.state = chance(2) ? state_find(r.kind, STR("open")) : chance(r.kind->n_states);
        keep(tx, r);
        buf_free(&b);
    }
}

static inline int up(void **state)
{
    (void)state;
    struct tx *tx;
    at = place_new();
    s = place_open(&at);
    OK(store_index_kinds(s, &err));
    OK(tx_begin(&tx, s, TX_WRITE, &err));
    fill(tx);
    for (int64_t id = 1; id <= ALL; id++)
        if (id > ORGS + PEOPLE && id % 7 == 0)
            OK(store_grant(tx, id, 5, &err));
    OK(tx_commit(tx, &err));
    OK(store_verify(s, NULL, NULL, &err));
    return 0;
}

static inline int down(void **state)
{
    (void)state;
    store_close(s);
    place_free(&at);
    arena_free(&arena);
    return 0;
}

/* ---- the same in memory ---- */

/* Every seventh need was granted to organisation 5. */
static inline bool granted(int64_t id)
{
    return id > ORGS + PEOPLE && id % 7 == 0;
}

/* As it is seen where another record refers to it. */
static inline const struct rec *seen_from(int64_t id, struct scope sc)
{
    if (id < 1 || id > ALL)
        return NULL;
    if (sc.reach == SCOPE_ALL || (sc.reach == SCOPE_ORG && recs[id].org == sc.org))
        return &recs[id];
    return shown[id] ? &faces[id] : NULL;
}

static inline const struct rec *seen(int64_t id, struct scope sc)
{
    return sc.granted && granted(id) ? &recs[id] : seen_from(id, sc);
}

static inline enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    (void)e;
    *out = seen_from(id, *(const struct scope *)ctx);
    return RC_OK;
}

/* Ids of the needs for which the filter holds, rising. */
static inline uint32_t in_memory(int64_t *ids, const struct filter *f, struct scope sc)
{
    uint32_t n = 0;
    for (int64_t id = 1; id <= ALL; id++) {
        const struct rec *r = seen(id, sc);
        bool holds = false;
        if (!r || r->kind != kind_of("need"))
            continue;
        OK(filter_holds(f, r, follow, &sc, &holds, &err));
        if (holds)
            ids[n++] = id;
    }
    return n;
}

static const struct scope scopes[] = {{.reach = SCOPE_PUBLIC},
                                      {.reach = SCOPE_ORG, .org = 2},
                                      {.reach = SCOPE_ORG, .org = 5},
                                      {.reach = SCOPE_ORG, .org = 5, .granted = true},
                                      {.reach = SCOPE_ALL}};

static inline struct filter *parse(const char *text, struct arena *a)
{
    struct filter_context c = {.kinds = help_kinds(),
                               .kind = kind_of("need"),
                               .today = days_of(2026, 3, 1),
                               .me = ORGS + 1,
                               .org = 2};
    struct filter *f;
    if (filter_parse(&f, str_of(text), &c, a, &err)) {
        fprintf(stderr, "%s: %s %s\n", text, err.key, err.detail);
        fail();
    }
    return f;
}

/* Returns how many needs the filter holds for in SCOPE_ALL. */
static inline uint32_t same_answer(struct tx *tx, const char *text)
{
    struct arena a = {0};
    uint32_t last = 0;
    const struct filter *f = parse(text, &a);
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        int64_t want[ALL];
        uint32_t n = last = in_memory(want, f, scopes[i]);
        struct query q = {
            .kind = kind_of("need"), .filter = f, .scope = scopes[i], .limit = ALL + 1};
        vec_rec got = {0};
        uint64_t count = 0;
        OK(store_list(tx, &q, &a, &got, NULL, &err));
        OK(store_count(tx, &q, &count, &err));
        bool same = got.n == n && count == n;
        for (uint32_t k = 0; k < n && same; k++)
            same = got.p[k].id == want[k];
        if (!same) {
            fprintf(stderr, "%s in scope %zu: %zu records, %llu counted, %u in memory\n", text, i,
                    got.n, (unsigned long long)count, n);
            fail();
        }
        vec_free(&got);
    }
    arena_free(&a);
    return last;
}

static const char *const tests[] = {
    "trl = 5",
    "trl != 3",
    "trl < 4",
    "trl >= 6",
    "trl in (1, 2, 9)",
    "trl is empty",
    "industry = C32",
    "industry != C",
    "industry under C3",
    "industry under C",
    "industry in (D, E1)",
    "industry is set",
    "also = C39",
    "also != C39",
    "also under C",
    "also in (E, D)",
    "also is empty",
    "keywords contains PH",
    "keywords = \"w1\"",
    "keywords is set",
    "ratio >= 0.25",
    "ratio = -1.75",
    "ratio in (0.5, 1.5, 2.75)",
    "ratio < -2",
    "budget > 1",
    "budget = 3",
    "budget is empty",
    "deadline < 2026-06-15",
    "deadline >= today",
    "deadline = 2026-02-03",
    "days = 2026-01-02",
    "days > 2026-01-05",
    "visited >= 2025-06-18",
    "urgent = true",
    "urgent != true",
    "title contains alp",
    "title contains \"%\"",
    "title contains \"'\"",
    "title contains 合",
    "title is set",
    "body contains BETA",
    "state = open",
    "state != draft",
    "state in (draft, closed, open)",
    "state is empty",
    "secrecy = masked",
    "secrecy in (open, private)",
    "owner = 2",
    "owner = @org",
    "owner is empty",
    "owner.region under C",
    "owner.region != C32",
    "owner.region is empty",
    "owner.parent.region in (C, D, C32)",
    "owner.name contains 单位1",
    "people.field under C3",
    "people.field != D",
    "people.name contains A",
    "people.owner.region = C39",
    "people.owner is set",
    "people.secrecy = masked",
    "people = @me",
    "about is set",
    "place.seats > 3",
    "place.room contains B",
    "targets.value >= 2.5",
    "targets.name = 硬度",
    "targets.op = ge",
    "targets.sure = true",
    "targets is empty",
    "id < 60",
    "id in (30, 31, 75)",
    "created > 2025-06-15",
    "updated = 2025-06-15",
    "since is set",
    "light = ge",
    "light != range",
    "light in (le, range)",
    "light is empty",
    "light is set",
    "light = le",
    "light under ge",
    "trl > .grade",
    "trl != .ratio",
    "ratio < .trl",
    "deadline <= .days",
    "days != .deadline",
    "created < .visited",
    "people.owner = .owner",
    "owner != .about.owner",
    "industry = .owner.region",
    "also = .people.field",
    "title != .place.room",
    "light = .targets.op",
    "targets.op = .light",
};

#endif
