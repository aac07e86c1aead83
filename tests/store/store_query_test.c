/* Filters, sorts, pages and groups: the same answers as in memory, in every scope. */
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

static uint32_t chance(uint32_t n)
{
    seed = mix64(seed + 0x9e3779b97f4a7c15u);
    return (uint32_t)(seed >> 33) % n;
}

static const char *pick(const char *const *list, uint32_t n)
{
    return list[chance(n)];
}
#define PICK(list) pick(list, ARRAY_LEN(list))

/* ---- records ---- */

static const char *const codes[] = {"C", "C32", "C321", "C39", "D", "E", "E1", "C3"};
static const char *const words[] = {"Alpha", "beta", "合金", "电池", "a%b", "c'd", "x_y", "\\\\z"};

static void add(struct buf *b, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    OK(buf_str(b, str_of(text), &err));
}

static void need_json(struct buf *b)
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

static void keep(struct tx *tx, struct rec r)
{
    struct by by = by_test;
    by.at += chance(60);
    OK(store_put(tx, &r, &by, &err));
    assert_in_range(r.id, 1, ALL);
    recs[r.id] = r;
    OK(rec_public(&faces[r.id], &shown[r.id], &recs[r.id], &arena, &err));
}

static void fill(struct tx *tx)
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

static int up(void **state)
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

static int down(void **state)
{
    (void)state;
    store_close(s);
    place_free(&at);
    arena_free(&arena);
    return 0;
}

/* ---- the same in memory ---- */

/* Every seventh need was granted to organisation 5. */
static bool granted(int64_t id)
{
    return id > ORGS + PEOPLE && id % 7 == 0;
}

/* As it is seen where another record refers to it. */
static const struct rec *seen_from(int64_t id, struct scope sc)
{
    if (id < 1 || id > ALL)
        return NULL;
    if (sc.reach == SCOPE_ALL || (sc.reach == SCOPE_ORG && recs[id].org == sc.org))
        return &recs[id];
    return shown[id] ? &faces[id] : NULL;
}

static const struct rec *seen(int64_t id, struct scope sc)
{
    return sc.granted && granted(id) ? &recs[id] : seen_from(id, sc);
}

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    (void)e;
    *out = seen_from(id, *(const struct scope *)ctx);
    return RC_OK;
}

/* Ids of the needs for which the filter holds, rising. */
static uint32_t in_memory(int64_t *ids, const struct filter *f, struct scope sc)
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

static struct filter *parse(const char *text, struct arena *a)
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
static uint32_t same_answer(struct tx *tx, const char *text)
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

/* ---- filters ---- */

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

static void test_each_filter(void **state)
{
    (void)state;
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    uint32_t telling = 0;
    for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
        uint32_t n = same_answer(tx, tests[i]);
        telling += n > 0 && n < NEEDS;
    }
    tx_rollback(tx);
    assert_true(telling > ARRAY_LEN(tests) * 8 / 10); /* the others hold for none or for all */
}

static void tree(struct buf *b, unsigned depth)
{
    uint32_t c = depth ? chance(5) : 0;
    if (c < 2) {
        add(b, "%s", PICK(tests));
    } else if (c == 2) {
        add(b, "not (");
        tree(b, depth - 1);
        add(b, ")");
    } else {
        add(b, "(");
        tree(b, depth - 1);
        add(b, c == 3 ? ") and (" : ") or (");
        tree(b, depth - 1);
        add(b, ")");
    }
}

static void test_random_filters(void **state)
{
    (void)state;
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    for (int i = 0; i < 400; i++) {
        struct buf b;
        buf_init(&b, 1 << 16);
        tree(&b, 4);
        same_answer(tx, b.p);
        buf_free(&b);
    }
    tx_rollback(tx);
}

/* ---- sorts and pages ---- */

static const struct rec *key_rec[ALL];
static struct path key_path;

static int compare_key(const struct rec *a, const struct rec *b)
{
    const struct path_step *p = &key_path.step[0];
    struct val x = {0}, y = {0};
    const struct field_def *f = path_field(&key_path);
    if (f && f->n_cases) {
        struct str c = rec_case(a, f, key_path.today), d = rec_case(b, f, key_path.today);
        x = (struct val){.set = c.n > 0, .num = c.n ? code_find(f->codes, c) - f->codes->code : 0};
        y = (struct val){.set = d.n > 0, .num = d.n ? code_find(f->codes, d) - f->codes->code : 0};
    } else if (p->attr == ATTR_FIELD) {
        x = a->val[p->field];
        y = b->val[p->field];
    } else if (p->attr == ATTR_OWNER) {
        x = (struct val){.set = a->org != 0, .num = a->org};
        y = (struct val){.set = b->org != 0, .num = b->org};
    } else {
        x = (struct val){.set = true, .num = p->attr == ATTR_STATE ? a->state : a->updated};
        y = (struct val){.set = true, .num = p->attr == ATTR_STATE ? b->state : b->updated};
    }
    if (x.set != y.set || !x.set)
        return x.set - y.set;
    enum type t = path_type(&key_path);
    if (p->attr == ATTR_FIELD && (t == TYPE_TEXT || t == TYPE_CODE) && !f->n_cases)
        return str_cmp(x.text, y.text);
    if (t == TYPE_DECIMAL)
        return (x.real > y.real) - (x.real < y.real);
    return (x.num > y.num) - (x.num < y.num);
}

static int rising(const void *a, const void *b)
{
    const struct rec *x = *(const struct rec *const *)a, *y = *(const struct rec *const *)b;
    int c = compare_key(x, y);
    return c ? c : (x->id > y->id) - (x->id < y->id);
}

static uint32_t sorted(struct scope sc, bool down)
{
    uint32_t n = 0;
    for (int64_t id = 1; id <= ALL; id++)
        if (seen(id, sc) && recs[id].kind == kind_of("need"))
            key_rec[n++] = seen(id, sc);
    qsort(key_rec, n, sizeof *key_rec, rising);
    for (uint32_t i = 0; down && i < n / 2; i++) {
        const struct rec *r = key_rec[i];
        key_rec[i] = key_rec[n - 1 - i];
        key_rec[n - 1 - i] = r;
    }
    return n;
}

/* Page by page by cursor, and once by offset. */
static void same_order(struct tx *tx, struct query q, uint32_t n, const char *name)
{
    struct arena a = {0};
    vec_rec got = {0};
    struct str next = STR("");
    unsigned pages = 0;
    q.limit = 7;
    do {
        q.after = next;
        OK(store_list(tx, &q, &a, &got, &next, &err));
        assert_true(++pages < ALL);
    } while (next.n);
    bool same = got.n == n;
    for (uint32_t i = 0; i < n && same; i++)
        same = got.p[i].id == key_rec[i]->id && got.p[i].face_public == key_rec[i]->face_public;
    if (!same) {
        fprintf(stderr, "%s %s in scope %d: %zu of %u\n", name, q.sort.down ? "down" : "up",
                q.scope.reach, got.n, n);
        fail();
    }
    got.n = 0;
    q.offset = 11;
    q.after = STR("");
    OK(store_list(tx, &q, &a, &got, &next, &err));
    for (uint32_t i = 0; i < got.n; i++)
        assert_int_equal(got.p[i].id, key_rec[11 + i]->id);
    vec_free(&got);
    arena_free(&a);
}

static void test_sorts(void **state)
{
    (void)state;
    static const char *const by[] = {"title",  "trl",   "ratio",   "industry", "deadline", "urgent",
                                     "budget", "state", "updated", "owner",    "light"};
    struct filter_context c = {
        .kinds = help_kinds(), .kind = kind_of("need"), .today = days_of(2026, 3, 1)};
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    for (size_t i = 0; i < ARRAY_LEN(by); i++)
        for (size_t j = 0; j < ARRAY_LEN(scopes) * 2; j++) {
            struct query q = {.kind = c.kind, .scope = scopes[j / 2], .sort = {.down = j % 2}};
            OK(path_find(&q.sort.path, str_of(by[i]), &c, &err));
            key_path = q.sort.path;
            same_order(tx, q, sorted(q.scope, q.sort.down), by[i]);
        }
    tx_rollback(tx);
}

/* Sorts that go through a ref or a list, and all kinds together. */
static void test_other_sorts(void **state)
{
    (void)state;
    static const char *const by[] = {"owner.region", "also", "people.owner.region", "place.seats"};
    struct filter_context c = {.kinds = help_kinds(), .kind = kind_of("need")};
    struct arena a = {0};
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    for (size_t i = 0; i < ARRAY_LEN(by); i++) {
        struct query q = {.kind = c.kind, .scope = scopes[1], .limit = 7};
        vec_rec got = {0};
        struct str next = STR("");
        OK(path_find(&q.sort.path, str_of(by[i]), &c, &err));
        do {
            q.after = next;
            OK(store_list(tx, &q, &a, &got, &next, &err));
        } while (next.n);
        assert_int_equal(got.n, sorted(scopes[1], false));
        vec_free(&got);
    }
    struct query all = {.scope = {.reach = SCOPE_ALL}, .limit = ALL};
    vec_rec got = {0};
    OK(store_list(tx, &all, &a, &got, NULL, &err));
    assert_int_equal(got.n, ALL);
    vec_free(&got);
    arena_free(&a);
    tx_rollback(tx);
}

static void test_cursors(void **state)
{
    (void)state;
    static const char *const bad[] = {"x",      "-",      "12",   "12-",   "12-i",
                                      "12-i1x", "12-t4g", "12-q", "12-d1", "-i4",

                                      "12-t414"};
    struct filter_context c = {.kinds = help_kinds(), .kind = kind_of("need")};
    struct query q = {.kind = c.kind, .scope = {.reach = SCOPE_ALL}};
    struct arena a = {0};
    vec_rec got = {0};
    struct tx *tx;
    OK(path_find(&q.sort.path, STR("trl"), &c, &err));
    OK(tx_begin(&tx, s, TX_READ, &err));
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        q.after = str_of(bad[i]);
        FAILS(store_list(tx, &q, &a, &got, NULL, &err), RC_USER, "store.cursor");
    }
    tx_rollback(tx);
    vec_free(&got);
    arena_free(&a);
}

/* ---- groups ---- */

static uint64_t count_in_memory(struct scope sc, const char *industry)
{
    uint64_t n = 0;
    uint32_t f = field("need", "industry");
    for (int64_t id = 1; id <= ALL; id++) {
        const struct rec *r = seen(id, sc);
        if (!r || r->kind != kind_of("need"))
            continue;
        struct str code = r->val[f].set ? r->val[f].text : STR("");
        n += str_eq(code, str_of(industry));
    }
    return n;
}

static void test_groups(void **state)
{
    (void)state;
    struct filter_context c = {.kinds = help_kinds(), .kind = kind_of("need")};
    struct arena a = {0};
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        struct query q = {.kind = c.kind, .scope = scopes[i]};
        struct group_by g = {0};
        vec_grouped got = {0};
        OK(path_find(&g.by[0], STR("industry"), &c, &err));
        OK(path_find(&g.sum, STR("trl"), &c, &err));
        OK(store_group(tx, &q, &g, &a, &got, &err));
        uint64_t all = 0;
        for (size_t k = 0; k < got.n; k++) {
            assert_int_equal(got.p[k].count, count_in_memory(scopes[i], got.p[k].value[0].p));
            assert_true(!k || str_cmp(got.p[k - 1].value[0], got.p[k].value[0]) < 0);
            all += got.p[k].count;
        }
        assert_int_equal(all, sorted(scopes[i], false));
        vec_free(&got);
    }
    tx_rollback(tx);
    arena_free(&a);
}

static double group_value(const vec_grouped *g, const char *a, const char *b, bool sum)
{
    for (size_t i = 0; i < g->n; i++)
        if (str_eq(g->p[i].value[0], str_of(a)) && str_eq(g->p[i].value[1], str_of(b)))
            return sum ? g->p[i].sum : (double)g->p[i].count;
    return -1;
}

static void test_groups_exact(void **state)
{
    (void)state;
    struct place p = place_new();
    struct store *t = place_open(&p);
    static const char *const json[] = {
        "{\"title\":\"aa\",\"also\":[\"C\",\"D\"],\"deadline\":\"2026-03-09\",\"budget\":100}",
        "{\"title\":\"bb\",\"also\":[\"D\"],\"deadline\":\"2026-03-31\",\"budget\":250}",
        "{\"title\":\"cc\",\"deadline\":\"2026-04-01\"}",
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(json); i++) {
        struct rec r = make("need", json[i], &a);
        OK(put_one(t, &r));
    }
    struct filter_context c = {.kinds = help_kinds(), .kind = kind_of("need")};
    struct query q = {.kind = c.kind, .scope = {.reach = SCOPE_ALL}};
    struct group_by g = {.month = {true, false}};
    vec_grouped got = {0};
    struct tx *tx;
    OK(tx_begin(&tx, t, TX_READ, &err));
    OK(path_find(&g.by[0], STR("deadline"), &c, &err));
    OK(path_find(&g.by[1], STR("also"), &c, &err));
    OK(path_find(&g.sum, STR("budget"), &c, &err));
    OK(store_group(tx, &q, &g, &a, &got, &err));
    assert_int_equal(got.n, 3);
    assert_true(group_value(&got, "2026-03", "D", false) == 2);
    assert_true(group_value(&got, "2026-03", "D", true) == 350);
    assert_true(group_value(&got, "2026-03", "C", true) == 100);
    assert_true(group_value(&got, "2026-04", "", false) == 1);
    got.n = 0;
    /* 1750000000 is 2025-06-15 23:06 in China */
    g = (struct group_by){.month = {true, false}};
    OK(path_find(&g.by[0], STR("created"), &c, &err));
    OK(path_find(&g.by[1], STR("state"), &c, &err));
    OK(store_group(tx, &q, &g, &a, &got, &err));
    assert_int_equal(got.n, 1);
    assert_true(group_value(&got, "2025-06", "draft", false) == 3);
    tx_rollback(tx);
    vec_free(&got);
    arena_free(&a);
    store_close(t);
    place_free(&p);
}

/* A computed code is grouped as it is found in memory. */
static void test_groups_computed(void **state)
{
    (void)state;
    struct filter_context c = {
        .kinds = help_kinds(), .kind = kind_of("need"), .today = days_of(2026, 3, 1)};
    const struct field_def *light = &c.kind->field[field("need", "light")];
    struct arena a = {0};
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        struct query q = {.kind = c.kind, .scope = scopes[i]};
        struct group_by g = {0};
        vec_grouped got = {0};
        uint64_t all = 0;
        OK(path_find(&g.by[0], STR("light"), &c, &err));
        OK(store_group(tx, &q, &g, &a, &got, &err));
        for (size_t k = 0; k < got.n; k++) {
            uint64_t n = 0;
            for (int64_t id = 1; id <= ALL; id++) {
                const struct rec *r = seen(id, scopes[i]);
                n += r && r->kind == c.kind &&
                     str_eq(rec_case(r, light, c.today), got.p[k].value[0]);
            }
            assert_int_equal(got.p[k].count, n);
            all += n;
        }
        assert_true(got.n > 2);
        assert_int_equal(all, sorted(scopes[i], false));
        vec_free(&got);
    }
    tx_rollback(tx);
    arena_free(&a);
}

/* ---- each ---- */

static enum rc count_each(void *ctx, const struct rec *r, struct err *e)
{
    int64_t *last = ctx;
    (void)e;
    assert_true(r->id > *last);
    *last = r->id;
    return RC_OK;
}

static void test_each(void **state)
{
    (void)state;
    struct query q = {.scope = {.reach = SCOPE_ALL}};
    int64_t last = 0;
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    OK(store_each(tx, &q, count_each, &last, &err));
    assert_int_equal(last, ALL);
    tx_rollback(tx);
}

/* ---- plans ---- */

/* Lists of a large store are served by an index: no scan of the table, no sort. */
static void served(struct tx *tx, const char *filter, const char *sort, struct scope sc, bool count)
{
    struct arena a = {0};
    struct buf plan;
    struct filter_context c = {.kinds = help_kinds(), .kind = kind_of("need")};
    struct query q = {.kind = c.kind, .scope = sc, .sort = {.down = true}};
    if (filter)
        q.filter = parse(filter, &a);
    OK(path_find(&q.sort.path, str_of(sort), &c, &err));
    buf_init(&plan, 1 << 16);
    OK(store_plan(tx, &q, count, &plan, &err));
    bool merged = sc.reach == SCOPE_ORG; /* two short lists become one */
    bool scan = strstr(plan.p, "SCAN r\n") || strstr(plan.p, "Seq Scan on rec");
    bool sort_all = !merged && (strstr(plan.p, "TEMP B-TREE") || strstr(plan.p, "Sort"));
    bool index = strstr(plan.p, "SEARCH r USING") || strstr(plan.p, "SCAN r USING INDEX kx_") ||
                 strstr(plan.p, "Index Scan") || strstr(plan.p, "Index Only Scan");
    bool covered = !count || !on_sqlite() || strstr(plan.p, "COVERING INDEX");
    if (scan || sort_all || !index || !covered) {
        fprintf(stderr, "%s by %s in scope %d:\n%s", filter ? filter : "all", sort, sc.reach,
                plan.p);
        fail();
    }
    buf_free(&plan);
    arena_free(&a);
}

static void test_plans(void **state)
{
    (void)state;
    struct tx *tx;
    OK(tx_begin(&tx, s, TX_READ, &err));
    if (!on_sqlite()) /* so small a table it would rather scan: what could it do? */
        OK(tx->db->ops->exec(tx->db,
                             "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
                             "SET LOCAL enable_sort = off",
                             &err));
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        served(tx, NULL, "updated", scopes[i], false);
        served(tx, NULL, "title", scopes[i], false);
        served(tx, NULL, "industry", scopes[i], false);
        served(tx, NULL, "state", scopes[i], false);
        served(tx, "state = open", "updated", scopes[i], false);
        served(tx, "industry = C32", "updated", scopes[i], false);
        served(tx, "trl = 5", "updated", scopes[i], false);
        if (scopes[i].reach != SCOPE_ORG) {
            served(tx, NULL, "updated", scopes[i], true);
            served(tx, "state = open", "updated", scopes[i], true);
        }
    }
    tx_rollback(tx);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_each_filter),  cmocka_unit_test(test_random_filters),
        cmocka_unit_test(test_sorts),        cmocka_unit_test(test_other_sorts),
        cmocka_unit_test(test_cursors),      cmocka_unit_test(test_groups),
        cmocka_unit_test(test_groups_exact), cmocka_unit_test(test_each),
        cmocka_unit_test(test_plans),        cmocka_unit_test(test_groups_computed),
    };
    int failed = cmocka_run_group_tests(all, up, down);
    help_free();
    return failed != 0;
}
