/* Filters, sorts, pages and groups: the same answers as in memory, in every scope. */
#include "query_help.h"

/* ---- filters ---- */

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
