#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/options.h"

struct args {
    struct common common;
    const char *out, *pair[2];
    uint32_t k;
    double least;
    bool experts;
    struct option_list map;
};
#define HERE(member) offsetof(struct args, member)

static const struct option options[] = {
    {.letter = 'o', .kind = OPTION_TEXT, .to = HERE(out)},
    {.letter = 'k', .name = "most", .kind = OPTION_COUNT, .to = HERE(k), .min = 1, .max = 9},
    {.name = "min-score", .kind = OPTION_REAL, .to = HERE(least), .max = 100},
    {.name = "experts", .kind = OPTION_FLAG, .to = HERE(experts)},
    {.name = "explain", .kind = OPTION_PAIR, .to = HERE(pair)},
    {.name = "map", .kind = OPTION_LIST, .to = HERE(map)},
};

enum { WORDS = 32 };

/* Parse a line of words separated by blanks; a word "_" is empty. */
static enum rc parse(struct args *a, const char *line, char *argv[WORDS], int *n, struct err *e)
{
    static char space[256];
    int argc = 0;
    assert_true(strlen(line) < sizeof space);
    memcpy(space, line, strlen(line) + 1);
    for (char *p = space; *p;) {
        char *end = p + strcspn(p, " ");
        bool last = !*end;
        *end = 0;
        assert_true(argc < WORDS);
        argv[argc++] = strcmp(p, "_") == 0 ? end : p;
        p = last ? end : end + 1;
    }
    *a = (struct args){0};
    return options_parse(options, ARRAY_LEN(options), a, argc, argv, n, e);
}

static void test_forms(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "-k 5 x", "-k5 x",      "-k=5 x",         "--most 5 x",
        "x -k 5", "--most=5 x", "-k 1 -k 5 -- x", "x --most=5 --",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct args a;
        struct err e;
        char *argv[WORDS];
        int n;
        assert_int_equal(parse(&a, lines[i], argv, &n, &e), RC_OK);
        assert_int_equal(a.k, 5);
        assert_int_equal(n, 1);
        assert_string_equal(argv[0], "x");
    }
}

static void test_kinds(void **state)
{
    (void)state;
    struct args a;
    struct err e;
    char *argv[WORDS];
    int n;
    assert_int_equal(parse(&a,
                           "--experts a --explain N1 R1 --min-score 12.5 --map t=x --map o= "
                           "--lang en - -o _ -- --quiet",
                           argv, &n, &e),
                     RC_OK);
    assert_true(a.experts && !a.common.quiet);
    assert_string_equal(a.pair[0], "N1");
    assert_string_equal(a.pair[1], "R1");
    assert_true(a.least == 12.5);
    assert_int_equal(a.map.words.n, 2);
    assert_string_equal(a.map.words.p[1], "o=");
    assert_string_equal(a.common.lang, "en");
    assert_string_equal(a.out, "");
    assert_int_equal(n, 3);
    assert_string_equal(argv[0], "a");
    assert_string_equal(argv[1], "-");
    assert_string_equal(argv[2], "--quiet");
    vec_free(&a.map.words);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *key, *detail;
    } cases[] = {
        {"--expert", "cli.unknown_option_near", "--expert\t--experts"},
        {"--epxerts", "cli.unknown_option_near", "--epxerts\t--experts"},
        {"--mn-score=3", "cli.unknown_option_near", "--mn-score=3\t--min-score"},
        {"--zzz", "cli.unknown_option", "--zzz"},
        {"-z", "cli.unknown_option", "-z"},
        {"--", NULL, NULL},
        {"-o", "cli.no_value", "-o"},
        {"--most", "cli.no_value", "--most"},
        {"--explain N1", "cli.needs_two", "--explain"},
        {"--experts=1", "cli.no_value_wanted", "--experts"},
        {"-k 0", "cli.bad_value", "--most\t0\t1–9"},
        {"-k 10", "cli.bad_value", "--most\t10\t1–9"},
        {"-k 1.5", "cli.bad_value", "--most\t1.5\t1–9"},
        {"-k 3x", "cli.bad_value", "--most\t3x\t1–9"},
        {"-k nan", "cli.bad_value", "--most\tnan\t1–9"},
        {"-k _", "cli.bad_value", "--most\t\t1–9"},
        {"--min-score inf", "cli.bad_value", "--min-score\tinf\t0–100"},
        {"--min-score -1", "cli.bad_value", "--min-score\t-1\t0–100"},
        {"--lang de", "cli.bad_value", "--lang\tde\tzh, en"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct args a;
        struct err e = {0};
        char *argv[WORDS];
        int n;
        enum rc rc = parse(&a, cases[i].line, argv, &n, &e);
        assert_int_equal(rc, cases[i].key ? RC_USER : RC_OK);
        if (cases[i].key) {
            assert_string_equal(e.key, cases[i].key);
            assert_string_equal(e.detail, cases[i].detail);
        }
    }
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const known[] = {"match", "index", NULL, "search"};
    assert_string_equal(nearest_word("mtach", known, 4), "match");
    assert_string_equal(nearest_word("sear", known, 4), "search");
    assert_string_equal(nearest_word("indx", known, 4), "index");
    assert_null(nearest_word("publish", known, 4));
    assert_null(nearest_word("", known, 4));
    assert_null(nearest_word("x", known, 4));
}

static enum lang lang_with(const char *all, const char *messages, const char *lang, int argc,
                           char **argv)
{
    setenv("LC_ALL", all, 1);
    setenv("LC_MESSAGES", messages, 1);
    setenv("LANG", lang, 1);
    return options_lang(argc, argv);
}

static void test_lang(void **state)
{
    (void)state;
    char *en[] = {"match", "--lang", "en"}, *zh[] = {"--lang=zh"}, *after[] = {"--", "--lang=en"};
    assert_int_equal(lang_with("", "", "", 0, NULL), LANG_ZH);
    assert_int_equal(lang_with("C", "", "en_US.UTF-8", 0, NULL), LANG_ZH);
    assert_int_equal(lang_with("", "", "en_US.UTF-8", 0, NULL), LANG_EN);
    assert_int_equal(lang_with("", "en_GB", "zh_CN", 0, NULL), LANG_EN);
    assert_int_equal(lang_with("zh_CN.UTF-8", "en_GB", "en_US", 0, NULL), LANG_ZH);
    assert_int_equal(lang_with("zh_CN", "", "", 3, en), LANG_EN);
    assert_int_equal(lang_with("en_US", "", "", 1, zh), LANG_ZH);
    assert_int_equal(lang_with("", "", "", 2, after), LANG_ZH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),   cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_lang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
