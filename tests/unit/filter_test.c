/* The filter language: reading, printing, holding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record_help.h"

static struct filter_context context(const char *kind)
{
    return (struct filter_context){.kinds = help_kinds(),
                                   .kind = kind ? kind_find(help_kinds(), str_of(kind)) : NULL,
                                   .today = days_of(2026, 3, 31),
                                   .me = 7,
                                   .org = 5,
                                   .zh = true};
}

/* The canonical text of a filter, or "!key|detail|column". */
static const char *canon_of(const char *kind, const char *text)
{
    static char out[20000];
    struct arena a = {0};
    struct err e = {0};
    struct filter *f;
    struct buf b;
    const struct filter_context c = context(kind);
    buf_init(&b, 1 << 20);
    if (filter_parse(&f, str_of(text), &c, &a, &e) != RC_OK) {
        assert_int_equal(e.rc, RC_USER);
        snprintf(out, sizeof out, "!%s|%s|%u", e.key, e.detail, e.col);
    } else {
        assert_int_equal(filter_print(&b, f, &e), RC_OK);
        snprintf(out, sizeof out, "%s", b.p ? b.p : "");
    }
    buf_free(&b);
    arena_free(&a);
    return out;
}

static void reads_as(const char *text, const char *expected)
{
    const char *got = canon_of("need", text);
    if (strcmp(got, expected) != 0)
        fail_msg("%s\nis   %s\nnot  %s", text, got, expected);
}

static void filters_are_read(void **unused)
{
    (void)unused;
    reads_as("", "");
    reads_as(" \n\xE3\x80\x80 ", "");
    reads_as("state = open", "state = open");
    reads_as("state=open and industry under C32", "state = open and industry under C32");
    reads_as("a", "!filter.name|a|1");
    reads_as("trl>=6 AND trl<=9 Or NOT trl = 7", "trl >= 6 and trl <= 9 or not trl = 7");
    reads_as("trl < 3 or (trl > 5 or trl = 4)", "trl < 3 or (trl > 5 or trl = 4)");
    reads_as("(trl < 3 or trl > 5) or trl = 4", "trl < 3 or trl > 5 or trl = 4");
    reads_as("(trl < 3 or trl > 5) and not (trl = 4 and trl = 5)",
             "(trl < 3 or trl > 5) and not (trl = 4 and trl = 5)");
    reads_as("not not trl is set", "not not trl is set");
    reads_as("keywords is empty or people IS SET", "keywords is empty or people is set");
    reads_as("title contains 焊接", "title contains \"焊接\"");
    reads_as("title = \"a \\\"b\\\" \\\\ c\"", "title = \"a \\\"b\\\" \\\\ c\"");
    reads_as("industry in (C, D ,E)", "industry in (C, D, E)");
    reads_as("owner.region = D", "owner.region = D");
    reads_as("people.owner.parent.name = x", "people.owner.parent.name = \"x\"");
    reads_as("targets.value > 3 and place.seats = 5", "targets.value > 3 and place.seats = 5");
    reads_as("kind = need and secrecy = masked", "kind = need and secrecy = masked");
    reads_as("id = #12", "id = 12");
    reads_as("id > 12", "id > 12");
    reads_as("owner = @org and people = @me", "owner = 5 and people = 7");
    reads_as("about.updated > 2026-03-01T00:00:00Z", "about.updated > 2026-03-01T08:00:00+08:00");
    reads_as("urgent = yes", "urgent = true");
    reads_as("budget <= 50万元", "budget <= 500000.00");
    reads_as("trl==6", "trl = 6");
    reads_as("deadline >= . days", "!filter.value|.\t截止|13");
    reads_as("deadline>=.days and trl != .ratio", "deadline >= .days and trl != .ratio");
    reads_as("owner = .people.所属单位", "owner = .people.owner");
    reads_as("ratio = .5", "!filter.value|.5\t比例|9");
    reads_as("title = \".body\"", "title = \".body\"");
    reads_as("deadline > .trl", "!filter.value|.trl\t截止|12");
    reads_as("title > .title", "!filter.op|>\t名称|7");
    reads_as("light = ge", "light = ge");
    reads_as("亮灯 = 不低于", "light = ge");
}

static void chinese_is_read(void **unused)
{
    (void)unused;
    reads_as("状态 ＝ 公开 且 （行业 隶属 制造业 或 非 期望成熟度 ≥ 6）",
             "state = open and (industry under C or not trl >= 6)");
    reads_as("行业 属于 （C32，“建筑业”、D）", "industry in (C32, E, D)");
    reads_as("行业 为 空 或 关键词 为 非空", "industry is empty or keywords is set");
    reads_as("行业 为空 且 非 关键词 为空", "industry is empty and not keywords is empty");
    reads_as("名称 包含 “焊 接”", "title contains \"焊 接\"");
    reads_as("名称 包含 ＂焊＂", "title contains \"焊\"");
    reads_as("所属单位.地区 隶属 C", "owner.region under C");
    reads_as("截止 ≤ 今天+1个月", "deadline <= 2026-04-30");
    reads_as("\"期望成熟度\" ≠ 六", "trl != 6");
    reads_as("\"Wanted TRL\" ＞＝ 5", "trl >= 5");
    reads_as("technical = 1", "!filter.name|technical|1");
    reads_as("类别 = 技术需求", "kind = need");
    reads_as("公开程度 ＝ 不公开", "secrecy = private");
    reads_as("技术指标.数值 ！＝ 1", "targets.value != 1");
}

static void days_are_counted(void **unused)
{
    (void)unused;
    reads_as("deadline = today", "deadline = 2026-03-31");
    reads_as("deadline = today+30d", "deadline = 2026-04-30");
    reads_as("deadline = today - 1 m", "deadline = 2026-02-28");
    reads_as("deadline = today -1y and trl = 1", "deadline = 2025-03-31 and trl = 1");
    reads_as("deadline = today +11 m", "deadline = 2027-02-28");
    reads_as("deadline = \"today\"", "!filter.value|today\t截止|12");
    reads_as("deadline = today+5", "!filter.value|today+5\t截止|12");
    reads_as("deadline = today+9999999y", "deadline = 9999-12-31");
    reads_as("deadline = today+99999999d", "!filter.value|today+99999999d\t截止|12");
    reads_as("deadline in (today, today + 1d, 2026-01-02)",
             "deadline in (2026-03-31, 2026-04-01, 2026-01-02)");
    /* a day of a moment is all of it */
    reads_as("created = 2026-03-01",
             "created >= 2026-03-01T00:00:00+08:00 and created < 2026-03-02T00:00:00+08:00");
    reads_as("created != 2026-03-01",
             "not (created >= 2026-03-01T00:00:00+08:00 and created < 2026-03-02T00:00:00+08:00)");
    reads_as("created <= today", "created < 2026-04-01T00:00:00+08:00");
    reads_as("created > today", "created >= 2026-04-01T00:00:00+08:00");
    reads_as("created < today", "created < 2026-03-31T00:00:00+08:00");
    reads_as("created >= today", "created >= 2026-03-31T00:00:00+08:00");
    reads_as("visited in (2026-03-01, \"2026-03-05 12:00\")",
             "visited >= 2026-03-01T00:00:00+08:00 and visited < 2026-03-02T00:00:00+08:00 or "
             "visited in (2026-03-05T12:00:00+08:00)");
}

static void mistakes_are_placed(void **unused)
{
    (void)unused;
    reads_as("xndustry = C", "!filter.name_near|xndustry\tindustry|1");
    reads_as("state = open 且 行页 = C", "!filter.name_near|行页\t行业|16");
    reads_as("owner.regon = C", "!filter.name_near|regon\tregion|7");
    reads_as("industry = Q", "!filter.value|Q\t行业|12");
    reads_as("industry = 其他", "!filter.value|其他\t行业|12"); /* two are called so */
    reads_as("state = gone", "!filter.value|gone\t状态|9");
    reads_as("trl = \"\"", "!filter.value|\t期望成熟度|7");
    reads_as("trl", "!filter.more|=、!=、<、<=、>、>=、属于、隶属、包含、为空|4");
    reads_as("trl =", "!filter.more|值|6");
    reads_as("trl 5", "!filter.expected|5\t=、!=、<、<=、>、>=、属于、隶属、包含、为空|5");
    reads_as("trl = 5 6", "!filter.expected|6\t且 / 或|9");
    reads_as("trl = 5)", "!filter.expected|)\t且 / 或|8");
    reads_as("(trl = 5", "!filter.more|)|9");
    reads_as("trl in 5", "!filter.expected|5\t(|8");
    reads_as("trl in (5 6)", "!filter.expected|6\t)|11");
    reads_as("trl in ()", "!filter.expected|)\t值|9");
    reads_as("trl is 5", "!filter.expected|5\t空 / 非空|8");
    reads_as("title = \"open", "!filter.expected|\"open\t\"|9");
    reads_as("trl and", "!filter.expected|and\t=、!=、<、<=、>、>=、属于、隶属、包含、为空|5");
    reads_as("= 5", "!filter.expected|=\t字段名|1");
    reads_as("trl = 5 and", "!filter.more|字段名|12");
    reads_as("trl.x = 5", "!filter.no_ref|期望成熟度|5");
    reads_as("targets.value.x = 5", "!filter.no_ref|数值|15");
    reads_as("about.title = x", "!filter.name|title|7"); /* of any kind: attributes only */
    reads_as("owner.owner.owner.owner.owner = 1", "!filter.no_ref|所属单位|25");
    reads_as("title > 5", "!filter.op|>\t名称|7");
    reads_as("title under C", "!filter.op|under\t名称|7");
    reads_as("state < open", "!filter.op|<\t状态|7");
    reads_as("targets = 5", "!filter.op|=\t技术指标|9");
    reads_as("trl contains 5", "!filter.op|contains\t期望成熟度|5");
    reads_as("industry contains C", "!filter.op|contains\t行业|10");
    reads_as("trl ! 5", "!filter.expected|!\t=、!=、<、<=、>、>=、属于、隶属、包含、为空|5");
    assert_string_equal(canon_of("org", "state = open"), "!filter.name_near|state\tstaff|1");
    assert_string_equal(canon_of("note", "owner = 1"), "!filter.name|owner|1");
    assert_string_equal(canon_of(NULL, "updated > 2026-01-01T00:00:00Z and kind = need"),
                        "updated > 2026-01-01T08:00:00+08:00 and kind = need");
    assert_string_equal(canon_of(NULL, "title = x"), "!filter.name|title|1");
    assert_string_equal(canon_of(NULL, "state = open"), "!filter.name|state|1");
}

static void filters_have_ceilings(void **unused)
{
    (void)unused;
    static char text[40000];
    memset(text, '(', 31);
    strcpy(text + 31, "trl = 5");
    memset(text + 38, ')', 31);
    text[69] = 0;
    reads_as(text, "trl = 5");
    memset(text, '(', 32);
    strcpy(text + 32, "trl = 5");
    reads_as(text, "!filter.too_deep|32|0");
    memset(text, ' ', 8193);
    text[8193] = 0;
    reads_as(text, "!filter.too_long|8192|0");
    text[0] = 0;
    for (int i = 0; i < 200; i++)
        strcat(text, i ? " or trl=5" : "trl=5");
    assert_int_not_equal(canon_of("need", text)[0], '!');
    strcat(text, " or trl=5");
    reads_as(text, "!filter.too_many|200|0");
    text[0] = 0;
    for (int i = 0; i < 4000; i++)
        strcat(text, "(");
    reads_as(text, "!filter.too_deep|32|0");
    text[0] = 0;
    for (int i = 0; i < 2000; i++)
        strcat(text, "not ");
    reads_as(text, "!filter.too_deep|32|0");
}

/* ---- holding ---- */

static struct rec rec_of(struct arena *a, const char *kind, const char *json)
{
    struct rec r;
    struct err e = {0};
    assert_int_equal(rec_new(&r, kind_find(help_kinds(), str_of(kind)), a, &e), RC_OK);
    if (rec_parse(&r, str_of(json), a, &e) != RC_OK)
        fail_msg("%s %s", e.key, e.detail);
    return r;
}

struct shelf {
    struct rec rec[8];
    size_t n;
};

static enum rc follow(void *ctx, int64_t id, const struct rec **out, struct err *e)
{
    const struct shelf *s = ctx;
    (void)e;
    *out = NULL;
    for (size_t i = 0; i < s->n; i++)
        if (s->rec[i].id == id)
            *out = &s->rec[i];
    return RC_OK;
}

static bool holds(const char *text, const struct rec *r, struct shelf *s)
{
    struct arena a = {0};
    struct err e = {0};
    struct filter *f;
    bool out = false;
    const struct filter_context c = context("need");
    if (filter_parse(&f, str_of(text), &c, &a, &e) != RC_OK)
        fail_msg("%s: %s %s", text, e.key, e.detail);
    assert_int_equal(filter_holds(f, r, follow, s, &out, &e), RC_OK);
    arena_free(&a);
    return out;
}

static const char *const yes[] = {
    "", "id = 12", "id in (3, 12)", "owner = 5", "owner = @org", "state = open", "state != draft",
    "kind = need", "secrecy = open", "created = 2026-03-01", "updated = 2026-03-01",
    "updated < 2026-03-02", "updated <= 2026-03-01", "created >= 2026-03-01", "since < 2000-01-01",
    "industry = C321", "industry under C", "industry under C321", "also under C", "also = D",
    "also in (E, D)", "trl >= 6", "trl <= 6", "trl > 5", "trl < 7", "trl in (5, 6)", "ratio = 0.5",
    "budget = 50万", "budget < 500001", "deadline = today", "deadline < today+1d", "urgent = 是",
    "title contains welding", "title contains 合金", "title = \"铝合金 Welding\"", "keywords = 铝",
    "keywords contains 焊", "people = 20", "people.name = 张三", "people.name contains LI",
    "people.field under C32", "people.owner.name = 乙集团", "owner.region under C",
    "owner.parent.region = D", "place.seats = 50", "targets.value = 500", "targets.name = 寿命",
    "phone is empty", "keywords is set", "targets.value is set", "targets.unit is empty",
    "people.owner is set", "place.room is empty", "not trl = 5", "trl = 5 or trl = 6",
    "trl = 6 and urgent = true",
    /* unset is unequal to everything, and nothing else */
    "phone != 123", "not phone = 123", "score != 3", "not score < 3", "about != 4",
    "people.owner.region != C", "visited != 2026-03-01"};
static const char *const no[] = {"id != 12",
                                 "id > 12",
                                 "owner != 5",
                                 "owner = 6",
                                 "state = draft",
                                 "kind = org",
                                 "secrecy != open",
                                 "created = 2026-02-28",
                                 "updated = 2026-03-02",
                                 "created > 2026-03-01",
                                 "industry under C32 and industry = C32",
                                 "industry under D",
                                 "industry != C321",
                                 "also != D",
                                 "also under E",
                                 "trl > 6",
                                 "trl in (1, 2)",
                                 "score < 3",
                                 "score >= 3",
                                 "score = 3",
                                 "ratio > 0.5",
                                 "deadline > today",
                                 "urgent = 否",
                                 "title contains 铝X",
                                 "title = welding",
                                 "keywords = 焊",
                                 "people != 20",
                                 "people.name = 李四",
                                 "people = 22",
                                 "people.field = C32",
                                 "owner.region = D",
                                 "about.owner = 5",
                                 "place.seats > 50",
                                 "targets.value < 500",
                                 "keywords is empty",
                                 "phone is set",
                                 "targets.unit is set",
                                 "about is set",
                                 "about.updated is set",
                                 "not trl = 6",
                                 "trl = 5 or trl = 7",
                                 "trl = 6 and urgent = false",
                                 "visited < 2026-03-01"};

static void filters_hold_or_not(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct shelf s = {.n = 4};
    s.rec[0] = rec_of(&a, "org", "{\"name\":\"甲大学\",\"region\":\"C32\",\"parent\":6}");
    s.rec[0].id = 5;
    s.rec[1] = rec_of(&a, "org", "{\"name\":\"乙集团\",\"region\":\"D\"}");
    s.rec[1].id = 6;
    s.rec[2] = rec_of(&a, "person", "{\"name\":\"张三\",\"field\":\"C321\"}");
    s.rec[2].id = 20;
    s.rec[2].org = 6;
    s.rec[3] = rec_of(&a, "person", "{\"name\":\"Li Si\"}");
    s.rec[3].id = 21;
    struct rec r = rec_of(
        &a, "need",
        "{\"title\":\"铝合金 Welding\",\"industry\":\"C321\",\"also\":[\"C39\",\"D\"],\"trl\":6,"
        "\"ratio\":0.5,\"budget\":50000000,\"deadline\":\"2026-03-31\",\"urgent\":true,"
        "\"people\":[20,21,99],\"place\":{\"seats\":50},\"keywords\":[\"铝\",\"焊接\"],"
        "\"targets\":[{\"name\":\"强度\",\"value\":500},{\"name\":\"寿命\"}]}");
    r.id = 12;
    r.org = 5;
    r.state = state_find(r.kind, STR("open"));
    r.created = days_of(2026, 3, 1) * 86400 - CHINA_SECONDS; /* 00:00 in China */
    r.updated = r.created + 86399;
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        if (!holds(yes[i], &r, &s))
            fail_msg("does not hold: %s", yes[i]);
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (holds(no[i], &r, &s))
            fail_msg("holds: %s", no[i]);
    r.org = 0;
    assert_false(holds("owner = 5", &r, &s));
    assert_true(holds("owner is empty", &r, &s));
    assert_true(holds("owner.region is empty", &r, &s));
    /* what is hidden cannot be found */
    struct rec face;
    bool visible;
    struct err e = {0};
    assert_int_equal(rec_public(&face, &visible, &r, &a, &e), RC_OK);
    assert_true(visible);
    assert_false(holds("budget > 0", &face, &s));
    assert_true(holds("budget is empty", &face, &s));
    arena_free(&a);
}

static void programs_make_filters(void **unused)
{
    (void)unused;
    struct arena a = {0};
    struct err e = {0};
    struct filter *f, *g, *both;
    struct buf b;
    const struct filter_context c = context("need");
    buf_init(&b, 1 << 16);
    assert_int_equal(
        filter_test(&f, STR("owner.region"), FILTER_UNDER, STR(" 制造业 "), &c, &a, &e), RC_OK);
    assert_int_equal(f->n_values, 5);
    assert_true(str_eq(f->value[4].text, STR("C3")));
    assert_int_equal(filter_test(&g, STR("trl"), FILTER_IN, STR("1, 2，\"3\""), &c, &a, &e), RC_OK);
    both = filter_and(f, g, &a);
    assert_int_equal(filter_print(&b, both, &e), RC_OK);
    assert_string_equal(b.p, "owner.region under C and trl in (1, 2, 3)");
    buf_clear(&b);
    both = filter_and(filter_and(NULL, f, &a), filter_and(NULL, NULL, &a), &a);
    assert_int_equal(filter_print(&b, both, &e), RC_OK);
    assert_string_equal(b.p, "owner.region under C");
    assert_int_equal(filter_and(NULL, NULL, &a)->op, FILTER_ALL);
    assert_int_equal(filter_test(&f, STR("title"), FILTER_CONTAINS, STR("a\" or 1=1"), &c, &a, &e),
                     RC_OK);
    buf_clear(&b);
    assert_int_equal(filter_print(&b, f, &e), RC_OK);
    assert_string_equal(b.p, "title contains \"a\\\" or 1=1\"");
    assert_int_equal(filter_test(&f, STR("trl"), FILTER_IN, STR("1) or (2"), &c, &a, &e), RC_USER);
    assert_int_equal(filter_test(&f, STR("trl"), FILTER_EMPTY, STR(""), &c, &a, &e), RC_OK);
    assert_int_equal(filter_test(&f, STR("trl"), FILTER_CONTAINS, STR("1"), &c, &a, &e), RC_USER);
    assert_int_equal(filter_test(&f, STR("trl"), FILTER_AND, STR("1"), &c, &a, &e), RC_USER);
    assert_int_equal(filter_test(&f, STR("nothing"), FILTER_EQ, STR("1"), &c, &a, &e), RC_USER);
    struct path p;
    assert_int_equal(path_find(&p, STR("所属单位.name"), &c, &e), RC_OK);
    assert_int_equal(p.n, 2);
    assert_int_equal(path_type(&p), TYPE_TEXT);
    buf_clear(&b);
    assert_int_equal(path_print(&b, &p, &e), RC_OK);
    assert_string_equal(b.p, "owner.name");
    assert_int_equal(path_find(&p, STR("title desc"), &c, &e), RC_USER);
    assert_int_equal(path_find(&p, STR(""), &c, &e), RC_USER);
    for (int at = ATTR_ID; at <= ATTR_KIND; at++)
        assert_int_equal(attr_find(str_of(attr_name((enum attr)at))), at);
    assert_int_equal(attr_find(STR("title")), ATTR_FIELD);
    buf_free(&b);
    arena_free(&a);
}

/* ---- properties ---- */

static uint64_t seed = 1;
static uint32_t pick(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % n;
}

static const char *any(const char *const *words, size_t n)
{
    return words[pick((uint32_t)n)];
}
#define ANY(...)                                                                                   \
    any((const char *const[]){__VA_ARGS__},                                                        \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

struct value_kind {
    const char *path, *ops;
    const char *values[5];
};
static const struct value_kind kinds_of_test[] = {
    {"trl", "=!<>lg", {"1", "5", "６", "九", "3"}},
    {"期望成熟度", "=!<>lg", {"1", "5", "6", "9", "3"}},
    {"ratio", "=!<>lg", {"0.5", "-1", "1e-3", "0.1", "2"}},
    {"budget", "=!<>lg", {"50万", "1", "0.01", "3亿", "100"}},
    {"deadline", "=!<>lg", {"today", "2026-01-01", "today-3d", "2025-06-30", "today+1y"}},
    {"created",
     "=!<>lg",
     {"today", "2026-01-01", "2026-02-01T00:00:00Z", "today-1m", "2025-01-01"}},
    {"industry", "=!u", {"C", "C32", "建筑业", "D", "C39"}},
    {"also", "=!u", {"C", "C32", "E", "D", "C39"}},
    {"owner.region", "=!u", {"C", "C32", "E", "D", "C39"}},
    {"title", "=!c", {"甲", "\"a \\\" b\"", "A", "\"甲 乙\"", "\"\\\\\""}},
    {"keywords", "=!c", {"甲", "乙", "A", "b", "\"，\""}},
    {"targets.value", "=!<>lg", {"1", "2", "0.5", "3", "4"}},
    {"state", "=!", {"draft", "open", "公开", "closed", "review"}},
    {"secrecy", "=!", {"open", "masked", "private", "公开", "不公开"}},
    {"people", "=!", {"20", "21", "@me", "#22", "0"}},
    {"people.name", "=!c", {"甲", "乙", "张三", "x", "y"}},
    {"urgent", "=!", {"true", "否", "是", "no", "yes"}},
    {"id", "=!<>lg", {"1", "2", "3", "12", "99"}},
    {"light", "=!", {"ge", "le", "不低于", "range", "le"}},
    {"trl", "=!<>lg", {".grade", ".ratio", ".targets.value", ".trl", ".等级"}},
    {"deadline", "=!<>lg", {".days", ".deadline", ".截止", ".days", ".days"}},
    {"industry", "=!", {".also", ".owner.region", ".industry", ".people.field", ".also"}},
};

static size_t random_test(char *to, size_t cap, const struct value_kind *k)
{
    const char *v = k->values[pick(5)];
    bool paths = v[0] == '.'; /* they are not listed */
    switch (paths ? 7 : pick(8)) {
    case 0:
        return (size_t)snprintf(to, cap, "%s is %s", k->path, ANY("empty", "set"));
    case 1:
        return (size_t)snprintf(to, cap, "%s 属于 （%s，%s、 %s）", k->path, v, k->values[pick(5)],
                                k->values[pick(5)]);
    default:
        break;
    }
    switch (k->ops[pick((uint32_t)strlen(k->ops))]) {
    case '=':
        return (size_t)snprintf(to, cap, "%s %s %s", k->path, ANY("=", "＝"), v);
    case '!':
        return (size_t)snprintf(to, cap, "%s %s %s", k->path, ANY("!=", "≠"), v);
    case '<':
        return (size_t)snprintf(to, cap, "%s < %s", k->path, v);
    case '>':
        return (size_t)snprintf(to, cap, "%s > %s", k->path, v);
    case 'l':
        return (size_t)snprintf(to, cap, "%s <= %s", k->path, v);
    case 'g':
        return (size_t)snprintf(to, cap, "%s >= %s", k->path, v);
    case 'u':
        return (size_t)snprintf(to, cap, "%s under %s", k->path, v);
    default:
        return (size_t)snprintf(to, cap, "%s contains %s", k->path, v);
    }
}

static size_t random_filter(char *to, size_t cap, int depth)
{
    size_t n = 0;
    switch (depth > 0 ? pick(5) : 4) {
    case 0:
    case 1:
        n = (size_t)snprintf(to, cap, "(");
        n += random_filter(to + n, cap - n, depth - 1);
        n += (size_t)snprintf(to + n, cap - n, " %s ", ANY("and", "or", "且", "或"));
        n += random_filter(to + n, cap - n, depth - 1);
        return n + (size_t)snprintf(to + n, cap - n, ")");
    case 2:
        n = (size_t)snprintf(to, cap, "%s ", ANY("not", "非"));
        return n + random_filter(to + n, cap - n, depth - 1);
    case 3:
        n = random_filter(to, cap, depth - 1);
        n += (size_t)snprintf(to + n, cap - n, " %s ", ANY("and", "or"));
        return n + random_filter(to + n, cap - n, depth - 1);
    default:
        return random_test(to, cap, &kinds_of_test[pick(ARRAY_LEN(kinds_of_test))]);
    }
}

static bool same_value(const struct filter *f, const struct val *x, const struct val *y)
{
    const struct path_step *s = &f->path.step[f->path.n - 1];
    const struct field_def *d = path_field(&f->path);
    if (!d)
        return s->attr == ATTR_KIND ? str_eq(x->text, y->text) : x->num == y->num;
    struct field_def one = *d;
    one.list = false;
    return val_eq(&one, x, y);
}

static bool same(const struct filter *x, const struct filter *y)
{
    if (x->op != y->op || x->n_values != y->n_values || x->path.n != y->path.n ||
        x->with.n != y->with.n || memcmp(x->with.step, y->with.step, sizeof x->with.step) != 0)
        return false;
    if (x->op <= FILTER_NOT)
        return (!x->left || same(x->left, y->left)) && (!x->right || same(x->right, y->right));
    for (uint32_t i = 0; i < x->path.n; i++) {
        const struct path_step *p = &x->path.step[i], *q = &y->path.step[i];
        if (p->kind != q->kind || p->attr != q->attr || p->field != q->field || p->sub != q->sub)
            return false;
    }
    for (uint32_t i = 0; i < x->n_values; i++)
        if (!same_value(x, &x->value[i], &y->value[i]))
            return false;
    return true;
}

static struct rec random_record(struct arena *a)
{
    char json[2000];
    size_t n = 0;
#define PUT(...) n += (size_t)snprintf(json + n, sizeof json - n, __VA_ARGS__)
    PUT("{\"x\":0");
    if (pick(2))
        PUT(",\"title\":\"%s\"", ANY("甲", "a \\\" b", "甲 乙A", "\\\\"));
    if (pick(2))
        PUT(",\"industry\":\"%s\"", ANY("C", "C32", "C321", "D", "E"));
    if (pick(2))
        PUT(",\"also\":[\"%s\",\"%s\"]", ANY("C", "C32", "C321"), ANY("D", "E", "C39"));
    if (pick(2))
        PUT(",\"keywords\":[\"%s\",\"%s\"]", ANY("甲", "乙"), ANY("A", "b", "，"));
    if (pick(2))
        PUT(",\"trl\":%u", 1 + pick(9));
    if (pick(2))
        PUT(",\"grade\":%u,\"days\":[\"2026-03-%u\"]", 1 + pick(5), 27 + pick(5));
    if (pick(2))
        PUT(",\"ratio\":%s", ANY("0.5", "-1", "0.001", "0.1"));
    if (pick(2))
        PUT(",\"budget\":%s", ANY("50000000", "100", "1", "0"));
    if (pick(2))
        PUT(",\"deadline\":\"%s\"", ANY("2026-03-31", "2026-01-01", "2026-03-28", "2027-03-31"));
    if (pick(2))
        PUT(",\"people\":[%u,%u]", 19 + pick(4), 19 + pick(4));
    if (pick(2))
        PUT(",\"urgent\":%s", ANY("true", "false"));
    if (pick(2))
        PUT(",\"targets\":[{\"value\":%u},{\"name\":\"x\"}]", pick(5));
    PUT("}");
#undef PUT
    struct rec r = rec_of(a, "need", json);
    r.id = 1 + pick(13);
    r.org = 4 + pick(3);
    r.state = pick(r.kind->n_states);
    r.secrecy = (enum secrecy)pick(3);
    r.created = days_of(2026, 1 + (int)pick(4), 1 + (int)pick(31)) * 86400 - CHINA_SECONDS +
                (pick(3) ? 3600 : 0);
    return r;
}

static struct shelf random_shelf(struct arena *a)
{
    struct shelf s = {.n = 5};
    s.rec[0] = rec_of(a, "org", "{\"region\":\"C32\"}");
    s.rec[0].id = 4;
    s.rec[1] = rec_of(a, "org", "{\"region\":\"D\"}");
    s.rec[1].id = 5;
    s.rec[2] = rec_of(a, "person", "{\"name\":\"甲\"}");
    s.rec[2].id = 20;
    s.rec[3] = rec_of(a, "person", "{\"name\":\"张三\"}");
    s.rec[3].id = 21;
    s.rec[4] = rec_of(a, "person", "{}");
    s.rec[4].id = 22;
    return s;
}

/* What is printed is read as the same filter, which holds for the same records. */
static void printing_keeps_the_filter(void **unused)
{
    (void)unused;
    const struct filter_context c = context("need");
    static char text[8000];
    seed = 88172645463325252u;
    for (int round = 0; round < 3000; round++) {
        struct arena a = {0};
        struct err e = {0};
        struct filter *f, *g;
        struct buf b;
        buf_init(&b, 1 << 20);
        random_filter(text, sizeof text, 4);
        if (filter_parse(&f, str_of(text), &c, &a, &e) != RC_OK)
            fail_msg("%s: %s %s", text, e.key, e.detail);
        assert_int_equal(filter_print(&b, f, &e), RC_OK);
        if (filter_parse(&g, buf_view(&b), &c, &a, &e) != RC_OK)
            fail_msg("%s: %s %s", b.p, e.key, e.detail);
        if (!same(f, g))
            fail_msg("%s\n%s", text, b.p);
        struct shelf s = random_shelf(&a);
        for (int i = 0; i < 5; i++) {
            struct rec r = random_record(&a);
            bool x, y;
            assert_int_equal(filter_holds(f, &r, follow, &s, &x, &e), RC_OK);
            assert_int_equal(filter_holds(g, &r, follow, &s, &y, &e), RC_OK);
            assert_int_equal(x, y);
        }
        buf_free(&b);
        arena_free(&a);
    }
}

/* Two ways to say the same hold for the same records. */
static void equal_filters_agree(void **unused)
{
    (void)unused;
    seed = 2463534242u;
    size_t held = 0;
    enum { ROUNDS = 4000 };
    for (int round = 0; round < ROUNDS; round++) {
        struct arena a = {0};
        struct shelf s = random_shelf(&a);
        struct rec r = random_record(&a);
        const struct value_kind *k = &kinds_of_test[pick(ARRAY_LEN(kinds_of_test))];
        const char *v = k->values[pick(5)], *w = k->values[pick(5)];
        char x[600], y[600];
        switch (v[0] == '.' ? 2 * pick(2) : pick(4)) {
        case 0:
            snprintf(x, sizeof x, "%s != %s", k->path, v);
            snprintf(y, sizeof y, "not %s = %s", k->path, v);
            break;
        case 1:
            snprintf(x, sizeof x, "%s in (%s, %s)", k->path, v, w);
            snprintf(y, sizeof y, "%s = %s or %s = %s", k->path, v, k->path, w);
            break;
        case 2:
            snprintf(x, sizeof x, "%s is empty", k->path);
            snprintf(y, sizeof y, "not %s is set", k->path);
            break;
        default:
            if (strchr(k->ops, 'u')) {
                snprintf(x, sizeof x, "%s under C", k->path);
                snprintf(y, sizeof y, "%s in (C, C39, C32, C321, C3)", k->path);
            } else if (strchr(k->ops, 'l')) {
                snprintf(x, sizeof x, "%s <= %s", k->path, v);
                snprintf(y, sizeof y, "%s < %s or %s = %s", k->path, v, k->path, v);
            } else {
                snprintf(x, sizeof x, "not (%s = %s and trl = 5)", k->path, v);
                snprintf(y, sizeof y, "not %s = %s or not trl = 5", k->path, v);
            }
        }
        bool one = holds(x, &r, &s);
        held += one;
        if (one != holds(y, &r, &s))
            fail_msg("%s\n%s", x, y);
        arena_free(&a);
    }
    assert_true(held > ROUNDS / 10 && held < ROUNDS - ROUNDS / 10);
}

static void memory_may_end_anywhere(void **unused)
{
    (void)unused;
    const struct filter_context c = context("need");
    for (size_t ceiling = 1;; ceiling += 16) {
        struct arena a = {.ceiling = ceiling};
        struct err e = {0};
        struct filter *f;
        enum rc rc = filter_parse(&f,
                                  STR("industry under C and (created in (today, 2026-01-01) or "
                                      "not \"名称\" contains \"a\\\"\")"),
                                  &c, &a, &e);
        arena_free(&a);
        if (rc == RC_OK)
            return;
        assert_int_equal(rc, RC_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_are_read),      cmocka_unit_test(chinese_is_read),
        cmocka_unit_test(days_are_counted),      cmocka_unit_test(mistakes_are_placed),
        cmocka_unit_test(filters_have_ceilings), cmocka_unit_test(filters_hold_or_not),
        cmocka_unit_test(programs_make_filters), cmocka_unit_test(printing_keeps_the_filter),
        cmocka_unit_test(equal_filters_agree),   cmocka_unit_test(memory_may_end_anywhere),
    };
    int failed = cmocka_run_group_tests_name("filter", tests, NULL, NULL);
    help_free();
    return failed;
}
