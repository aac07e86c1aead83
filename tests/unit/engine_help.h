/* A site in a new folder, and records of the shipped kinds written straight into its store. */
#ifndef ENGINE_HELP_H
#define ENGINE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "service/engine_int.h"
#include "service/site_int.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char help_dir[200];
static int64_t help_time = 1700000000;

static inline int64_t help_now(void *ctx)
{
    (void)ctx;
    return help_time;
}

#define OK(call) assert_ok((call), &help_err, #call)
static struct err help_err;

static inline void assert_ok(enum rc rc, const struct err *e, const char *what)
{
    if (rc != RC_OK)
        fail_msg("%s: %s %s %s", what, e->key, e->file, e->detail);
}

static inline struct site_options help_options(bool engine)
{
    return (struct site_options){.dir = help_dir, .engine = engine, .now = help_now};
}

static inline struct site *help_open(bool engine)
{
    struct site *s = NULL;
    struct site_options o = help_options(engine);
    OK(site_open(&s, &o, &help_err));
    return s;
}

static inline void help_init(void)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(help_dir, sizeof help_dir, "%s/engine_test.XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    assert_non_null(mkdtemp(help_dir));
    struct site_options o = help_options(false);
    OK(site_init(&o, &help_err));
}

static inline void help_remove(void)
{
    static const char *const name[] = {"qiao.db", "qiao.db-wal", "qiao.db-shm",
                                       "files",   "lock",        "secret.key"};
    char path[300];
    for (size_t i = 0; i < ARRAY_LEN(name); i++) {
        snprintf(path, sizeof path, "%s/%s", help_dir, name[i]);
        if (unlink(path) != 0)
            (void)rmdir(path);
    }
    (void)rmdir(help_dir);
}

static inline const struct kind *help_kind(const struct kinds *kinds, const char *name)
{
    const struct kind *k = kind_find(kinds, str_of(name));
    assert_non_null(k);
    return k;
}

/* A record being made; texts are borrowed until help_put. */
struct making {
    struct rec r;
    struct arena a;
};

static inline void help_new(struct making *m, const struct kinds *kinds, const char *kind)
{
    m->a = (struct arena){0};
    OK(rec_new(&m->r, help_kind(kinds, kind), &m->a, &help_err));
}

static inline uint32_t help_field(const struct making *m, const char *name)
{
    uint32_t f = field_find(m->r.kind, str_of(name));
    if (f == NO_FIELD)
        fail_msg("no field %s", name);
    return f;
}

/* As typed; a list's items a line each. */
static inline void help_set(struct making *m, const char *name, const char *text)
{
    vec_fault faults = {0};
    uint32_t f = help_field(m, name);
    OK(val_parse(&m->r.val[f], &m->r.kind->field[f], f, str_of(text), &m->a, &faults, &help_err));
    if (faults.n)
        fail_msg("%s: %s", name, faults.p[0].key);
    vec_free(&faults);
}

static inline void help_mask(struct making *m, const char *name, const char *text)
{
    vec_fault faults = {0};
    uint32_t f = help_field(m, name);
    OK(val_parse(&m->r.masked[f], &m->r.kind->field[f], f, str_of(text), &m->a, &faults,
                 &help_err));
    assert_int_equal(faults.n, 0);
}

static inline void help_state(struct making *m, const char *state)
{
    m->r.state = state_find(m->r.kind, str_of(state));
    assert_true(m->r.state != UINT32_MAX);
}

static inline struct by help_by(void)
{
    return (struct by){.login = STR("test"), .action = STR("create"), .at = help_time};
}

static inline int64_t help_write(struct site *s, struct rec *r)
{
    struct tx *tx = NULL;
    struct by by = help_by();
    OK(tx_begin(&tx, site_store(s), TX_WRITE, &help_err));
    r->updated = r->since = help_time;
    if (!r->id)
        r->created = help_time;
    OK(store_put(tx, r, &by, &help_err));
    OK(tx_commit(tx, &help_err));
    site_touch(s); /* as site_write does */
    return r->id;
}

static inline int64_t help_put(struct site *s, struct making *m)
{
    int64_t id = help_write(s, &m->r);
    arena_free(&m->a);
    return id;
}

static inline void help_delete(struct site *s, const char *kind, int64_t id)
{
    struct arena a = {0};
    struct tx *tx = NULL;
    struct rec r;
    struct by by = help_by();
    bool found = false;
    OK(tx_begin(&tx, site_store(s), TX_WRITE, &help_err));
    OK(store_get(tx, help_kind(site_kinds(s), kind), id, &a, &r, &found, &help_err));
    assert_true(found);
    OK(store_delete(tx, &r, &by, &help_err));
    OK(tx_commit(tx, &help_err));
    arena_free(&a);
}

static inline int64_t help_seq(struct site *s)
{
    int64_t seq = 0;
    OK(store_seq(site_store(s), &seq, &help_err));
    return seq;
}

/* Until the engine of `s` has taken in all that is written, a second at most. */
static inline void help_wait(struct site *s)
{
    OK(engine_wait(s, help_seq(s), 5000, &help_err));
}

static inline int64_t help_org(struct site *s, const char *name)
{
    struct making m;
    help_new(&m, site_kinds(s), "org");
    help_set(&m, "name", name);
    help_set(&m, "type", "company");
    return help_put(s, &m);
}

static inline int64_t help_result(struct site *s, int64_t org, const char *title, const char *body)
{
    struct making m;
    help_new(&m, site_kinds(s), "result");
    m.r.org = org;
    help_set(&m, "title", title);
    help_set(&m, "body", body);
    return help_put(s, &m);
}

static inline int64_t help_need(struct site *s, int64_t org, const char *title, const char *body)
{
    struct making m;
    help_new(&m, site_kinds(s), "need");
    m.r.org = org;
    help_state(&m, "open");
    help_set(&m, "title", title);
    help_set(&m, "body", body);
    return help_put(s, &m);
}

static inline struct actor help_actor(enum role role, int64_t org)
{
    return (struct actor){.account = 1, .org = org, .role = role, .login = STR("who"), .zh = true};
}

static inline bool help_lists(const vec_pairing *v, int64_t id)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->p[i].id == id)
            return true;
    return false;
}

/* Texts of some fields of industry, for filling a site. */
static inline void help_words(uint32_t i, char title[200], char body[600])
{
    static const char *const what[] = {"滴灌带抗堵塞流道", "锂电池隔膜涂布",   "铝合金热处理炉",
                                       "污水脱氮菌剂",     "数控机床主轴轴承", "茶叶杀青机",
                                       "光伏组件清洗",     "桥梁健康监测",     "中药材炮制在线检测",
                                       "聚酰亚胺薄膜拉伸", "生猪疫病快检",     "钢结构焊缝探伤"};
    static const char *const how[] = {"提高效率", "降低能耗", "延长寿命", "减少人工",
                                      "稳定质量", "在线监测", "自动控制", "国产替代"};
    const char *a = what[i % 12], *b = how[i / 12 % 8], *c = what[(i * 7 + 3) % 12];
    snprintf(title, 200, "%s%s技术%u", a, b, i);
    snprintf(body, 600, "围绕%s，采用新工艺%s，第%u批试验已在现场完成，也可用于%s。", a, b, i, c);
}

static inline void help_fill(struct site *s, int64_t org, uint32_t n, bool needs)
{
    char title[200], body[600];
    for (uint32_t i = 0; i < n; i++) {
        help_words(i, title, body);
        if (needs)
            help_need(s, org, title, body);
        else
            help_result(s, org, title, body);
    }
}

#endif
