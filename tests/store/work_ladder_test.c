/* A company's tier and its dated ranks are one truth, on both stores. */
#include "work_help.h"

static struct actor broker;
static int64_t company;

static int up(void **state)
{
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    return 0;
}

static int64_t rank(const char *tier, int64_t from, int64_t until)
{
    return MAKE(&broker, "rank", "company", ref(company), "tier", tier, "start", day_text(from),
                "end", until ? day_text(until) : "", "owner", ref(company));
}

static const char *tier(void)
{
    struct rec r = get_rec("org", company);
    return text_value(&r, "tier");
}

static vec_rec ranks(void)
{
    struct list_answer a = {0};
    char text[60];
    snprintf(text, sizeof text, "company = %lld", (long long)company);
    struct list_request q = {.kind = kind_of("rank"), .filter = str_of(text), .sort = STR("id")};
    OK(record_list(site, &broker, &q, &mem, &a, &e));
    return a.rec;
}

static void drop(int64_t id)
{
    struct rec r = get_rec("rank", id);
    OK(record_delete(site, &broker, r.kind, id, r.version, STR(""), &e));
}

/* Whatever happens to a rank; the order of the table decides, not that of the days. */
static void the_highest_that_holds(void **unused)
{
    (void)unused;
    vec_fault faults = {0};
    company = MAKE(&broker, "org", "name", "梯队公司", "type", "company");
    assert_string_equal(tier(), "");
    rank("sme", today() - 900, today() - 1);
    assert_string_equal(tier(), "");
    int64_t high = rank("hightech", today() - 100, 0);
    assert_string_equal(tier(), "hightech");
    int64_t giant = rank("littlegiant", today() - 200, today());
    rank("listed", today() + 1, 0);
    assert_string_equal(tier(), "littlegiant");
    OK(change(&broker, "rank", giant, "end", day_text(today() - 1), &faults, &e));
    assert_string_equal(tier(), "hightech");
    OK(change(&broker, "rank", giant, "end", "", &faults, &e));
    assert_string_equal(tier(), "littlegiant");
    OK(change(&broker, "rank", giant, "company", "甲公司", &faults, &e));
    assert_string_equal(tier(), "hightech");
    struct rec other = get_rec("org", org_a);
    assert_string_equal(text_value(&other, "tier"), "littlegiant");
    drop(giant);
    other = get_rec("org", org_a);
    assert_string_equal(text_value(&other, "tier"), "");
    drop(high);
    assert_string_equal(tier(), "");
    vec_free(&faults);
}

/* What is brought and not registered yet becomes a rank; what holds is left; what does not hold is
 * refused at the field. */
static void what_is_brought(void **unused)
{
    (void)unused;
    vec_fault faults = {0};
    company = MAKE(&broker, "org", "name", "带来梯队的公司", "type", "company", "tier", "srdi");
    assert_string_equal(tier(), "srdi");
    vec_rec all = ranks();
    assert_int_equal(all.n, 1);
    assert_int_equal(value(&all.p[0], "start")->num, today());
    assert_true(value(&all.p[0], "unsure")->set && all.p[0].org == company);
    int64_t first = all.p[0].id;
    vec_free(&all);
    /* a lower one is another certificate, and the higher one stays */
    OK(change(&broker, "org", company, "tier", "sme", &faults, &e));
    assert_string_equal(tier(), "srdi");
    all = ranks();
    assert_int_equal(all.n, 2);
    vec_free(&all);
    OK(change(&broker, "org", company, "tier", "sme", &faults, &e));
    assert_string_equal(tier(), "srdi");
    OK(change(&broker, "org", company, "short", "带来", &faults, &e));
    REFUSED(change(&broker, "org", company, "tier", "", &faults, &e), "service.invalid");
    assert_string_equal(faults.p[0].key, "org.tier_dated");
    assert_int_equal(faults.p[0].field, field_find(kind_of("org"), STR("tier")));
    /* the day is said: it is no longer in doubt */
    OK(change(&broker, "rank", first, "start", day_text(today() - 30), &faults, &e));
    struct rec r = get_rec("rank", first);
    assert_false(value(&r, "unsure")->set);
    OK(change(&broker, "rank", first, "end", day_text(today() - 1), &faults, &e));
    assert_string_equal(tier(), "sme");
    REFUSED(change(&broker, "org", company, "tier", "srdi", &faults, &e), "service.invalid");
    assert_string_equal(faults.p[0].key, "org.tier_dated");
    all = ranks();
    assert_int_equal(all.n, 2);
    vec_free(&all);
    vec_free(&faults);
}

/* Certificates begin and end with nobody writing anything. */
static void a_day_goes_by(void **unused)
{
    (void)unused;
    uint32_t n;
    company = MAKE(&broker, "org", "name", "隔日公司", "type", "company");
    rank("hightech", today() - 10, today());
    rank("srdi", today() + 2, today() + 2);
    OK(tiers_settle(site, &n, &e));
    assert_int_equal(n, 0);
    static const char *const then[] = {"hightech", "", "srdi", ""};
    for (size_t i = 0; i < ARRAY_LEN(then); i++, clock_now += 86400) {
        OK(tiers_settle(site, &n, &e));
        assert_string_equal(tier(), then[i]);
    }
    struct rec r = get_rec("org", company);
    int64_t version = r.version;
    OK(tiers_settle(site, &n, &e));
    r = get_rec("org", company);
    assert_true(n == 0 && r.version == version);
}

/* A site of before: typed in the company's record, and in no rank. */
static void what_was_typed_before(void **unused)
{
    (void)unused;
    uint32_t n;
    char sql[300];
    company = MAKE(&broker, "org", "name", "早先的公司", "type", "company");
    int64_t written = today();
    snprintf(sql, sizeof sql,
             on_sqlite()
                 ? "UPDATE rec SET body = json_set(body, '$.tier', 'gazelle') WHERE id = %lld"
                 : "UPDATE rec SET body = jsonb_set(body, '{tier}', '\"gazelle\"') "
                   "WHERE id = %lld",
             (long long)company);
    assert_string_equal(raw_sql(sql), "");
    assert_string_equal(tier(), "gazelle");
    clock_now += 5 * 86400;
    OK(tiers_settle(site, &n, &e));
    assert_string_equal(tier(), "gazelle");
    vec_rec all = ranks();
    assert_int_equal(all.n, 1);
    assert_true(value(&all.p[0], "start")->num == written && value(&all.p[0], "unsure")->set);
    int64_t id = all.p[0].id;
    vec_free(&all);
    drop(id);
    OK(tiers_settle(site, &n, &e));
    assert_string_equal(tier(), "");
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(the_highest_that_holds),
        cmocka_unit_test(what_is_brought),
        cmocka_unit_test(a_day_goes_by),
        cmocka_unit_test(what_was_typed_before),
    };
    return cmocka_run_group_tests(all, up, site_close_all);
}
