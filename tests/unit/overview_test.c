/* Figures against data counted by hand: who sees what, and the list behind every number. Then what
 * waits for somebody. */
#define _GNU_SOURCE
#include "service/overview.h"

#include "service/desk.h"
#include "service/pairing.h"
#include "site_help.h"

#define NEED(a, ...)                                                                               \
    MAKE(a, "need", "body", "正文", "region", "330600", "industry", "C398", __VA_ARGS__)

static struct actor broker, company, university, auditor;
static int64_t plain, masked, hidden, fresh, result, shy, talk, refused;

static void act(const struct actor *a, const char *kind, int64_t id, const char *action,
                const char *reason, const char *const *pair)
{
    struct typed t[8];
    vec_fault faults = {0};
    struct rec out;
    uint32_t n = 0;
    for (; pair && pair[0]; pair += 2)
        t[n++] = (struct typed){str_of(pair[0]), str_of(pair[1])};
    struct act what = {.id = id,
                       .action = str_of(action),
                       .comment = STR("说明"),
                       .reason = str_of(reason),
                       .typed = t,
                       .n_typed = n};
    OK(record_act(site, a, kind_of(kind), &what, &mem, &out, &faults, &e));
    vec_free(&faults);
}

static void publish(int64_t need)
{
    act(&broker, "need", need, "diagnose", "", NULL);
    act(&broker, "need", need, "publish", "", NULL);
}

static int64_t introduce(int64_t need, int64_t offer)
{
    char a[24], b[24];
    snprintf(a, sizeof a, "#%lld", (long long)need);
    snprintf(b, sizeof b, "#%lld", (long long)offer);
    return MAKE(&broker, "introduction", "need", a, "offer", b, "interest", "数据", "contribution",
                "样品", "expectation", "明年");
}

/* Company: one need of each openness, published, and one just collected. University: two results.
 * One introduction agreed for 60 万元, one refused. */
static int fill(void **state)
{
    static const char *const agreed[] = {"mode",   "joint",  "outcome",    "签约", "amount",
                                         "60万元", "signed", "2026-05-20", NULL};
    static const char *const steps[] = {"propose", "contact", "talk"};
    if (site_open_all(state) != 0)
        return -1;
    broker = actor(ROLE_BROKER, 0);
    company = actor(ROLE_EDITOR, org_a);
    university = actor(ROLE_EDITOR, org_b);
    auditor = actor(ROLE_AUDITOR, 0);
    plain = NEED(&company, "title", "甲的需求");
    masked = NEED(&company, "title", "甲的密需", "secrecy", "masked", "masked.title", "某需求");
    hidden = NEED(&company, "title", "甲的私需", "secrecy", "private", "industry", "A01");
    fresh = NEED(&company, "title", "甲的新需");
    publish(plain);
    publish(masked);
    publish(hidden);
    result = MAKE(&university, "result", "title", "乙的成果", "body", "正文", "industry", "C39");
    shy = MAKE(&university, "result", "title", "乙的密果", "body", "正文", "secrecy", "masked");
    talk = introduce(plain, result);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        act(&broker, "introduction", talk, steps[i], "", NULL);
    act(&broker, "introduction", talk, "agree", "", agreed);
    refused = introduce(masked, result);
    act(&broker, "introduction", refused, "refuse", "price", NULL);
    return 0;
}

static const struct overview *look(const struct actor *a)
{
    const struct overview *o = NULL;
    OK(overview_get(site, a, &o, &e));
    return o;
}

static const struct figure *figure(const struct overview *o, int table, const char *value,
                                   uint32_t series)
{
    const struct figure_table *t = &o->table[table];
    for (uint32_t i = 0; i < t->n; i++)
        if (str_eq(t->row[i].value, str_of(value)))
            return &t->row[i].figure[series];
    return NULL;
}

static uint64_t number(const struct overview *o, int table, const char *value, uint32_t series)
{
    const struct figure *f = figure(o, table, value, series);
    return f ? f->n : 0;
}

static const char *id_text(int64_t id)
{
    static char text[24];
    snprintf(text, sizeof text, "%lld", (long long)id);
    return text;
}

static void test_broker(void **state)
{
    const struct overview *o = look(&broker);
    (void)state;
    assert_true(o->whole);
    assert_int_equal(number(o, TABLE_SECTION, "C", 0), 3);
    assert_int_equal(number(o, TABLE_SECTION, "A", 0), 1);
    assert_int_equal(number(o, TABLE_SECTION, "C", 1), 1);
    assert_int_equal(number(o, TABLE_SECTION, "", 1), 1);
    assert_int_equal(number(o, TABLE_DIVISION, "C39", 0), 3);
    assert_int_equal(number(o, TABLE_REGION, "330600", 0), 4);
    assert_int_equal(number(o, TABLE_MONTH, "2026-05", 0), 4);
    assert_int_equal(number(o, TABLE_MONTH, "2026-05", 1), 2);
    assert_int_equal(number(o, TABLE_MONTH, "2026-05", 2), 1);
    assert_int_equal(o->table[TABLE_MONTH].n, OVERVIEW_MONTHS);
    assert_int_equal(number(o, TABLE_FUNNEL, "collected", 0), 4);
    assert_int_equal(number(o, TABLE_FUNNEL, "diagnosed", 0), 3);
    assert_int_equal(number(o, TABLE_FUNNEL, "published", 0), 3);
    assert_int_equal(number(o, TABLE_FUNNEL, "introduced", 0), 1);
    assert_int_equal(number(o, TABLE_FUNNEL, "agreed", 0), 1);
    assert_int_equal(number(o, TABLE_TALKS, "agreed", 0), 1);
    assert_int_equal(number(o, TABLE_TALKS, "refused", 0), 1);
    assert_int_equal(number(o, TABLE_REFUSAL, "price", 0), 1);
    assert_int_equal(o->table[TABLE_REFUSAL].n, 1);
    assert_int_equal(number(o, TABLE_MONEY, "2026", 0), 1);
    assert_int_equal(number(o, TABLE_MONEY, "2026", 1), 60000000);
    assert_int_equal(o->amount.n, 60000000);
    assert_int_equal(number(o, TABLE_ORG, id_text(org_a), 0), 4);
    assert_int_equal(number(o, TABLE_ORG, id_text(org_b), 1), 2);
    /* one was refused, one nobody looked at; without an engine no match speaks for them */
    assert_false(o->unmet_matched);
    assert_int_equal(o->n_unmet, 2);
    assert_int_equal(o->unmet_id[0], hidden < masked ? hidden : masked);
    overview_done(o);
}

/* Nothing unpublished, nothing private; a masked record counts and does not tell whose it is. */
static void test_visitor(void **state)
{
    const struct overview *o = look(&actor_visitor);
    (void)state;
    assert_false(o->whole);
    assert_int_equal(number(o, TABLE_SECTION, "C", 0), 2);
    assert_null(figure(o, TABLE_SECTION, "A", 0));
    assert_int_equal(number(o, TABLE_SECTION, "", 1), 1);
    assert_int_equal(number(o, TABLE_MONTH, "2026-05", 0), 2);
    assert_int_equal(number(o, TABLE_ORG, id_text(org_a), 0), 1);
    assert_int_equal(number(o, TABLE_ORG, id_text(org_b), 1), 1);
    assert_int_equal(o->table[TABLE_ORG].n, 2);
    assert_int_equal(o->table[TABLE_FUNNEL].n, 0);
    assert_int_equal(o->table[TABLE_TALKS].n, 0);
    assert_int_equal(o->table[TABLE_REFUSAL].n, 0);
    assert_int_equal(o->table[TABLE_MONEY].n, 0);
    assert_int_equal(o->table[TABLE_MONTH].n_series, 2);
    assert_null(o->agreed.kind);
    assert_null(o->unmet.kind);
    for (uint32_t i = 0; i < o->n_totals; i++)
        assert_false(str_eq(o->total[i].value, STR("introduction")));
    overview_done(o);
}

static void test_organisations(void **state)
{
    const struct overview *o = look(&company);
    (void)state;
    assert_int_equal(number(o, TABLE_SECTION, "C", 0), 3);
    assert_int_equal(number(o, TABLE_SECTION, "A", 0), 1);
    assert_int_equal(number(o, TABLE_FUNNEL, "collected", 0), 4);
    assert_int_equal(number(o, TABLE_ORG, id_text(org_b), 1), 1);
    assert_int_equal(o->n_unmet, 2);
    overview_done(o);
    o = look(&university);
    assert_int_equal(number(o, TABLE_SECTION, "C", 0), 2);
    assert_null(figure(o, TABLE_SECTION, "A", 0));
    assert_int_equal(number(o, TABLE_ORG, id_text(org_b), 1), 2);
    assert_int_equal(number(o, TABLE_ORG, id_text(org_a), 0), 1);
    assert_int_equal(o->table[TABLE_FUNNEL].n, 0); /* it has no needs */
    assert_null(o->unmet.kind);
    overview_done(o);
}

static uint64_t behind(const struct actor *a, const struct figure *f)
{
    struct list_request q = {.kind = f->kind, .filter = f->filter, .limit = 1, .count = true};
    struct list_answer all = {0};
    OK(record_list(site, a, &q, &mem, &all, &e));
    vec_free(&all.rec);
    return all.total;
}

/* The promise of the header, for every figure and every role. */
static void test_list_behind(void **state)
{
    struct actor admin = actor(ROLE_ADMIN, 0), member = actor(ROLE_MEMBER, org_b);
    const struct actor *all[] = {&actor_visitor, &member,  &company, &university,
                                 &broker,        &auditor, &admin,   &actor_system};
    uint32_t checked = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        const struct overview *o = look(all[i]);
        for (uint32_t j = 0; j < o->n_totals; j++)
            assert_int_equal(behind(all[i], &o->total[j].figure[0]), o->total[j].figure[0].n);
        for (int t = 0; t < TABLE__COUNT; t++)
            for (uint32_t r = 0; r < o->table[t].n; r++)
                for (uint32_t s = 0; s < o->table[t].n_series; s++, checked++) {
                    const struct figure *f = &o->table[t].row[r].figure[s];
                    if (strcmp(o->table[t].series[s], "amount") == 0 || !f->kind)
                        continue;
                    if (behind(all[i], f) != f->n)
                        fail_msg("%s, %s, row %u: %.*s", role_name(all[i]->role), o->table[t].name,
                                 r, (int)f->filter.n, f->filter.p);
                }
        if (o->unmet.kind && o->unmet.n)
            assert_int_equal(behind(all[i], &o->unmet), o->unmet.n);
        overview_done(o);
    }
    assert_true(checked > 300);
}

static void test_kept_until_a_change(void **state)
{
    const struct overview *a = look(&broker), *b = look(&broker), *c = look(&actor_visitor);
    (void)state;
    assert_ptr_equal(a, b);
    assert_ptr_not_equal(a, c);
    int64_t id = MAKE(&university, "result", "title", "又一项", "body", "正文", "industry", "C13");
    const struct overview *d = look(&broker);
    assert_int_equal(number(a, TABLE_DIVISION, "C13", 1), 0); /* what was given stays as it is */
    assert_int_equal(number(d, TABLE_DIVISION, "C13", 1), 1);
    overview_done(a);
    overview_done(b);
    overview_done(c);
    overview_done(d);
    OK(record_delete(site, &broker, kind_of("result"), id, 0, STR("删"), &e));
}

/* ---- the desk ---- */

static const struct desk_box *box(struct desk *d, const struct actor *a, const char *name)
{
    OK(desk_read(site, a, 5, &mem, d, &e));
    for (uint32_t i = 0; i < d->n; i++)
        if (strcmp(d->box[i].name, name) == 0)
            return &d->box[i];
    return NULL;
}

static void test_desk(void **state)
{
    struct desk d;
    (void)state;
    const struct desk_box *b = box(&d, &broker, "collected");
    assert_non_null(b);
    assert_int_equal(b->total, 1);
    assert_int_equal(b->rec[0].id, fresh);
    assert_null(box(&d, &broker, "expiring"));
    assert_null(box(&d, &broker, "my_needs"));
    assert_int_equal(box(&d, &company, "my_needs")->total, 4);
    assert_null(box(&d, &company, "my_results"));
    assert_null(box(&d, &company, "collected"));
    assert_int_equal(box(&d, &university, "my_results")->total, 2);
    assert_null(box(&d, &actor_visitor, "collected"));
    assert_int_equal(d.n, 0);
}

static void test_returned(void **state)
{
    struct desk d;
    (void)state;
    assert_null(box(&d, &company, "returned"));
    clock_now += 60;
    act(&broker, "need", fresh, "diagnose", "", NULL);
    clock_now += 60;
    act(&broker, "need", fresh, "return", "", NULL);
    const struct desk_box *b = box(&d, &company, "returned");
    assert_non_null(b);
    assert_int_equal(b->total, 1);
    assert_int_equal(b->rec[0].id, fresh);
    struct figure f = {.kind = b->kind, .filter = b->filter};
    assert_int_equal(behind(&company, &f), 1);
}

static void test_answer(void **state)
{
    struct desk d;
    int64_t id = introduce(plain, shy);
    (void)state;
    act(&broker, "introduction", id, "propose", "", NULL);
    assert_null(box(&d, &university, "answer"));
    act(&broker, "introduction", id, "contact", "", NULL);
    assert_int_equal(box(&d, &university, "answer")->total, 1);
    assert_null(box(&d, &broker, "stale"));
    clock_now += 16 * 86400;
    assert_int_equal(box(&d, &broker, "stale")->total, 1);
}

/* Thirty days before the end it is told of; renewed it stands anew. */
static void test_expiring(void **state)
{
    struct desk d;
    (void)state;
    clock_now += 140 * (int64_t)86400;
    const struct desk_box *b = box(&d, &company, "expiring");
    assert_non_null(b);
    assert_int_equal(b->total, 3);
    assert_true(b->may_step[0]);
    assert_int_equal(b->due[0], day_of_time(b->rec[0].since) + 180);
    act(&company, "need", plain, "renew", "", NULL);
    assert_int_equal(box(&d, &company, "expiring")->total, 2);
    struct shown s = {0};
    OK(record_show(site, &company, kind_of("need"), plain, &mem, &s, &e));
    assert_int_equal(s.rec.since, clock_now);
    assert_int_equal(box(&d, &broker, "expiring")->total, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_broker),
        cmocka_unit_test(test_visitor),
        cmocka_unit_test(test_organisations),
        cmocka_unit_test(test_list_behind),
        cmocka_unit_test(test_kept_until_a_change),
        cmocka_unit_test(test_desk),
        cmocka_unit_test(test_returned),
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_expiring),
    };
    return cmocka_run_group_tests(tests, fill, site_close_all);
}
