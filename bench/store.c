/* How long the store takes: writes, pages of lists, counts, looking at the end of the trail.
 *     store DIR|postgres://… [RECORDS]        default 40000, of the kinds in tests/unit/model */
#include "store/store.h"
#include "../tests/unit/record_help.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static struct err err;

static void ok(enum rc rc, const char *what)
{
    if (rc == RC_OK)
        return;
    fprintf(stderr, "%s: %s %s\n", what, err.key, err.detail);
    exit(1);
}

static struct store *open_place(const char *where)
{
    struct store *s;
    bool url = strncmp(where, "postgres", 8) == 0;
    struct store_options o = {.dir = url ? NULL : where, .url = url ? where : NULL, .create = true};
    ok(store_open(&s, &o, help_kinds(), &err), where);
    ok(store_index_kinds(s, &err), "indexes");
    return s;
}

static void put_need(struct tx *tx, uint32_t i, struct arena *a)
{
    static const char *const codes[] = {"C", "C32", "C321", "C39", "D", "E", "E1", "C3"};
    struct by by = {.login = STR("bench"), .action = STR("create"), .at = 1750000000 + i};
    struct rec r;
    vec_fault faults = {0};
    char json[900];
    snprintf(json, sizeof json,
             "{\"title\":\"需求 %u\",\"body\":\"%s\",\"industry\":\"%s\",\"trl\":%u,"
             "\"targets\":[{\"name\":\"密度\",\"op\":\"ge\",\"value\":1.8}]}",
             i,
             "采用粉末冶金的方法制备高温合金零件，要求批次稳定，成本可控，并提供样品与检测报告。",
             codes[i % 8], 1 + i % 9);
    arena_reset(a);
    ok(rec_new(&r, kind_find(help_kinds(), STR("need")), a, &err), "new");
    ok(rec_parse_input(&r, str_of(json), a, &faults, &err), "parse");
    r.org = 1 + i % 50;
    r.state = i % 4 ? state_find(r.kind, STR("open")) : 0;
    ok(store_put(tx, &r, &by, &err), "put");
    vec_free(&faults);
}

static void put_orgs(struct tx *tx, struct arena *a)
{
    struct by by = {.login = STR("bench"), .action = STR("create"), .at = 1750000000};
    for (int i = 0; i < 50; i++) {
        struct rec r;
        vec_fault faults = {0};
        char json[80];
        snprintf(json, sizeof json, "{\"name\":\"单位 %d\",\"region\":\"C32\"}", i);
        ok(rec_new(&r, kind_find(help_kinds(), STR("org")), a, &err), "new");
        ok(rec_parse_input(&r, str_of(json), a, &faults, &err), "parse");
        ok(store_put(tx, &r, &by, &err), "put");
    }
}

static void fill(struct store *s, uint32_t n)
{
    struct arena a = {0};
    struct tx *tx;
    double t = clock_seconds();
    ok(tx_begin(&tx, s, TX_WRITE, &err), "begin");
    put_orgs(tx, &a);
    for (uint32_t i = 0; i < n; i++)
        put_need(tx, i, &a);
    ok(tx_commit(tx, &err), "commit");
    t = clock_seconds() - t;
    printf("%u records in one transaction: %.0f a second\n", n, n / t);
    t = clock_seconds();
    for (uint32_t i = 0; i < 200; i++) {
        ok(tx_begin(&tx, s, TX_WRITE, &err), "begin");
        put_need(tx, n + i, &a);
        ok(tx_commit(tx, &err), "commit");
    }
    printf("one record a transaction: %.3f ms\n", (clock_seconds() - t) / 200 * 1e3);
    arena_free(&a);
}

static void lists(struct store *s, const char *filter, const char *sort, struct scope scope)
{
    struct arena a = {0}, page = {0};
    struct filter_context c = {.kinds = help_kinds(), .kind = kind_find(help_kinds(), STR("need"))};
    struct query q = {.kind = c.kind, .scope = scope, .sort = {.down = true}};
    struct filter *f;
    vec_rec got = {0};
    struct str next;
    uint64_t count = 0;
    struct tx *tx;
    ok(filter_parse(&f, str_of(filter), &c, &a, &err), filter);
    ok(path_find(&q.sort.path, str_of(sort), &c, &err), sort);
    q.filter = f;
    double t = clock_seconds();
    for (int i = 0; i < 200; i++) {
        got.n = 0;
        arena_reset(&page);
        ok(tx_begin(&tx, s, TX_READ, &err), "begin");
        ok(store_list(tx, &q, &page, &got, &next, &err), "list");
        tx_rollback(tx);
    }
    double list = (clock_seconds() - t) / 200 * 1e3;
    t = clock_seconds();
    for (int i = 0; i < 20; i++) {
        ok(tx_begin(&tx, s, TX_READ, &err), "begin");
        ok(store_count(tx, &q, &count, &err), "count");
        tx_rollback(tx);
    }
    printf("scope %d, %-14s by %-8s: page of %zu %.3f ms, count %llu %.3f ms\n", scope.reach,
           filter[0] ? filter : "all", sort, got.n, list, (unsigned long long)count,
           (clock_seconds() - t) / 20 * 1e3);
    vec_free(&got);
    arena_free(&a);
    arena_free(&page);
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    struct store *s = open_place(argv[1]);
    fill(s, argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 40000);
    static const struct scope scopes[] = {
        {SCOPE_PUBLIC, 0, false}, {SCOPE_ORG, 7, false}, {SCOPE_ALL, 0, false}};
    static const char *const filters[] = {"", "state = open", "industry = C32",
                                          "industry = C32 and trl = 3", "owner.region under C"};
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++) {
        for (size_t k = 0; k < ARRAY_LEN(filters); k++)
            lists(s, filters[k], "updated", scopes[i]);
        lists(s, "", "title", scopes[i]);
        lists(s, "", "industry", scopes[i]);
    }
    int64_t seq;
    double t = clock_seconds();
    for (int i = 0; i < 2000; i++)
        ok(store_seq(s, &seq, &err), "seq");
    printf("end of the trail: %.1f us\n", (clock_seconds() - t) / 2000 * 1e6);
    t = clock_seconds();
    ok(store_verify(s, NULL, NULL, &err), "verify");
    printf("verify: %.2f s\n", clock_seconds() - t);
    store_close(s);
    help_free();
    return 0;
}
