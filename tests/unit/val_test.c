/* Values: what people type, and what it is shown as. */
#include "record_desk.h"

/* What the typed text becomes: its raw text, or "!" and the key of what is wrong with it. */
static const char *typed(const char *name, const char *text)
{
    static char out[2000];
    struct desk d = desk_open();
    struct val v, again;
    assert_int_equal(val_parse(&v, field(name), at(name), str_of(text), &d.a, &d.faults, &d.e),
                     RC_OK);
    assert_int_equal(val_text(&d.b, field(name), &v, true, true, &d.e), RC_OK);
    snprintf(out, sizeof out, "%s", d.b.p ? d.b.p : "");
    if (d.faults.n) {
        assert_int_equal(d.faults.p[0].field, at(name));
        snprintf(out, sizeof out, "!%s", d.faults.p[0].key);
    } else { /* raw text is read back as the same value */
        assert_int_equal(
            val_parse(&again, field(name), at(name), buf_view(&d.b), &d.a, &d.faults, &d.e), RC_OK);
        assert_int_equal(d.faults.n, 0);
        assert_true(val_eq(field(name), &v, &again));
        assert_true(v.set || !out[0]);
    }
    desk_close(&d);
    return out;
}

static const char *shown(const char *name, const char *text, bool zh)
{
    static char out[2000];
    struct desk d = desk_open();
    struct val v;
    assert_int_equal(val_parse(&v, field(name), at(name), str_of(text), &d.a, &d.faults, &d.e),
                     RC_OK);
    assert_int_equal(d.faults.n, 0);
    assert_int_equal(val_text(&d.b, field(name), &v, zh, false, &d.e), RC_OK);
    snprintf(out, sizeof out, "%s", d.b.p ? d.b.p : "");
    desk_close(&d);
    return out;
}

struct pair {
    const char *text, *value;
};

static void all_typed(const char *name, const struct pair *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = typed(name, p[i].text);
        if (strcmp(got, p[i].value) != 0)
            fail_msg("%s: '%s' became '%s', not '%s'", name, p[i].text, got, p[i].value);
    }
}
#define ALL_TYPED(name, ...)                                                                       \
    do {                                                                                           \
        static const struct pair p_[] = {__VA_ARGS__};                                             \
        all_typed(name, p_, ARRAY_LEN(p_));                                                        \
    } while (0)

static void texts_are_cleaned(void **unused)
{
    (void)unused;
    ALL_TYPED("title", {"  焊接  ", "焊接"}, {"a\r\nb\tc", "a b c"}, {"", ""},
              {" \xE3\x80\x80 ", ""},
              {"a\x01"
               "b",
               "ab"},
              {"\xEF\xBB\xBF焊接", "焊接"}, {"a\xFFz", "!field.utf8"}, {"\xC0\x80", "!field.utf8"},
              {"\xED\xA0\x80", "!field.utf8"}, {"\xF4\x90\x80\x80", "!field.utf8"},
              {"\xF0\x9F\x8C\x89", "\xF0\x9F\x8C\x89"});
    ALL_TYPED("body", {" a\r\nb\rc\td \n\n", "a\nb\nc\td"}, {"a\vb\x7F", "a\nb"});
}

static void whole_numbers(void **unused)
{
    (void)unused;
    ALL_TYPED("trl", {"6", "6"}, {"６", "6"}, {"TRL 6", "6"}, {"六级", "6"}, {"六", "6"},
              {"1,200", "1200"}, {"1.2万", "12000"}, {"一万二千", "12000"}, {"三百二十", "320"},
              {"十二", "12"}, {"二十", "20"}, {"两万", "20000"}, {"二〇二六", "2026"},
              {"三百五", "!field.int_of"}, {"-5", "-5"}, {"−5", "-5"}, {"负五", "-5"}, {"+7", "7"},
              {"12.0", "12"}, {"12.5", "!field.int_of"}, {"12 34", "!field.int_of"}, {"", ""},
              {"1e3", "1000"}, {"12,34", "!field.int_of"}, {"1,2345", "!field.int_of"},
              {"十几", "!field.int_of"}, {"9007199254740991", "9007199254740991"},
              {"9007199254740992", "!field.int_of"}, {"-9007199254740991", "-9007199254740991"},
              {"9223372036854775808", "!field.int_of"},
              {"99999999999999999999999999", "!field.int_of"}, {"1e400", "!field.int_of"},
              {"1e-400", "!field.int_of"}, {"0e999999999999", "0"}, {"5亿亿", "!field.int_of"},
              {"abc", "!field.int_of"}, {"--5", "!field.int_of"}, {"-", "!field.int_of"},
              {".", "!field.int_of"}, {"5人", "!field.int_of"});
}

static void decimals(void **unused)
{
    (void)unused;
    ALL_TYPED("ratio", {"1.5", "1.5"}, {"0.1", "0.1"}, {"１．５", "1.5"}, {"1,234.5", "1234.5"},
              {"1e-3", "0.001"}, {"-0.25", "-0.25"}, {"1.2万", "12000"}, {"35%", "!field.decimal"},
              {"0.30000000000000004", "0.30000000000000004"}, {"1e308", "1e+308"},
              {"1e309", "!field.decimal"}, {"nan", "!field.decimal"}, {"inf", "!field.decimal"},
              {"1.2.3", "!field.decimal"}, {"0x10", "!field.decimal"}, {"1e", "!field.decimal"},
              {"123456789012345678901234567890", "!field.decimal"}, {"0", "0"});
}

static void amounts_of_money(void **unused)
{
    (void)unused;
    ALL_TYPED("budget", {"50万元", "500000.00"}, {"500000", "500000.00"}, {"￥1,234.56", "1234.56"},
              {"1.2亿", "120000000.00"}, {"不超过80万元", "800000.00"}, {"50万元以上", "500000.00"},
              {"五十万元", "500000.00"}, {"人民币 3 万元整", "30000.00"}, {"0.1", "0.10"},
              {"0.001", "!field.money"}, {"50-100万", "!field.money_range"},
              {"面议", "!field.money"}, {"50万美元", "!field.money"}, {"-5元", "-5.00"},
              {"90071992547409.91", "90071992547409.91"}, {"90071992547409.92", "!field.money"},
              {"1e30", "!field.money"}, {"999999亿亿", "!field.money"}, {"12 万", "120000.00"},
              {"1 2万", "!field.money"}, {"", ""});
    assert_string_equal(shown("budget", "50万元", true), "500,000.00");
    assert_string_equal(shown("budget", "0.05", true), "0.05");
    assert_string_equal(shown("budget", "-1234567.8", true), "-1,234,567.80");
}

static void dates_and_times(void **unused)
{
    (void)unused;
    ALL_TYPED("deadline", {"2026-03-01", "2026-03-01"}, {"2026年3月1日", "2026-03-01"},
              {"2026/3/1", "2026-03-01"}, {"二〇二六年三月一日", "2026-03-01"},
              {"20260301", "2026-03-01"}, {"２０２６－０３－０１", "2026-03-01"},
              {"1898-12-17", "1898-12-17"}, {"0001-01-01", "0001-01-01"},
              {"9999-12-31", "9999-12-31"}, {"0000-01-01", "!field.date"},
              {"2026-02-29", "!field.date"}, {"2024-02-29", "2024-02-29"},
              {"1900-02-29", "!field.date"}, {"2000-02-29", "2000-02-29"},
              {"2026年3月", "!field.date_day"}, {"2026", "!field.date_day"},
              {"明天", "!field.date"}, {"2026-13-01", "!field.date"}, {"2026-04-31", "!field.date"},
              {"99999-01-01", "!field.date"}, {"-2026-01-01", "!field.date"});
    ALL_TYPED("visited", {"2026-03-01 14:30", "2026-03-01T14:30:00+08:00"},
              {"2026年3月1日14时30分", "2026-03-01T14:30:00+08:00"},
              {"2026年3月1日 14：30：05", "2026-03-01T14:30:05+08:00"},
              {"2026年3月1日14点", "2026-03-01T14:00:00+08:00"},
              {"2026-03-01", "2026-03-01T00:00:00+08:00"},
              {"2026-03-01T06:30:00Z", "2026-03-01T14:30:00+08:00"},
              {"2026-03-01T06:30:00.123Z", "2026-03-01T14:30:00+08:00"},
              {"2026-03-01T01:30:00-05:00", "2026-03-01T14:30:00+08:00"},
              {"2026-03-01T01:30:00-0500", "2026-03-01T14:30:00+08:00"},
              {"1960-01-01 00:00", "1960-01-01T00:00:00+08:00"},
              {"2026-03-01 24:00", "!field.time"}, {"2026-03-01 12:60", "!field.time"},
              {"2026-03-01T06:30:00+99:00", "!field.time"}, {"14:30", "!field.time"},
              {"2026-03-01 x", "!field.time"}, {"2026-03-01 14", "!field.time"}, {"", ""});
    assert_string_equal(shown("visited", "2026-03-01T06:30:09Z", true), "2026-03-01 14:30");
}

static void the_calendar_is_exact(void **unused)
{
    (void)unused;
    assert_int_equal(days_of(1970, 1, 1), 0);
    assert_int_equal(days_of(2000, 3, 1), 11017);
    assert_int_equal(days_of(1, 1, 1), DAYS_MIN);
    assert_int_equal(days_of(9999, 12, 31), DAYS_MAX);
    int y = 1, m = 1, d = 1;
    for (int64_t day = DAYS_MIN; day <= DAYS_MAX; day++) {
        int y2, m2, d2;
        days_to(day, &y2, &m2, &d2);
        if (y2 != y || m2 != m || d2 != d || days_of(y, m, d) != day)
            fail_msg("%d-%d-%d", y2, m2, d2);
        bool leap = (y % 4 == 0 && y % 100) || y % 400 == 0;
        int last = m == 2 ? 28 + leap : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
        if (++d > last) {
            d = 1;
            if (++m > 12) {
                m = 1;
                y++;
            }
        }
    }
    days_to(INT64_MAX, &y, &m, &d);
    assert_int_equal(y, 9999);
    days_to(INT64_MIN, &y, &m, &d);
    assert_int_equal(y, 1);
    assert_int_equal(day_of_time(-8 * 3600), 0);
    assert_int_equal(day_of_time(-8 * 3600 - 1), -1);
    assert_int_equal(day_of_time(16 * 3600 - 1), 0);
    assert_int_equal(day_of_time(16 * 3600), 1);
    (void)day_of_time(INT64_MAX);
    (void)day_of_time(INT64_MIN);
}

static void codes_and_refs(void **unused)
{
    (void)unused;
    ALL_TYPED("industry", {"C32", "C32"}, {"有色金属冶炼", "C32"}, {"non-ferrous metals", "C32"},
              {"C32 有色金属冶炼", "C32"}, {"C32 制造业", "!field.code"},
              {"其他", "!field.code_several"}, {"Q", "!field.code"}, {"电力、热力供应业", "D"},
              {" ", ""});
    ALL_TYPED("also", {"C32、C39", "C32\nC39"}, {"制造业，电力、热力供应业,E", "C\nD\nE"},
              {"Electricity, heat, C", "D\nC"}, {"C；D;E\nC39", "C\nD\nE\nC39"},
              {"C、X", "!field.code"}, {"、；", ""});
    ALL_TYPED("people", {"12", "12"}, {"#12，13、14", "12\n13\n14"}, {"＃12", "12"},
              {"0", "!field.ref"}, {"-1", "!field.ref"}, {"9007199254740992", "!field.ref"},
              {"1 2", "!field.ref"}, {"张三", "!field.ref"}, {"12a", "!field.ref"},
              {"#", "!field.ref"});
    assert_string_equal(shown("industry", "C", false), "Manufacturing");
    assert_string_equal(shown("also", "C,D", true), "制造业；电力、热力供应业");
    assert_string_equal(shown("people", "1,2", false), "#1; #2");
    ALL_TYPED("urgent", {"是", "true"}, {"否", "false"}, {"√", "true"}, {"YES", "true"},
              {"0", "false"}, {"on", "true"}, {"也许", "!field.bool"});
    assert_string_equal(shown("urgent", "true", true), "是");
}

static void check_characters(void **unused)
{
    (void)unused;
    ALL_TYPED("orcid", {"0000-0002-1825-0097", "0000-0002-1825-0097"},
              {"0000000218250097", "0000-0002-1825-0097"},
              {"https://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X"},
              {"0000-0002-1694-233x", "0000-0002-1694-233X"},
              {"0000-0002-1825-0098", "!field.orcid"}, {"0000-0002-1825-009", "!field.orcid"},
              {"X000-0002-1825-0097", "!field.orcid"}, {"", ""});
}

/* GB 32100: 91350100M000100Y43 is the standard's own example. */
static void credit_codes(void **unused)
{
    (void)unused;
    const struct kind *org = kind_find(help_kinds(), STR("org"));
    uint32_t i = field_find(org, STR("credit"));
    static const struct pair p[] = {{"91350100M000100Y43", "91350100M000100Y43"},
                                    {"91350100m000100y43", "91350100M000100Y43"},
                                    {" 91350100 M000100Y 43", "91350100M000100Y43"},
                                    {"91350100M000100Y44", ""},
                                    {"91350100M000100Y4", ""},
                                    {"91350100M000100Y433", ""},
                                    {"9135010OM000100Y43", ""},
                                    {"91350100M000010Y43", ""}};
    for (size_t k = 0; k < ARRAY_LEN(p); k++) {
        struct desk d = desk_open();
        struct val v;
        assert_int_equal(val_parse(&v, &org->field[i], i, str_of(p[k].text), &d.a, &d.faults, &d.e),
                         RC_OK);
        assert_int_equal(v.set, p[k].value[0] != 0);
        assert_int_equal(d.faults.n, !v.set);
        if (v.set)
            assert_true(str_eq(v.text, str_of(p[k].value)));
        else
            assert_string_equal(d.faults.p[0].key, "field.credit");
        desk_close(&d);
    }
}

static void addresses(void **unused)
{
    (void)unused;
    ALL_TYPED("email", {"a.b+c@x-y.edu.cn", "a.b+c@x-y.edu.cn"}, {"a@b", "!field.email"},
              {"@b.cn", "!field.email"}, {"a b@c.cn", "!field.email"}, {"a@b..cn", "!field.email"},
              {"a@@b.cn", "!field.email"}, {".a@b.cn", "!field.email"},
              {"a@b.cn,c@d.cn", "!field.email"}, {"a@桥.cn", "a@桥.cn"});
    ALL_TYPED("phone", {"025-8359 0000转8012", "025-8359 0000转8012"},
              {"+86 138-0000-0000", "+86 138-0000-0000"}, {"（025）83590000", "（025）83590000"},
              {"１３８００００００００", "13800000000"},
              {"（０２５）８３５９－００００", "（025）8359-0000"}, {"12", "!field.phone"},
              {"call me", "!field.phone"}, {"1+2345", "!field.phone"});
    ALL_TYPED("url", {"https://a.cn/x?y=1#z", "https://a.cn/x?y=1#z"},
              {"http://a.cn:8080", "http://a.cn:8080"}, {"http://localhost/", "http://localhost/"},
              {"javascript:alert(1)", "!field.url"}, {"www.a.cn", "!field.url"},
              {"http://", "!field.url"}, {"http://a b", "!field.url"},
              {"https://a.cn/\"x", "!field.url"}, {"ftp://a.cn", "!field.url"},
              {"https://u:p@a.cn/", "!field.url"}, {"https://a.cn:999999/", "!field.url"},
              {"HTTPS://a.cn", "!field.url"}, {"https://桥.cn/", "https://桥.cn/"});
    ALL_TYPED(
        "doc",
        {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef:图 1.pdf",
         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef:图 1.pdf"},
        {"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef:../x", "!field.file"},
        {"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef:x", "!field.file"},
        {"x", "!field.file"});
}

static void lists_and_groups(void **unused)
{
    (void)unused;
    ALL_TYPED("keywords", {"甲；乙;丙", "甲\n乙\n丙"}, {"甲\r\n\r\n 乙 \n", "甲\n乙"},
              {"a;b\n", "a;b\n"}, {"a;b\nc", "a;b\nc"}, {"甲、乙", "甲、乙"}, {" ; ", ""},
              {"甲；\xFF", "!field.utf8"});
    ALL_TYPED("targets", {"强度|ge|500||MPa|是", "强度|ge|500||MPa|true"},
              {"强度｜不低于｜500", "强度|ge|500"}, {"a\\|b|le|1|||", "a\\|b|le|1"},
              {"a\\\\|le", "a\\\\|le"}, {"a\\x", "a\\\\x"}, {"a\\｜b", "a\\｜b"},
              {"a;b|ge|1\n", "a;b|ge|1\n"}, {"|||", ""}, {"a|ge|1|2|3|是|x", "!field.parts"},
              {"a|好", "!field.code"}, {"a|ge|x", "!field.decimal"},
              {"a|ge|1\nb|le|2", "a|ge|1\nb|le|2"});
    ALL_TYPED("place", {"101|50", "101|50"}, {"|50", "|50"}, {"101", "101"});
    ALL_TYPED("days", {"2026-03-01；2026年3月2日", "2026-03-01\n2026-03-02"});
    assert_string_equal(shown("targets", "强度|ge|500||MPa\n寿命|ge|1000", true),
                        "强度 不低于 500 MPa；寿命 不低于 1000");
    assert_string_equal(shown("place", "|50", true), "50");
    struct desk d = desk_open();
    struct val v;
    assert_int_equal(
        val_parse(&v, field("targets"), 3, STR("a|ge|1\nb|le|q\nc|no|2"), &d.a, &d.faults, &d.e),
        RC_OK);
    assert_int_equal(d.faults.n, 2); /* each says where */
    assert_int_equal(d.faults.p[0].item, 1);
    assert_int_equal(d.faults.p[0].sub, 2);
    assert_int_equal(d.faults.p[1].item, 2);
    assert_int_equal(d.faults.p[1].sub, 1);
    assert_int_equal(v.list.n, 3);
    desk_close(&d);
    /* a list has a ceiling */
    char *many = malloc(4 * (LIST_MAX + 1) + 1);
    for (int i = 0; i <= LIST_MAX; i++)
        memcpy(many + 4 * i, "abc\n", 4);
    many[4 * (LIST_MAX + 1)] = 0;
    assert_string_equal(typed("keywords", many), "!field.too_many");
    free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_cleaned), cmocka_unit_test(whole_numbers),
        cmocka_unit_test(decimals),          cmocka_unit_test(amounts_of_money),
        cmocka_unit_test(dates_and_times),   cmocka_unit_test(the_calendar_is_exact),
        cmocka_unit_test(codes_and_refs),    cmocka_unit_test(check_characters),
        cmocka_unit_test(credit_codes),      cmocka_unit_test(addresses),
        cmocka_unit_test(lists_and_groups),
    };
    int failed = cmocka_run_group_tests_name("val", tests, NULL, NULL);
    help_free();
    return failed;
}
