/* Pages of news that a site keeps: their facts, whom they name, accepting and taking back. */
#define _GNU_SOURCE
#include "site_help.h"

#include "base/file.h"
#include "service/pages_int.h"
#include "service/places.h"
#include "service/thread.h"

#include <jansson.h>

static struct err e;
static struct actor broker, editor, stranger;

static int fill(void **state)
{
    if (site_open_all(state))
        return -1;
    broker = actor(ROLE_BROKER, 0);
    editor = actor(ROLE_EDITOR, org_a);
    stranger = actor(ROLE_EDITOR, org_b);
    return 0;
}

static struct str own_page(const char *name)
{
    char path[200];
    struct buf b;
    snprintf(path, sizeof path, "tests/news/pages/%s", name);
    buf_init(&b, 1 << 20);
    OK(file_read(&b, path, &e));
    struct str s = arena_str(&mem, buf_view(&b));
    buf_free(&b);
    return s;
}

static struct page_kept keep_text(const struct actor *a, struct str bytes, const char *address)
{
    struct page_kept kept;
    struct page_given from = {.name = str_of(address), .address = str_of(address), .bytes = bytes};
    OK(page_keep(site, a, &from, &mem, &kept, &e));
    return kept;
}

static struct page_review look(const struct actor *a, int64_t id)
{
    struct page_review r;
    OK(page_review(site, a, id, &mem, &r, &e));
    return r;
}

static const struct rec *fact_of(const struct page_review *r, const char *type)
{
    for (uint32_t i = 0; i < r->n_facts; i++)
        if (str_eq(rec_text(&r->fact[i].rec, "type"), str_of(type)))
            return &r->fact[i].rec;
    fail_msg("no fact %s", type);
    return NULL;
}

static struct rec read_rec(const char *kind, int64_t id)
{
    struct shown s = {0};
    OK(record_show(site, &actor_system, kind_of(kind), id, &mem, &s, &e));
    return s.rec;
}

static bool is_there(int64_t id)
{
    struct str title;
    const struct kind *k = NULL;
    OK(record_titles(site, &actor_system, &id, 1, &mem, &title, &k, &e));
    return k != NULL;
}

static uint64_t count(const char *kind)
{
    struct list_answer a = {0};
    struct list_request q = {.kind = kind_of(kind), .count = true};
    OK(record_list(site, &actor_system, &q, &mem, &a, &e));
    vec_free(&a.rec);
    return a.total;
}

static int64_t signing;

static void test_keep(void **state)
{
    (void)state;
    struct page_kept kept = keep_text(&broker, own_page("u01_signing.html"), "http://example.cn/1");
    assert_false(kept.already);
    assert_false(kept.refused);
    signing = kept.id;
    struct page_review r = look(&broker, kept.id);
    assert_true(rec_is(&r.page.rec, "review"));
    assert_int_equal(rec_text(&r.page.rec, "hash").n, 64);
    assert_true(r.n_facts >= 5);
    assert_true(str_eq(rec_text(&r.fact[0].rec, "type"), STR("event")));
    struct str text = rec_text(&r.page.rec, "text");
    struct places p;
    OK(places_init(&p, text, &e));
    for (uint32_t i = 0; i < r.n_facts; i++) { /* every sentence stands where it says */
        const struct rec *f = &r.fact[i].rec;
        size_t from = places_byte(&p, (uint32_t)rec_num(f, "from", 0));
        size_t to = places_byte(&p, (uint32_t)rec_num(f, "to", 0));
        assert_true(str_eq(str_sub(text, from, to), rec_text(f, "quote")));
    }
    places_free(&p);
    vec_free(&r.same);
    kept = keep_text(&broker, own_page("u01_signing.html"), "http://example.cn/again");
    assert_true(kept.already);
    assert_int_equal(kept.id, signing);
    kept = keep_text(&editor, own_page("u01_signing.html"), "http://example.cn/1");
    assert_false(kept.already); /* another organisation's */
    REFUSED(page_review(site, &stranger, kept.id, &mem, &r, &e), "service.missing");
    REFUSED(page_review(site, &editor, signing, &mem, &r, &e), "service.missing");
    kept = keep_text(&broker, own_page("n13_essay.txt"), "http://example.cn/2");
    assert_true(kept.refused);
    r = look(&broker, kept.id);
    assert_true(rec_is(&r.page.rec, "refused"));
    vec_free(&r.same);
    struct page_given empty = {.name = STR("x"), .bytes = STR("")};
    REFUSED(page_keep(site, &broker, &empty, &mem, &kept, &e), "news.empty");
    struct actor member = actor(ROLE_MEMBER, org_a);
    REFUSED(page_keep(site, &member, &empty, &mem, &kept, &e), "service.denied");
}

/* Bytes that GBK and Big5 read as common characters alike: the HTTP header decides. */
static void test_charset(void **state)
{
    (void)state;
    static const char bytes[] = "\xB0\xA1\xB1\xA1\xB2\xA1\xB3\xA1\xB4\xA1\xB5\xA1\xB6\xA1\xB7\xA1"
                                "\xB8\xA1\xB9\xA1\xBA\xA1\xBB\xA1\xBC\xA1\xBD\xA1,"
                                "\xB0\xA1\xB1\xA1\xB2\xA1\xB3\xA1\xB4\xA1\xB5\xA1\xB6\xA1\xB7\xA1"
                                "\xB8\xA1\xB9\xA1\xBA\xA1\xBB\xA1\xBC\xA1\xBD\xA1!";
    struct rec page[2];
    for (int i = 0; i < 2; i++) {
        const struct actor *a = i ? &editor : &broker;
        struct page_given from = {.name = STR("x"), .bytes = str_of(bytes)};
        struct page_kept kept;
        from.charset = i ? STR("Big5") : STR("");
        OK(page_keep(site, a, &from, &mem, &kept, &e));
        page[i] = read_rec("page", kept.id);
        assert_true(str_eq(rec_text(&page[i], "charset"), from.charset));
        assert_true(rec_text(&page[i], "text").n > 0);
    }
    assert_false(str_eq(rec_text(&page[0], "text"), rec_text(&page[1], "text")));
}

/* One click: event, both organisations, agreement; from it the thread leads to the sentence. */
static void test_accept(void **state)
{
    (void)state;
    struct page_review r = look(&broker, signing);
    uint64_t orgs = count("org");
    const struct rec *agreement = fact_of(&r, "agreement");
    STEP(&broker, "fact", agreement->id, "accept");
    assert_int_equal(count("org"), orgs + 2);
    assert_int_equal(count("event"), 1);
    struct rec f = read_rec("fact", agreement->id);
    assert_true(rec_is(&f, "accepted"));
    int64_t id = rec_num(&f, "record", 0);
    struct rec a = read_rec("agreement", id);
    assert_int_equal(rows_of(&a, "parties"), 2);
    assert_int_equal(row_num(&a, "sources", 0, "page", 0), signing);
    assert_int_equal(row_num(&a, "sources", 0, "from", -1), rec_num(&f, "from", -2));
    assert_true(str_eq(row_text(&a, "sources", 0, "hash"), rec_text(&r.page.rec, "hash")));
    assert_true(str_eq(rec_text(&a, "quote"), rec_text(&f, "quote")));
    assert_true(str_eq(rec_text(&a, "source"), STR("http://example.cn/1")));
    assert_true(str_eq(rec_text(&a, "type"), STR("framework")));
    assert_int_equal(rec_num(&a, "signed", 0), days_of(2024, 5, 16));
    struct rec ev = read_rec("event", rec_num(&a, "event", 0));
    assert_true(rec_is(&ev, "held"));
    assert_int_equal(saving_val(&ev, "orgs")->list.n, 2);
    assert_int_equal(saving_val(&ev, "guests")->list.n, 5);
    vec_thread thread = {0};
    bool more, page = false;
    OK(thread_of(site, &broker, id, &mem, &thread, &more, &e));
    for (size_t i = 0; i < thread.n; i++)
        page |= thread.p[i].rec.id == signing;
    assert_true(page);
    vec_free(&thread);
    REFUSED(step_as(&broker, "fact", agreement->id, "accept", "", "", &e), "service.no_step");
    REFUSED(step_as(&stranger, "fact", agreement->id, "withdraw", "", "", &e), "service.missing");
    vec_free(&r.same);
}

static enum rc accept_with(const struct actor *a, int64_t fact, const struct typed *t, uint32_t n)
{
    struct act act = {.id = fact, .action = STR("accept"), .typed = t, .n_typed = n};
    vec_fault faults = {0};
    struct rec out;
    enum rc rc = record_act(site, a, kind_of("fact"), &act, &mem, &out, &faults, &e);
    vec_free(&faults);
    return rc;
}

/* What the page does not tell is asked for, nothing is written until then, and it is kept as a
 * correction only where it changes what the page says. */
static void test_missing(void **state)
{
    (void)state;
    struct page_review r = look(&broker, signing);
    const struct rec *project = fact_of(&r, "project");
    uint64_t before = count("project");
    assert_int_equal(accept_with(&broker, project->id, NULL, 0), RC_USER);
    assert_string_equal(e.key, "news.missing");
    assert_string_equal(e.detail, "due");
    assert_int_equal(count("project"), before);
    struct typed t[] = {{STR("due"), STR("2027-12-31")}, {STR("value"), STR("24项")}};
    OK(accept_with(&broker, project->id, t, 2));
    struct rec f = read_rec("fact", project->id);
    assert_int_equal(rec_num(&f, "corrected", 0), 1);
    struct rec p = read_rec("project", rec_num(&f, "record", 0));
    assert_int_equal(rec_num(&p, "end", 0), days_of(2027, 12, 31));
    vec_free(&r.same);
}

/* A sentence that is not in the text is refused, one that is gets its place. */
static void test_verbatim(void **state)
{
    (void)state;
    char id[24];
    snprintf(id, sizeof id, "#%lld", (long long)signing);
    const char *bad[] = {"page", id, "type", "commitment", "quote", "双方将投入一亿元", NULL};
    vec_fault faults = {0};
    int64_t made;
    assert_int_equal(make_as(&broker, "fact", &made, &faults, &e, bad), RC_USER);
    assert_string_equal(faults.p[0].key, "field.not_verbatim");
    vec_free(&faults);
    int64_t good = MAKE(&broker, "fact", "page", id, "type", "target", "subject", "临江理工大学",
                        "deadline", "到2027年", "quote", "到2027年联合培养工程硕博士100名");
    struct rec f = read_rec("fact", good);
    assert_true(str_eq(rec_text(&f, "origin"), STR("person")));
    assert_int_equal(rec_num(&f, "due", 0), days_of(2027, 12, 31));
    assert_true(rec_num(&f, "to", 0) - rec_num(&f, "from", 0) == 19);
    assert_true(str_eq(rec_text(&f, "owner_name"), STR("周启元")));
    STEP(&broker, "fact", good, "accept");
    f = read_rec("fact", good);
    struct rec c = read_rec("commitment", rec_num(&f, "record", 0));
    assert_true(str_eq(rec_text(&c, "owner_name"), STR("周启元")));
    REFUSED(record_save(site, &broker, &f, STR("x"), &mem, &faults, &e), "news.withdraw_first");
    vec_free(&faults);
}

static void test_by_hand(void **state)
{
    (void)state;
    const char *pairs[] = {"title", "没有读过的页面", NULL};
    vec_fault faults = {0};
    int64_t id;
    assert_int_equal(make_as(&broker, "page", &id, &faults, &e, pairs), RC_USER);
    assert_string_equal(e.key, "news.by_hand");
    vec_free(&faults);
}

/* Taking back deletes what was written, not what others hang on or have changed. */
static void test_withdraw(void **state)
{
    (void)state;
    struct page_review r = look(&broker, signing);
    const struct rec *agreement = fact_of(&r, "agreement"), *event = fact_of(&r, "event");
    int64_t id = rec_num(agreement, "record", 0), ev = rec_num(event, "record", 0);
    REFUSED(step_as(&broker, "fact", event->id, "withdraw", "", "", &e), "news.held");
    assert_true(is_there(ev));
    STEP(&broker, "fact", agreement->id, "withdraw");
    assert_false(is_there(id));
    struct rec f = read_rec("fact", agreement->id);
    assert_true(rec_is(&f, "proposed"));
    assert_null(saving_val(&f, "record"));
    assert_null(saving_val(&f, "made"));
    STEP(&broker, "fact", agreement->id, "accept"); /* and again */
    f = read_rec("fact", agreement->id);
    struct rec a = read_rec("agreement", rec_num(&f, "record", 0));
    vec_fault faults = {0};
    rec_put_text(&a, "body", STR("有人改过"));
    OK(record_save(site, &broker, &a, STR(""), &mem, &faults, &e));
    vec_free(&faults);
    REFUSED(step_as(&broker, "fact", agreement->id, "withdraw", "", "", &e), "news.changed");
    f = read_rec("fact", agreement->id);
    assert_true(rec_is(&f, "accepted"));
    vec_free(&r.same);
}

/* ---- the same event on two pages ---- */

static const char told_first[] =
    "<html><head><title>示例大学与示例钢铁集团签署战略合作协议</title></head><body>"
    "<h1>示例大学与示例钢铁集团签署战略合作协议</h1><p>2026年3月5日，示例大学校长王建国一行"
    "到示例钢铁集团有限公司调研，双方签署战略合作协议，共建高端钢材联合研究院。"
    "示例钢铁集团有限公司将在三年内投入5000万元支持联合研究院建设。</p>"
    "<p>示例钢铁集团有限公司董事长李明出席签约仪式。双方表示，将每年联合培养研究生50名。</p>"
    "</body></html>";
static const char told_again[] =
    "<html><head><title>钢铁集团来了大学校长</title></head><body>"
    "<h1>校企携手：示例钢铁集团与示例大学签约</h1><p>3月5日，示例钢铁集团有限公司与示例大学"
    "举行签约仪式，签署战略合作协议。校长王建国、董事长李明出席。</p><p>发布时间：2026-03-06</p>"
    "<p>按照协议，示例钢铁集团有限公司与示例大学将共建高端钢材联合研究院。</p></body></html>";

static void test_same_event(void **state)
{
    (void)state;
    int64_t one = keep_text(&broker, STR(told_first), "http://a.example.cn/1").id;
    int64_t two = keep_text(&broker, STR(told_again), "http://b.example.cn/2").id;
    struct page_review r = look(&broker, one), q = look(&broker, two);
    assert_int_equal(rec_num(&q.page.rec, "same", 0), one);
    assert_int_equal(r.same.n, 1);
    assert_int_equal(q.same.n, 1);
    uint64_t agreements = count("agreement"), events = count("event");
    STEP(&broker, "fact", fact_of(&r, "agreement")->id, "accept");
    assert_int_equal(count("agreement"), agreements + 1);
    assert_int_equal(count("event"), events + 1);
    vec_free(&q.same);
    q = look(&broker, two); /* now it says who has told it */
    const struct rec *f = fact_of(&q, "agreement");
    struct rec first = read_rec("fact", fact_of(&r, "agreement")->id);
    int64_t record = rec_num(&first, "record", 0);
    for (uint32_t i = 0; i < q.n_facts; i++)
        if (q.fact[i].rec.id == f->id) {
            assert_int_equal(q.fact[i].twin.record, record);
            assert_int_equal(q.fact[i].twin.page, one);
        }
    STEP(&broker, "fact", f->id, "accept"); /* a further sentence, no second record */
    assert_int_equal(count("agreement"), agreements + 1);
    assert_int_equal(count("event"), events + 1);
    struct rec a = read_rec("agreement", record);
    assert_int_equal(rows_of(&a, "sources"), 2);
    assert_int_equal(row_num(&a, "sources", 1, "page", 0), two);
    REFUSED(step_as(&broker, "fact", first.id, "withdraw", "", "", &e), "news.changed");
    STEP(&broker, "fact", f->id, "withdraw"); /* the sentence goes, the record stays */
    a = read_rec("agreement", record);
    assert_int_equal(rows_of(&a, "sources"), 1);
    struct typed own[] = {{STR("separate"), STR("是")}};
    OK(accept_with(&broker, f->id, own, 1));
    assert_int_equal(count("agreement"), agreements + 2);
    vec_free(&r.same);
    vec_free(&q.same);
}

/* ---- whom a page names ---- */

static struct page_link party_of(const struct page_review *r, const char *name)
{
    uint32_t i = party_named(&r->page.rec, str_of(name));
    assert_true(i < r->n_parties);
    return r->party[i];
}

/* A company in another legal form, and a person of the same name elsewhere: offered, never taken.
 */
static void test_doubt(void **state)
{
    (void)state;
    int64_t kin = MAKE(&actor_system, "org", "name", "远川重工有限责任公司", "type", "company");
    int64_t school =
        MAKE(&actor_system, "org", "name", "望江大学", "type", "university", "short", "望大");
    char unit[24], other[24];
    snprintf(unit, sizeof unit, "#%lld", (long long)school);
    snprintf(other, sizeof other, "#%lld", (long long)org_b);
    int64_t at_home = MAKE(&actor_system, "person", "name", "方志远", "units", unit, "owner", unit);
    int64_t namesake =
        MAKE(&actor_system, "person", "name", "石海生", "units", other, "owner", other);
    int64_t id = keep_text(&broker,
                           STR("望江大学与远川重工股份有限公司签署战略合作协议\n"
                               "2026年4月8日，望江大学校长方志远、远川重工股份有限公司董事长石海生"
                               "出席签约仪式，双方签署战略合作协议，共建深海装备联合实验室。\n"),
                           "http://example.cn/doubt")
                     .id;
    struct page_review r = look(&broker, id);
    struct page_link sure = party_of(&r, "望江大学"), doubt = party_of(&r, "远川重工股份有限公司");
    assert_int_equal(sure.state, LINK_SURE);
    assert_int_equal(sure.id, school);
    assert_int_equal(doubt.state, LINK_DOUBT);
    assert_int_equal(doubt.choice[0].id, kin);
    assert_int_equal(r.n_people, 2);
    for (uint32_t i = 0; i < 2; i++) {
        bool home = str_eq(row_text(&r.page.rec, "people", i, "name"), STR("方志远"));
        assert_int_equal(r.person[i].state, home ? LINK_SURE : LINK_DOUBT);
        assert_int_equal(home ? r.person[i].id : r.person[i].choice[0].id,
                         home ? at_home : namesake);
    }
    uint64_t orgs = count("org");
    const struct rec *f = fact_of(&r, "agreement");
    REFUSED(step_as(&broker, "fact", f->id, "accept", "", "", &e), "news.undecided");
    assert_int_equal(count("org"), orgs); /* nothing of it was written */
    struct page_choice c = {.page = id,
                            .version = r.page.rec.version,
                            .i = party_named(&r.page.rec, STR("远川重工股份有限公司")),
                            .choice = STR("linked"),
                            .id = kin};
    struct page_choice bad = c;
    bad.id = at_home; /* no organisation */
    REFUSED(page_choose(site, &broker, &bad, 1, &mem, &e), "news.choice");
    REFUSED(page_choose(site, &stranger, &c, 1, &mem, &e), "service.missing");
    OK(page_choose(site, &broker, &c, 1, &mem, &e));
    REFUSED(page_choose(site, &broker, &c, 1, &mem, &e), "store.stale");
    STEP(&broker, "fact", f->id, "accept");
    struct rec g = read_rec("fact", f->id);
    struct rec a = read_rec("agreement", rec_num(&g, "record", 0));
    assert_int_equal(row_num(&a, "parties", 0, "org", 0) + row_num(&a, "parties", 1, "org", 0),
                     school + kin);
    assert_int_equal(a.org, row_num(&a, "parties", 0, "org", 0)); /* the first party's */
    struct rec ev = read_rec("event", rec_num(&a, "event", 0));
    assert_int_equal(saving_val(&ev, "people")->list.n, 1);
    assert_int_equal(saving_val(&ev, "people")->list.item[0].num, at_home);
    assert_int_equal(saving_val(&ev, "guests")->list.n, 1);
    vec_free(&r.same);
}

/* An editor's page: what is written belongs to the editor's organisation, organisations are added
 * by brokers. */
static void test_editor(void **state)
{
    (void)state;
    int64_t id =
        keep_text(&editor,
                  STR("甲公司与乙大学签署技术开发合同\n2026年5月6日，甲公司与乙大学签署技术"
                      "开发合同，合同金额300万元。\n"),
                  "http://example.cn/own")
            .id;
    struct page_review r = look(&editor, id);
    for (uint32_t i = 0; i < r.n_facts; i++)
        if (str_eq(rec_text(&r.fact[i].rec, "type"), STR("agreement"))) {
            enum rc rc = accept_with(&editor, r.fact[i].rec.id, NULL, 0);
            if (rc != RC_OK)
                assert_string_equal(e.key, "news.new_org");
        }
    REFUSED(page_review(site, &stranger, id, &mem, &r, &e), "service.missing");
    assert_int_equal(read_rec("page", id).org, org_a);
    vec_free(&r.same);
}

/* ---- deadlines ---- */

static void test_deadlines(void **state)
{
    (void)state;
    int64_t from = days_of(2026, 3, 5), day;
    static const struct {
        const char *text;
        int y, m, d; /* 0: not told */
    } all[] = {
        {"到2027年", 2027, 12, 31},
        {"2028年底前", 2028, 12, 31},
        {"2027年6月底前", 2027, 6, 30},
        {"2027年3月15日前", 2027, 3, 15},
        {"三年内", 2029, 3, 5},
        {"未来5年", 2031, 3, 5},
        {"“十四五”末", 2025, 12, 31},
        {"年内", 2026, 12, 31},
        {"两年内", 2028, 3, 5},
        {"六个月内", 2026, 9, 5},
        {"2027年上半年", 2027, 6, 30},
        {"近期", 0, 0, 0},
        {"每年", 0, 0, 0},
        {"", 0, 0, 0},
        {"2027年13月", 0, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        bool told = deadline_day(str_of(all[i].text), from, &day);
        if (told != (all[i].y != 0) || (told && day != days_of(all[i].y, all[i].m, all[i].d)))
            fail_msg("%s: %d %lld", all[i].text, told, (long long)day);
    }
    assert_false(deadline_day(STR("三年内"), INT64_MIN, &day));
}

/* ---- repairs ---- */

static void test_repairs(void **state)
{
    (void)state;
    int64_t id = keep_text(&broker, own_page("h17_traditional.html"), "http://example.cn/tr").id;
    struct page_review r = look(&broker, id);
    struct str text = rec_text(&r.page.rec, "text");
    vec_repair repairs = {0};
    struct places p;
    OK(page_repairs(rec_text(&r.page.rec, "repairs"), &mem, &repairs, &e));
    assert_true(repairs.n > 3);
    OK(places_init(&p, text, &e));
    uint32_t last = 0;
    for (size_t i = 0; i < repairs.n; i++) { /* in order, apart, and something else stood there */
        assert_true(repairs.p[i].from >= last && repairs.p[i].to >= repairs.p[i].from);
        last = repairs.p[i].to;
        struct str now =
            str_sub(text, places_byte(&p, repairs.p[i].from), places_byte(&p, repairs.p[i].to));
        if (!str_eq(repairs.p[i].code, STR("brand")))
            assert_false(str_eq(now, repairs.p[i].original));
    }
    places_free(&p);
    vec_free(&repairs);
    vec_free(&r.same);
}

/* ---- labels ---- */

static json_t *gold_of(const char *dir, int64_t id)
{
    char path[300], want[24];
    json_t *found = NULL, *o;
    snprintf(path, sizeof path, "%s/gold.jsonl", dir);
    snprintf(want, sizeof want, "%lld", (long long)id);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (!found && (o = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL))) {
        if (strcmp(json_string_value(json_object_get(o, "id")), want) == 0)
            found = o;
        else
            json_decref(o);
    }
    fclose(f);
    assert_non_null(found);
    return found;
}

static bool says(const json_t *o, const char *key, struct str s)
{
    const json_t *v = json_object_get(o, key);
    struct str have = {json_string_value(v), json_string_length(v)};
    return json_is_null(v) ? s.n == 0 : str_eq(have, s);
}

static void expect_file(const char *dir, int64_t id, const char *ending, const char *text)
{
    char path[300];
    struct buf b;
    buf_init(&b, 1 << 20);
    snprintf(path, sizeof path, "%s/pages/%lld.%s", dir, (long long)id, ending);
    OK(file_read(&b, path, &e));
    assert_true(str_eq(buf_view(&b), str_of(text)));
    buf_free(&b);
}

/* Read, every fact accepted as it was read, written as labels: the labels are what the reader says
 * of the written bytes. A correction and a rejection are told apart from it. */
static void test_labels(void **state)
{
    (void)state;
    char dir[] = "/tmp/qiao-labels-XXXXXX", path[300], command[400];
    assert_non_null(mkdtemp(dir));
    int64_t id = keep_text(&broker, own_page("g02_fair.html"), "http://example.cn/g02").id;
    struct page_review r = look(&broker, id);
    REFUSED(step_as(&broker, "page", id, "finish", "", "", &e), "news.facts_left");
    struct typed note[] = {{STR("target"), STR("note")}};
    const struct rec *event = fact_of(&r, "event");
    STEP(&broker, "fact", event->id, "accept");
    for (uint32_t i = 0; i < r.n_facts; i++)
        if (r.fact[i].rec.id != event->id)
            OK(accept_with(&broker, r.fact[i].rec.id, note, 1));
    STEP(&broker, "page", id, "finish");
    struct page_kept kept;
    struct page_given served = {.name = STR("2"),
                                .address = STR("http://example.cn/2"),
                                .charset = STR("GBK"),
                                .bytes = own_page("n10_notice.html")};
    OK(page_keep(site, &broker, &served, &mem, &kept, &e));
    int64_t essay = kept.id;
    STEP(&broker, "page", essay, "confirm");
    struct page_labels done;
    REFUSED(page_labels_write(site, &editor, dir, &done, &e), "service.denied");
    OK(page_labels_write(site, &broker, dir, &done, &e));
    assert_int_equal(done.pages, 2);
    assert_int_equal(done.refused, 1);
    json_t *gold = gold_of(dir, id);
    snprintf(path, sizeof path, "%s/pages/%lld.html", dir, (long long)id);
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    OK(file_read(&bytes, path, &e));
    const struct reader *reader;
    struct reading x = {0};
    OK(site_reader(site, &reader, &e));
    OK(reading_make(&x, buf_view(&bytes), STR("http://example.cn/g02"), reader, &mem, &e));
    const json_t *facts = json_object_get(gold, "facts");
    assert_true(x.news.fact.n > 0);
    assert_int_equal(json_array_size(facts), x.news.fact.n);
    for (size_t i = 0; i < x.news.fact.n; i++) {
        const struct news_fact *f = &x.news.fact.p[i];
        const json_t *g = json_array_get(facts, i);
        assert_true(says(g, "type", str_of(fact_type_str(f->type))));
        assert_true(says(g, "object", f->object));
        assert_true(says(g, "predicate", f->predicate));
        assert_true(says(g, "value", f->value));
        assert_true(says(g, "deadline", f->deadline));
        assert_true(says(g, "evidence", span_str(x.article.text, f->evidence)));
    }
    assert_int_equal(json_array_size(json_object_get(gold, "parties")), x.news.party.n);
    assert_int_equal(json_array_size(json_object_get(gold, "people")), x.news.person.n);
    assert_true(says(gold, "event_date", x.news.event_date));
    assert_true(says(gold, "event_type", str_of(x.news.event_type)));
    assert_true(says(gold, "publish_date", x.article.publish_date));
    json_decref(gold);
    expect_file(dir, essay, "html.charset", "GBK"); /* bench/news reads it as the site served it */
    expect_file(dir, essay, "html.url", "http://example.cn/2");
    snprintf(path, sizeof path, "%s/pages/%lld.html.charset", dir, (long long)id);
    assert_int_equal(access(path, F_OK), -1); /* no header said anything */
    gold = gold_of(dir, essay);
    assert_true(json_is_true(json_object_get(gold, "negative")));
    json_decref(gold);
    reading_release(&x);
    buf_free(&bytes);
    vec_free(&r.same);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep),       cmocka_unit_test(test_accept),
        cmocka_unit_test(test_missing),    cmocka_unit_test(test_verbatim),
        cmocka_unit_test(test_withdraw),   cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_same_event), cmocka_unit_test(test_doubt),
        cmocka_unit_test(test_editor),     cmocka_unit_test(test_deadlines),
        cmocka_unit_test(test_repairs),    cmocka_unit_test(test_labels),
        cmocka_unit_test(test_charset),
    };
    return cmocka_run_group_tests(tests, fill, site_close_all);
}
