/* The site's use cases under faults: each with every allocation of ours and every step of a
 * database statement made to fail, one after the other. It reports an error, writes all or nothing,
 * and does the same a moment later. Prints TAP. */
#define _GNU_SOURCE
#include "../unit/site_help.h"

#include "base/fault.h"
#include "service/auth.h"
#include "service/notify_int.h"

static struct actor editor, broker, told; /* told: has an account */
static int64_t subject;

typedef enum rc (*case_fn)(struct arena *a, struct err *e);

static enum rc create(struct arena *a, struct err *e)
{
    static const struct typed t[] = {{STR("title"), STR("新试样")},
                                     {STR("friend"), STR("旧试样")},
                                     {STR("rows.0.name"), STR("甲")},
                                     {STR("size"), STR("3")}};
    struct rec r;
    vec_fault faults = {0};
    enum rc rc = rec_new(&r, kind_of("probe"), a, e);
    if (rc == RC_OK)
        rc = record_fill(site, &editor, &r, t, ARRAY_LEN(t), a, &faults, e);
    if (rc == RC_OK)
        rc = record_save(site, &editor, &r, STR("说明"), a, &faults, e);
    vec_free(&faults);
    return rc;
}

static enum rc step(struct arena *a, struct err *e)
{
    static const struct typed size = {STR("size"), STR("5")};
    struct rec out;
    vec_fault faults = {0};
    struct act act = {.id = subject, .action = STR("open"), .typed = &size, .n_typed = 1};
    enum rc rc = record_act(site, &broker, kind_of("probe"), &act, a, &out, &faults, e);
    vec_free(&faults);
    return rc;
}

static enum rc delete_one(struct arena *a, struct err *e)
{
    (void)a;
    return record_delete(site, &broker, kind_of("probe"), subject, 0, STR(""), e);
}

static enum rc look(struct arena *a, struct err *e)
{
    struct shown s;
    struct list_answer out;
    struct list_request q = {.kind = kind_of("probe"), .filter = STR("size > 0"), .count = true};
    vec_event v = {0};
    vec_ref refs = {0};
    TRY(record_show(site, &editor, q.kind, subject, a, &s, e));
    TRY(record_list(site, &editor, &q, a, &out, e));
    vec_free(&out.rec);
    TRY(record_history(site, &editor, q.kind, subject, a, &v, e));
    events_free(&v);
    enum rc rc = record_refs(site, &editor, subject, 10, a, &refs, e);
    vec_free(&refs);
    return rc;
}

static enum rc visit(struct arena *a, struct err *e)
{
    struct signed_in who;
    TRY(auth_visit(site, a, &who, e));
    return auth_session(site, str_of(who.id), a, &who, e);
}

static enum rc job(struct arena *a, struct err *e)
{
    int64_t id;
    bool ran;
    (void)a;
    TRY(jobs_start(site, &actor_system, "rebuild", STR("{}"), &id, e));
    return jobs_run_one(site, &ran, e);
}

static enum rc put_notice(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct notice n = {
        .account = told.account, .key = STR("notice.other"), .text = STR("x\ty"), .about = subject};
    (void)ctx;
    return notice_put(s, tx, &n, e);
}

/* Something is told, read, put into a message; what somebody has chosen. */
static enum rc notices(struct arena *a, struct err *e)
{
    vec_notice_shown v = {0};
    struct notify_own own;
    struct hook robot = {told.account, STR("feishu"), STR("https://a.example/b"), STR("s")};
    struct letter l = {0};
    struct buf body, url;
    unsigned on[32] = {0};
    TRY(site_write(site, put_notice, NULL, e));
    TRY(notify_own(site, &told, a, &own, e));
    TRY(notify_choose(site, &told, 60, 120, on, e));
    buf_init(&body, 1 << 20);
    buf_init(&url, 4096);
    enum rc rc = inbox_list(site, &told, true, 0, 2, a, &v, e);
    if (rc == RC_OK)
        rc = letter_plain(&l, site, true, v.p[0].sentence, v.p[0].link, a, e);
    if (rc == RC_OK)
        rc = robot_payload(site, &robot, &l, 1, &body, &url, e);
    if (rc == RC_OK)
        rc = inbox_read(site, &told, v.p[0].id, a, NULL, e);
    letter_free(&l);
    vec_free(&v);
    buf_free(&body);
    buf_free(&url);
    return rc;
}

static enum rc daily(struct arena *a, struct err *e)
{
    (void)a;
    return notify_daily(site, e);
}

static const struct fault_case {
    const char *name;
    case_fn run;
    int entries; /* it adds to the trail */
} cases[] = {{"create", create, 1},   {"step", step, 1},   {"delete", delete_one, 1},
             {"look", look, 0},       {"visit", visit, 0}, {"job", job, 0},
             {"notices", notices, 0}, {"daily", daily, 0}};

static int64_t trail(void)
{
    int64_t n;
    return store_seq(site_store(site), &n, NULL) == RC_OK ? n : -1;
}

static void prepare(void)
{
    editor = actor(ROLE_EDITOR, org_a);
    broker = actor(ROLE_BROKER, 0);
    subject = MAKE(&editor, "probe", "title", "被试的", "size", "2");
}

static bool wrong(const struct fault_case *c, enum fault_kind kind, long n, const char *what)
{
    printf("# %s, fault %d at %ld: %s\n", c->name, kind, n, what);
    return false;
}

/* One try with the n-th failing; *hit: it came so far. */
static bool attempt(const struct fault_case *c, enum fault_kind kind, long n, bool *hit)
{
    struct err e = {0};
    struct arena a = {0};
    int64_t before = trail();
    fault_arm(kind, n);
    enum rc rc = c->run(&a, &e);
    *hit = fault_count(kind) >= n;
    fault_arm(kind, 0);
    arena_free(&a);
    int64_t now = trail();
    if (rc != RC_OK && !e.key[0])
        return wrong(c, kind, n, "no error was given");
    /* a commit that was made and whose answer was lost is still whole */
    if (now != before && now != before + c->entries)
        return wrong(c, kind, n, "half written");
    if (rc == RC_OK && now != before + c->entries)
        return wrong(c, kind, n, "not written");
    if (now != before)
        prepare();
    return true;
}

static bool drive(const struct fault_case *c, enum fault_kind kind)
{
    bool good = true, hit = true;
    long n = 0;
    prepare();
    while (good && hit)
        good = attempt(c, kind, ++n, &hit);
    if (good && n < 5)
        good = wrong(c, kind, n, "hardly a step of it was tried");
    struct err e = {0};
    if (good && store_verify(site_store(site), NULL, NULL, &e) != RC_OK)
        good = wrong(c, kind, n, "it does not agree with the trail");
    return good;
}

int main(void)
{
    int status = 0, n = 0;
    printf("1..%zu\n", ARRAY_LEN(cases) * 2);
    if (site_open_all(NULL))
        return 1;
    prepare();
    MAKE(&editor, "probe", "title", "旧试样", "size", "1");
    told = editor;
    struct account_request r = {.login = STR("li"),
                                .name = STR("李四"),
                                .role = STR("editor"),
                                .lang = STR("zh"),
                                .password = STR("quite-long-2026"),
                                .org = org_a,
                                .active = true};
    if (auth_account_save(site, &actor_system, &r, &told.account, NULL) != RC_OK)
        return 1;
    MAKE(&actor_system, "commitment", "title", "承诺", "debtor", "甲公司", "owner_name", "李四",
         "due", "2026-06-01", "owner", "甲公司");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (int k = 0; k < 2; k++) {
            bool good = drive(&cases[i], k ? FAULT_STEP : FAULT_ALLOC);
            printf("%sok %d - site: %s, every %s fails\n", good ? "" : "not ", ++n, cases[i].name,
                   k ? "step" : "allocation");
            status |= !good;
        }
    site_close_all(NULL);
    return status;
}
