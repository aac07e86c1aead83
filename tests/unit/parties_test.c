/* Who takes part sees the whole: lists, counts, search, thread, history, steps; others nothing. */
#define _POSIX_C_SOURCE 200809L
#include "site_help.h"

#include "service/pairing.h"
#include "service/thread.h"

static int64_t org_c;
static struct actor of_a, of_b, of_c, member_b;

static int up(void **state)
{
    site_with_engine = true;
    if (site_open_all(state))
        return -1;
    org_c = MAKE(&actor_system, "org", "name", "丙公司", "type", "company");
    of_a = actor(ROLE_EDITOR, org_a);
    of_b = actor(ROLE_EDITOR, org_b);
    of_c = actor(ROLE_EDITOR, org_c);
    member_b = actor(ROLE_MEMBER, org_b);
    return 0;
}

static bool sees(const struct actor *a, const char *kind, int64_t id)
{
    struct shown shown;
    struct err e = {0};
    enum rc rc = record_show(site, a, kind_of(kind), id, &mem, &shown, &e);
    if (rc != RC_OK)
        assert_string_equal(e.key, "service.missing");
    else
        assert_int_equal(shown.face, FACE_FULL);
    return rc == RC_OK;
}

static uint64_t listed(const struct actor *a, const char *kind, const char *filter)
{
    struct list_request q = {.kind = kind_of(kind), .filter = str_of(filter), .count = true};
    struct list_answer answer;
    OK(record_list(site, a, &q, &mem, &answer, &e));
    assert_int_equal(answer.rec.n, answer.total);
    uint64_t n = answer.total;
    vec_free(&answer.rec);
    return n;
}

static uint64_t found(const struct actor *a, const char *text)
{
    vec_shown hits = {0};
    OK(search_all(site, a, str_of(text), NULL, 0, &mem, &hits, &e));
    uint64_t n = hits.n;
    vec_free(&hits);
    return n;
}

static int64_t agreement_of(const char *title, const char *other)
{
    return MAKE(&of_a, "agreement", "title", title, "type", "framework", "parties.0.org", "甲公司",
                "parties.0.role", "lead", "parties.1.org", other, "parties.1.role", "member");
}

static void change(const struct actor *a, const char *kind, int64_t id, const char *name,
                   const char *text, const char *refusal)
{
    struct shown shown;
    vec_fault faults = {0};
    struct typed t = {str_of(name), str_of(text)};
    struct err why = {0};
    OK(record_show(site, a, kind_of(kind), id, &mem, &shown, &e));
    enum rc rc = record_fill(site, a, &shown.rec, &t, 1, &mem, &faults, &why);
    if (rc == RC_OK)
        rc = record_save(site, a, &shown.rec, STR(""), &mem, &faults, &why);
    assert_string_equal(rc == RC_OK ? "" : why.key, refusal);
    vec_free(&faults);
}

/* From the draft on, for every party and nobody else. */
static void a_party_sees_it_whole(void **state)
{
    (void)state;
    int64_t id = agreement_of("镍基合金共建协议", "乙大学");
    assert_true(sees(&of_a, "agreement", id) && sees(&of_b, "agreement", id));
    assert_true(sees(&member_b, "agreement", id));
    assert_false(sees(&of_c, "agreement", id));
    assert_false(sees(&actor_visitor, "agreement", id));
    assert_int_equal(listed(&of_b, "agreement", "title contains 镍基"), 1);
    assert_int_equal(listed(&of_b, "agreement", "state = draft"), 1);
    assert_int_equal(listed(&of_c, "agreement", ""), 0);
    assert_int_equal(found(&of_b, "镍基合金共建"), 1);
    assert_int_equal(found(&of_c, "镍基合金共建"), 0);
    /* it sees, it does not write */
    change(&of_b, "agreement", id, "title", "别的", "service.denied");
    REFUSED(step_as(&of_b, "agreement", id, "submit", "", "", &e), "service.denied");
    REFUSED(record_delete(site, &of_b, kind_of("agreement"), id, 0, STR(""), &e), "service.denied");
}

/* Who leaves sees nothing any more; who comes learns nothing of before. */
static void parties_come_and_go(void **state)
{
    (void)state;
    vec_event events = {0};
    int64_t id = agreement_of("给丙的底价协议", "丙公司");
    change(&of_a, "agreement", id, "title", "给乙的协议", "");
    assert_true(sees(&of_c, "agreement", id));
    struct shown shown;
    vec_fault faults = {0};
    struct typed t = {STR("parties"), STR("甲公司|lead|\n乙大学|member|")};
    char text[80];
    snprintf(text, sizeof text, "#%lld|lead|\n#%lld|member|", (long long)org_a, (long long)org_b);
    t.text = str_of(text);
    OK(record_show(site, &of_a, kind_of("agreement"), id, &mem, &shown, &e));
    OK(record_fill(site, &of_a, &shown.rec, &t, 1, &mem, &faults, &e));
    OK(record_save(site, &of_a, &shown.rec, STR(""), &mem, &faults, &e));
    assert_false(sees(&of_c, "agreement", id));
    assert_true(sees(&of_b, "agreement", id));
    OK(record_history(site, &of_b, kind_of("agreement"), id, &mem, &events, &e));
    assert_int_equal(events.n, 1);
    assert_int_equal(events.p[0].change.n, 0); /* nor what it was changed from */
    events_free(&events);
    OK(record_history(site, &of_a, kind_of("agreement"), id, &mem, &events, &e));
    assert_int_equal(events.n, 3);
    events_free(&events);
    vec_free(&faults);
}

/* A milestone is seen by whom its project is seen by, that by the parties of its agreement. */
static void parties_are_taken_from_what_it_hangs_on(void **state)
{
    (void)state;
    int64_t agreement = agreement_of("联合攻关协议", "乙大学");
    char ref[24];
    snprintf(ref, sizeof ref, "#%lld", (long long)agreement);
    int64_t project = MAKE(&of_a, "project", "title", "联合攻关", "type", "attack", "stage", "s1",
                           "start", "2026-01-01", "end", "2027-01-01", "agreement", ref);
    snprintf(ref, sizeof ref, "#%lld", (long long)project);
    int64_t milestone =
        MAKE(&of_a, "milestone", "title", "样机", "project", ref, "due", "2026-06-01");
    assert_true(sees(&of_b, "project", project) && sees(&of_b, "milestone", milestone));
    assert_false(sees(&of_c, "milestone", milestone));
    change(&of_a, "agreement", agreement, "parties.0.org", "甲公司", "service.invalid");
    struct shown shown;
    vec_fault faults = {0};
    struct typed t[] = {{STR("parties.0.org"), STR("甲公司")},
                        {STR("parties.0.role"), STR("lead")},
                        {STR("parties.1.org"), STR("丙公司")},
                        {STR("parties.1.role"), STR("member")}};
    OK(record_show(site, &of_a, kind_of("agreement"), agreement, &mem, &shown, &e));
    OK(record_fill(site, &of_a, &shown.rec, t, 4, &mem, &faults, &e));
    OK(record_save(site, &of_a, &shown.rec, STR(""), &mem, &faults, &e));
    assert_false(sees(&of_b, "project", project) || sees(&of_b, "milestone", milestone));
    assert_true(sees(&of_c, "project", project) && sees(&of_c, "milestone", milestone));
    vec_free(&faults);
}

/* Both sides of a promise act on it. */
static void both_sides_act_where_declared(void **state)
{
    (void)state;
    int64_t id = MAKE(&of_b, "commitment", "title", "开放中试线", "debtor", "甲公司", "creditor",
                      "乙大学", "owner_name", "李四", "due", "2027-01-01");
    assert_true(sees(&of_a, "commitment", id));
    assert_false(sees(&of_c, "commitment", id));
    change(&of_a, "commitment", id, "evidence", "已开放三次", "");
    change(&of_a, "commitment", id, "done", "2026-03-01", "");
    STEP(&of_a, "commitment", id, "fulfil");
    REFUSED(record_delete(site, &of_a, kind_of("commitment"), id, 0, STR(""), &e),
            "service.denied");
}

/* A score sheet is its assessor's until it is handed in. */
static void a_draft_sheet_stays_at_home(void **state)
{
    (void)state;
    int64_t person =
        MAKE(&actor_system, "person", "name", "张三", "units", "乙大学", "owner", "乙大学");
    char ref[24];
    snprintf(ref, sizeof ref, "#%lld", (long long)person);
    int64_t post = MAKE(&of_b, "appointment", "person", ref, "home", "乙大学", "host", "甲公司",
                        "start", "2026-01-01", "end", "2027-01-01", "home_share", "60",
                        "host_share", "40", "host_pay", "20万");
    assert_true(sees(&of_a, "appointment", post));
    assert_int_equal(listed(&of_a, "appointment", "host_pay > 100000"), 1);
    assert_int_equal(listed(&of_c, "appointment", "host_pay > 0"), 0);
    snprintf(ref, sizeof ref, "#%lld", (long long)post);
    int64_t sheet = MAKE(&of_b, "assessment", "title", "年度考核", "subject", ref, "assessor", "王",
                         "period", "2026", "items.0.name", "任务", "items.0.weight", "100",
                         "items.0.score", "90", "proposal", "renew");
    assert_false(sees(&of_a, "assessment", sheet));
    STEP(&of_b, "assessment", sheet, "submit");
    assert_true(sees(&of_a, "assessment", sheet));
    assert_false(sees(&of_c, "assessment", sheet));
}

/* What was there before the kinds declared who takes part. */
static void older_records_follow_the_declaration(void **state)
{
    (void)state;
    int64_t id = agreement_of("旧协议", "乙大学");
    struct tx *tx;
    bool changed;
    OK(tx_begin(&tx, site_store(site), TX_WRITE, &e));
    OK(store_grant_only(tx, id, NULL, 0, &changed, &e));
    assert_true(changed);
    OK(meta_put(tx, STR("parties"), STR("older"), &e));
    OK(tx_commit(tx, &e));
    assert_false(sees(&of_b, "agreement", id));
    OK(parties_rebuild(site, &e));
    assert_true(sees(&of_b, "agreement", id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_party_sees_it_whole),
        cmocka_unit_test(parties_come_and_go),
        cmocka_unit_test(parties_are_taken_from_what_it_hangs_on),
        cmocka_unit_test(both_sides_act_where_declared),
        cmocka_unit_test(a_draft_sheet_stays_at_home),
        cmocka_unit_test(older_records_follow_the_declaration),
    };
    return cmocka_run_group_tests(tests, up, site_close_all);
}
