/* The engine under faults: allocations fail, here and there, while it opens, follows the feed and
 * makes a new base, and while it is asked. It says so or it answers, and once memory is back it
 * knows what a new one knows. Prints TAP. */
#define _GNU_SOURCE
#include "../unit/site_help.h"

#include "base/fault.h"
#include "service/engine_int.h"
#include "service/pairing.h"

#define POINTS  20 /* allocations that are tried of each opening */
#define CHANGES 5
#define TRIES   50

static struct actor broker;
static int64_t first_need;
static struct site *writer; /* the same files, without an engine */

static bool wrong(const char *what, long n, const char *why)
{
    printf("# %s, the %ld-th allocation: %s\n", what, n, why);
    return false;
}

static void publish(int64_t id)
{
    STEP(&actor_system, "need", id, "diagnose");
    STEP(&actor_system, "need", id, "publish");
}

static int64_t make_need(const char *title, const char *body)
{
    int64_t id = MAKE(&actor_system, "need", "title", title, "body", body, "industry", "C398",
                      "region", "330600", "owner", "甲公司");
    publish(id);
    return id;
}

static void plant(void)
{
    first_need = make_need("高镍三元正极材料循环寿命提升",
                           "高镍三元正极材料常温循环寿命不低于2000次；残余碱≤0.3%。");
    make_need("水稻抗病育种", "水稻抗病品种，亩产不低于600公斤。");
    static const char *const result[][2] = {
        {"高镍三元正极材料表面包覆技术", "高镍三元正极材料常温循环寿命2300次，残余碱0.22%。"},
        {"城市排水管网检测", "排水管网检测机器人。"},
        {"水稻抗病新品种", "水稻抗病新品种亩产640公斤。"},
    };
    for (size_t i = 0; i < ARRAY_LEN(result); i++)
        MAKE(&actor_system, "result", "title", result[i][0], "body", result[i][1], "industry",
             "C398", "owner", "乙大学", "trl", "7");
}

/* ---- opening ---- */

static bool open_with(long n, long *count)
{
    struct err e = {0};
    struct engine *en = NULL;
    fault_arm(FAULT_ALLOC, n);
    enum rc rc = engine_open(&en, site, &e);
    *count = fault_count(FAULT_ALLOC);
    fault_arm(FAULT_ALLOC, 0);
    if (rc == RC_OK)
        engine_close(en);
    else if (!e.key[0])
        return wrong("open", n, "no error was given");
    return true;
}

static bool opening(void)
{
    long all = 0, hit;
    bool good = open_with(0, &all);
    if (good && all < POINTS)
        good = wrong("open", all, "hardly an allocation was made");
    for (long i = 1; good && i <= POINTS; i++)
        good = open_with(MAX(1, all * i / POINTS - i % 3), &hit);
    for (long n = 1; good && n <= 10; n++) /* the first ones are the engine's own */
        good = open_with(n, &hit);
    return good;
}

/* ---- what it knows ---- */

/* The lists of all needs and all results, as text. */
static enum rc knows(struct buf *out, struct err *e)
{
    static const char *const side[][2] = {{"need", "result"}, {"result", "need"}};
    struct arena a = {0};
    enum rc rc = RC_OK;
    buf_clear(out);
    for (int i = 0; rc == RC_OK && i < 2; i++) {
        struct list_answer all = {0};
        struct list_request q = {.kind = kind_of(side[i][0]), .sort = STR("id"), .limit = 1000};
        rc = record_list(site, &broker, &q, &a, &all, e);
        for (size_t r = 0; rc == RC_OK && r < all.rec.n; r++) {
            vec_pairing v = {0};
            rc = pairing_list(site, &broker, q.kind, all.rec.p[r].id, kind_of(side[i][1]), 50, &a,
                              &v, e);
            for (size_t k = 0; rc == RC_OK && k < v.n; k++)
                rc = buf_printf(out, e, "%lld:%lld:%.1f ", (long long)all.rec.p[r].id,
                                (long long)v.p[k].id, v.p[k].score);
            vec_free(&v);
        }
        vec_free(&all.rec);
    }
    arena_free(&a);
    return rc;
}

/* ---- following, and new bases ---- */

/* A change that another process made; the n-th allocation after it fails. */
static bool change(int i, long n)
{
    char title[80];
    struct err e = {0};
    struct site *own = site;
    snprintf(title, sizeof title, "三元正极材料循环寿命试验之%d", i);
    site = writer;
    make_need(title, "高镍三元正极材料常温循环寿命不低于1500次。");
    int64_t seq = site_seq(writer);
    site = own;
    fault_arm(FAULT_ALLOC, n);
    enum rc rc = RC_SYS;
    for (int t = 0; rc != RC_OK && t < TRIES; t++) { /* one that failed says that it is behind */
        rc = engine_wait(site, seq, 1000, &e);
        if (rc != RC_OK && strcmp(e.key, "engine.behind") != 0)
            return wrong("follow", n, e.key);
        usleep(rc == RC_OK ? 0 : 100 * 1000);
    }
    if (i == 2) /* long enough for a new base, which fails or is made */
        usleep(2600 * 1000);
    fault_arm(FAULT_ALLOC, 0);
    return rc == RC_OK || wrong("follow", n, "it never came so far");
}

static bool following(void)
{
    static const long at[CHANGES] = {3, 20, 60, 200, 700};
    struct err e = {0};
    struct buf kept, fresh;
    bool good = engine_open(&site->engine, site, &e) == RC_OK;
    for (int i = 0; good && i < CHANGES; i++)
        good = change(i, at[i]);
    buf_init(&kept, 1 << 20);
    buf_init(&fresh, 1 << 20);
    usleep(3000 * 1000); /* what failed is made once more */
    good = good && knows(&kept, &e) == RC_OK;
    engine_close(site->engine);
    site->engine = NULL;
    good = good && engine_open(&site->engine, site, &e) == RC_OK && knows(&fresh, &e) == RC_OK;
    if (good && (!kept.n || !str_eq(buf_view(&kept), buf_view(&fresh)))) {
        printf("# kept:  %.600s\n# fresh: %.600s\n", kept.n ? kept.p : "", fresh.p);
        good = wrong("follow", 0, "it knows something else than a new one");
    }
    buf_free(&kept);
    buf_free(&fresh);
    return good;
}

/* ---- asking ---- */

static enum rc ask(int what, struct arena *a, struct err *e)
{
    enum rc rc;
    if (what == 0) {
        vec_pairing v = {0};
        rc = pairing_list(site, &broker, kind_of("need"), first_need, kind_of("person"), 20, a, &v,
                          e);
        vec_free(&v);
    } else if (what == 1) {
        vec_pairing v = {0};
        struct why w = {0};
        rc = pairing_list(site, &broker, kind_of("need"), first_need, kind_of("result"), 20, a, &v,
                          e);
        if (rc == RC_OK && v.n)
            rc = pairing_why(site, &broker, first_need, v.p[0].id, a, &w, e);
        vec_free(&w.reason);
        vec_free(&v);
    } else {
        vec_shown v = {0};
        rc = search_all(site, &broker, STR("三元正极材料"), NULL, 20, a, &v, e);
        vec_free(&v);
    }
    return rc;
}

static bool asking(int what, long stride)
{
    bool good = true, hit = true;
    struct err e = {0};
    struct buf before, after;
    buf_init(&before, 1 << 20);
    buf_init(&after, 1 << 20);
    good = knows(&before, &e) == RC_OK;
    for (long n = 1; good && hit; n += stride) {
        struct arena a = {0};
        struct err why = {0};
        fault_arm(FAULT_ALLOC, n);
        enum rc rc = ask(what, &a, &why);
        hit = fault_count(FAULT_ALLOC) >= n;
        fault_arm(FAULT_ALLOC, 0);
        arena_free(&a);
        if (rc != RC_OK && !why.key[0])
            good = wrong("ask", n, "no error was given");
    }
    good = good && knows(&after, &e) == RC_OK && str_eq(buf_view(&before), buf_view(&after));
    buf_free(&before);
    buf_free(&after);
    return good;
}

int main(void)
{
    static const char *const names[] = {"opens", "follows", "lists", "explains", "searches"};
    struct err e = {0};
    int status = 0;
    setvbuf(stdout, NULL, _IOLBF, 0); /* told, whatever ends it */
    printf("1..%zu\n", ARRAY_LEN(names));
    if (site_open_all(NULL))
        return 1;
    broker = actor(ROLE_BROKER, 0);
    plant();
    struct site_options o = site_test_options();
    if (site_open(&writer, &o, &e) != RC_OK)
        return 1;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        bool good = i == 0 ? opening() : i == 1 ? following() : asking((int)i - 2, i == 3 ? 5 : 1);
        printf("%sok %zu - engine: %s while allocations fail\n", good ? "" : "not ", i + 1,
               names[i]);
        status |= !good;
    }
    site_close(writer);
    site_close_all(NULL);
    return status;
}
