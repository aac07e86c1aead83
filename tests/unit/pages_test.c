/* Pages of news that a site keeps: their facts, whom they name, accepting and taking back. */
#define _GNU_SOURCE
#include "site_help.h"

#include "base/file.h"
#include "service/pages_int.h"
#include "service/places.h"
#include "service/thread.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keep),     cmocka_unit_test(test_accept),
        cmocka_unit_test(test_missing),  cmocka_unit_test(test_verbatim),
        cmocka_unit_test(test_withdraw), cmocka_unit_test(test_by_hand),
    };
    return cmocka_run_group_tests(tests, fill, site_close_all);
}
