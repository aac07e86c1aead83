/* Matches, reasons, introductions and search as browsers meet them: what each may see and do, and
 * the whole way from a match to an agreement. Run by tests/http/run on both databases. */
#define _GNU_SOURCE
#include "http_help.h"

#include "service/learning.h"
#include "service/pairing.h"

#define SECRET_TITLE "绝密甲乙丙电池"
#define SECRET_BODY  "绝密正文丁戊"
#define SECRET_MONEY "7654321"

static struct browser visitor, broker, asker, giver, reader;
static int64_t need, masked, result, other, rival;

static const char *pair_path(int64_t a, int64_t b)
{
    return pathf("/need/%lld/matches/%lld", (long long)a, (long long)b);
}

static void publish(int64_t id)
{
    OK(step_as(&actor_system, "need", id, "diagnose", "", "", &e));
    OK(step_as(&actor_system, "need", id, "publish", "", "", &e));
}

static int64_t make_result(const char *title, const char *body)
{
    int64_t id = MAKE(&actor_system, "result", "title", title, "body", body, "industry", "C398",
                      "owner", "乙大学", "trl", "7");
    struct shown s;
    OK(record_show(site, &actor_system, kind_of("result"), id, &mem, &s, &e));
    for (uint32_t i = 0; i < s.n_steps && !s.rec.kind->state[s.rec.state].is_public; i++)
        if (s.rec.kind->state[s.step[i]->to].is_public) {
            char action[40];
            snprintf(action, sizeof action, "%.*s", (int)s.step[i]->action->name.n,
                     s.step[i]->action->name.p);
            OK(step_as(&actor_system, "result", id, action, "公开", "", &e));
            break;
        }
    return id;
}

/* A need of 甲公司, a masked one of the same, results of 乙大学 and things that fit neither. */
static int plant(void **state)
{
    static const char *const noise[] = {"水稻抗病育种", "城市排水管网检测", "船舶轴系振动监测",
                                        "中药提取残渣利用", "光纤传感桥梁监测"};
    site_with_engine = true;
    if (web_start(state) != 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(noise); i++)
        make_result(noise[i], "说明文字各不相同，供检索时区分。");
    need = MAKE(&actor_system, "need", "title", "高镍三元正极材料循环寿命提升", "body",
                "高镍三元正极材料常温循环寿命不低于2000次；残余碱≤0.3%。", "industry", "C398",
                "region", "330600", "trl", "6", "budget", SECRET_MONEY, "owner", "甲公司");
    publish(need);
    masked = MAKE(&actor_system, "need", "title", SECRET_TITLE, "body", SECRET_BODY, "industry",
                  "C398", "region", "330600", "budget", SECRET_MONEY, "owner", "甲公司", "secrecy",
                  "masked", "masked.title", "高镍三元正极材料包覆改性", "masked.body",
                  "高镍三元正极材料表面包覆改性，残余碱要低。");
    publish(masked);
    result = make_result("高镍三元正极材料表面包覆技术",
                         "高镍三元正极材料常温循环寿命2300次，残余碱0.22%，包覆改性已中试。");
    other = make_result("高镍三元正极材料掺杂改性", "高镍三元正极材料掺杂，残余碱0.5%，小试。");
    rival = make_result("三元正极材料水洗降碱", "三元正极材料水洗，残余碱0.25%，循环寿命500次。");
    add_account("giver", ROLE_EDITOR, org_b);
    browser_stays(&visitor, NULL);
    browser_stays(&broker, "broker");
    browser_stays(&asker, "editor");
    browser_stays(&giver, "giver");
    browser_stays(&reader, "auditor");
    struct err e = {0};
    return engine_wait(site, site_seq(site), 20000, &e) == RC_OK ? 0 : -1;
}

/* ---- what is shown ---- */

static void test_matches(void **state)
{
    (void)state;
    const char *path = pathf("/need/%lld/matches", (long long)need);
    assert_int_equal(get(&visitor, path), 200);
    const char *best = strstr(got.body.p, "高镍三元正极材料表面包覆技术");
    const char *next = strstr(got.body.p, "三元正极材料水洗降碱");
    assert_true(best && next && best < next);
    assert_true(shows("乙大学") && shows("class=\"score\"") && shows("都提到") && shows("专家"));
    assert_true(shows("可达“2300次”"));
    assert_int_equal(get(&visitor, pathf("%s?kind=person", path)), 200);
    assert_true(shows("没有找到匹配的专家"));
    assert_int_equal(get(&visitor, pathf("%s?kind=need", path)), 404);
    assert_int_equal(get(&visitor, pathf("%s?kind=introduction", path)), 404);
    assert_int_equal(get(&visitor, pathf("/result/%lld/matches", (long long)result)), 200);
    assert_true(shows("高镍三元正极材料循环寿命提升"));
    assert_int_equal(get(&visitor, pathf("/introduction/%lld/matches", (long long)need)), 404);
    assert_int_equal(get(&visitor, pathf("/need/%lld", (long long)need)), 200);
    assert_true(shows("最匹配的") && shows(pair_path(need, result)));
}

static void test_why(void **state)
{
    (void)state;
    assert_int_equal(get(&visitor, pair_path(need, result)), 200);
    assert_true(shows("<mark>") && shows("id=\"n1\"") && shows("href=\"#o1\""));
    assert_true(shows("≥2000次") || shows("不低于2000次"));
    assert_true(shows("2300次") && shows("tone-good\">达到"));
    assert_true(shows("成熟度") && shows("相符"));
    assert_false(shows("/shortlist\"")); /* a visitor is asked to sign in */
    assert_true(shows("/sign-in?back="));
    assert_int_equal(get(&visitor, pair_path(need, rival)), 200);
    assert_true(shows("tone-bad\">未达到"));
    /* the same from the other side */
    assert_int_equal(
        get(&visitor, pathf("/result/%lld/matches/%lld", (long long)result, (long long)need)), 200);
    assert_true(shows("2300次"));
    assert_int_equal(get(&visitor, pair_path(need, need)), 404);
    assert_int_equal(get(&visitor, pair_path(result, need)), 404);
    assert_int_equal(get(&visitor, pathf("/need/%lld/matches/12x", (long long)need)), 404);
    assert_int_equal(get(&visitor, pathf("/need/%lld/matches/999999", (long long)need)), 404);
    assert_int_equal(get(&broker, pair_path(need, result)), 200);
    assert_true(shows("/shortlist\"") && shows("/propose\"") && shows("/refuse\""));
    assert_int_equal(get(&reader, pair_path(need, result)), 200);
    assert_false(shows("/shortlist\"")); /* an auditor changes nothing */
}

static void test_search(void **state)
{
    (void)state;
    assert_int_equal(get(&visitor, "/search?q=%E4%B8%89%E5%85%83%E6%AD%A3%E6%9E%81"), 200);
    assert_true(shows("<mark>") && shows("科技成果") && shows("技术需求"));
    assert_true(shows(pathf("/need/%lld", (long long)need)));
    assert_int_equal(get(&visitor, "/search?kind=result&q=%E4%B8%89%E5%85%83%E6%AD%A3%E6%9E%81"),
                     200);
    assert_true(shows(pathf("/result/%lld\"", (long long)result)));
    assert_false(shows(pathf("href=\"/need/%lld\"", (long long)need)));
    assert_int_equal(get(&visitor, "/search?q=zzqqxx"), 200);
    assert_true(shows("没有找到") && shows("href=\"/result\""));
    assert_int_equal(get(&visitor, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E"), 200);
    assert_false(shows("<script>alert"));
    assert_int_equal(get(&visitor, "/search"), 200);
    assert_int_equal(get(&visitor, "/search?q=a&from=-5&kind=nothing"), 200);
}

/* ---- secrets ---- */

static void check_hidden(struct browser *b, const char *path)
{
    long status = get(b, path);
    if (status != 200 && status != 404)
        fail_msg("%s: %ld", path, status);
    static const char *const hidden[] = {"绝密", SECRET_MONEY, "7,654,321", "765.4321", "甲公司"};
    for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
        if (shows(hidden[i]))
            fail_msg("%s tells %s", path, hidden[i]);
}

/* A masked need is its masked wording to everybody but its own side and brokers. */
static void test_masked(void **state)
{
    (void)state;
    const char *paths[] = {
        pathf("/need/%lld/matches", (long long)masked),
        pair_path(masked, result),
        pathf("/result/%lld/matches/%lld", (long long)result, (long long)masked),
        pathf("/need/%lld", (long long)masked),
        "/search?q=%E7%BB%9D%E5%AF%86", /* 绝密: the word itself is shown again as typed */
        "/board",
    };
    struct browser *blind[] = {&visitor, &giver};
    for (size_t b = 0; b < ARRAY_LEN(blind); b++)
        for (size_t i = 0; i < 4; i++)
            check_hidden(blind[b], paths[i]);
    assert_int_equal(get(&giver, "/board"), 200);
    assert_false(shows("绝密"));
    for (size_t b = 0; b < ARRAY_LEN(blind); b++) {
        assert_int_equal(get(blind[b], paths[4]), 200);
        assert_false(shows(SECRET_TITLE) || shows(pathf("/need/%lld\"", (long long)masked)));
    }
    assert_int_equal(get(&visitor, pair_path(masked, result)), 200);
    assert_true(shows("包覆改性") && shows("对外表述"));
    assert_int_equal(get(&asker, pair_path(masked, result)), 200);
    assert_true(shows(SECRET_TITLE));
    assert_int_equal(get(&broker, pathf("/need/%lld/matches", (long long)masked)), 200);
    assert_true(shows(SECRET_TITLE));
    /* an open need's private budget is no secret of its own side only */
    assert_int_equal(get(&visitor, pair_path(need, result)), 200);
    assert_false(shows(SECRET_MONEY) || shows("765.4321"));
}

/* ---- the way of an introduction ---- */

static int64_t introduction_of(int64_t a, int64_t b)
{
    struct list_answer out = {0};
    char filter[80];
    snprintf(filter, sizeof filter, "need = #%lld and offer = #%lld", (long long)a, (long long)b);
    struct list_request q = {.kind = kind_of("introduction"), .filter = str_of(filter)};
    OK(record_list(site, &actor_system, &q, &mem, &out, &e));
    int64_t id = out.rec.n ? out.rec.p[0].id : 0;
    vec_free(&out.rec);
    return id;
}

static const char *state_of(int64_t id)
{
    static char name[60];
    struct shown s;
    OK(record_show(site, &actor_system, kind_of("introduction"), id, &mem, &s, &e));
    struct str n = s.rec.kind->state[s.rec.state].name;
    snprintf(name, sizeof name, "%.*s", (int)n.n, n.p);
    return name;
}

#define ANSWERS                                                                                    \
    "interest=%E5%8C%85%E8%A6%86&contribution=%E6%95%B0%E6%8D%AE&expectation=%E4%B8%80%E5%B9%B4"

/* shortlist, propose, contact, talk, agree: each by whoever may, through forms. */
static void test_way(void **state)
{
    (void)state;
    const char *path = pair_path(masked, result);
    assert_int_equal(ask_with(&asker, "POST", pathf("%s/shortlist", path), "x=1", NULL), 403);
    assert_int_equal(post(&asker, pathf("%s/shortlist", path), ""), 303);
    int64_t id = introduction_of(masked, result);
    assert_true(id != 0);
    assert_string_equal(state_of(id), "shortlist");
    assert_int_equal(get(&asker, header("Location")), 200);
    assert_true(shows("已加入候选") && shows("/step/remove"));
    assert_int_equal(post(&asker, pathf("%s/shortlist", path), ""), 303); /* again: the same one */
    assert_int_equal(introduction_of(masked, result), id);
    assert_int_equal(get(&giver, path), 200); /* the other side is not told */
    assert_false(shows("候选</span>") || shows(pathf("/introduction/%lld", (long long)id)));
    assert_int_equal(get(&giver, pathf("/introduction/%lld", (long long)id)), 404);
    const char *api = pathf("/api/need/%lld/matches?kind=result", (long long)masked);
    assert_int_equal(get(&giver, api), 200);
    assert_false(shows("\"introduction\""));
    assert_int_equal(get(&asker, api), 200);
    assert_true(shows(pathf("\"introduction\":%lld", (long long)id)));
    get(&asker, path);
    assert_int_equal(post(&asker, pathf("%s/propose", path), "interest=a&contribution="), 422);
    assert_true(shows("id=\"q-contribution-e\"") && shows(">a</textarea>"));
    assert_int_equal(post(&asker, pathf("%s/propose", path), ANSWERS), 303);
    assert_string_equal(state_of(id), "proposed");
    get(&asker, path);
    assert_true(shows("/step/withdraw"));
    assert_int_equal(post(&asker, pathf("/introduction/%lld/step/contact", (long long)id), ""),
                     422); /* for brokers */
    get(&broker, "/board");
    assert_true(shows(SECRET_TITLE) &&
                shows(pathf("action=\"/board/%lld/contact\"", (long long)id)));
    assert_int_equal(post(&broker, pathf("/board/%lld/contact", (long long)id), "back=/board"),
                     303);
    assert_string_equal(header("Location"), pathf("/board?done=moved#card-%lld", (long long)id));
    assert_string_equal(state_of(id), "contacted");
    get(&giver, "/board"); /* now it knows of the proposal, not of whom */
    assert_true(shows("高镍三元正极材料包覆改性") && !shows("绝密") && !shows("甲公司"));
    check_hidden(&giver, pathf("/introduction/%lld", (long long)id));
    assert_false(shows("脱敏前")); /* nothing has been agreed yet */
    check_hidden(&giver, path);
    assert_int_equal(post(&giver, pathf("/board/%lld/talk", (long long)id), ""), 303);
    get(&giver, path); /* it has agreed: each sees the other */
    assert_true(shows(SECRET_TITLE) && shows("甲公司") && !shows(SECRET_MONEY));
    assert_int_equal(get(&broker, pathf("/introduction/%lld/step/agree", (long long)id)), 200);
    assert_true(shows("form-label required\" for=\"f-mode\"") &&
                shows("form-label required\" for=\"f-outcome\""));
    assert_true(shows("form-label\" for=\"f-amount\"") && shows("form-label\" for=\"f-signed\""));
    assert_int_equal(post(&broker, pathf("/introduction/%lld/step/agree", (long long)id),
                          "has.mode=1&mode=buy&has.outcome=1&outcome=ok&back=/board"),
                     303);
    assert_string_equal(header("Location"), pathf("/board?done=moved#card-%lld", (long long)id));
    assert_string_equal(state_of(id), "agreed");
    get(&broker, pathf("/need/%lld/matches", (long long)masked));
    assert_true(shows("已达成"));
    get(&visitor, pathf("/need/%lld/matches", (long long)masked));
    assert_false(shows("已达成"));
}

static void test_refusal(void **state)
{
    (void)state;
    const char *path = pair_path(need, rival);
    assert_int_equal(get(&asker, path), 200);
    assert_int_equal(post(&asker, pathf("%s/refuse", path), "comment=x"), 422);
    assert_true(shows("请选择") || shows("class=\"invalid\""));
    assert_int_equal(introduction_of(need, rival), 0); /* nothing half-way */
    assert_int_equal(post(&asker, pathf("%s/refuse", path), "reason=made-up"), 422);
    assert_int_equal(post(&asker, pathf("%s/refuse", path), "reason=indicator&comment=%E4%BD%8E"),
                     303);
    int64_t id = introduction_of(need, rival);
    assert_string_equal(state_of(id), "refused");
    assert_int_equal(get(&asker, path), 200);
    assert_true(shows("/step/reconsider"));
    assert_int_equal(get(&asker, pathf("/introduction/%lld", (long long)id)), 200);
    assert_int_equal(
        post(&asker, pathf("/introduction/%lld/step/reconsider", (long long)id), "back=//evil"),
        303);
    assert_string_equal(header("Location"), pathf("/introduction/%lld?done=moved", (long long)id));
    assert_string_equal(state_of(id), "shortlist");
    assert_int_equal(post(&asker, pathf("/introduction/%lld/step/remove", (long long)id), ""), 303);
    assert_string_equal(state_of(id), "removed");
    assert_int_equal(post(&asker, pathf("%s/refuse", path), "reason=indicator"), 303);
    assert_int_equal(introduction_of(need, rival), id);
    assert_string_equal(state_of(id), "refused");
}

/* Who comes second on the board gets the board as it stands, and is told. */
static void test_board_second(void **state)
{
    (void)state;
    char body[400];
    int64_t id = introduction_of(need, rival);
    assert_string_equal(state_of(id), "refused");
    const char *move = pathf("/board/%lld/reconsider", (long long)id);
    snprintf(body, sizeof body, "csrf=%s&version=1&back=/board", broker.csrf);
    struct curl_slist *more = curl_slist_append(NULL, "HX-Request: true");
    assert_int_equal(ask_with(&broker, "POST", move, body, more), 409);
    assert_true(shows("role=\"alert\"") && shows("看板已更新") && shows("id=\"board\""));
    assert_true(shows("class=\"bcard\"") && !shows("<html"));
    curl_slist_free_all(more);
    assert_string_equal(state_of(id), "refused");
}

static void test_rights(void **state)
{
    (void)state;
    const char *path = pathf("%s/shortlist", pair_path(need, other));
    assert_int_equal(post(&reader, path, ""), 403);
    get(&visitor, "/sign-in");
    assert_int_equal(post(&visitor, path, ""), 403);
    /* two that are both somebody else's */
    struct browser third;
    int64_t org = MAKE(&actor_system, "org", "name", "丙公司", "type", "company");
    add_account("third", ROLE_EDITOR, org);
    browser_open(&third);
    sign_in(&third, "third");
    assert_int_equal(get(&third, pair_path(need, other)), 200);
    assert_false(shows("/shortlist\""));
    assert_int_equal(post(&third, path, ""), 403);
    assert_int_equal(introduction_of(need, other), 0);
    assert_int_equal(get(&third, "/board"), 200);
    assert_true(shows("还没有对接") && !shows("bcard-need"));
    browser_close(&third);
    assert_int_equal(get(&visitor, "/board"), 303);
}

static uint64_t introductions_between(int64_t a, int64_t b)
{
    char filter[80];
    struct list_answer all = {0};
    snprintf(filter, sizeof filter, "need = #%lld and offer = #%lld", (long long)a, (long long)b);
    struct list_request q = {
        .kind = kind_of("introduction"), .filter = str_of(filter), .count = true};
    OK(record_list(site, &actor_system, &q, &mem, &all, &e));
    vec_free(&all.rec);
    return all.total;
}

/* One introduction for a pair: who comes second takes part in that of the first. */
static void test_both_sides(void **state)
{
    (void)state;
    int64_t hidden = MAKE(&actor_system, "need", "title", SECRET_TITLE "二", "body",
                          SECRET_BODY "高镍三元正极材料", "industry", "C398", "region", "330600",
                          "owner", "甲公司", "secrecy", "masked", "masked.title", "某电池需求",
                          "masked.body", "高镍三元正极材料包覆");
    publish(hidden);
    OK(engine_wait(site, site_seq(site), 20000, &e));
    const char *path = pair_path(hidden, rival);
    get(&asker, path);
    assert_int_equal(post(&asker, pathf("%s/propose", path), ANSWERS), 303);
    int64_t id = introduction_of(hidden, rival);
    const char *page = pathf("/introduction/%lld", (long long)id);
    assert_int_equal(get(&giver, page), 404);
    get(&giver, path);
    assert_int_equal(post(&giver, pathf("%s/shortlist", path), ""), 303);
    assert_int_equal(introductions_between(hidden, rival), 1);
    assert_string_equal(state_of(id), "proposed"); /* as far as the first had brought it */
    check_hidden(&giver, page);
    check_hidden(&giver, path);
    assert_int_equal(get(&giver, page), 200);
    assert_int_equal(post(&giver, pathf("%s/propose", path), ANSWERS), 303); /* done already */
    assert_string_equal(state_of(id), "proposed");
    assert_int_equal(introductions_between(hidden, rival), 1);
    assert_int_equal(get(&broker, page), 200);
    assert_true(shows("对方加入"));
}

static void test_board(void **state)
{
    (void)state;
    int64_t id;
    assert_int_equal(get(&broker, pair_path(need, other)), 200);
    assert_int_equal(post(&broker, pathf("%s/shortlist", pair_path(need, other)), ""), 303);
    id = introduction_of(need, other);
    const char *card = pathf("id=\"card-%lld\"", (long long)id);
    assert_int_equal(get(&broker, "/board?mine=1"), 200);
    assert_true(shows(card) && shows(" 分</a>"));
    assert_int_equal(get(&broker, "/board?broker=nobody"), 200);
    assert_false(shows(card));
    assert_int_equal(get(&broker, "/board?industry=C"), 200);
    assert_true(shows(card));
    assert_int_equal(get(&broker, "/board?industry=A"), 200);
    assert_false(shows(card));
    assert_int_equal(get(&broker, "/board?broker=%22+or+id+%3E+0+or+broker+%3D+%22"), 200);
    assert_false(shows(card)); /* a quote does not leave the filter */
    /* htmx gets the board alone; what asks for words is asked on its own page */
    struct curl_slist *more = curl_slist_append(NULL, "HX-Request: true");
    char body[300];
    snprintf(body, sizeof body, "csrf=%s&back=/board", broker.csrf);
    assert_int_equal(
        ask_with(&broker, "POST", pathf("/board/%lld/remove", (long long)id), body, more), 200);
    assert_true(shows("id=\"board\"") && !shows("<html"));
    curl_slist_free_all(more);
    assert_string_equal(state_of(id), "removed");
    assert_int_equal(post(&broker, pathf("/board/%lld/restore", (long long)id), ""), 303);
    assert_int_equal(post(&broker, pathf("/board/%lld/refuse", (long long)id), ""), 303);
    assert_string_equal(header("Location"),
                        pathf("/introduction/%lld/step/refuse?back=/board", (long long)id));
    assert_int_equal(post(&giver, pathf("/board/%lld/remove", (long long)id), ""), 404);
}

/* What was decided by these forms is what is learnt from. */
static void test_learning(void **state)
{
    (void)state;
    struct learn_report report = {0};
    struct err e = {0};
    OK(engine_wait(site, site_seq(site), 20000, &e));
    /* one accepted and one refused of each ten that it takes */
    assert_int_equal(pairing_learn(site, &report, &e), RC_USER);
    assert_string_equal(e.key, "match.learn_few");
    assert_string_equal(e.detail, "1/10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),  cmocka_unit_test(test_why),
        cmocka_unit_test(test_search),   cmocka_unit_test(test_masked),
        cmocka_unit_test(test_way),      cmocka_unit_test(test_both_sides),
        cmocka_unit_test(test_refusal),  cmocka_unit_test(test_board_second),
        cmocka_unit_test(test_rights),   cmocka_unit_test(test_board),
        cmocka_unit_test(test_learning),
    };
    return cmocka_run_group_tests(tests, plant, web_stop);
}
