/* After the handshake, on both stores: threads, shares, numbers, score sheets, rectification,
 * indicators, digests, the calendar. */
#include "work_help.h"

#include "service/attach.h"
#include "service/upkeep.h"

#include "service/assessment.h"
#include "service/digest.h"
#include "service/measures.h"
#include "service/thread.h"

#include <math.h>
#include <pthread.h>

static struct actor broker, editor_a, editor_b;
static int64_t person;

static int up(void **state)
{
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    editor_a = actor(ROLE_EDITOR, org_a);
    editor_b = actor(ROLE_EDITOR, org_b);
    person = MAKE(&broker, "person", "name", "张三", "units", ref(org_b), "owner", ref(org_b));
    return 0;
}

/* "#1|lead|60", a line each; the second organisation may be 0. */
static const char *parties(int64_t one, const char *role, int64_t two, const char *other)
{
    static char text[8][120];
    static unsigned at;
    char *to = text[at++ % 8];
    int n = snprintf(to, 120, "#%lld|%s", (long long)one, role);
    if (two)
        snprintf(to + n, 120 - (size_t)n, "\n#%lld|%s", (long long)two, other);
    return to;
}

/* ---- the thread ---- */

static struct {
    int64_t event, commitment, agreement, project, milestone, payment;
} chain;

static void make_chain(void)
{
    const int64_t t = today();
    chain.event = MAKE(&broker, "event", "title", "走访甲公司", "type", "visit", "day",
                       day_text(t - 40), "owner", ref(org_a), "quote", "双方座谈");
    chain.commitment = MAKE(&broker, "commitment", "title", "提供中试线", "debtor", ref(org_a),
                            "creditor", ref(org_b), "owner_name", "李四", "due", day_text(t + 30),
                            "event", ref(chain.event), "owner", ref(org_a));
    char rows[120]; /* one handed in late, one missed */
    char late[16], in[16], missed[16];
    snprintf(late, sizeof late, "%s", day_text(t - 20));
    snprintf(in, sizeof in, "%s", day_text(t - 15));
    snprintf(missed, sizeof missed, "%s", day_text(t - 1));
    snprintf(rows, sizeof rows, "样机图纸|%s|%s\n测试报告|%s", late, in, missed);
    chain.agreement =
        MAKE(&broker, "agreement", "title", "共建实验室", "type", "institute", "deliverables", rows,
             "parties", parties(org_a, "lead|60", org_b, "member|40"), "start", day_text(t - 10),
             "end", day_text(t + 700), "signed", day_text(t - 10), "commitment",
             ref(chain.commitment), "owner", ref(org_a));
    chain.project = MAKE(&broker, "project", "title", "中试放大", "type", "attack", "stage", "s1",
                         "leader", ref(person), "start", day_text(t - 5), "end", day_text(t + 300),
                         "agreement", ref(chain.agreement), "owner", ref(org_b));
    chain.milestone = MAKE(&broker, "milestone", "title", "样机", "project", ref(chain.project),
                           "due", day_text(t + 100), "owner", ref(org_b));
    chain.payment = MAKE(&broker, "payment", "title", "首期", "agreement", ref(chain.agreement),
                         "amount", "10万", "day", day_text(t - 2), "owner", ref(org_b));
}

static void walks(const struct actor *a, int64_t from, const char *expected)
{
    vec_thread v = {0};
    char out[200] = "";
    size_t n = 0;
    bool more;
    OK(thread_of(site, a, from, &mem, &v, &more, &e));
    for (size_t i = 0; i < v.n; i++)
        n += v.p[i].part ? (size_t)snprintf(out + n, sizeof out - n, "(%s) ", v.p[i].light)
                         : (size_t)snprintf(out + n, sizeof out - n, "%.*s%s ",
                                            (int)v.p[i].rec.kind->name.n, v.p[i].rec.kind->name.p,
                                            v.p[i].here ? "*" : "");
    assert_string_equal(out, expected);
    assert_false(more);
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i].rec.id == chain.milestone)
            assert_int_equal(v.p[i].from, chain.project);
        else if (v.p[i].part)
            assert_int_equal(v.p[i].from, chain.agreement);
    vec_free(&v);
}

static void a_thread_is_whole_from_wherever_one_stands(void **unused)
{
    (void)unused;
    make_chain();
    walks(&broker, chain.event,
          "event* (made_up) agreement project payment (red) commitment milestone ");
    walks(&broker, chain.commitment,
          "event (made_up) agreement project payment (red) commitment* milestone ");
    walks(&broker, chain.payment,
          "event (made_up) agreement project payment* (red) commitment milestone ");
    walks(&broker, chain.milestone,
          "event (made_up) agreement project payment (red) commitment milestone* ");
    vec_thread v = {0};
    bool more;
    /* parties of the agreement see what hangs on it; the event is its organisation's alone */
    walks(&editor_a, chain.event,
          "event* (made_up) agreement project payment (red) commitment milestone ");
    walks(&editor_b, chain.milestone,
          "(made_up) agreement project payment (red) commitment milestone* ");
    const struct actor editor_c =
        actor(ROLE_EDITOR, MAKE(&broker, "org", "name", "丙", "type", "company"));
    REFUSED(thread_of(site, &editor_c, chain.milestone, &mem, &v, &more, &e), "service.missing");
    REFUSED(thread_of(site, &editor_b, chain.event, &mem, &v, &more, &e), "service.missing");
    REFUSED(thread_of(site, &actor_visitor, chain.agreement, &mem, &v, &more, &e),
            "service.missing");
    STEP(&broker, "agreement", chain.agreement, "sign");
    REFUSED(thread_of(site, &editor_c, chain.agreement, &mem, &v, &more, &e),
            "service.missing"); /* nor a signed one */
}

static void minutes_become_commitments_all_or_none(void **unused)
{
    (void)unused;
    struct typed good[] = {{STR("title"), STR("派出专家")},
                           {STR("debtor"), STR("乙大学")},
                           {STR("owner_name"), STR("王五")},
                           {STR("due"), STR("2030-01-01")},
                           {STR("owner"), STR("甲公司")}};
    struct typed bad[] = {{STR("title"), STR("没有期限")},
                          {STR("debtor"), STR("乙大学")},
                          {STR("owner_name"), STR("王五")},
                          {STR("owner"), STR("甲公司")}};
    struct typed_row rows[] = {{good, 5}, {good, 5}, {bad, 4}};
    struct list_request q = {
        .kind = kind_of("commitment"), .filter = STR("title = 派出专家"), .count = true};
    struct list_answer answer;
    vec_fault faults = {0};
    uint32_t row;
    REFUSED(
        thread_promise(site, &broker, chain.event, PROMISED_ANY, rows, 3, &mem, &faults, &row, &e),
        "service.invalid");
    assert_int_equal(row, 2);
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.p[0].key, "field.required");
    faults.n = 0;
    OK(record_list(site, &broker, &q, &mem, &answer, &e));
    assert_int_equal(answer.total, 0);
    vec_free(&answer.rec);
    OK(thread_promise(site, &broker, chain.event, PROMISED_ANY, rows, 2, &mem, &faults, &row, &e));
    OK(record_list(site, &broker, &q, &mem, &answer, &e));
    assert_int_equal(answer.total, 2);
    assert_int_equal(value(&answer.rec.p[0], "event")->num, chain.event);
    vec_free(&answer.rec);
    vec_free(&faults);
    REFUSED(thread_promise(site, &editor_b, chain.event, PROMISED_ANY, rows, 2, &mem, &faults, &row,
                           &e),
            "service.missing");
}

/* Two people settle the same minutes at the same moment: one writes, the other is told. */
struct settling {
    int64_t event;
    pthread_barrier_t *begin;
    enum rc rc;
    struct err e;
};

static void *settle(void *ctx)
{
    struct settling *x = ctx;
    struct typed row[] = {{STR("title"), STR("同时整理")},
                          {STR("debtor"), STR("乙大学")},
                          {STR("owner_name"), STR("王五")},
                          {STR("due"), STR("2030-01-01")},
                          {STR("owner"), STR("甲公司")}};
    struct typed_row rows[] = {{row, 5}};
    struct arena to = {0};
    vec_fault faults = {0};
    uint32_t bad;
    pthread_barrier_wait(x->begin);
    x->rc = thread_promise(site, &broker, x->event, 0, rows, 1, &to, &faults, &bad, &x->e);
    vec_free(&faults);
    arena_free(&to);
    return NULL;
}

static void the_same_minutes_are_settled_once(void **unused)
{
    (void)unused;
    for (int round = 0; round < 8; round++) {
        pthread_barrier_t begin;
        pthread_t thread[2];
        int64_t event = MAKE(&broker, "event", "title", "签约仪式", "type", "signing", "day",
                             day_text(today()), "owner", ref(org_a));
        struct settling x[2] = {{.event = event, .begin = &begin},
                                {.event = event, .begin = &begin}};
        pthread_barrier_init(&begin, NULL, 2);
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&thread[i], NULL, settle, &x[i]), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(thread[i], NULL);
        pthread_barrier_destroy(&begin);
        int told = x[0].rc == RC_OK;
        assert_int_equal(x[!told].rc, RC_OK);
        assert_int_equal(x[told].rc, RC_USER);
        assert_string_equal(x[told].e.key, "thread.promised");
        assert_string_equal(x[told].e.detail, "1");
    }
}

/* ---- rules, in a site ---- */

static void contradictions_are_named_at_the_field(void **unused)
{
    (void)unused;
    const int64_t t = today();
    vec_fault faults = {0};
    int64_t id;
    const char *outside[] = {
        "title", "太晚",     "project", ref(chain.project), "due", day_text(t + 301),
        "owner", ref(org_b), NULL};
    REFUSED(make_as(&broker, "milestone", &id, &faults, &e, outside), "service.invalid");
    assert_int_equal(faults.n, 1);
    assert_string_equal(faults.p[0].key, "field.rule");
    assert_int_equal(faults.p[0].field, field_find(kind_of("milestone"), STR("due")));
    faults.n = 0;
    const char *no_lead[] = {
        "title",      "无牵头",   "type",
        "consortium", "parties",  parties(org_a, "member|50", org_b, "member|50.01"),
        "owner",      ref(org_a), NULL};
    REFUSED(make_as(&broker, "agreement", &id, &faults, &e, no_lead), "service.invalid");
    assert_int_equal(faults.n, 2);
    vec_free(&faults);
}

static void a_finding_is_closed_by_somebody_else(void **unused)
{
    (void)unused;
    struct actor one = editor_a, two = editor_a;
    one.account = 901;
    two.account = 902;
    int64_t id = MAKE(&one, "finding", "title", "台账不全", "measure", "补齐", "owner_name", "李四",
                      "due", day_text(today() + 3));
    struct err e = {0};
    STEP_WITH(&one, "finding", id, "submit", "done", day_text(today()), "evidence", "已补齐");
    assert_int_equal(step_as(&one, "finding", id, "close", "好", "", &e), RC_USER);
    assert_string_equal(e.key, "service.same_person");
    struct shown shown;
    OK(record_show(site, &one, kind_of("finding"), id, &mem, &shown, &e));
    assert_int_equal(shown.n_steps, 1);
    OK(record_show(site, &two, kind_of("finding"), id, &mem, &shown, &e));
    assert_int_equal(shown.n_steps, 2);
    /* nor does who is in charge of it, where somebody else handed it in */
    two.name = STR("李四");
    assert_int_equal(step_as(&two, "finding", id, "close", "好", "", &e), RC_USER);
    assert_string_equal(e.key, "service.invalid");
    two.name = STR("王五");
    OK(step_as(&two, "finding", id, "close", "好", "", &e));
    struct rec r = get_rec("finding", id);
    assert_string_equal(text_value(&r, "light"), "green");
}

/* ---- shares ---- */

struct appoint {
    struct site *s;
    int64_t person, from, until;
    const char *home, *host;
    enum rc rc;
    char key[48], detail[512];
    int64_t id;
    struct arena mem;
};

static void *appoint(void *ctx)
{
    struct appoint *x = ctx;
    struct err e = {0};
    vec_fault faults = {0};
    struct rec r;
    char p[24], a[24], b[24], from[12], until[12];
    snprintf(p, sizeof p, "#%lld", (long long)x->person);
    snprintf(a, sizeof a, "#%lld", (long long)org_b);
    snprintf(b, sizeof b, "#%lld", (long long)org_a);
    struct typed t[] = {{STR("person"), str_of(p)},
                        {STR("home"), str_of(a)},
                        {STR("host"), str_of(b)},
                        {STR("start"), date_put(from, x->from)},
                        {STR("end"), date_put(until, x->until)},
                        {STR("home_share"), str_of(x->home)},
                        {STR("host_share"), str_of(x->host)},
                        {STR("owner"), str_of(a)}};
    const struct kind *k = kind_find(site_kinds(x->s), STR("appointment"));
    x->rc = rec_new(&r, k, &x->mem, &e);
    if (x->rc == RC_OK)
        x->rc = record_fill(x->s, &broker, &r, t, ARRAY_LEN(t), &x->mem, &faults, &e);
    if (x->rc == RC_OK)
        x->rc = record_save(x->s, &broker, &r, STR(""), &x->mem, &faults, &e);
    x->id = r.id;
    snprintf(x->key, sizeof x->key, "%s", x->rc == RC_OK ? "" : faults.n ? faults.p[0].key : e.key);
    snprintf(x->detail, sizeof x->detail, "%s", e.detail);
    vec_free(&faults);
    return NULL;
}

static struct appoint one_appointment(int64_t who, int64_t from, int64_t until, const char *home,
                                      const char *host)
{
    struct appoint x = {
        .s = site, .person = who, .from = from, .until = until, .home = home, .host = host};
    appoint(&x);
    arena_free(&x.mem);
    return x;
}

static void nobody_is_shared_out_beyond_the_whole(void **unused)
{
    (void)unused;
    const int64_t d = days_of(2030, 1, 1);
    int64_t who = MAKE(&broker, "person", "name", "赵六", "units", ref(org_b), "owner", ref(org_b)),
            most;
    struct appoint x = one_appointment(who, d, d + 99, "50", "20");
    assert_int_equal(x.rc, RC_OK);
    struct rec r = get_rec("appointment", x.id);
    assert_string_equal(text_value(&r, "title"), "赵六：乙大学 × 甲公司");
    assert_string_equal(one_appointment(who, d, d + 9, "60", "50").key, "field.shares");
    struct appoint y = one_appointment(who, d + 90, d + 200, "30", "0.01");
    assert_string_equal(y.key, "appointment.over");
    assert_string_equal(y.detail, "赵六：乙大学 × 甲公司\t2030-04-01 – 2030-04-10\t100.01");
    assert_int_equal(one_appointment(who, d + 90, d + 200, "30", "0").rc, RC_OK);
    assert_int_equal(one_appointment(who, d + 100, d + 200, "0", "70").rc, RC_OK);
    assert_string_equal(one_appointment(who, d + 200, d + 200, "1", "0").key, "appointment.over");
    assert_int_equal(one_appointment(who, d + 201, d + 300, "50", "50").rc, RC_OK);
    /* the first ends early: its days are free again */
    struct tx *tx;
    OK(tx_begin(&tx, site_store(site), TX_READ, &e));
    OK(store_share_most(tx, who, d, d + 300, &most, &e));
    tx_rollback(tx);
    assert_int_equal(most, 10000);
    OK(record_delete(site, &broker, kind_of("appointment"), x.id, 0, STR("作废"), &e));
    assert_int_equal(one_appointment(who, d, d + 89, "100", "0").rc, RC_OK);
}

static void the_database_refuses_by_itself(void **unused)
{
    (void)unused;
    const int64_t d = days_of(2032, 1, 1);
    int64_t who = MAKE(&broker, "person", "name", "孙七", "units", ref(org_b), "owner", ref(org_b));
    struct appoint x = one_appointment(who, d, d + 9, "50", "20");
    char sql[400];
    /* a free row of another appointment, by hand */
    const char *add = "INSERT INTO share (appointment, org, person, start, until, percent) VALUES "
                      "(%lld, %lld, %lld, %lld, %lld, %d)";
    snprintf(sql, sizeof sql, add, (long long)who, (long long)org_a, (long long)who,
             (long long)(d + 9), (long long)(d + 20), 3001);
    assert_non_null(strstr(raw_sql(sql), "share.over"));
    snprintf(sql, sizeof sql, add, (long long)who, (long long)org_a, (long long)who,
             (long long)(d + 9), (long long)(d + 20), 3000);
    assert_string_equal(raw_sql(sql), "");
    snprintf(sql, sizeof sql, "UPDATE share SET percent = 3001 WHERE appointment = %lld",
             (long long)who);
    assert_non_null(strstr(raw_sql(sql), "share.over"));
    snprintf(sql, sizeof sql, "DELETE FROM share WHERE appointment = %lld", (long long)who);
    assert_string_equal(raw_sql(sql), "");
    assert_int_equal(x.rc, RC_OK);
}

/* A row that does not follow from its appointment is named, and one that is missing. */
static void flipped_shares_are_named(void **unused)
{
    (void)unused;
    const int64_t d = days_of(2033, 1, 1);
    int64_t who = MAKE(&broker, "person", "name", "周八", "units", ref(org_b), "owner", ref(org_b));
    struct appoint x = one_appointment(who, d, d + 9, "50", "20");
    char sql[300], named[24];
    static const char *const wrong[][2] = {
        {"UPDATE share SET percent = 1999 WHERE percent = 2000 AND appointment = %lld",
         "UPDATE share SET percent = 2000 WHERE percent = 1999 AND appointment = %lld"},
        {"UPDATE share SET until = until - 1 WHERE percent = 2000 AND appointment = %lld",
         "UPDATE share SET until = until + 1 WHERE percent = 2000 AND appointment = %lld"},
        {"DELETE FROM share WHERE percent = 2000 AND appointment = %lld", NULL},
    };
    assert_int_equal(x.rc, RC_OK);
    OK(upkeep_verify(site, NULL, NULL, &e));
    snprintf(named, sizeof named, "%lld", (long long)x.id);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct err why = {0};
        snprintf(sql, sizeof sql, wrong[i][0], (long long)x.id);
        assert_string_equal(raw_sql(sql), "");
        assert_int_equal(upkeep_verify(site, NULL, NULL, &why), RC_CORRUPT);
        assert_string_equal(why.key, "store.record");
        assert_string_equal(why.detail, named);
        if (wrong[i][1])
            snprintf(sql, sizeof sql, wrong[i][1], (long long)x.id);
        else
            snprintf(sql, sizeof sql,
                     "INSERT INTO share (appointment, org, person, start, until, percent) VALUES "
                     "(%lld, %lld, %lld, %lld, %lld, 2000)",
                     (long long)x.id, (long long)org_a, (long long)who, (long long)d,
                     (long long)(d + 9));
        assert_string_equal(raw_sql(sql), "");
        OK(upkeep_verify(site, NULL, NULL, &e));
    }
    /* of what is no appointment */
    snprintf(sql, sizeof sql,
             "INSERT INTO share (appointment, org, person, start, until, percent) VALUES "
             "(%lld, %lld, %lld, %lld, %lld, 1)",
             (long long)who, (long long)org_a, (long long)who, (long long)d, (long long)d);
    assert_string_equal(raw_sql(sql), "");
    struct err why = {0};
    assert_int_equal(upkeep_verify(site, NULL, NULL, &why), RC_CORRUPT);
    snprintf(sql, sizeof sql, "DELETE FROM share WHERE appointment = %lld", (long long)who);
    assert_string_equal(raw_sql(sql), "");
    OK(upkeep_verify(site, NULL, NULL, &e));
}

static void of_two_sessions_one_succeeds(void **unused)
{
    (void)unused;
    struct site_options o = site_test_options();
    struct site *other;
    const int64_t d = days_of(2034, 1, 1);
    OK(site_open(&other, &o, &e));
    for (int round = 0; round < 12; round++) {
        int64_t who =
            MAKE(&broker, "person", "name", "周八", "units", ref(org_b), "owner", ref(org_b));
        struct appoint x[2] = {
            {.s = site, .person = who, .from = d, .until = d + 30, .home = "30", .host = "30"},
            {.s = other,
             .person = who,
             .from = d + 30,
             .until = d + 60,
             .home = "40",
             .host = "20"}};
        pthread_t t[2];
        for (int i = 0; i < 2; i++)
            assert_int_equal(pthread_create(&t[i], NULL, appoint, &x[i]), 0);
        for (int i = 0; i < 2; i++)
            pthread_join(t[i], NULL);
        assert_int_equal((x[0].rc == RC_OK) + (x[1].rc == RC_OK), 1);
        assert_string_equal(x[x[0].rc == RC_OK].key, "appointment.over");
        arena_free(&x[0].mem);
        arena_free(&x[1].mem);
    }
    site_close(other);
}

/* ---- numbers ---- */

#define SIGNED_EACH 8

struct signing {
    struct site *s;
    int64_t id[SIGNED_EACH];
    struct str scan;
    bool failed;
};

static void *file_all(void *ctx)
{
    struct signing *x = ctx;
    struct arena a = {0};
    for (int i = 0; i < SIGNED_EACH; i++) {
        vec_fault faults = {0};
        struct err e = {0};
        struct rec out;
        struct typed scan = {STR("scan"), x->scan};
        struct act act = {.id = x->id[i], .action = STR("file"), .typed = &scan, .n_typed = 1};
        const struct kind *k = kind_find(site_kinds(x->s), STR("agreement"));
        x->failed |= record_act(x->s, &broker, k, &act, &a, &out, &faults, &e) != RC_OK;
        vec_free(&faults);
    }
    arena_free(&a);
    return NULL;
}

static void agreements_are_numbered_without_gaps(void **unused)
{
    (void)unused;
    struct site_options o = site_test_options();
    struct site *other;
    struct signing x[2] = {{.s = site}};
    pthread_t t[2];
    bool seen[2 * SIGNED_EACH + 1] = {false};
    struct err e = {0};
    OK(site_open(&other, &o, &e));
    x[1].s = other;
    OK(attach_put(site, &broker, STR("scan.pdf"), STR("%PDF-1.4 scan"), &mem, &x[0].scan, &e));
    x[1].scan = x[0].scan;
    for (int i = 0; i < 2 * SIGNED_EACH; i++)
        x[i % 2].id[i / 2] =
            MAKE(&broker, "agreement", "title", "框架", "type", "framework", "parties",
                 parties(org_a, "a|", org_b, "b|"), "signed", "2021-05-05", "sealed", "2021-05-05",
                 "scanned", "2021-05-06", "owner", ref(org_a));
    for (int i = 0; i < 2 * SIGNED_EACH; i++) {
        STEP(&broker, "agreement", x[i % 2].id[i / 2], "sign");
        assert_int_equal(step_as(&broker, "agreement", x[i % 2].id[i / 2], "file", "", "", &e),
                         RC_USER); /* without the scan */
        struct rec r = get_rec("agreement", x[i % 2].id[i / 2]);
        assert_false(r.val[field_find(r.kind, STR("number"))].set);
    }
    /* one that cannot be filed takes no number */
    int64_t bare = MAKE(&broker, "agreement", "title", "无日期", "type", "framework", "parties",
                        parties(org_a, "a|", 0, ""), "signed", "2021-05-05", "owner", ref(org_a));
    assert_int_equal(step_as(&broker, "agreement", bare, "file", "", "", &e), RC_USER);
    STEP(&broker, "agreement", bare, "sign");
    assert_int_equal(step_as(&broker, "agreement", bare, "file", "", "", &e), RC_USER);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&t[i], NULL, file_all, &x[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 2 * SIGNED_EACH; i++) {
        struct rec r = get_rec("agreement", x[i % 2].id[i / 2]);
        const char *number = text_value(&r, "number");
        assert_memory_equal(number, "2021-", 5);
        int n = atoi(number + 5);
        assert_in_range(n, 1, 2 * SIGNED_EACH);
        assert_false(seen[n]);
        seen[n] = true;
    }
    assert_false(x[0].failed || x[1].failed);
    site_close(other);
}

/* ---- score sheets ---- */

static void the_median_of_the_sheets_counts(void **unused)
{
    (void)unused;
    static const char *const items[] = {"攻关|60|80|有\n到岗|40|90|", "攻关|60|70|\n到岗|40|70|",
                                        "攻关|60|95|\n到岗|40|100|"};
    double median;
    uint32_t n;
    for (int i = 0; i < 3; i++) {
        int64_t id = MAKE(&broker, "assessment", "title", "年度考核", "subject", ref(chain.project),
                          "assessor", "甲", "period", "2026", "items", items[i], "proposal",
                          "renew", "owner", ref(org_a));
        struct rec r = get_rec("assessment", id);
        if (i == 0)
            assert_true(value(&r, "score")->real == 84);
        OK(assessment_median(site, &broker, chain.project, STR("2026"), &median, &n, &e));
        assert_int_equal(n, i); /* not handed in yet */
        STEP(&broker, "assessment", id, "submit");
        OK(assessment_median(site, &broker, chain.project, STR("2026"), &median, &n, &e));
        assert_int_equal(n, i + 1);
        assert_true(median == (i == 0 ? 84 : i == 1 ? 77 : 84));
    }
    OK(assessment_median(site, &broker, chain.project, STR("2025"), &median, &n, &e));
    assert_true(n == 0 && isnan(median));
}

/* ---- indicators ---- */

static struct rec indicator(const char *const *pair)
{
    return get_rec("indicator", make(&broker, "indicator", pair));
}
#define INDICATOR(...)                                                                             \
    indicator((const char *const[]){"title", "指标", "owner", ref(org_a), __VA_ARGS__, NULL})

static struct measured at_day(const struct rec *r, int64_t day)
{
    struct measured m;
    OK(measure_at(site, &broker, r, day, &mem, &m, &e));
    return m;
}

static void coverage_names_the_missing_on_any_day(void **unused)
{
    (void)unused;
    const int64_t start = clock_now;
    int64_t c[3],
        programme = MAKE(&broker, "programme", "title", "行动", "start", day_text(today() - 400),
                         "end", day_text(today() + 400), "owner", ref(org_a));
    static const char *const names[] = {"子公司", "丑公司", "寅公司"};
    for (int i = 0; i < 3; i++)
        c[i] = MAKE(&actor_system, "org", "name", names[i], "type", "company", "keywords", "考察");
    struct rec r = INDICATOR(
        "programme", ref(programme), "measure", "coverage", "over", "agreement", "filter",
        "type = donation and not state in (draft, terminated)", "path", "parties.org", "population",
        "org", "among", "keywords = 考察", "target", "100", "deadline", day_text(today() + 30));
    struct measured m = at_day(&r, 0);
    assert_true(m.value == 0 && m.denominator == 3 && m.missing.n == 3);
    assert_int_equal(m.light, LIGHT_BEHIND);
    vec_free(&m.missing);
    clock_now += 86400;
    int64_t id =
        MAKE(&broker, "agreement", "title", "捐赠", "type", "donation", "parties",
             parties(c[1], "a|", org_b, "b|"), "signed", day_text(today()), "owner", ref(org_b));
    STEP(&broker, "agreement", id, "sign");
    m = at_day(&r, 0);
    assert_true(fabs(m.value - 100.0 / 3) < 1e-9 && m.numerator == 1);
    assert_int_equal(m.missing.n, 2);
    assert_true(m.missing.p[0] == c[0] && m.missing.p[1] == c[2]);
    char list[100];
    snprintf(list, sizeof list, "/org?filter=id%%20in%%20%%28%lld%%2C%%20%lld%%29", (long long)c[0],
             (long long)c[2]);
    assert_true(str_eq(m.missing_list, str_of(list)));
    vec_free(&m.missing);
    m = at_day(&r, day_of_time(start));
    assert_true(m.value == 0 && m.missing.n == 3);
    vec_free(&m.missing);
    m = at_day(&r, day_of_time(start) - 1);
    assert_true(m.value == 0 && m.denominator == 0);
    struct measured out;
    struct rec bad = INDICATOR("programme", ref(programme), "measure", "sum", "over", "agreement",
                               "path", "title");
    REFUSED(measure_at(site, &broker, &bad, 0, &mem, &out, &e), "measure.path");
    bad = INDICATOR("programme", ref(programme), "measure", "count", "over", "nothing");
    REFUSED(measure_at(site, &broker, &bad, 0, &mem, &out, &e), "measure.over");
    bad = INDICATOR("programme", ref(programme), "measure", "count", "over", "org", "filter",
                    "x = 1");
    REFUSED(measure_at(site, &broker, &bad, 0, &mem, &out, &e), "measure.filter");
    struct actor visitor = actor(ROLE_VISITOR, 0);
    OK(measure_at(site, &visitor, &r, 0, &mem, &out, &e));
    assert_int_equal(out.list.n, 0); /* no link that would only refuse */
    vec_free(&out.missing);
}

/* ---- digests ---- */

static void promise_of(int64_t debtor, int64_t due, int64_t done, const char *owner)
{
    int64_t id = MAKE(&broker, "commitment", "title", "事项", "debtor", ref(debtor), "owner_name",
                      owner, "due", day_text(due), "owner", ref(org_a));
    if (done)
        STEP_WITH(&broker, "commitment", id, "fulfil", "done", day_text(done), "evidence", "有");
}

static void organisations_are_ranked_by_what_they_kept(void **unused)
{
    (void)unused;
    const int64_t t = today(), from = t - 300, until = t - 200;
    int64_t worst = MAKE(&actor_system, "org", "name", "卯公司", "type", "company");
    int64_t best = MAKE(&actor_system, "org", "name", "辰公司", "type", "company");
    int64_t next = MAKE(&actor_system, "org", "name", "巳公司", "type", "company");
    promise_of(worst, from, 0, "陈九");
    promise_of(worst, from, from + 1, "陈九");
    promise_of(next, from, from, "陈九");
    promise_of(best, from, from, "陈九");
    promise_of(best, until, until - 9, "陈九");
    promise_of(best, t + 5, 0, "陈九");
    promise_of(best, t + 50, 0, "陈九");
    vec_standing v = {0};
    OK(digest_circular(site, &broker, from, until, &mem, &v, &e));
    assert_int_equal(v.n, 3);
    assert_true(v.p[0].org == best && v.p[0].green == 2 && v.p[0].rate == 1);
    assert_true(v.p[1].org == next && v.p[1].rate == 1);
    assert_true(v.p[2].org == worst && v.p[2].red == 1 && v.p[2].made_up == 1 && v.p[2].rate == 0);
    vec_free(&v);
    vec_owed owed = {0};
    OK(digest_of(site, &broker, STR("陈九"), &mem, &owed, &e));
    assert_int_equal(owed.n, 3);
    assert_true(str_eq(owed.p[0].light, STR("red")) && owed.p[0].due == from);
    assert_true(str_eq(owed.p[1].light, STR("due")) && owed.p[1].due == t + 5);
    assert_true(str_eq(owed.p[2].light, STR("open")));
    vec_free(&owed);
}

/* ---- the calendar: unfolded and read by the rules of RFC 5545 ---- */

static char *unfold(const struct buf *b)
{
    char *out = malloc(b->n + 1);
    size_t n = 0, column = 0;
    for (size_t i = 0; i < b->n; i++) {
        if (b->p[i] == '\n')
            fail_msg("a line feed without its carriage return");
        if (b->p[i] != '\r') {
            assert_true(++column <= 75);
            out[n++] = b->p[i];
            continue;
        }
        assert_int_equal(b->p[++i], '\n');
        column = 0;
        if (i + 1 < b->n && b->p[i + 1] == ' ') {
            i++;
            column = 1;
            assert_true(i + 1 < b->n && ((unsigned char)b->p[i + 1] & 0xC0) != 0x80);
            continue;
        }
        out[n++] = '\n';
    }
    out[n] = 0;
    return out;
}

/* Events, each with the properties it must have once; *text: the summary of `uid` unescaped. */
static unsigned read_calendar(char *text, const char *uid, char *summary)
{
    unsigned events = 0, uids = 0, starts = 0, stamps = 0, depth = 0;
    bool mine = false;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        assert_non_null(strchr(line, ':'));
        depth += !strncmp(line, "BEGIN:", 6);
        depth -= !strncmp(line, "END:", 4);
        events += !strcmp(line, "BEGIN:VEVENT");
        stamps += !strncmp(line, "DTSTAMP:", 8);
        starts += !strncmp(line, "DTSTART;VALUE=DATE:", 19);
        if (!strncmp(line, "UID:", 4)) {
            uids++;
            mine = !strcmp(line + 4, uid);
        }
        if (mine && !strncmp(line, "SUMMARY:", 8)) {
            for (char *p = line + 8; *p; p++) {
                if (*p == '\\')
                    p++;
                else
                    assert_true(*p != ',' && *p != ';');
                *summary++ = *p;
            }
            *summary = 0;
        }
    }
    assert_int_equal(depth, 0);
    assert_true(events == uids && events == starts && events == stamps);
    return events;
}

static void calendars_can_be_read(void **unused)
{
    (void)unused;
    struct actor a = editor_a;
    char title[] =
        "联合,评审;一\\二 与很长很长的名称，好让这一行折成两行以上，中文字不得从中间断开才算好";
    int64_t id = MAKE(&broker, "event", "title", title, "type", "meeting", "day",
                      day_text(today() + 3), "until", day_text(today() + 4), "owner", ref(org_a));
    MAKE(&broker, "event", "title", "别家的", "type", "meeting", "day", day_text(today() + 3),
         "owner", ref(org_b));
    struct buf b, again;
    buf_init(&b, 1 << 22);
    buf_init(&again, 1 << 22);
    OK(calendar_print(site, &a, "https://qiao.example:8443", &b, &e));
    OK(calendar_print(site, &a, "https://qiao.example:8443", &again, &e));
    assert_true(str_eq(buf_view(&b), buf_view(&again)));
    char *text = unfold(&b), uid[60], summary[600] = "";
    assert_null(strstr(text, "别家的"));
    snprintf(uid, sizeof uid, "%lld-day@qiao.example", (long long)id);
    assert_true(read_calendar(text, uid, summary) > 3);
    assert_memory_equal(summary, title, strlen(title));
    assert_string_equal(summary + strlen(title), "（活动：日期）");
    free(text);
    buf_free(&b);
    buf_free(&again);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(a_thread_is_whole_from_wherever_one_stands),
        cmocka_unit_test(minutes_become_commitments_all_or_none),
        cmocka_unit_test(the_same_minutes_are_settled_once),
        cmocka_unit_test(contradictions_are_named_at_the_field),
        cmocka_unit_test(a_finding_is_closed_by_somebody_else),
        cmocka_unit_test(nobody_is_shared_out_beyond_the_whole),
        cmocka_unit_test(flipped_shares_are_named),
        cmocka_unit_test(the_database_refuses_by_itself),
        cmocka_unit_test(of_two_sessions_one_succeeds),
        cmocka_unit_test(agreements_are_numbered_without_gaps),
        cmocka_unit_test(the_median_of_the_sheets_counts),
        cmocka_unit_test(coverage_names_the_missing_on_any_day),
        cmocka_unit_test(organisations_are_ranked_by_what_they_kept),
        cmocka_unit_test(calendars_can_be_read),
    };
    return cmocka_run_group_tests(all, up, site_close_all);
}
