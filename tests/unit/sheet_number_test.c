#include "sheet_help.h"

#include "record/value.h"
#include "sheet/sheet_int.h"

#include <math.h>

static const char *number(const char *raw, enum number_format f, bool from_1904)
{
    static char out[NUMBER_TEXT + 2];
    char to[NUMBER_TEXT];
    enum cell_kind kind;
    struct str s = number_text(to, str_of(raw), f, from_1904, &kind);
    snprintf(out, sizeof out, "%s%.*s",
             kind == CELL_DATE   ? "@"
             : kind == CELL_TEXT ? "!"
                                 : "",
             (int)s.n, s.p);
    return out;
}

static void numbers_without_noise(void **state)
{
    static const char *const pairs[][2] = {
        {"0.1", "0.1"},
        {"0.10000000000000001", "0.1"},
        {"0.30000000000000004", "0.3"},
        {"1.2345678901200001E+11", "123456789012"},
        {"123456789012", "123456789012"},
        {"1.1010119900101101E+17", "110101199001011000"},
        {"1E-7", "0.0000001"},
        {"-2.5000000000000001E-2", "-0.025"},
        {"1E+25", "1E25"},
        {"1.5E-12", "1.5E-12"},
        {"0", "0"},
        {"-0", "0"},
        {"007", "7"},
        {"100", "100"},
        {"1.50", "1.5"},
        {"abc", "!abc"},
        {"", "!"},
        {"nan", "!nan"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        assert_string_equal(number(pairs[i][0], FORMAT_PLAIN, false), pairs[i][1]);
    assert_string_equal(number("0.94999999999999996", FORMAT_PERCENT, false), "95%");
}

static void serial_dates(void **state)
{
    (void)state;
    assert_string_equal(number("46082", FORMAT_DATE, false), "@2026-03-01");
    assert_string_equal(number("44620", FORMAT_DATE, true), "@2026-03-01");
    assert_string_equal(number("46082.604166666664", FORMAT_DATETIME, false),
                        "@2026-03-01T14:30:00");
    assert_string_equal(number("46082.999999999", FORMAT_DATETIME, false), "@2026-03-02");
    assert_string_equal(number("0.5", FORMAT_TIME, false), "@12:00:00");
    assert_string_equal(number("1.5", FORMAT_TIME, false), "@36:00:00");
    assert_string_equal(number("1", FORMAT_DATE, false), "@1900-01-01");
    assert_string_equal(number("59", FORMAT_DATE, false), "@1900-02-28");
    assert_string_equal(number("61", FORMAT_DATE, false), "@1900-03-01");
    assert_string_equal(number("2958465", FORMAT_DATE, false), "@9999-12-31");
    assert_string_equal(number("2958466", FORMAT_DATE, false), "2958466");
    assert_string_equal(number("-1", FORMAT_DATE, false), "-1");
    assert_string_equal(number("1e300", FORMAT_DATE, false), "1E300");
}

static void formats_that_are_dates(void **state)
{
    static const struct {
        const char *code;
        enum number_format f;
    } codes[] = {
        {"yyyy\"年\"m\"月\"d\"日\";@", FORMAT_DATE},
        {"yyyy/m/d h:mm", FORMAT_DATETIME},
        {"[$-804]yyyy-mm-dd", FORMAT_DATE},
        {"m\"月\"", FORMAT_DATE},
        {"h:mm AM/PM", FORMAT_TIME},
        {"[h]:mm:ss", FORMAT_TIME},
        {"mm:ss.0", FORMAT_TIME},
        {"General", FORMAT_PLAIN},
        {"0.00", FORMAT_PLAIN},
        {"0.00\"days\"", FORMAT_PLAIN},
        {"[Red]0.0;[Blue]-0.0", FORMAT_PLAIN},
        {"#,##0\\d", FORMAT_PLAIN},
        {"0.0%", FORMAT_PERCENT},
        {"@", FORMAT_PLAIN},
        {"\"unclosed", FORMAT_PLAIN},
        {"\\", FORMAT_PLAIN},
        {"[", FORMAT_PLAIN},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        assert_int_equal(format_of_code(str_of(codes[i].code)), codes[i].f);
    assert_int_equal(format_builtin(14), FORMAT_DATE);
    assert_int_equal(format_builtin(22), FORMAT_DATETIME);
    assert_int_equal(format_builtin(31), FORMAT_DATE);
    assert_int_equal(format_builtin(57), FORMAT_DATE);
    assert_int_equal(format_builtin(9), FORMAT_PERCENT);
    assert_int_equal(format_builtin(0), FORMAT_PLAIN);
    assert_int_equal(format_builtin(49), FORMAT_PLAIN);
}

static void readiness(void **state)
{
    static const struct {
        const char *s;
        int trl; /* 0: refused */
    } cases[] = {
        {"TRL 6", 6}, {"６级", 6},        {"六级", 6},     {"TRL4-6", 6},    {"trl-3", 3},
        {"9", 9},     {"第五级", 5},      {"4级~6级", 6},  {"TRL4—TRL6", 6}, {"技术成熟度：7", 7},
        {"0", 0},     {"10", 0},          {"中试阶段", 0}, {"", 0},          {"TRL", 0},
        {"6-4", 0},   {"6级以上水平", 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int trl = 0;
        assert_int_equal(value_trl(str_of(cases[i].s), &trl), cases[i].trl != 0);
        assert_int_equal(trl, cases[i].trl);
    }
}

static void amounts(void **state)
{
    static const struct {
        const char *s;
        double low, high; /* high < 0: refused */
    } cases[] = {
        {"50万元", 5e5, 5e5},
        {"５０万", 5e5, 5e5},
        {"50-100万", 5e5, 1e6},
        {"1.2亿元", 1.2e8, 1.2e8},
        {"不超过80万元", 0, 8e5},
        {"￥300,000", 3e5, 3e5},
        {"300000元", 3e5, 3e5},
        {"50万元以上", 5e5, INFINITY},
        {"100万元以内", 0, 1e6},
        {"50 万元左右", 5e5, 5e5},
        {"50万至1亿元", 5e5, 1e8},
        {"≥200万", 2e6, INFINITY},
        {"面议", 0, -1},
        {"50万美元", 0, -1},
        {"", 0, -1},
        {"100-50万", 0, -1},
        {"1.2.3万", 0, -1},
        {"50万元 20万元", 0, -1},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct money m;
        bool ok = value_money(str_of(cases[i].s), &m);
        assert_int_equal(ok, cases[i].high >= 0);
        if (ok) {
            assert_true(fabs(m.low - cases[i].low) < 1e-3);
            assert_true(m.high == cases[i].high || fabs(m.high - cases[i].high) < 1e-3);
        }
    }
}

static void dates(void **state)
{
    static const char *const cases[][2] = {
        {"2026-03-01", "2026-03-01"},
        {"2026/3/1", "2026-03-01"},
        {"2026.3.1", "2026-03-01"},
        {"2026年3月", "2026-03"},
        {"２０２６年３月１日", "2026-03-01"},
        {"二〇二六年十二月三十一日", "2026-12-31"},
        {"二〇二六年二十月", NULL},
        {"20260301", "2026-03-01"},
        {"46082", "2026-03-01"},
        {"2026年", "2026"},
        {"2026年底", "2026"},
        {"2026-3-1 14:30", "2026-03-01"},
        {"2026-03-01T14:30:00", "2026-03-01"},
        {"2026-03-01T14:30:00.000Z", "2026-03-01"},
        {"有效期至2026年6月30日", "2026-06-30"},
        {"2026年1月1日至12月31日", "2026-12-31"},
        {"2026-01-01至2026-12-31", "2026-12-31"},
        {"2026年1月1日-2027年1月1日", "2027-01-01"},
        {"2026年6月30日前", "2026-06-30"},
        {"2024-02-29", "2024-02-29"},
        {"2026-02-29", NULL},
        {"2026-13-01", NULL},
        {"长期有效", NULL},
        {"3月1日", NULL},
        {"12345", NULL},
        {"", NULL},
        {"2026-03-01起算的某日", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct date d;
        char to[16];
        bool ok = value_date(str_of(cases[i][0]), &d);
        if (ok != (cases[i][1] != NULL))
            fail_msg("%s", cases[i][0]);
        if (ok) {
            struct str s = value_date_iso(to, d);
            assert_int_equal(s.n, strlen(cases[i][1]));
            assert_memory_equal(s.p, cases[i][1], s.n);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_without_noise),
        cmocka_unit_test(serial_dates),
        cmocka_unit_test(formats_that_are_dates),
        cmocka_unit_test(readiness),
        cmocka_unit_test(amounts),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
