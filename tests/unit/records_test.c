/* Reading and changing records; planted secrets that must not come out anywhere. */
#define _GNU_SOURCE
#include "site_help.h"

#define SECRET "绝密"

static struct actor editor_a, editor_b, member_a, broker, auditor, admin;
static int64_t plain, masked, hidden, draft;

static const struct kind *probe(void)
{
    return kind_of("probe");
}

/* Four records of organisation A: open, masked, private, and one that is not published. */
static int plant(void **state)
{
    if (site_open_all(state))
        return -1;
    editor_a = actor(ROLE_EDITOR, org_a);
    editor_b = actor(ROLE_EDITOR, org_b);
    editor_b.account = 99;
    member_a = actor(ROLE_MEMBER, org_a);
    broker = actor(ROLE_BROKER, 0);
    auditor = actor(ROLE_AUDITOR, 0);
    admin = actor(ROLE_ADMIN, 0);
    hidden = MAKE(&editor_a, "probe", "title", SECRET "一", "code", SECRET "码一", "secrecy",
                  "private", "size", "3");
    plain = MAKE(&editor_a, "probe", "title", "公开的", "body", "大家都看", "code", SECRET "码二",
                 "budget", "777", "size", "5", "partner", "绝密一");
    masked = MAKE(&editor_a, "probe", "title", SECRET "三", "masked.title", "某公司的试样", "body",
                  SECRET "内容", "code", SECRET "码三", "budget", "888", "size", "6", "secrecy",
                  "masked", "friend", SECRET "一");
    draft = MAKE(&editor_a, "probe", "title", SECRET "草稿", "size", "7");
    STEP(&broker, "probe", hidden, "open");
    STEP(&broker, "probe", plain, "open");
    STEP(&broker, "probe", masked, "open");
    return 0;
}

/* ---- looking for secrets ---- */

static void search_rec(const struct rec *r)
{
    struct buf b;
    struct rec copy = *r;
    buf_init(&b, 1 << 20);
    copy.face_public = false;
    OK(rec_print(&b, &copy, &e));
    if (str_find(buf_view(&b), STR(SECRET), 0) != SIZE_MAX ||
        str_find(buf_view(&b), STR("777"), 0) != SIZE_MAX ||
        str_find(buf_view(&b), STR("888"), 0) != SIZE_MAX)
        fail_msg("a secret came out: %s", b.p);
    assert_true(str_find(rec_title(r), STR(SECRET), 0) == SIZE_MAX);
    buf_free(&b);
}

static size_t list_count(const struct actor *a, const char *filter, const char *sort)
{
    struct list_answer out;
    struct list_request q = {
        .kind = probe(), .filter = str_of(filter), .sort = str_of(sort), .count = true};
    OK(record_list(site, a, &q, &mem, &out, &e));
    for (size_t i = 0; i < out.rec.n && a != &broker && a != &auditor && a->org != org_a; i++)
        search_rec(&out.rec.p[i]);
    size_t n = out.rec.n;
    assert_int_equal(n, out.total);
    vec_free(&out.rec);
    return n;
}

static void test_faces(void **unused)
{
    struct shown s;
    const struct actor *outside[] = {&actor_visitor, &editor_b, &admin};
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
        const struct actor *a = outside[i];
        OK(record_show(site, a, probe(), plain, &mem, &s, &e));
        assert_int_equal(s.face, FACE_PUBLIC);
        assert_int_equal(s.n_steps, 0);
        assert_false(s.may_write || s.may_delete);
        assert_int_equal(s.rec.org, org_a);
        search_rec(&s.rec);
        OK(record_show(site, a, probe(), masked, &mem, &s, &e));
        assert_int_equal(s.rec.org, 0); /* nor whose it is */
        assert_true(str_eq(rec_title(&s.rec), STR("某公司的试样")));
        search_rec(&s.rec);
        REFUSED(record_show(site, a, probe(), hidden, &mem, &s, &e), "service.missing");
        REFUSED(record_show(site, a, probe(), draft, &mem, &s, &e), "service.missing");
        REFUSED(record_show(site, a, probe(), 987654, &mem, &s, &e), "service.missing");
        REFUSED(record_show(site, a, kind_of("org"), plain, &mem, &s, &e), "service.missing");
    }
    const struct actor *inside[] = {&editor_a, &member_a, &broker, &auditor};
    for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
        OK(record_show(site, inside[i], probe(), hidden, &mem, &s, &e));
        assert_int_equal(s.face, FACE_FULL);
        assert_true(str_eq(rec_title(&s.rec), STR(SECRET "一")));
        assert_int_equal(s.may_write, inside[i] == &editor_a || inside[i] == &broker);
        assert_int_equal(s.may_delete, inside[i] == &broker);
    }
}

/* A filter that asks for hidden values finds nothing, whatever it asks. */
static void test_probing(void **unused)
{
    static const char *const probes[] = {
        "title contains 绝密",
        "body contains 绝密",
        "code contains 绝密",
        "code is set",
        "budget > 0",
        "budget = 777",
        "partner is set",
        "owner.name = 甲公司 and secrecy = masked",
        "secrecy = private",
        "state = draft",
        "friend.title contains 绝密",
        "friend.code is set",
        "partner.size = 3",
        "friend.size = 3",
    };
    const struct actor *outside[] = {&actor_visitor, &editor_b, &admin};
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
        assert_int_equal(list_count(outside[i], "", ""), 2);
        for (size_t p = 0; p < ARRAY_LEN(probes); p++)
            if (list_count(outside[i], probes[p], "") != 0)
                fail_msg("%s tells %s", probes[p], role_name(outside[i]->role));
    }
    assert_int_equal(list_count(&editor_a, "code contains 绝密", ""), 3);
    assert_int_equal(list_count(&broker, "title contains 绝密", ""), 3);
    assert_int_equal(list_count(&auditor, "", "budget"), 4);
}

/* A total that is remembered is one reader's, and only until something changes. */
static void test_totals(void **unused)
{
    (void)unused;
    size_t all = list_count(&broker, "size > 0", ""),
           open = list_count(&actor_visitor, "size > 0", "");
    assert_true(all > open);
    assert_int_equal(list_count(&broker, "size > 0", ""), all);
    assert_int_equal(list_count(&editor_b, "size > 0", ""), open);
    int64_t id = MAKE(&broker, "probe", "title", "又一个", "size", "1");
    assert_int_equal(list_count(&broker, "size > 0", ""), all + 1);
    assert_int_equal(list_count(&actor_visitor, "size > 0", ""), open);
    STEP(&broker, "probe", id, "open");
    assert_int_equal(list_count(&actor_visitor, "size > 0", ""), open + 1);
    OK(record_delete(site, &broker, probe(), id, 0, STR(""), &e));
    assert_int_equal(list_count(&actor_visitor, "size > 0", ""), open);
}

/* The order of a list must not tell of hidden values: a visitor's order by a private field is the
 * order by id. */
static void test_sort_hides(void **unused)
{
    struct list_answer out;
    (void)unused;
    for (int down = 0; down < 2; down++) {
        struct list_request q = {.kind = probe(), .sort = down ? STR("-budget") : STR("budget")};
        OK(record_list(site, &actor_visitor, &q, &mem, &out, &e));
        assert_int_equal(out.rec.n, 2);
        assert_int_equal(out.rec.p[down ? 1 : 0].id, MIN(plain, masked));
        vec_free(&out.rec);
    }
}

static uint64_t group_sum(const struct actor *a, const char *by, const char *sum, double *total)
{
    vec_grouped g = {0};
    uint64_t n = 0;
    *total = 0;
    OK(record_group(site, a, probe(), STR(""), str_of(by), STR(""), str_of(sum), &mem, &g, &e));
    for (size_t i = 0; i < g.n; i++) {
        n += g.p[i].count;
        *total += g.p[i].sum;
        if (a->role == ROLE_VISITOR)
            assert_true(str_find(g.p[i].value[0], STR(SECRET), 0) == SIZE_MAX);
    }
    vec_free(&g);
    return n;
}

static void test_groups(void **unused)
{
    double sum;
    (void)unused;
    assert_int_equal(group_sum(&actor_visitor, "code", "budget", &sum), 2);
    assert_true(sum == 0);
    assert_int_equal(group_sum(&actor_visitor, "title", "size", &sum), 2);
    assert_true(sum == 11);
    group_sum(&broker, "state", "size", &sum);
    assert_true(sum == 21);
    assert_int_equal(group_sum(&broker, "created:month", "", &sum), 4);
    vec_grouped g = {0};
    REFUSED(record_group(site, &actor_visitor, kind_of("desk"), STR(""), STR("title"), STR(""),
                         STR(""), &mem, &g, &e),
            "service.denied");
    REFUSED(record_group(site, &broker, probe(), STR(""), STR("created:week"), STR(""), STR(""),
                         &mem, &g, &e),
            "service.group");
}

static void test_titles(void **unused)
{
    int64_t id[] = {plain, masked, hidden, draft, 987654, 0, plain};
    struct str title[ARRAY_LEN(id)];
    const struct kind *kind[ARRAY_LEN(id)];
    (void)unused;
    OK(record_titles(site, &editor_b, id, ARRAY_LEN(id), &mem, title, kind, &e));
    assert_true(str_eq(title[0], STR("公开的")) && str_eq(title[6], STR("公开的")));
    assert_ptr_equal(kind[0], probe());
    assert_true(str_eq(title[1], STR("某公司的试样")));
    for (int i = 2; i < 6; i++) {
        assert_int_equal(title[i].n, 0);
        assert_null(kind[i]);
    }
    OK(record_titles(site, &member_a, id, ARRAY_LEN(id), &mem, title, kind, &e));
    assert_true(str_eq(title[2], STR(SECRET "一")));
}

/* That a hidden field refers to a record is hidden as well. */
static void test_refs(void **unused)
{
    int64_t target = MAKE(&broker, "probe", "title", "被引用的", "size", "1");
    vec_ref refs = {0};
    (void)unused;
    char id[24];
    snprintf(id, sizeof id, "#%lld", (long long)target);
    STEP(&broker, "probe", target, "open");
    int64_t seen = MAKE(&editor_a, "probe", "title", "引用者", "friend", id, "size", "1");
    int64_t unseen = MAKE(&editor_a, "probe", "title", "暗中引用者", "partner", id, "size", "1");
    int64_t listed = MAKE(&editor_a, "probe", "title", "行中引用者", "rows.0.name", "行",
                          "rows.0.at", "被引用的", "friends", id, "size", "1");
    STEP(&broker, "probe", seen, "open");
    STEP(&broker, "probe", unseen, "open");
    STEP(&broker, "probe", listed, "open");
    OK(record_refs(site, &actor_visitor, target, 50, &mem, &refs, &e));
    for (size_t i = 0; i < refs.n; i++)
        assert_true(refs.p[i].id != unseen);
    size_t outside = refs.n;
    assert_true(outside >= 2);
    refs.n = 0;
    OK(record_refs(site, &member_a, target, 50, &mem, &refs, &e));
    assert_int_equal(refs.n, outside + 1);
    refs.n = 0;
    REFUSED(record_refs(site, &actor_visitor, hidden, 50, &mem, &refs, &e), "service.missing");
    vec_free(&refs);
    struct err e = {0};
    assert_int_equal(record_delete(site, &broker, probe(), target, 0, STR(""), &e), RC_USER);
    assert_string_equal(e.key, "store.held");
}

static void test_history(void **unused)
{
    vec_event v = {0};
    struct shown s;
    vec_fault faults = {0};
    (void)unused;
    int64_t id = MAKE(&editor_a, "probe", "title", "有历史的", "size", "1");
    OK(record_show(site, &editor_a, probe(), id, &mem, &s, &e));
    struct typed t[] = {{STR("size"), STR("2")}, {STR("body"), STR("新内容")}};
    clock_now += 10;
    OK(record_fill(site, &editor_a, &s.rec, t, 2, &mem, &faults, &e));
    OK(record_save(site, &editor_a, &s.rec, STR("改两处"), &mem, &faults, &e));
    STEP(&broker, "probe", id, "open");
    OK(record_history(site, &member_a, probe(), id, &mem, &v, &e));
    assert_int_equal(v.n, 3);
    assert_true(str_eq(v.p[0].entry.action, STR("open")));
    assert_int_equal(v.p[0].change.n, 0);
    assert_int_not_equal(v.p[0].before.state, v.p[0].after.state);
    assert_int_equal(v.p[1].change.n, 2);
    assert_true(str_eq(v.p[1].entry.comment, STR("改两处")));
    assert_int_equal(v.p[1].entry.at, clock_now);
    assert_null(v.p[2].before.kind);
    events_free(&v);
    REFUSED(record_history(site, &editor_b, probe(), id, &mem, &v, &e), "service.denied");
    REFUSED(record_history(site, &actor_visitor, probe(), hidden, &mem, &v, &e), "service.missing");
    vec_free(&faults);
}

/* ---- writing ---- */

static const char *fault_key(vec_fault *faults, size_t i)
{
    return i < faults->n ? faults->p[i].key : "";
}

static void test_fill(void **unused)
{
    struct rec r;
    vec_fault faults = {0};
    (void)unused;
    OK(rec_new(&r, probe(), &mem, &e));
    struct typed t[] = {{STR("nonsense"), STR("x")},      {STR("sum"), STR("9")},
                        {STR("size"), STR("abc")},        {STR("friend"), STR("没有这个")},
                        {STR("masked.size"), STR("1")},   {STR("owner"), STR("乙大学")},
                        {STR("secrecy"), STR("半公开")},  {STR("rows.1.at"), STR("#987654")},
                        {STR("friend"), STR(SECRET "一")}};
    OK(record_fill(site, &editor_b, &r, t, ARRAY_LEN(t), &mem, &faults, &e));
    static const char *const keys[] = {
        "field.unknown",    "field.computed", "field.int",     "field.ref_unknown",
        "field.not_masked", "field.owner",    "field.secrecy", "field.ref_unknown",
        "field.ref_unknown" /* a title that it may not see is no title */};
    assert_int_equal(faults.n, ARRAY_LEN(keys));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        assert_string_equal(fault_key(&faults, i), keys[i]);
    faults.n = 0;
    /* Rows: blank ones are none, those that are not given are gone. */
    struct typed rows[] = {{STR("rows.0.name"), STR("甲")},
                           {STR("rows.1.name"), STR("")},
                           {STR("rows.2.name"), STR("丙")},
                           {STR("friends"), STR("公开的；公开的")}};
    OK(record_fill(site, &editor_b, &r, rows, 4, &mem, &faults, &e));
    uint32_t f = field_find(probe(), STR("rows")), friends = field_find(probe(), STR("friends"));
    assert_int_equal(faults.n, 0);
    assert_int_equal(r.val[f].list.n, 2);
    assert_int_equal(r.val[friends].list.n, 2);
    assert_int_equal(r.val[friends].list.item[1].num, plain);
    OK(record_fill(site, &editor_b, &r, rows, 1, &mem, &faults, &e));
    assert_int_equal(r.val[f].list.n, 1);
    struct typed none = {STR("rows.0.name"), STR(" ")};
    OK(record_fill(site, &editor_b, &r, &none, 1, &mem, &faults, &e));
    assert_false(r.val[f].set);
    vec_free(&faults);
}

static enum rc create(const struct actor *a, const char *title, const char *owner, int64_t *id,
                      struct err *e)
{
    vec_fault faults = {0};
    const char *pairs[] = {"title", title, owner ? "owner" : NULL, owner, NULL};
    enum rc rc = make_as(a, "probe", id, &faults, e, pairs);
    vec_free(&faults);
    return rc;
}

static void test_create(void **unused)
{
    struct shown s;
    int64_t id;
    (void)unused;
    OK(create(&editor_a, "新的", NULL, &id, &e));
    OK(record_show(site, &editor_a, probe(), id, &mem, &s, &e));
    assert_int_equal(s.rec.org, org_a);
    assert_int_equal(s.rec.version, 1);
    assert_int_equal(s.rec.created, clock_now);
    OK(create(&broker, "代填的", "乙大学", &id, &e));
    OK(record_show(site, &editor_b, probe(), id, &mem, &s, &e));
    assert_int_equal(s.face, FACE_FULL);
    REFUSED(create(&editor_a, "别家的", "乙大学", &id, &e), "service.invalid");
    REFUSED(create(&broker, "", NULL, &id, &e), "service.invalid");
    struct actor lost = actor(ROLE_EDITOR, 0), reader = editor_a;
    reader.read_only = true;
    REFUSED(create(&lost, "无单位", NULL, &id, &e), "service.denied");
    REFUSED(create(&reader, "只读", NULL, &id, &e), "service.denied");
    REFUSED(create(&member_a, "成员", NULL, &id, &e), "service.denied");
    REFUSED(create(&auditor, "审计", NULL, &id, &e), "service.denied");
    REFUSED(create(&admin, "管理", NULL, &id, &e), "service.denied");
    REFUSED(create(&actor_visitor, "访客", NULL, &id, &e), "service.denied");
}

/* Computed fields, the state and the owner are not for a client to set. */
static void test_fixed(void **unused)
{
    struct rec r;
    struct shown s;
    vec_fault faults = {0};
    uint32_t sum = field_find(probe(), STR("sum"));
    (void)unused;
    OK(rec_new(&r, probe(), &mem, &e));
    r.val[probe()->title] = (struct val){.set = true, .text = STR("伪造的")};
    r.val[sum] = (struct val){.set = true, .num = 42};
    r.state = state_find(probe(), STR("open"));
    r.org = org_b;
    OK(record_save(site, &editor_a, &r, STR(""), &mem, &faults, &e));
    OK(record_show(site, &editor_a, probe(), r.id, &mem, &s, &e));
    assert_false(s.rec.val[sum].set);
    assert_int_equal(s.rec.state, 0);
    assert_int_equal(s.rec.org, org_a);
    vec_free(&faults);
}

static enum rc rename_as(const struct actor *a, struct rec *r, const char *title, struct err *e)
{
    vec_fault faults = {0};
    struct typed t = {STR("title"), str_of(title)};
    TRY(record_fill(site, a, r, &t, 1, &mem, &faults, e));
    enum rc rc = record_save(site, a, r, STR(""), &mem, &faults, e);
    vec_free(&faults);
    return rc;
}

static void test_stale(void **unused)
{
    struct shown first, second;
    int64_t id = MAKE(&editor_a, "probe", "title", "同时改的", "size", "1");
    (void)unused;
    OK(record_show(site, &editor_a, probe(), id, &mem, &first, &e));
    OK(record_show(site, &broker, probe(), id, &mem, &second, &e));
    OK(rename_as(&editor_a, &first.rec, "先到", &e));
    assert_int_equal(first.rec.version, 2);
    REFUSED(rename_as(&broker, &second.rec, "后到", &e), "store.stale");
    assert_int_equal(second.rec.version, 1);
    OK(record_show(site, &broker, probe(), id, &mem, &second, &e));
    assert_true(str_eq(rec_title(&second.rec), STR("先到")));
    /* Nothing changed: nothing written. */
    int64_t seq = site_seq(site);
    OK(rename_as(&broker, &second.rec, "先到", &e));
    assert_int_equal(second.rec.version, 2);
    assert_int_equal(site_seq(site), seq);
    struct rec out;
    vec_fault faults = {0};
    struct act act = {.id = id, .version = 1, .action = STR("open")};
    REFUSED(record_act(site, &broker, probe(), &act, &mem, &out, &faults, &e), "store.stale");
    REFUSED(record_delete(site, &broker, probe(), id, 1, STR(""), &e), "store.stale");
    OK(record_delete(site, &broker, probe(), id, 2, STR("不要了"), &e));
    REFUSED(record_show(site, &broker, probe(), id, &mem, &second, &e), "service.missing");
    vec_free(&faults);
}

static void test_foreign(void **unused)
{
    struct shown s;
    (void)unused;
    OK(record_show(site, &editor_b, probe(), plain, &mem, &s, &e));
    REFUSED(rename_as(&editor_b, &s.rec, "抢占", &e), "service.denied");
    s.rec.id = hidden;
    REFUSED(rename_as(&editor_b, &s.rec, "抢占", &e), "service.missing");
    s.rec.id = 987654;
    REFUSED(rename_as(&editor_b, &s.rec, "抢占", &e), "service.missing");
    REFUSED(record_delete(site, &editor_b, probe(), plain, 0, STR(""), &e), "service.denied");
    REFUSED(record_delete(site, &editor_b, probe(), hidden, 0, STR(""), &e), "service.missing");
    REFUSED(step_as(&editor_b, "probe", plain, "close", "说明", "early", &e), "service.denied");
    REFUSED(step_as(&editor_b, "probe", hidden, "close", "说明", "early", &e), "service.missing");
}

/* Whose code it is that is taken must not come out with the refusal. */
static void test_unique_hides(void **unused)
{
    vec_fault faults = {0};
    struct err e = {0};
    int64_t id;
    const char *pairs[] = {"title", "撞码", "code", SECRET "码一", NULL};
    char wanted[64];
    (void)unused;
    assert_int_equal(make_as(&editor_b, "probe", &id, &faults, &e, pairs), RC_USER);
    assert_string_equal(e.key, "store.unique");
    assert_string_equal(e.detail, "code\t");
    assert_int_equal(make_as(&editor_a, "probe", &id, &faults, &e, pairs), RC_USER);
    snprintf(wanted, sizeof wanted, "code\t%lld", (long long)hidden);
    assert_string_equal(e.detail, wanted);
    vec_free(&faults);
}

/* A hidden record and no record: one answer. */
static void test_ref_hides(void **unused)
{
    uint32_t friend = field_find(probe(), STR("friend"));
    int64_t id[] = {hidden, draft, 987654};
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(id); i++) {
        struct rec r;
        vec_fault faults = {0};
        OK(rec_new(&r, probe(), &mem, &e));
        r.val[probe()->title] = (struct val){.set = true, .text = STR("探测")};
        r.val[friend] = (struct val){.set = true, .num = id[i]};
        REFUSED(record_save(site, &editor_b, &r, STR(""), &mem, &faults, &e), "service.invalid");
        assert_string_equal(fault_key(&faults, 0), "field.ref_unknown");
        vec_free(&faults);
    }
}

static void test_steps(void **unused)
{
    struct shown s;
    vec_fault faults = {0};
    struct rec out;
    int64_t id = MAKE(&editor_a, "probe", "title", "走流程的");
    (void)unused;
    REFUSED(step_as(&editor_a, "probe", id, "open", "", "", &e), "service.denied");
    REFUSED(step_as(&broker, "probe", id, "close", "", "", &e), "service.no_step");
    struct act act = {.id = id, .action = STR("open")};
    REFUSED(record_act(site, &broker, probe(), &act, &mem, &out, &faults, &e), "service.invalid");
    assert_string_equal(fault_key(&faults, 0), "field.required");
    assert_int_equal(faults.p[0].field, field_find(probe(), STR("size")));
    faults.n = 0;
    struct typed size = {STR("size"), STR("12")};
    act.typed = &size;
    act.n_typed = 1;
    clock_now += 100;
    OK(record_act(site, &broker, probe(), &act, &mem, &out, &faults, &e));
    assert_int_equal(out.since, clock_now);
    assert_int_equal(out.version, 2);
    REFUSED(step_as(&editor_a, "probe", id, "close", "", "", &e), "service.invalid");
    REFUSED(step_as(&editor_a, "probe", id, "close", "够了", "nonsense", &e), "service.invalid");
    OK(step_as(&editor_a, "probe", id, "close", "够了", "early", &e));
    /* Closed is locked: its own editor changes nothing, a broker may. */
    OK(record_show(site, &editor_a, probe(), id, &mem, &s, &e));
    assert_false(s.may_write);
    REFUSED(rename_as(&editor_a, &s.rec, "偷改", &e), "service.locked");
    OK(record_show(site, &broker, probe(), id, &mem, &s, &e));
    assert_true(s.may_write);
    OK(rename_as(&broker, &s.rec, "更正", &e));
    vec_free(&faults);
}

static void test_expire(void **unused)
{
    struct shown s;
    uint32_t n;
    int64_t id = MAKE(&editor_a, "probe", "title", "会过期的", "size", "1"), start = clock_now;
    (void)unused;
    STEP(&broker, "probe", id, "open");
    clock_now = start + 10 * 86400 - 1;
    OK(records_expire(site, &n, &e));
    OK(record_show(site, &editor_a, probe(), id, &mem, &s, &e));
    assert_int_equal(s.rec.state, state_find(probe(), STR("open")));
    clock_now = start + 10 * 86400;
    OK(records_expire(site, &n, &e));
    assert_true(n >= 1);
    OK(record_show(site, &editor_a, probe(), id, &mem, &s, &e));
    assert_int_equal(s.rec.state, state_find(probe(), STR("expired")));
    assert_int_equal(s.rec.since, clock_now);
    OK(records_expire(site, &n, &e));
    assert_int_equal(n, 0);
    REFUSED(record_show(site, &actor_visitor, probe(), id, &mem, &s, &e), "service.missing");
    STEP(&broker, "probe", id, "open");
}

/* ---- introductions ---- */

static int64_t number_of(const struct rec *r, const char *field)
{
    const struct val *v = &r->val[field_find(r->kind, str_of(field))];
    return v->set ? v->num : 0;
}

static enum rc rename_note(const struct actor *a, struct rec *r, struct err *e)
{
    vec_fault faults = {0};
    struct typed t = {STR("note"), STR("愿意谈")};
    TRY(record_fill(site, a, r, &t, 1, &mem, &faults, e));
    enum rc rc = record_save(site, a, r, STR(""), &mem, &faults, e);
    vec_free(&faults);
    return rc;
}

static size_t introductions(const struct actor *a, const char *filter)
{
    struct list_answer out;
    struct list_request q = {
        .kind = kind_of("introduction"), .filter = str_of(filter), .count = true};
    OK(record_list(site, a, &q, &mem, &out, &e));
    size_t n = out.rec.n;
    assert_int_equal(n, out.total);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(out.rec.p[i].org, 0);
    vec_free(&out.rec);
    return n;
}

/* Nor does the history tell who the other side is. */
static void check_history(int64_t id)
{
    vec_event v = {0};
    OK(record_history(site, &editor_b, kind_of("introduction"), id, &mem, &v, &e));
    assert_true(v.n >= 3);
    for (size_t i = 0; i < v.n; i++) {
        assert_int_equal(v.p[i].entry.login.n, 0);
        assert_int_equal(v.p[i].entry.account, 0);
        assert_int_equal(v.p[i].entry.org, 0);
        search_rec(&v.p[i].after);
    }
    events_free(&v);
}

/* A masked need of A meets a result of B: who is who comes out when B has agreed to talk. */
static void test_introduction(void **unused)
{
    struct shown s;
    (void)unused;
    int64_t need = MAKE(&editor_a, "need", "title", SECRET "需求", "masked.title", "某需求", "body",
                        SECRET "正文", "masked.body", "正文", "industry", "C", "region", "110000",
                        "secrecy", "masked");
    STEP(&broker, "need", need, "diagnose");
    STEP(&broker, "need", need, "publish");
    int64_t result = MAKE(&editor_b, "result", "title", "某成果", "body", "说明", "industry", "C");
    char need_id[24], result_id[24];
    snprintf(need_id, sizeof need_id, "%lld", (long long)need);
    snprintf(result_id, sizeof result_id, "%lld", (long long)result);
    int64_t id = MAKE(&editor_a, "introduction", "need", need_id, "offer", result_id, "interest",
                      "想用", "contribution", "数据", "expectation", "一年内");
    const struct kind *k = kind_of("introduction");
    OK(record_show(site, &editor_a, k, id, &mem, &s, &e));
    assert_true(str_eq(rec_title(&s.rec), STR("某需求 × 某成果")));
    assert_int_equal(number_of(&s.rec, "need_org"), 0);
    assert_int_equal(number_of(&s.rec, "offer_org"), org_b);
    STEP(&editor_a, "introduction", id, "propose");
    REFUSED(record_show(site, &editor_b, k, id, &mem, &s, &e), "service.missing");
    assert_int_equal(introductions(&editor_b, ""), 0);
    assert_int_equal(introductions(&editor_a, ""), 1);
    STEP(&broker, "introduction", id, "contact");
    char asks[64];
    snprintf(asks, sizeof asks, "need_org = #%lld or need.owner = #%lld", (long long)org_a,
             (long long)org_a);
    assert_int_equal(introductions(&editor_b, ""), 1);
    assert_int_equal(introductions(&editor_b, asks), 0);
    assert_int_equal(introductions(&editor_b, "need.title contains 绝密"), 0);
    assert_int_equal(introductions(&editor_a, "need.title contains 绝密"), 1);
    assert_int_equal(introductions(&member_a, ""), 1);
    struct list_request all = {.kind = k};
    struct list_answer none;
    REFUSED(record_list(site, &actor_visitor, &all, &mem, &none, &e), "service.denied");
    check_history(id);
    OK(record_show(site, &editor_b, k, id, &mem, &s, &e));
    assert_int_equal(s.face, FACE_PARTNER);
    assert_int_equal(s.rec.org, 0);
    assert_int_equal(number_of(&s.rec, "need_org"), 0);
    search_rec(&s.rec);
    OK(record_show(site, &editor_b, kind_of("need"), need, &mem, &s, &e));
    assert_int_equal(s.face, FACE_PUBLIC);
    struct actor editor_c = actor(ROLE_EDITOR, 424242);
    REFUSED(step_as(&editor_c, "introduction", id, "talk", "", "", &e), "service.missing");
    OK(record_show(site, &editor_b, k, id, &mem, &s, &e));
    assert_true(s.may_write);
    OK(rename_note(&editor_b, &s.rec, &e));
    STEP(&editor_b, "introduction", id, "talk");
    assert_int_equal(introductions(&editor_b, asks), 1);
    OK(record_show(site, &editor_b, k, id, &mem, &s, &e));
    assert_int_equal(number_of(&s.rec, "need_org"), org_a);
    OK(record_show(site, &editor_b, kind_of("need"), need, &mem, &s, &e));
    assert_int_equal(s.face, FACE_PARTNER);
    assert_true(str_eq(rec_title(&s.rec), STR(SECRET "需求")));
    OK(record_show(site, &editor_a, kind_of("result"), result, &mem, &s, &e));
    assert_int_equal(s.face, FACE_PARTNER);
    REFUSED(record_show(site, &actor_visitor, k, id, &mem, &s, &e), "service.missing");
    vec_fault faults = {0};
    struct err e = {0};
    int64_t again;
    const char *pairs[] = {"need", need_id, "offer", result_id, NULL};
    assert_int_equal(make_as(&editor_a, "introduction", &again, &faults, &e, pairs), RC_USER);
    assert_string_equal(fault_key(&faults, 0), "field.pair_twice");
    /* nor below the program's checks, whoever writes */
    struct tx *tx;
    struct rec twice;
    struct by by = {.login = STR("x"), .action = STR("create"), .at = clock_now};
    OK(rec_new(&twice, k, &mem, &e));
    twice.val[field_find(k, STR("need"))] = (struct val){.set = true, .num = need};
    twice.val[field_find(k, STR("offer"))] = (struct val){.set = true, .num = result};
    OK(tx_begin(&tx, site_store(site), TX_WRITE, &e));
    assert_int_equal(store_put(tx, &twice, &by, &e), RC_USER);
    assert_string_equal(e.key, "store.unique");
    tx_rollback(tx);
    faults.n = 0;
    assert_int_equal(make_as(&editor_c, "introduction", &again, &faults, &e, pairs), RC_USER);
    assert_string_equal(fault_key(&faults, 0), "field.not_yours");
    vec_free(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faces),     cmocka_unit_test(test_probing),
        cmocka_unit_test(test_totals),    cmocka_unit_test(test_sort_hides),
        cmocka_unit_test(test_groups),    cmocka_unit_test(test_titles),
        cmocka_unit_test(test_refs),      cmocka_unit_test(test_history),
        cmocka_unit_test(test_fill),      cmocka_unit_test(test_create),
        cmocka_unit_test(test_fixed),     cmocka_unit_test(test_stale),
        cmocka_unit_test(test_foreign),   cmocka_unit_test(test_unique_hides),
        cmocka_unit_test(test_ref_hides), cmocka_unit_test(test_steps),
        cmocka_unit_test(test_expire),    cmocka_unit_test(test_introduction),
    };
    return cmocka_run_group_tests(tests, plant, site_close_all);
}
