/* Values and records: reading what people type, printing, JSON, checks, faces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record_help.h"

#include <jansson.h>
#include <math.h>

static const struct kind *need(void)
{
    return kind_find(help_kinds(), STR("need"));
}

static uint32_t at(const char *name)
{
    uint32_t i = field_find(need(), str_of(name));
    assert_int_not_equal(i, NO_FIELD);
    return i;
}

static const struct field_def *field(const char *name)
{
    return &need()->field[at(name)];
}

struct desk {
    struct arena a;
    vec_fault faults;
    struct err e;
    struct buf b;
};

static struct desk desk_open(void)
{
    struct desk d = {0};
    buf_init(&d.b, 1 << 22);
    return d;
}

static void desk_close(struct desk *d)
{
    buf_free(&d->b);
    vec_free(&d->faults);
    arena_free(&d->a);
}

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
              {"三百五", "!field.int"}, {"-5", "-5"}, {"−5", "-5"}, {"负五", "-5"}, {"+7", "7"},
              {"12.0", "12"}, {"12.5", "!field.int"}, {"12 34", "!field.int"}, {"", ""},
              {"1e3", "1000"}, {"12,34", "!field.int"}, {"1,2345", "!field.int"},
              {"十几", "!field.int"}, {"9007199254740991", "9007199254740991"},
              {"9007199254740992", "!field.int"}, {"-9007199254740991", "-9007199254740991"},
              {"9223372036854775808", "!field.int"}, {"99999999999999999999999999", "!field.int"},
              {"1e400", "!field.int"}, {"1e-400", "!field.int"}, {"0e999999999999", "0"},
              {"5亿亿", "!field.int"}, {"abc", "!field.int"}, {"--5", "!field.int"},
              {"-", "!field.int"}, {".", "!field.int"}, {"5人", "!field.int"});
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
              {"12", "!field.phone"}, {"call me", "!field.phone"}, {"1+2345", "!field.phone"});
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

/* ---- records ---- */

static void set(struct desk *d, struct rec *r, const char *name, const char *text, bool masked)
{
    struct val *v = masked ? &r->masked[at(name)] : &r->val[at(name)];
    size_t before = d->faults.n;
    assert_int_equal(val_parse(v, field(name), at(name), str_of(text), &d->a, &d->faults, &d->e),
                     RC_OK);
    assert_int_equal(d->faults.n, before);
}

static struct rec full(struct desk *d)
{
    struct rec r;
    assert_int_equal(rec_new(&r, need(), &d->a, &d->e), RC_OK);
    static const char *const all[][2] = {
        {"title", "铝合金 \"焊接\" \\ 变形"},
        {"body", "第一行\n第二行\t桥 \xF0\x9F\x8C\x89"},
        {"industry", "C32"},
        {"also", "C39、D"},
        {"keywords", "铝\n焊接"},
        {"trl", "6"},
        {"ratio", "0.1"},
        {"budget", "50万元"},
        {"deadline", "2026-12-31"},
        {"visited", "2026-03-01 14:30"},
        {"urgent", "否"},
        {"people", "3,4"},
        {"about", "9"},
        {"phone", "025-83590000"},
        {"score", "77.5"},
        {"place", "|50"},
        {"targets", "强度|ge|500||MPa|是\n粒径|range|10|20|μm\n无值"},
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        set(d, &r, all[i][0], all[i][1], false);
    set(d, &r, "title", "某材料连接", true);
    set(d, &r, "keywords", "材料", true);
    r.id = 12;
    r.org = 5;
    return r;
}

static const char body[] =
    "{\"title\":\"铝合金 \\\"焊接\\\" \\\\ 变形\",\"body\":\"第一行\\n第二行\\u0009桥 "
    "\xF0\x9F\x8C\x89\",\"industry\":\"C32\",\"also\":[\"C39\",\"D\"],\"keywords\":[\"铝\","
    "\"焊接\"],"
    "\"trl\":6,\"ratio\":0.1,\"budget\":50000000,\"deadline\":\"2026-12-31\",\"visited\":"
    "1772346600,"
    "\"urgent\":false,\"people\":[3,4],\"about\":9,\"phone\":\"025-83590000\",\"score\":77.5,"
    "\"place\":{\"seats\":50},\"targets\":[{\"name\":\"强度\",\"op\":\"ge\",\"value\":500,"
    "\"unit\":\"MPa\",\"sure\":true},{\"name\":\"粒径\",\"op\":\"range\",\"value\":10,\"value2\":"
    "20,"
    "\"unit\":\"μm\"},{\"name\":\"无值\"}],"
    "\"masked\":{\"title\":\"某材料连接\",\"keywords\":[\"材料\"]}}";

static void a_record_is_stored_and_read(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r = full(&d), again;
    vec_change c = {0};
    assert_int_equal(rec_print(&d.b, &r, &d.e), RC_OK);
    assert_string_equal(d.b.p, body);
    json_t *j = json_loads(d.b.p, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(j);
    json_decref(j);
    assert_int_equal(rec_new(&again, need(), &d.a, &d.e), RC_OK);
    assert_int_equal(rec_parse(&again, STR(body), &d.a, &d.e), RC_OK);
    assert_int_equal(rec_diff(&r, &again, &c, &d.e), RC_OK);
    assert_int_equal(c.n, 0);
    buf_clear(&d.b);
    assert_int_equal(rec_print(&d.b, &again, &d.e), RC_OK);
    assert_string_equal(d.b.p, body);
    assert_int_equal(rec_check(&again, &d.a, &d.faults, &d.e), RC_OK);
    assert_int_equal(d.faults.n, 0);
    /* an empty one */
    assert_int_equal(rec_new(&r, need(), &d.a, &d.e), RC_OK);
    assert_int_equal(r.state, 0);
    buf_clear(&d.b);
    assert_int_equal(rec_print(&d.b, &r, &d.e), RC_OK);
    assert_string_equal(d.b.p, "{}");
    assert_int_equal(rec_new(&r, kind_find(help_kinds(), STR("note")), &d.a, &d.e), RC_OK);
    assert_int_equal(r.state, NO_STATE);
    desk_close(&d);
}

static void odd_texts_are_printed_as_json(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r;
    assert_int_equal(rec_new(&r, need(), &d.a, &d.e), RC_OK);
    r.val[at("title")] = (struct val){.set = true, .text = STR("a\xFF\x01\x1F/\xE4\xB8")};
    r.val[at("ratio")] = (struct val){.set = true, .real = NAN};
    assert_int_equal(rec_print(&d.b, &r, &d.e), RC_OK);
    assert_string_equal(d.b.p,
                        "{\"title\":\"a\xEF\xBF\xBD\\u0001\\u001f/\xEF\xBF\xBD\xEF\xBF\xBD\","
                        "\"ratio\":null}");
    desk_close(&d);
}

static enum rc stored(const char *json, struct err *e)
{
    struct desk d = desk_open();
    struct rec r;
    assert_int_equal(rec_new(&r, need(), &d.a, e), RC_OK);
    enum rc rc = rec_parse(&r, str_of(json), &d.a, e);
    desk_close(&d);
    return rc;
}

static void damaged_records_are_refused(void **unused)
{
    (void)unused;
    static const char *const bad[] = {"",
                                      "[]",
                                      "{",
                                      "{\"title\":1}",
                                      "{\"trl\":\"6\"}",
                                      "{\"trl\":6.5}",
                                      "{\"deadline\":\"2026-02-30\"}",
                                      "{\"people\":3}",
                                      "{\"title\":\"a\"",
                                      "{\"title\":\"a\"}}",
                                      "{\"place\":[]}",
                                      "{\"urgent\":1}",
                                      "{\"title\":\"\xFF\"}",
                                      "{\"title\":\"\\u0000\"}",
                                      "{\"title\":\"\\ud800\"}",
                                      "{\"trl\":01}",
                                      "{\"trl\":1e999}",
                                      "{\"targets\":[{\"name\":1}]}",
                                      "{\"x\":[[[[[[[[[1]]]]]]]]]}",
                                      "{\"title\":\"a\",}",
                                      "{\"title\" \"a\"}",
                                      "{title:1}",
                                      "{\"trl\":-}",
                                      "{\"trl\":1.}",
                                      "{\"trl\":tru}",
                                      "{\"title\":\"a\nb\"}",
                                      "{\"title\":\"\\x\"}",
                                      "{\"also\":[\"C\" \"D\"]}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct err e = {0};
        if (stored(bad[i], &e) != RC_CORRUPT)
            fail_msg("%s was taken", bad[i]);
        assert_string_equal(e.key, "record.body");
    }
    struct err e = {0};
    assert_int_equal(stored("{\"trl\":\"6\"}", &e), RC_CORRUPT);
    assert_string_equal(e.detail, "trl");
    /* what a site took away is passed over, whatever it holds */
    assert_int_equal(
        stored("{\"gone\":{\"a\":[1,{\"b\":null}]},\"masked\":{\"gone\":1},\"trl\":3}", &e), RC_OK);
    assert_int_equal(stored(" { \"title\" : null , \"trl\":3 } ", &e), RC_OK);
}

/* The keys of what is wrong with a client's JSON, parted by blanks. */
static const char *input(struct rec *r, struct desk *d, const char *json)
{
    static char out[500];
    out[0] = 0;
    size_t n = 0;
    d->faults.n = 0;
    assert_int_equal(rec_parse_input(r, str_of(json), &d->a, &d->faults, &d->e), RC_OK);
    for (size_t i = 0; i < d->faults.n && n < sizeof out; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", i ? " " : "", d->faults.p[i].key);
    return out;
}

static void clients_json_is_checked(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r = full(&d);
    assert_string_equal(input(&r, &d, "{\"trl\":7,\"ratio\":null,\"title\":\" 新 \\r\\n题 \"}"),
                        "");
    assert_int_equal(r.val[at("trl")].num, 7);
    assert_false(r.val[at("ratio")].set);
    assert_true(str_eq(r.val[at("title")].text, STR("新 题")));
    assert_int_equal(r.val[at("budget")].num, 50000000); /* not given: as it was */
    assert_string_equal(input(&r, &d, "{\"nothing\":1,\"trl\":2}"), "field.unknown");
    assert_int_equal(d.faults.p[0].field, NO_FIELD);
    assert_true(str_eq(d.faults.p[0].detail, STR("nothing")));
    assert_int_equal(r.val[at("trl")].num, 2);
    assert_string_equal(input(&r, &d, "{\"score\":1}"), "field.computed");
    assert_true(r.val[at("score")].real == 77.5);
    assert_string_equal(input(&r, &d, "{\"trl\":\"6\",\"budget\":1.5,\"title\":[],\"also\":\"C\"}"),
                        "field.type field.type field.type field.type");
    assert_string_equal(input(&r, &d, "{\"industry\":\"制造业\",\"deadline\":\"soon\"}"),
                        "field.code_exact field.date");
    assert_string_equal(input(&r, &d, "{\"masked\":{\"trl\":1,\"x\":1,\"title\":\"甲\"}}"),
                        "field.not_masked field.unknown");
    assert_true(d.faults.p[0].masked && d.faults.p[1].masked);
    assert_true(str_eq(r.masked[at("title")].text, STR("甲")));
    assert_string_equal(input(&r, &d, "{\"masked\":{\"title\":null}}"), "");
    assert_false(r.masked[at("title")].set);
    assert_string_equal(
        input(&r, &d,
              "{\"targets\":[{\"name\":\"a\",\"op\":\"xx\"},{\"size\":1},{\"value\":\"1\"}]}"),
        "field.code_exact field.unknown field.type");
    assert_int_equal(d.faults.p[0].item, 0);
    assert_int_equal(d.faults.p[0].sub, 1);
    assert_int_equal(d.faults.p[2].item, 2);
    assert_string_equal(input(&r, &d, "{\"email\":\"x\",\"orcid\":\"0000000218250097\"}"),
                        "field.email");
    assert_true(str_eq(r.val[at("orcid")].text, STR("0000-0002-1825-0097")));
    assert_string_equal(input(&r, &d, "{\"keywords\":[\"a\",null,\" \",\"b\"]}"), "field.type");
    assert_int_equal(r.val[at("keywords")].list.n, 2);
    assert_string_equal(input(&r, &d, "{\"title\":\"\\ud83c\\udf09 \\u4e2d\"}"), "");
    assert_true(str_eq(r.val[at("title")].text, STR("\xF0\x9F\x8C\x89 中")));
    desk_close(&d);
}

static void bad_json_is_placed(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r;
    assert_int_equal(rec_new(&r, need(), &d.a, &d.e), RC_OK);
    const struct str text = STR("{\"title\":\"a\\nb\",\n \"题\": nope}");
    assert_int_equal(rec_parse_input(&r, text, &d.a, &d.faults, &d.e), RC_USER);
    assert_string_equal(d.e.key, "json.syntax");
    assert_string_equal(d.e.detail, "a value is expected\t2\t7");
    assert_int_equal(d.e.row, 2);
    assert_int_equal(d.e.col, 7);
    char *big = malloc((4u << 20) + 1);
    memset(big, ' ', (4u << 20) + 1);
    assert_int_equal(rec_parse_input(&r, (struct str){big, (4u << 20) + 1}, &d.a, &d.faults, &d.e),
                     RC_TOO_BIG);
    free(big);
    desk_close(&d);
}

static const char *checked(struct desk *d, const struct rec *r)
{
    static char out[500];
    size_t n = 0;
    out[0] = 0;
    d->faults.n = 0;
    assert_int_equal(rec_check(r, &d->a, &d->faults, &d->e), RC_OK);
    for (size_t i = 0; i < d->faults.n; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s(%.*s)", i ? " " : "",
                              d->faults.p[i].key, (int)d->faults.p[i].detail.n,
                              d->faults.p[i].detail.p);
    return out;
}

static void checks_say_what_to_do(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r;
    assert_int_equal(rec_new(&r, need(), &d.a, &d.e), RC_OK);
    assert_string_equal(checked(&d, &r), "field.required()");
    set(&d, &r, "title", "一二三四五六七八九十一二三四五六七八九十一", false);
    assert_string_equal(checked(&d, &r), "field.too_long(20\t21)");
    set(&d, &r, "title", "一", false);
    assert_string_equal(checked(&d, &r), "field.too_short(2\t1)");
    set(&d, &r, "title", "题目", false);
    assert_string_equal(checked(&d, &r), "");
    set(&d, &r, "trl", "10", false);
    assert_string_equal(checked(&d, &r), "field.too_large(9\t10)");
    set(&d, &r, "trl", "0", false);
    assert_string_equal(checked(&d, &r), "field.too_small(1\t0)");
    set(&d, &r, "trl", "1", false);
    desk_close(&d);
}

static void checks_by_type(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r;
    assert_int_equal(rec_new(&r, need(), &d.a, &d.e), RC_OK);
    set(&d, &r, "title", "题目", false);
    set(&d, &r, "budget", "1000001", false);
    assert_string_equal(checked(&d, &r), "field.too_large(1,000,000.00\t1,000,001.00)");
    set(&d, &r, "budget", "", false);
    set(&d, &r, "deadline", "2019-12-31", false);
    assert_string_equal(checked(&d, &r), "field.too_small(2020-01-01\t2019-12-31)");
    r.val[at("deadline")].num = INT64_MAX;
    assert_string_equal(checked(&d, &r), "field.date()");
    set(&d, &r, "deadline", "", false);
    set(&d, &r, "ratio", "10.6", false);
    assert_string_equal(checked(&d, &r), "field.too_large(10.5\t10.6)");
    r.val[at("ratio")].real = INFINITY;
    assert_string_equal(checked(&d, &r), "field.decimal()");
    r.val[at("ratio")].set = false;
    set(&d, &r, "targets", "|ge|1", false);
    assert_string_equal(checked(&d, &r), "field.required()");
    assert_int_equal(d.faults.p[0].sub, 0);
    set(&d, &r, "targets", "a\nb\nc\nd", false);
    assert_string_equal(checked(&d, &r), "field.too_many(3\t4)");
    set(&d, &r, "targets", "", false);
    set(&d, &r, "keywords", "短\n这一个关键词太长太长太长", false);
    assert_string_equal(checked(&d, &r), "field.too_long(10\t12)");
    assert_int_equal(d.faults.p[0].item, 1);
    set(&d, &r, "keywords", "", false);
    set(&d, &r, "title", "一", true);
    assert_string_equal(checked(&d, &r), "field.too_short(2\t1)");
    assert_true(d.faults.p[0].masked);
    r.masked[at("title")].set = false;
    r.masked[at("trl")] = (struct val){.set = true, .num = 5};
    assert_string_equal(checked(&d, &r), "field.not_masked()");
    r.masked[at("trl")].set = false;
    static const struct {
        const char *field, *text, *key;
    } bad[] = {{"industry", "Q", "field.code(Q\t行业)"},
               {"email", "x", "field.email(x)"},
               {"url", "javascript:1", "field.url(javascript:1)"},
               {"phone", "x", "field.phone(x)"},
               {"doc", "x", "field.file(x)"},
               {"orcid", "0000000218250097", "field.orcid(0000000218250097)"},
               {"title", "a\x01", "field.utf8()"},
               {"title", " a ", "field.utf8()"},
               {"title", "a\nb", "field.utf8()"},
               {"title", "", "field.empty()"}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct val before = r.val[at(bad[i].field)];
        r.val[at(bad[i].field)] = (struct val){.set = true, .text = str_of(bad[i].text)};
        assert_string_equal(checked(&d, &r), bad[i].key);
        r.val[at(bad[i].field)] = before;
    }
    r.val[at("trl")] = (struct val){.set = true, .num = INT64_MIN};
    assert_string_equal(checked(&d, &r), "field.number_limit()");
    r.val[at("trl")].set = false;
    r.val[at("about")] = (struct val){.set = true, .num = 0};
    assert_string_equal(checked(&d, &r), "field.ref()");
    desk_close(&d);
}

static void actions_require_fields(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r;
    assert_int_equal(rec_new(&r, need(), &d.a, &d.e), RC_OK);
    const struct step *s = step_find(need(), state_find(need(), STR("review")), STR("publish"));
    assert_int_equal(rec_check_action(&r, s->action, &d.faults, &d.e), RC_OK);
    assert_int_equal(d.faults.n, 2);
    assert_int_equal(d.faults.p[1].field, at("industry"));
    assert_string_equal(d.faults.p[1].key, "field.required");
    d.faults.n = 0;
    set(&d, &r, "title", "题目", false);
    set(&d, &r, "industry", "C", false);
    assert_int_equal(rec_check_action(&r, s->action, &d.faults, &d.e), RC_OK);
    assert_int_equal(d.faults.n, 0);
    desk_close(&d);
}

static void the_public_sees_what_it_may(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r = full(&d), out;
    bool visible = true;
    assert_int_equal(rec_public(&out, &visible, &r, &d.a, &d.e), RC_OK);
    assert_false(visible); /* a draft */
    r.state = state_find(need(), STR("open"));
    assert_int_equal(rec_public(&out, &visible, &r, &d.a, &d.e), RC_OK);
    assert_true(visible && out.face_public);
    assert_int_equal(out.org, 5);
    assert_true(str_eq(rec_title(&out), rec_title(&r)));
    assert_false(out.val[at("budget")].set); /* private */
    assert_false(out.val[at("phone")].set);
    assert_false(out.masked[at("title")].set);
    assert_true(out.val[at("trl")].set);
    assert_true(r.val[at("budget")].set);
    r.secrecy = SECRECY_MASKED;
    assert_int_equal(rec_public(&out, &visible, &r, &d.a, &d.e), RC_OK);
    assert_true(visible);
    assert_int_equal(out.org, 0);
    assert_true(str_eq(rec_title(&out), STR("某材料连接")));
    assert_false(out.val[at("body")].set); /* no masked wording: nothing */
    assert_int_equal(out.val[at("keywords")].list.n, 1);
    assert_false(out.val[at("budget")].set);
    buf_clear(&d.b);
    assert_int_equal(rec_print(&d.b, &out, &d.e), RC_OK);
    assert_null(strstr(d.b.p, "焊接"));
    assert_null(strstr(d.b.p, "8359"));
    assert_null(strstr(d.b.p, "masked"));
    /* a public face of a public face is itself */
    struct rec twice;
    assert_int_equal(rec_public(&twice, &visible, &out, &d.a, &d.e), RC_OK);
    assert_true(str_eq(rec_title(&twice), STR("某材料连接")));
    r.secrecy = SECRECY_PRIVATE;
    assert_int_equal(rec_public(&out, &visible, &r, &d.a, &d.e), RC_OK);
    assert_false(visible);
    assert_int_equal(rec_partner(&out, &r, &d.a, &d.e), RC_OK);
    assert_true(str_eq(rec_title(&out), rec_title(&r)));
    assert_false(out.val[at("budget")].set);
    assert_int_equal(out.org, 5);
    assert_false(out.face_public);
    /* a kind that visitors do not read, without states */
    assert_int_equal(rec_new(&r, kind_find(help_kinds(), STR("note")), &d.a, &d.e), RC_OK);
    assert_int_equal(rec_public(&out, &visible, &r, &d.a, &d.e), RC_OK);
    assert_false(visible);
    /* one that they read */
    assert_int_equal(rec_new(&r, kind_find(help_kinds(), STR("org")), &d.a, &d.e), RC_OK);
    assert_int_equal(rec_public(&out, &visible, &r, &d.a, &d.e), RC_OK);
    assert_true(visible);
    assert_true(str_eq(rec_title(&out), STR("")));
    desk_close(&d);
}

static void differences_are_named(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec a = full(&d), b = full(&d);
    vec_change c = {0};
    assert_int_equal(rec_diff(&a, &b, &c, &d.e), RC_OK);
    assert_int_equal(c.n, 0);
    set(&d, &b, "trl", "7", false);
    set(&d, &b, "also", "C39", false);
    set(&d, &b, "place", "", false);
    set(&d, &b, "targets", "强度|ge|501||MPa|是\n粒径|range|10|20|μm\n无值", false);
    set(&d, &b, "title", "别的", true);
    assert_int_equal(rec_diff(&a, &b, &c, &d.e), RC_OK);
    static const char *const fields[] = {"also", "trl", "place", "targets", "title"};
    assert_int_equal(c.n, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(c.p[i].field, at(fields[i]));
        assert_int_equal(c.p[i].masked, i == 4);
    }
    assert_int_equal(c.p[1].before->num, 6);
    assert_int_equal(c.p[1].after->num, 7);
    vec_free(&c);
    desk_close(&d);
}

static void texts_for_search_and_match(void **unused)
{
    (void)unused;
    struct desk d = desk_open();
    struct rec r = full(&d);
    uint32_t title;
    assert_int_equal(buf_str(&d.b, STR("x"), &d.e), RC_OK); /* it appends */
    assert_int_equal(rec_search_text(&d.b, &title, &r, true, &d.e), RC_OK);
    assert_string_equal(d.b.p, "x铝合金 \"焊接\" \\ 变形\n第一行\n第二行\t桥 \xF0\x9F\x8C\x89\n"
                               "有色金属冶炼\n铝；焊接\n");
    assert_int_equal(title, rec_title(&r).n);
    buf_clear(&d.b);
    assert_int_equal(rec_match_text(&d.b, &title, &r, &d.e), RC_OK);
    assert_string_equal(d.b.p, "铝合金 \"焊接\" \\ 变形\n第一行\n第二行\t桥 \xF0\x9F\x8C\x89\n"
                               "强度≥500MPa；粒径10~20μm；无值；\n铝；焊接\n");
    assert_int_equal(title, rec_title(&r).n);
    buf_clear(&d.b);
    assert_int_equal(rec_new(&r, kind_find(help_kinds(), STR("org")), &d.a, &d.e), RC_OK);
    r.val[0] = (struct val){.set = true, .text = STR("某大学")};
    r.val[1] = (struct val){.set = true, .text = STR("某大")};
    assert_int_equal(rec_search_text(&d.b, &title, &r, false, &d.e), RC_OK);
    assert_string_equal(d.b.p, "某大学 某大\n");
    assert_int_equal(title, strlen("某大学 某大"));
    desk_close(&d);
}

static void memory_may_end_anywhere(void **unused)
{
    (void)unused;
    for (size_t ceiling = 1;; ceiling += 16) {
        struct desk d = desk_open();
        struct rec r;
        d.a.ceiling = ceiling;
        enum rc rc = rec_new(&r, need(), &d.a, &d.e);
        if (rc == RC_OK)
            rc = rec_parse_input(&r, STR(body), &d.a, &d.faults, &d.e);
        desk_close(&d);
        if (rc == RC_OK)
            return;
        assert_int_equal(rc, RC_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_cleaned),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(decimals),
        cmocka_unit_test(amounts_of_money),
        cmocka_unit_test(dates_and_times),
        cmocka_unit_test(the_calendar_is_exact),
        cmocka_unit_test(codes_and_refs),
        cmocka_unit_test(check_characters),
        cmocka_unit_test(credit_codes),
        cmocka_unit_test(addresses),
        cmocka_unit_test(lists_and_groups),
        cmocka_unit_test(a_record_is_stored_and_read),
        cmocka_unit_test(odd_texts_are_printed_as_json),
        cmocka_unit_test(damaged_records_are_refused),
        cmocka_unit_test(clients_json_is_checked),
        cmocka_unit_test(bad_json_is_placed),
        cmocka_unit_test(checks_say_what_to_do),
        cmocka_unit_test(checks_by_type),
        cmocka_unit_test(actions_require_fields),
        cmocka_unit_test(the_public_sees_what_it_may),
        cmocka_unit_test(differences_are_named),
        cmocka_unit_test(texts_for_search_and_match),
        cmocka_unit_test(memory_may_end_anywhere),
    };
    int failed = cmocka_run_group_tests_name("rec", tests, NULL, NULL);
    help_free();
    return failed;
}
