/* A sheet that both sides confirm: each for itself, anew when terms change; what assessors propose.
 */
#define _POSIX_C_SOURCE 200809L
#include "site_help.h"

#include "service/assessment.h"
#include "service/special_int.h"

#include <math.h>

static struct actor home, host, other, broker;
static int64_t post;

static const struct val *value(const struct rec *r, const char *field)
{
    return &r->val[field_find(r->kind, str_of(field))];
}

static struct shown show(const struct actor *a)
{
    struct shown s;
    OK(record_show(site, a, kind_of("appointment"), post, &mem, &s, &e));
    return s;
}

static bool confirmed(const char *side)
{
    struct shown s = show(&broker);
    return value(&s.rec, side)->set;
}

static bool in_state(const char *name)
{
    struct shown s = show(&broker);
    return str_eq(s.rec.kind->state[s.rec.state].name, str_of(name));
}

/* "": saved; else the key of the first fault. */
static void edit(const struct actor *a, const char *field, const char *text, const char *fault)
{
    struct shown s = show(a);
    vec_fault faults = {0};
    struct typed t = {str_of(field), str_of(text)};
    struct err e = {0};
    OK(record_fill(site, a, &s.rec, &t, 1, &mem, &faults, &e));
    enum rc rc = record_save(site, a, &s.rec, STR(""), &mem, &faults, &e);
    assert_int_equal(rc, fault[0] ? RC_USER : RC_OK);
    assert_string_equal(faults.n ? faults.p[0].key : "", fault);
    vec_free(&faults);
}

static int up(void **state)
{
    if (site_open_all(state))
        return -1;
    home = actor(ROLE_EDITOR, org_b);
    host = actor(ROLE_EDITOR, org_a);
    broker = actor(ROLE_BROKER, 0);
    other = actor(ROLE_EDITOR, MAKE(&actor_system, "org", "name", "丙公司", "type", "company"));
    MAKE(&actor_system, "person", "name", "张三", "units", "乙大学", "owner", "乙大学");
    post = MAKE(&home, "appointment", "person", "张三", "home", "乙大学", "host", "甲公司", "start",
                "2026-01-01", "end", "2027-12-31", "home_share", "60", "host_share", "40");
    return 0;
}

static void each_side_confirms_itself(void **unused)
{
    (void)unused;
    edit(&home, "host_confirmed", "2026-01-02", "field.other_side");
    edit(&host, "home_confirmed", "2026-01-02", "field.other_side");
    REFUSED(record_confirm(site, &other, kind_of("appointment"), post, 0, &mem, &e),
            "service.missing");
    REFUSED(record_confirm(site, &broker, kind_of("appointment"), post, 0, &mem, &e),
            "service.no_side");
    OK(record_confirm(site, &home, kind_of("appointment"), post, 0, &mem, &e));
    assert_true(confirmed("home_confirmed") && !confirmed("host_confirmed"));
    assert_true(in_state("draft"));
    edit(&host, "home_confirmed", "", "field.other_side"); /* nor takes it back */
    REFUSED(record_confirm(site, &home, kind_of("appointment"), post, 0, &mem, &e),
            "service.no_side");
    /* the last one takes the step too */
    OK(record_confirm(site, &host, kind_of("appointment"), post, 0, &mem, &e));
    assert_true(confirmed("host_confirmed") && in_state("confirmed"));
}

static void a_changed_term_takes_both_back(void **unused)
{
    (void)unused;
    edit(&host, "host_pay", "20万", "");
    assert_false(confirmed("home_confirmed") || confirmed("host_confirmed"));
    assert_true(in_state("draft"));
    /* whose version is old is told so, and nothing is confirmed */
    REFUSED(record_confirm(site, &home, kind_of("appointment"), post, 1, &mem, &e), "store.stale");
    OK(record_confirm(site, &home, kind_of("appointment"), post, 0, &mem, &e));
    edit(&home, "home_confirmed", "", ""); /* its own it may take back */
    assert_false(confirmed("home_confirmed"));
    OK(record_confirm(site, &home, kind_of("appointment"), post, 0, &mem, &e));
    OK(record_confirm(site, &host, kind_of("appointment"), post, 0, &mem, &e));
    STEP(&host, "appointment", post, "begin");
}

/* ---- a change of one in force ---- */

static void renew(const char *until)
{
    struct typed end = {STR("end"), str_of(until)};
    struct act act = {.id = post,
                      .action = STR("renew"),
                      .comment = STR("续聘一年"),
                      .typed = &end,
                      .n_typed = 1};
    vec_fault faults = {0};
    struct rec out;
    OK(record_act(site, &home, kind_of("appointment"), &act, &mem, &out, &faults, &e));
    vec_free(&faults);
    assert_true(in_state("changing") && !confirmed("home_confirmed") &&
                !confirmed("host_confirmed"));
}

static void ends_on(const char *day)
{
    struct shown s = show(&broker);
    char text[12];
    assert_true(str_eq(date_put(text, value(&s.rec, "end")->num), str_of(day)));
}

static bool knows_agreed(void)
{
    struct shown s = show(&broker);
    return value(&s.rec, "agreed")->set;
}

/* How much of the person is held on a day, in percent. */
static int64_t held_on(const char *day)
{
    struct tx *tx;
    int64_t percent, days;
    struct shown s = show(&broker);
    assert_true(date_read(str_of(day), &days));
    OK(tx_begin(&tx, site_store(site), TX_READ, &e));
    OK(store_share_most(tx, value(&s.rec, "person")->num, days, days, &percent, &e));
    tx_rollback(tx);
    return percent / 100;
}

static void take(const struct actor *a, const char *step)
{
    struct act act = {.id = post, .action = str_of(step), .comment = STR("说明")};
    vec_fault faults = {0};
    struct rec out;
    OK(record_act(site, a, kind_of("appointment"), &act, &mem, &out, &faults, &e));
    vec_free(&faults);
}

static void a_renewal_waits_for_both_sides(void **unused)
{
    (void)unused;
    renew("2028-12-31");
    ends_on("2028-12-31");
    assert_int_equal(held_on("2028-06-01"), 100); /* it is kept free for the renewal */
    OK(record_confirm(site, &host, kind_of("appointment"), post, 0, &mem, &e));
    assert_true(in_state("changing"));
    OK(record_confirm(site, &home, kind_of("appointment"), post, 0, &mem, &e));
    assert_true(in_state("active"));
    ends_on("2028-12-31");
    assert_false(knows_agreed());
}

static void a_renewal_is_turned_back(void **unused)
{
    (void)unused;
    renew("2030-12-31");
    OK(record_confirm(site, &home, kind_of("appointment"), post, 0, &mem, &e));
    assert_true(knows_agreed());
    take(&host, "withdraw"); /* also by the side that was asked */
    assert_true(in_state("active") && confirmed("home_confirmed") && confirmed("host_confirmed"));
    ends_on("2028-12-31");
    assert_int_equal(held_on("2029-06-01"), 0);
    assert_int_equal(held_on("2028-06-01"), 100);
    vec_event events = {0};
    OK(record_history(site, &broker, kind_of("appointment"), post, &mem, &events, &e));
    bool told = false;
    for (size_t i = 0; i < events.n; i++)
        told |= str_eq(events.p[i].entry.action, STR("withdraw")) && events.p[i].change.n > 0;
    assert_true(told);
    events_free(&events);
}

static void what_nobody_confirms_lapses(void **unused)
{
    (void)unused;
    uint32_t n = 0;
    int64_t now = clock_now;
    renew("2031-12-31");
    clock_now = now + 59 * 86400;
    OK(records_expire(site, &n, &e));
    assert_true(in_state("changing"));
    clock_now = now + 61 * 86400;
    OK(records_expire(site, &n, &e));
    assert_true(in_state("active") && confirmed("host_confirmed"));
    ends_on("2028-12-31");
    clock_now = now;
}

/* Less of the time is not free for others before both have said so. */
static void an_adjustment_holds_what_holds(void **unused)
{
    (void)unused;
    take(&home, "adjust");
    edit(&home, "host_share", "10", "");
    assert_int_equal(held_on("2028-06-01"), 100);
    take(&home, "withdraw");
    assert_int_equal(held_on("2028-06-01"), 100);
    /* who changes the terms of one in force without a word has changed them all the same */
    edit(&host, "host_share", "20", "");
    assert_true(in_state("changing"));
    assert_int_equal(held_on("2028-06-01"), 100);
    OK(record_confirm(site, &home, kind_of("appointment"), post, 0, &mem, &e));
    OK(record_confirm(site, &host, kind_of("appointment"), post, 0, &mem, &e));
    assert_true(in_state("active"));
    assert_int_equal(held_on("2028-06-01"), 80);
    OK(store_verify_shares(site_store(site), kind_of("appointment"), appointment_shares, &e));
}

static void sheet(const struct actor *a, const char *assessor, const char *score,
                  const char *proposal, const char *period)
{
    char ref[24];
    snprintf(ref, sizeof ref, "#%lld", (long long)post);
    int64_t id = MAKE(a, "assessment", "title", assessor, "subject", ref, "assessor", assessor,
                      "period", period, "items.0.name", "任务", "items.0.weight", "100",
                      "items.0.score", score, "proposal", proposal);
    STEP(a, "assessment", id, "submit");
}

static void sheets_come_to_a_median_and_a_proposal(void **unused)
{
    (void)unused;
    vec_assessed all = {0};
    sheet(&home, "王", "90", "renew", "2026");
    sheet(&home, "李", "70", "adjust", "2026");
    sheet(&host, "赵", "80", "renew", "2026");
    sheet(&host, "钱", "60", "end", "2025");
    sheet(&host, "孙", "50", "renew", "2025");
    OK(assessment_periods(site, &host, post, &mem, &all, &e));
    assert_int_equal(all.n, 2);
    assert_true(str_eq(all.p[0].period, STR("2026")));
    assert_int_equal(all.p[0].sheet.n, 3);
    assert_true(all.p[0].median == 80);
    assert_true(str_eq(all.p[0].proposal, STR("renew")));
    assert_true(all.p[1].median == 55);
    assert_int_equal(all.p[1].proposal.n, 0); /* one against one */
    assessed_free(&all);
    OK(assessment_periods(site, &other, post, &mem, &all, &e));
    assert_int_equal(all.n, 0);
    assert_true(str_eq(proposal_action(STR("end")), STR("finish")));
    assert_true(str_eq(proposal_action(STR("renew")), STR("renew")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_side_confirms_itself),
        cmocka_unit_test(a_changed_term_takes_both_back),
        cmocka_unit_test(a_renewal_waits_for_both_sides),
        cmocka_unit_test(a_renewal_is_turned_back),
        cmocka_unit_test(what_nobody_confirms_lapses),
        cmocka_unit_test(an_adjustment_holds_what_holds),
        cmocka_unit_test(sheets_come_to_a_median_and_a_proposal),
    };
    return cmocka_run_group_tests(tests, up, site_close_all);
}
