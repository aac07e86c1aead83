/* Records: JSON, checks, faces, differences, search and match text. */
#include "record_desk.h"

#include <jansson.h>
#include <math.h>

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
