/* Random histories, on both stores: every light, share, rank and indicator that the site answers is
 * recomputed from the audit trail alone, by other means than the program's own. */
#include "work_help.h"

#include "base/map.h"
#include "service/measures.h"

#include <math.h>

#define DAYS     90
#define COMPANY  8
#define PEOPLE   4
#define INDICATE 14

static struct actor broker;
static int64_t company[COMPANY], people[PEOPLE], indicators[INDICATE];
static vec_id made[4]; /* commitments, agreements, appointments, ranks */
enum { COMMITMENT, AGREEMENT, APPOINTMENT, RANK };
static const char *const names[] = {"commitment", "agreement", "appointment", "rank"};
static int64_t first_day;
static double live[DAYS][INDICATE]; /* what the site said at the end of that day */
static uint64_t seed = 20261121;
static unsigned refused;

static uint32_t chance(uint32_t n)
{
    seed = mix64(seed + 0x9e3779b97f4a7c15u);
    return (uint32_t)(seed >> 33) % n;
}

static int up(void **state)
{
    static const char *const spec[INDICATE][6] = {
        /* measure, over, filter, path, population, among */
        {"count", "commitment", "light = red", "", "", ""},
        {"share", "commitment", "light in (green, made_up)", "", "", "not state = dropped"},
        {"sum", "agreement", "state = active and not type = donation", "amount", "", ""},
        {"distinct", "agreement", "state = active", "parties.org", "", ""},
        {"coverage", "agreement", "state = active and term in (running, soon)", "parties.org",
         "org", "type = company"},
        {"coverage", "rank", "tier = hightech and term = running", "company", "org",
         "type = company and not name = 甲公司"},
        {"count", "commitment", "since >= today - 9d and state = fulfilled", "", "", ""},
        {"count", "agreement", "created < today - 20d and updated >= today - 20d", "", "", ""},
        {"share", "rank", "company.name = 甲公司", "", "", "end is set"},
        {"sum", "agreement", "term = running", "parties.share", "", ""},
        {"distinct", "commitment", "debtor.name contains 公司 and done > .due", "debtor.name", "",
         ""},
        {"sum", "appointment", "state in (confirmed, active) and person.units.type = university",
         "host_share", "", ""},
        {"distinct", "appointment", "start <= today and end >= today", "owner", "", ""},
        {"coverage", "appointment", "state = active and secrecy = open", "person", "person", ""},
    };
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    company[0] = org_a;
    for (int i = 1; i < COMPANY; i++) {
        char name[40];
        snprintf(name, sizeof name, "公司%d", i);
        company[i] = MAKE(&actor_system, "org", "name", name, "type", "company");
    }
    for (int i = 0; i < PEOPLE; i++)
        people[i] =
            MAKE(&broker, "person", "name", "某人", "units", ref(org_b), "owner", ref(org_b));
    int64_t programme = MAKE(&broker, "programme", "title", "计划", "start", day_text(today()),
                             "end", day_text(today() + 400), "owner", ref(org_b));
    for (int i = 0; i < INDICATE; i++)
        indicators[i] =
            MAKE(&broker, "indicator", "title", "指标", "programme", ref(programme), "measure",
                 spec[i][0], "over", spec[i][1], "filter", spec[i][2], "path", spec[i][3],
                 "population", spec[i][4], "among", spec[i][5], "owner", ref(org_b));
    return 0;
}

static int down(void **state)
{
    for (size_t i = 0; i < ARRAY_LEN(made); i++)
        vec_free(&made[i]);
    return site_close_all(state);
}

/* ---- a history ---- */

static void keep(int which, const char *const *pair)
{
    vec_fault faults = {0};
    struct err e = {0};
    int64_t id;
    enum rc rc = make_as(&broker, names[which], &id, &faults, &e, pair);
    if (rc == RC_OK)
        OK(vec_push(&made[which], id, &e));
    else
        assert_string_equal(e.key, "appointment.over");
    refused += rc != RC_OK;
    vec_free(&faults);
}
#define KEEP(which, ...) keep(which, (const char *const[]){__VA_ARGS__, NULL})

static const char *percent(uint32_t n)
{
    static char text[8][12];
    static unsigned at;
    char *to = text[at++ % 8];
    snprintf(to, 12, "%u.%02u", n, chance(100));
    return to;
}

static void make_something(void)
{
    const int64_t t = today();
    char parties[80], amount[20];
    static const char *const tiers[] = {"sme", "hightech", "gazelle"};
    static const char *const types[] = {"framework", "donation", "other"};
    switch (chance(4)) {
    case 0:
        KEEP(COMMITMENT, "title", "事项", "debtor", ref(company[chance(COMPANY)]), "owner_name",
             "甲", "due", day_text(t - 5 + chance(40)), "owner", ref(org_b));
        break;
    case 1:
        snprintf(parties, sizeof parties, "%s|a|60\n%s|b|40", ref(company[chance(COMPANY)]),
                 ref(org_b));
        snprintf(amount, sizeof amount, "%u.%02u", chance(100000), chance(100));
        KEEP(AGREEMENT, "title", "协议", "type", types[chance(3)], "parties", parties, "amount",
             amount, "start", day_text(t - 3 + chance(9)), "end", day_text(t + 6 + chance(150)),
             "signed", day_text(t), "owner", ref(org_b));
        break;
    case 2:
        KEEP(APPOINTMENT, "person", ref(people[chance(PEOPLE)]), "home", ref(org_b), "host",
             ref(company[chance(COMPANY)]), "start", day_text(t + chance(60)), "end",
             day_text(t + 60 + chance(60)), "home_share", percent(chance(30)), "host_share",
             percent(chance(40)), "owner", ref(org_b));
        break;
    default:
        KEEP(RANK, "company", ref(company[chance(COMPANY)]), "tier", tiers[chance(3)], "start",
             day_text(t - chance(20)), "end", day_text(t + chance(60)), "owner", ref(org_b));
    }
}

/* One that leads on. */
static const char *next_step(int64_t id)
{
    static const char *const steps[][5] = {{"draft", "confirm", "confirm", "confirm", "confirm"},
                                           {"confirmed", "begin", "begin", "begin", "return"},
                                           {"active", "renew", "adjust", "adjust", "finish"},
                                           {"changing", "confirm", "withdraw", "renew", "begin"}};
    struct rec r = get_rec("appointment", id);
    struct str state = r.kind->state[r.state].name;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (str_eq(state, str_of(steps[i][0])))
            return steps[i][1 + chance(4)];
    return "finish";
}

/* A step, a change or the end of one of them; what its state does not allow is refused. */
static void change_something(void)
{
    static const char *const steps[4][4] = {{"fulfil", "drop", "reopen", "fulfil"},
                                            {"sign", "sign", "finish", "terminate"},
                                            {"confirm", "begin", "finish", "return"},
                                            {"", "", "", ""}};
    int which = (int)chance(5);
    which = which > RANK ? APPOINTMENT : which; /* they have the longest way */
    struct err e = {0};
    if (!made[which].n)
        return;
    size_t at = chance((uint32_t)made[which].n);
    int64_t id = made[which].p[at];
    const char *typed[] = {"done", day_text(today() - chance(4)), "evidence", "有", NULL};
    const char *confirm[] = {"home_confirmed", day_text(today()), "host_confirmed",
                             day_text(today()), NULL};
    const char *renew[] = {"end", day_text(today() + 60 + chance(90)), NULL};
    const char *adjust[] = {"host_share", percent(chance(40)), "end",
                            day_text(today() + 60 + chance(90)), NULL};
    const char *none[] = {NULL};
    const char *step = which == APPOINTMENT && chance(4) ? next_step(id) : steps[which][chance(4)];
    if (!step[0] || chance(12) == 0) {
        enum rc rc = record_delete(site, &broker, kind_of(names[which]), id, 0, STR("撤销"), &e);
        if (rc == RC_OK)
            made[which].p[at] = made[which].p[--made[which].n];
        return;
    }
    enum rc rc = step_with(&broker, names[which], id, step,
                           !strcmp(step, "fulfil")    ? typed
                           : !strcmp(step, "confirm") ? confirm
                           : !strcmp(step, "renew")   ? renew
                           : !strcmp(step, "adjust")  ? adjust
                                                      : none,
                           &e);
    if (rc != RC_OK)
        assert_true(!strcmp(e.key, "service.no_step") || !strcmp(e.key, "service.invalid") ||
                    !strcmp(e.key, "appointment.over"));
}

static double measured(int i, int64_t day)
{
    struct rec r = get_rec("indicator", indicators[i]);
    struct measured m;
    OK(measure_at(site, &broker, &r, day, &mem, &m, &e));
    vec_free(&m.missing);
    return m.value;
}

static void live_through(void)
{
    first_day = today();
    for (int d = 0; d < DAYS; d++) {
        for (uint32_t n = chance(5); n > 0; n--) {
            clock_now += 60 + chance(600);
            if (chance(3))
                make_something();
            else
                change_something();
        }
        for (int i = 0; i < INDICATE; i++)
            live[d][i] = measured(i, 0);
        clock_now = (first_day + d + 1) * 86400 - CHINA_SECONDS;
    }
}

/* ---- the trail, read by hand ---- */

struct past {
    int64_t id;
    struct str kind, state, body;
};
typedef VEC(struct past) vec_past;

/* What the last entry of every record before a moment says; those that are there. */
static vec_past past_at(int64_t end)
{
    vec_past out = {0};
    struct tx *tx;
    OK(tx_begin(&tx, site_store(site), TX_READ, &e));
    for (int64_t after = 0;;) {
        vec_entry entries = {0};
        OK(store_feed(tx, after, 5000, &mem, &entries, &e));
        for (size_t i = 0; i < entries.n; i++) {
            const struct entry *n = &entries.p[i];
            struct past p = {n->id, n->kind, n->state, n->body};
            size_t at = 0;
            after = n->seq;
            if (!n->id || n->at >= end)
                continue;
            while (at < out.n && out.p[at].id != n->id)
                at++;
            if (at == out.n)
                OK(vec_push(&out, p, &e));
            out.p[at] = p;
        }
        bool more = entries.n > 0;
        vec_free(&entries);
        if (!more)
            break;
    }
    tx_rollback(tx);
    return out;
}

/* The text or digits behind "field": in a body; "" none. */
static const char *in_body(struct str body, const char *field)
{
    static char text[8][40];
    static unsigned at;
    char key[40], *to = text[at++ % 8];
    snprintf(key, sizeof key, "\"%s\":", field);
    size_t from = str_find(body, str_of(key), 0), n = 0;
    if (from < body.n)
        for (size_t i = from + strlen(key); i < body.n && n < 39; i++) {
            if (strchr(",}]", body.p[i]))
                break;
            if (body.p[i] != '"')
                to[n++] = body.p[i];
        }
    to[n] = 0;
    return to;
}

static const char *light_of(const struct past *p, const char *day)
{
    const char *due = in_body(p->body, "due"), *done = in_body(p->body, "done");
    if (str_eq(p->state, STR("dropped")))
        return "dropped";
    if (str_eq(p->state, STR("fulfilled")))
        return strcmp(done, due) > 0 ? "made_up" : "green";
    if (strcmp(due, day) < 0)
        return "red";
    int y, m, d;
    sscanf(due, "%d-%d-%d", &y, &m, &d);
    return days_of(y, m, d) <= first_day + DAYS - 1 + 14 ? "due" : "open";
}

static bool is_kind(const struct past *p, const char *kind)
{
    return p->body.n && str_eq(p->kind, str_of(kind));
}

static void lights_follow_from_the_trail(void **unused)
{
    (void)unused;
    live_through();
    clock_now -= 86400; /* the last of the days again */
    vec_past all = past_at(clock_now + 2 * 86400);
    static const char *const codes[] = {"dropped", "made_up", "green", "red", "due", "open"};
    uint64_t n[6] = {0}, kinds = 0;
    const char *day = day_text(today());
    for (size_t i = 0; i < all.n; i++) {
        if (!is_kind(&all.p[i], "commitment"))
            continue;
        const char *light = light_of(&all.p[i], day);
        struct rec r = get_rec("commitment", all.p[i].id);
        assert_string_equal(text_value(&r, "light"), light);
        for (int c = 0; c < 6; c++)
            n[c] += !strcmp(codes[c], light);
    }
    for (int c = 0; c < 6; c++) {
        char filter[40];
        struct list_answer answer;
        snprintf(filter, sizeof filter, "light = %s", codes[c]);
        struct list_request q = {
            .kind = kind_of("commitment"), .filter = str_of(filter), .count = true};
        OK(record_list(site, &broker, &q, &mem, &answer, &e));
        assert_int_equal(answer.total, n[c]);
        vec_free(&answer.rec);
        kinds += n[c] > 0;
    }
    assert_true(kinds >= 5); /* the history tells something */
    assert_true(refused > 3);
    vec_free(&all);
}

/* ---- shares ---- */

static int64_t day_in(struct str body, const char *field)
{
    int y, m, d;
    return sscanf(in_body(body, field), "%d-%d-%d", &y, &m, &d) == 3 ? days_of(y, m, d) : 0;
}

/* The day an appointment ended by a step, from its own entries; INT64_MAX: it did not. */
static int64_t ended_on(const struct past *p)
{
    vec_entry entries = {0};
    struct tx *tx;
    int64_t day = INT64_MAX;
    if (!str_eq(p->state, STR("finished")))
        return day;
    OK(tx_begin(&tx, site_store(site), TX_READ, &e));
    OK(store_history(tx, p->id, &mem, &entries, &e));
    tx_rollback(tx);
    for (size_t i = 0; i < entries.n; i++)
        if (str_eq(entries.p[i].action, STR("finish")))
            day = day_of_time(entries.p[i].at);
    vec_free(&entries);
    return day;
}

/* What it takes of its person on a day, in hundredths of a percent. */
static int64_t taken(struct str body, int64_t day)
{
    if (day < day_in(body, "start") || day > day_in(body, "end"))
        return 0;
    return llround(atof(in_body(body, "home_share")) * 100) +
           llround(atof(in_body(body, "host_share")) * 100);
}

/* What was agreed before a change that waits: the last that its entries say of it in force. */
static struct str agreed_before(const struct past *p)
{
    vec_entry entries = {0};
    struct tx *tx;
    struct str body = STR("");
    OK(tx_begin(&tx, site_store(site), TX_READ, &e));
    OK(store_history(tx, p->id, &mem, &entries, &e));
    tx_rollback(tx);
    for (size_t i = 0; i < entries.n; i++)
        if (str_eq(entries.p[i].state, STR("active")))
            body = entries.p[i].body;
    vec_free(&entries);
    return body;
}

static void shares_follow_from_the_trail(void **unused)
{
    (void)unused;
    vec_past all = past_at(INT64_MAX);
    int64_t most_of_all = 0, *ended = arena_calloc(&mem, all.n + 1, sizeof *ended);
    struct str *before = arena_calloc(&mem, all.n + 1, sizeof *before);
    unsigned changing = 0;
    struct tx *tx;
    for (size_t i = 0; i < all.n; i++)
        if (is_kind(&all.p[i], "appointment")) {
            bool waits = str_eq(all.p[i].state, STR("changing"));
            before[i] = waits ? agreed_before(&all.p[i]) : STR("");
            ended[i] = ended_on(&all.p[i]);
            changing += waits;
        }
    assert_true(changing > 0);
    OK(tx_begin(&tx, site_store(site), TX_READ, &e));
    for (int p = 0; p < PEOPLE; p++)
        for (int64_t day = first_day; day < first_day + 2 * DAYS + 160; day++) {
            int64_t sum = 0, told;
            for (size_t i = 0; i < all.n; i++) {
                const struct past *x = &all.p[i];
                if (!is_kind(x, "appointment") || atoll(in_body(x->body, "person")) != people[p] ||
                    day > ended[i])
                    continue;
                sum += MAX(taken(x->body, day), before[i].n ? taken(before[i], day) : 0);
            }
            OK(store_share_most(tx, people[p], day, day, &told, &e));
            assert_int_equal(told, sum);
            assert_true(sum <= SHARE_WHOLE);
            most_of_all = MAX(most_of_all, sum);
        }
    tx_rollback(tx);
    assert_true(most_of_all > SHARE_WHOLE / 2);
    vec_free(&all);
}

/* ---- ranks ---- */

/* Which companies held a tier on a day: the site's list, and the trail. */
static void ranks_follow_from_the_trail(void **unused)
{
    (void)unused;
    vec_past all = past_at(INT64_MAX);
    unsigned held = 0;
    for (int64_t day = first_day - 10; day < first_day + DAYS; day += 7) {
        char filter[200];
        struct list_answer answer;
        snprintf(filter, sizeof filter,
                 "tier = hightech and start <= %s and (end is empty or end >= %s)", day_text(day),
                 day_text(day));
        struct list_request q = {
            .kind = kind_of("rank"), .filter = str_of(filter), .sort = STR("id"), .limit = 1000};
        OK(record_list(site, &broker, &q, &mem, &answer, &e));
        size_t n = 0;
        for (size_t i = 0; i < all.n; i++)
            n += is_kind(&all.p[i], "rank") &&
                 !strcmp(in_body(all.p[i].body, "tier"), "hightech") &&
                 day_in(all.p[i].body, "start") <= day && day <= day_in(all.p[i].body, "end");
        assert_int_equal(answer.rec.n, n);
        held += n > 0;
        vec_free(&answer.rec);
    }
    assert_true(held > 5);
    vec_free(&all);
}

/* ---- indicators ---- */

static int64_t end_of(int64_t day)
{
    return (day + 1) * 86400 - CHINA_SECONDS;
}

/* Red commitments and money under agreements, by hand. */
static void by_hand(int64_t day, double *red, double *sum)
{
    vec_past all = past_at(end_of(day));
    *red = *sum = 0;
    for (size_t i = 0; i < all.n; i++) {
        const struct past *p = &all.p[i];
        if (is_kind(p, "commitment"))
            *red += str_eq(p->state, STR("open")) && day_in(p->body, "due") < day;
        if (is_kind(p, "agreement") && str_eq(p->state, STR("active")) &&
            strcmp(in_body(p->body, "type"), "donation") != 0)
            *sum += atof(in_body(p->body, "amount")) / 100;
    }
    vec_free(&all);
}

static void indicators_are_what_they_were(void **unused)
{
    (void)unused;
    unsigned changed = 0;
    for (int d = 0; d < DAYS; d += 3)
        for (int i = 0; i < INDICATE; i++) {
            double now = measured(i, first_day + d);
            if (fabs(now - live[d][i]) > 1e-6)
                fail_msg("indicator %d on day %d: %f then, %f now", i, d, live[d][i], now);
            changed += d >= 3 && fabs(live[d][i] - live[d - 3][i]) > 1e-9;
        }
    assert_true(changed > DAYS / 2);
    for (int d = 0; d < DAYS; d += 11) {
        double red, sum;
        by_hand(first_day + d, &red, &sum);
        assert_true(red == live[d][0]);
        assert_true(fabs(sum - live[d][2]) < 1e-6);
    }
}

/* What the database counts of a past day is what a replay of the trail gives, and what the site
 * said then; the course of a page is made of the same values. */
static void a_replay_agrees(void **unused)
{
    (void)unused;
    int64_t day[DAYS];
    double value[DAYS];
    for (int d = 0; d < DAYS; d++)
        day[d] = first_day + d;
    for (int i = 0; i < INDICATE; i++) {
        struct rec r = get_rec("indicator", indicators[i]);
        struct measured m;
        OK(measure_replay(site, &r, day, DAYS, value, &e));
        for (int d = 0; d < DAYS; d++)
            if (fabs(value[d] - live[d][i]) > 1e-6)
                fail_msg("indicator %d on day %d: %f then, %f replayed", i, d, live[d][i],
                         value[d]);
        OK(measure_at(site, &broker, &r, first_day + DAYS - 1, &mem, &m, &e));
        assert_true(m.n_course >= 3);
        for (uint32_t k = 0; k < m.n_course; k++) {
            assert_true(m.course[k].day >= first_day);
            assert_true(fabs(m.course[k].value - live[m.course[k].day - first_day][i]) < 1e-6);
        }
        vec_free(&m.missing);
    }
}

static void the_trail_is_whole(void **unused)
{
    (void)unused;
    OK(store_verify(site_store(site), NULL, NULL, &e));
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(lights_follow_from_the_trail),
        cmocka_unit_test(shares_follow_from_the_trail),
        cmocka_unit_test(ranks_follow_from_the_trail),
        cmocka_unit_test(indicators_are_what_they_were),
        cmocka_unit_test(a_replay_agrees),
        cmocka_unit_test(the_trail_is_whole),
    };
    return cmocka_run_group_tests(all, up, down);
}
