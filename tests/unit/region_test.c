/* The sample region loads as people would enter it, and what is computed over it is true. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "service/measures.h"
#include "service/site_int.h"
#include "service/thread.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* what main.c has */
const struct command *const commands[] = {&sample_command};
const size_t n_commands = 1;

static char dir[200];
static struct site *site;
static struct arena mem;
static struct err err;

/* The day that the sample was written for. */
static int64_t noon(void *unused)
{
    (void)unused;
    return days_of(2026, 11, 20) * 86400 + 4 * 3600;
}

static int up(void **state)
{
    (void)state;
    struct cli c = {.lang = LANG_ZH};
    struct site_options o = {.dir = dir};
    char samples[] = "samples/region", quiet[] = "--quiet";
    char *argv[] = {dir, samples, quiet, NULL};
    const char *tmp = getenv("TMPDIR");
    snprintf(dir, sizeof dir, "%s/qiao-region-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
    bool loaded = mkdtemp(dir) && site_init(&o, &err) == RC_OK &&
                  sample_command.run(&c, 3, argv, &err) == RC_OK;
    model_close(c.model); /* the command line's; main ends without it */
    if (!loaded) {
        fprintf(stderr, "%s %s %s:%u\n", err.key, err.detail, err.file, err.row);
        return -1;
    }
    o.now = noon;
    return site_open(&site, &o, &err) == RC_OK ? 0 : -1;
}

static int down(void **state)
{
    (void)state;
    char command[300];
    site_close(site);
    arena_free(&mem);
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

static vec_rec all_of(const char *kind, const char *filter)
{
    struct list_request q = {.kind = kind_find(site_kinds(site), str_of(kind)),
                             .filter = str_of(filter),
                             .sort = STR("id"),
                             .limit = 1000};
    struct list_answer answer;
    assert_non_null(q.kind);
    assert_int_equal(record_list(site, &actor_system, &q, &mem, &answer, &err), RC_OK);
    return answer.rec;
}

static void every_kind_is_there(void **unused)
{
    (void)unused;
    static const struct {
        const char *kind;
        size_t n;
    } want[] = {{"event", 25},     {"commitment", 60}, {"agreement", 45}, {"project", 25},
                {"milestone", 70}, {"payment", 50},    {"position", 12},  {"appointment", 12},
                {"rank", 80},      {"programme", 4},   {"indicator", 25}, {"direction", 6},
                {"finding", 10},   {"base", 8},        {"alumnus", 20}};
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        vec_rec r = all_of(want[i].kind, "");
        assert_true(r.n >= want[i].n);
        vec_free(&r);
    }
}

static void every_light_and_type_occurs(void **unused)
{
    (void)unused;
    static const char *const filters[][2] = {
        {"commitment", "light = red"},
        {"commitment", "light = made_up"},
        {"commitment", "light = due"},
        {"commitment", "light = green"},
        {"commitment", "light = open"},
        {"commitment", "light = dropped"},
        {"milestone", "light = red"},
        {"project", "light = due"},
        {"finding", "light = made_up"},
        {"agreement", "term = soon"},
        {"agreement", "type = consortium"},
        {"agreement", "type = donation"},
        {"agreement", "type = internship"},
        {"agreement", "type = talent"},
        {"agreement", "state = approval"},
        {"appointment", "term = soon"},
        {"rank", "term = over"},
        {"project", "back is set"},
    };
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        vec_rec r = all_of(filters[i][0], filters[i][1]);
        if (!r.n)
            fail_msg("no %s with %s", filters[i][0], filters[i][1]);
        vec_free(&r);
    }
}

/* What the database counts today is what the trail gives for the day. */
static void indicators_are_true(void **unused)
{
    (void)unused;
    vec_rec r = all_of("indicator", "");
    unsigned lights[5] = {0}, forecasts = 0, missing = 0;
    for (size_t i = 0; i < r.n; i++) {
        struct measured m;
        int64_t today = day_of_time(noon(NULL));
        double replayed;
        struct str title = rec_title(&r.p[i]);
        if (measure_at(site, &actor_system, &r.p[i], 0, &mem, &m, &err) != RC_OK)
            fail_msg("%.*s: %s %s", (int)title.n, title.p, err.key, err.detail);
        assert_int_equal(measure_replay(site, &r.p[i], &today, 1, &replayed, &err), RC_OK);
        if (fabs(replayed - m.value) > 1e-6)
            fail_msg("%.*s: %f now, %f by the trail", (int)title.n, title.p, m.value, replayed);
        lights[m.light]++;
        forecasts += !isnan(m.forecast);
        missing += m.missing.n > 0;
        vec_free(&m.missing);
    }
    assert_true(lights[LIGHT_BEHIND] && lights[LIGHT_AT_RISK] && lights[LIGHT_ON_COURSE] &&
                lights[LIGHT_REACHED]);
    assert_true(forecasts > 20 && missing >= 2);
    vec_free(&r);
}

static void a_news_sentence_leads_to_a_payment(void **unused)
{
    (void)unused;
    vec_rec r = all_of("event", "quote is set");
    unsigned whole = 0;
    for (size_t i = 0; i < r.n; i++) {
        vec_thread v = {0};
        bool more;
        unsigned seen = 0;
        static const char *const kinds[] = {"event",   "commitment", "agreement",
                                            "project", "milestone",  "payment"};
        assert_int_equal(thread_of(site, &actor_system, r.p[i].id, &mem, &v, &more, &err), RC_OK);
        for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
            for (size_t j = 0; j < v.n; j++)
                if (str_eq(v.p[j].rec.kind->name, str_of(kinds[k]))) {
                    seen++;
                    break;
                }
        whole += seen == ARRAY_LEN(kinds);
        vec_free(&v);
    }
    assert_true(whole > 0);
    vec_free(&r);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(every_kind_is_there),
        cmocka_unit_test(every_light_and_type_occurs),
        cmocka_unit_test(indicators_are_true),
        cmocka_unit_test(a_news_sentence_leads_to_a_payment),
    };
    return cmocka_run_group_tests(all, up, down);
}
