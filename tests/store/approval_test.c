/* Approval chains on a real site: who is asked, what each may do, races, what stays hidden, what
 * happens when people leave. Run by tests/store/run on both databases. */
#define _GNU_SOURCE
#include "../unit/typed_help.h"

#include "service/approval.h"
#include "store/notice.h"

#include <pthread.h>

static struct actor wang, li, zhao, chen, sun, boss, audit;
static int64_t leader;

/* ---- people ---- */

struct leaving {
    int64_t id;
    bool active;
};
static enum rc leave_in(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    struct leaving *l = ctx;
    struct account a;
    bool found;
    (void)s;
    TRY(account_get(tx, l->id, &mem, &a, &found, err));
    a.active = l->active;
    return account_put(tx, &a, err);
}

static void leaves(const struct actor *a, bool active)
{
    struct leaving l = {a->account, active};
    OK(site_write(site, leave_in, &l, &e));
}

/* ---- doing ---- */

#define DEED(...) deed((const char *const[]){__VA_ARGS__, NULL})
static int64_t deed(const char *const *pair)
{
    return make(&wang, "deed", pair);
}

static enum rc act(const struct actor *a, int64_t id, struct approval_act what, struct err *err)
{
    vec_fault faults = {0};
    what.id = id;
    enum rc rc = approval_do(site, a, kind_of("deed"), &what, &mem, &faults, err);
    if (rc == RC_USER && faults.n)
        snprintf(err->detail, sizeof err->detail, "%s", faults.p[0].key);
    vec_free(&faults);
    return rc;
}
#define ACT(a, id, ...) OK(act(a, id, (struct approval_act){.action = __VA_ARGS__}, &e))
#define NOT(a, id, key, ...)                                                                       \
    REFUSED(act(a, id, (struct approval_act){.action = __VA_ARGS__}, &e), key)
#define AGREE(a, id) ACT(a, id, STR("agree"))

static struct rec get_rec(const char *kind, int64_t id)
{
    struct shown s;
    OK(record_show(site, &actor_system, kind_of(kind), id, &mem, &s, &e));
    return s.rec;
}

static void state_is(int64_t id, const char *state)
{
    struct rec r = get_rec("deed", id);
    assert_true(str_eq(r.kind->state[r.state].name, str_of(state)));
}

static struct approval_shown look(const struct actor *a, int64_t id)
{
    struct approval_shown s;
    OK(approval_of(site, a, kind_of("deed"), id, &mem, &s, &e));
    return s;
}

static void step_is(int64_t id, const char *name)
{
    struct approval_shown s = look(&chen, id);
    assert_true(s.found && s.running && s.now != CHAIN_END);
    assert_true(str_eq(s.step[s.now].step->name, str_of(name)));
}

static void approval_is(int64_t id, const char *state)
{
    struct approval_shown s = look(&chen, id);
    assert_true(s.found);
    assert_true(str_eq(s.rec.kind->state[s.rec.state].name, str_of(state)));
}

static uint32_t waits_for(const struct actor *a)
{
    uint32_t n;
    OK(approval_waiting(site, a, &n, &e));
    return n;
}

static int open_all(void **unused)
{
    site_model_folder = "tests/unit/approval_model";
    if (site_open_all(unused) != 0)
        return -1;
    leader = MAKE(&actor_system, "person", "name", "魏领衔", "units", ref(org_b));
    wang = hire("wang", "王编辑", ROLE_EDITOR, org_a, 0);
    li = hire("li", "李职员", ROLE_MEMBER, org_a, 0);
    zhao = hire("zhao", "赵编辑", ROLE_EDITOR, org_b, 0);
    chen = hire("chen", "陈经理", ROLE_BROKER, 0, 0);
    sun = hire("sun", "孙经理", ROLE_BROKER, 0, 0);
    boss = hire("boss", "周院长", ROLE_MEMBER, org_a, 0);
    audit = hire("audit", "审计员", ROLE_AUDITOR, 0, 0);
    return 0;
}

/* ---- a whole chain ---- */

static void test_chain(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "一般契约", "price", "5万元");
    struct approval_shown s = look(&wang, id);
    assert_true(!s.found && s.n_steps == 3 && s.step[0].stage == STAGE_AHEAD);
    STEP(&wang, "deed", id, "submit");
    state_is(id, "review");
    step_is(id, "first");
    assert_int_equal(waits_for(&li), 1);
    assert_int_equal(waits_for(&chen), 1); /* any of the two decides */
    assert_int_equal(waits_for(&zhao), 0);
    assert_int_equal(waits_for(&audit), 0);
    AGREE(&li, id);
    step_is(id, "second");
    assert_int_equal(waits_for(&li), 0);
    assert_int_equal(waits_for(&boss), 1);
    NOT(&li, id, "approval.not_yours", STR("agree"));
    AGREE(&boss, id);
    step_is(id, "second"); /* joint: the broker is still to sign */
    NOT(&boss, id, "approval.signed", STR("agree"));
    AGREE(&chen, id);
    step_is(id, "third");
    AGREE(&chen, id); /* another step: he may sign again */
    state_is(id, "done");
    approval_is(id, "passed");
    s = look(&wang, id);
    assert_true(!s.running && !s.may_sign && !s.may_withdraw && s.ended == clock_now);
    assert_true(s.n_rows == 5); /* the broker's seat in the first step */
    assert_int_equal(s.row[1].decision, DECISION_MOOT);
    assert_true(str_eq(s.row[3].who, STR("周院长")));
    NOT(&chen, id, "approval.none", STR("agree"));
    vec_event events = {0};
    OK(record_history(site, &chen, kind_of("approval"), s.id, &mem, &events, &e));
    assert_int_equal(events.n, 5); /* made, four signatures */
    assert_true(str_eq(events.p[0].entry.login, STR("chen")));
    assert_true(str_eq(events.p[0].entry.action, STR("pass")));
    events_free(&events);
}

/* While it runs nothing else moves the record, and the generic ways do not move the approval. */
static void test_locked(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "锁定", "price", "5万元");
    STEP(&wang, "deed", id, "submit");
    struct rec r = get_rec("deed", id);
    vec_fault faults = {0};
    struct typed t = {STR("title"), STR("改名")};
    OK(record_fill(site, &chen, &r, &t, 1, &mem, &faults, &e));
    REFUSED(record_save(site, &chen, &r, STR(""), &mem, &faults, &e), "approval.running");
    REFUSED(step_as(&chen, "deed", id, "approve", "", "", &e), "approval.running");
    REFUSED(step_as(&chen, "deed", id, "reject", "不同意", "", &e), "approval.running");
    REFUSED(step_as(&wang, "deed", id, "withdraw", "", "", &e), "approval.running");
    REFUSED(record_delete(site, &chen, kind_of("deed"), id, 0, STR(""), &e), "approval.running");
    struct shown shown;
    OK(record_show(site, &chen, kind_of("deed"), id, &mem, &shown, &e));
    assert_true(shown.in_approval && !shown.may_write && !shown.may_delete && !shown.n_steps);
    struct approval_shown s = look(&chen, id);
    REFUSED(step_as(&chen, "approval", s.id, "pass", "", "", &e), "service.denied");
    REFUSED(step_as(&wang, "approval", s.id, "withdraw", "", "", &e), "service.denied");
    r = get_rec("approval", s.id);
    REFUSED(record_save(site, &chen, &r, STR(""), &mem, &faults, &e), "service.denied");
    REFUSED(record_delete(site, &chen, kind_of("approval"), s.id, 0, STR(""), &e),
            "service.denied");
    struct rec fresh;
    OK(rec_new(&fresh, kind_of("approval"), &mem, &e));
    REFUSED(record_save(site, &chen, &fresh, STR(""), &mem, &faults, &e), "service.denied");
    ACT(&wang, id, STR("withdraw"));
    state_is(id, "draft");
    approval_is(id, "withdrawn");
    STEP(&wang, "deed", id, "drop"); /* free again */
    vec_free(&faults);
}

/* The record's own step is refused: nothing of the last signature stays. */
static void test_last_step_refused(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "缺价格");
    STEP(&wang, "deed", id, "submit");
    AGREE(&wang, id);
    AGREE(&boss, id);
    AGREE(&sun, id);
    struct err why = {0};
    assert_int_equal(act(&chen, id, (struct approval_act){.action = STR("agree")}, &why), RC_USER);
    assert_string_equal(why.key, "service.invalid");
    assert_string_equal(why.detail, "field.required");
    step_is(id, "third");
    state_is(id, "review");
    ACT(&chen, id, STR("reject"), .comment = STR("请补价格"));
    state_is(id, "draft");
    approval_is(id, "rejected");
    struct rec r = get_rec("deed", id);
    vec_fault faults = {0};
    struct typed t = {STR("price"), STR("5万元")};
    OK(record_fill(site, &wang, &r, &t, 1, &mem, &faults, &e));
    OK(record_save(site, &wang, &r, STR(""), &mem, &faults, &e));
    STEP(&wang, "deed", id, "submit"); /* a second approval of it */
    step_is(id, "first");
    vec_free(&faults);
    ACT(&wang, id, STR("withdraw"));
}

static void test_send_back(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "退回重签", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    AGREE(&wang, id);
    AGREE(&chen, id);
    NOT(&boss, id, "approval.back", STR("return"), .comment = STR("不行"), .step = STR("third"));
    NOT(&boss, id, "approval.back", STR("return"), .comment = STR("不行"), .step = STR("second"));
    NOT(&boss, id, "service.invalid", STR("return"), .step = STR("first"), .comment = STR("  "));
    NOT(&boss, id, "service.invalid", STR("reject"));
    ACT(&boss, id, STR("return"), .comment = STR("请核实"), .step = STR("first"));
    step_is(id, "first");
    struct approval_shown s = look(&wang, id);
    assert_true(s.round == 3 && s.step[1].stage == STAGE_AHEAD && s.may_sign);
    AGREE(&wang, id);
    AGREE(&boss, id);
    AGREE(&sun, id);
    s = look(&chen, id);
    assert_true(s.may_sign && s.n_back == 1 && s.back[0] == 0); /* third names first only */
    NOT(&chen, id, "approval.back", STR("return"), .comment = STR("x"), .step = STR("second"));
    AGREE(&chen, id);
    state_is(id, "done");
}

/* ---- whom it asks ---- */

static void test_condition_and_organisations(void **unused)
{
    (void)unused;
    int64_t id =
        DEED("title", "大额契约", "amount", "100万元", "price", "1元", "leader", ref(leader),
             "parties.0.org", ref(org_a), "parties.1.org", ref(org_b), "note", "内部");
    /* the leader has no account: nothing is written */
    REFUSED(step_as(&wang, "deed", id, "submit", "", "", &e), "approval.nobody");
    state_is(id, "draft");
    struct actor wei = hire("wei", "魏领衔", ROLE_MEMBER, org_b, leader);
    struct approval_shown s;
    REFUSED(approval_of(site, &zhao, kind_of("deed"), id, &mem, &s, &e), "service.missing");
    STEP(&wang, "deed", id, "submit");
    step_is(id, "parties");
    assert_int_equal(look(&chen, id).n_rows, 4); /* two editors, two members */
    assert_int_equal(waits_for(&zhao), 1);
    assert_int_equal(waits_for(&chen), 0);
    /* he sees the record, without its private fields, and of the others only that they sign */
    struct shown shown;
    OK(record_show(site, &zhao, kind_of("deed"), id, &mem, &shown, &e));
    assert_int_equal(shown.face, FACE_PARTNER);
    assert_false(shown.rec.val[field_find(shown.rec.kind, STR("note"))].set);
    AGREE(&wang, id);
    s = look(&zhao, id);
    assert_true(s.found && s.may_sign && !s.submitter.n && !s.may_withdraw && !s.may_remind);
    assert_true(s.row[0].hidden && !s.row[0].who.n && s.row[0].decision == DECISION_AGREED);
    for (uint32_t i = 0; i < s.n_persons; i++)
        assert_int_equal(s.person[i].org, org_b);
    NOT(&zhao, id, "approval.who", STR("delegate"), .login = STR("li"));
    AGREE(&zhao, id);
    AGREE(&wei, id);
    step_is(id, "parties");
    AGREE(&li, id);
    step_is(id, "leader");
    s = look(&wei, id);
    assert_true(s.may_sign && s.n_back == 0);
    AGREE(&wei, id);
    state_is(id, "done");
    leaves(&wei, false);
}

static void test_each(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "全员", "how", "each", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    struct approval_shown s = look(&wang, id);
    assert_int_equal(s.n_rows, 3);
    AGREE(&wang, id);
    AGREE(&li, id);
    AGREE(&boss, id);
    state_is(id, "done");
    id = DEED("title", "无人", "how", "nobody", "price", "1元");
    struct err why = {0};
    assert_int_equal(step_as(&wang, "deed", id, "submit", "", "", &why), RC_USER);
    assert_string_equal(why.key, "approval.nobody");
    assert_string_equal(why.detail, "已离任");
    state_is(id, "draft");
}

/* What the system does begins no chain. */
static void test_system(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "导入", "price", "1元");
    STEP(&actor_system, "deed", id, "submit");
    assert_false(look(&chen, id).found);
    STEP(&chen, "deed", id, "approve");
    state_is(id, "done");
}

/* ---- adding, delegating, reminding ---- */

static void test_add(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "加签", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    NOT(&chen, id, "approval.who", STR("add"), .login = STR("zhao"));  /* may not see it */
    NOT(&chen, id, "approval.who", STR("add"), .login = STR("audit")); /* writes nothing */
    NOT(&chen, id, "approval.who", STR("add"), .login = STR("nobody"));
    NOT(&chen, id, "approval.who", STR("add"), .login = STR("chen"));
    NOT(&zhao, id, "service.missing", STR("add"), .login = STR("li"));
    ACT(&wang, id, STR("add"), .login = STR("li"), .before = true);
    NOT(&wang, id, "approval.not_yours", STR("agree")); /* waits for li */
    NOT(&chen, id, "approval.twice", STR("add"), .login = STR("li"));
    AGREE(&li, id);
    step_is(id, "first"); /* an added signer decides nothing alone */
    ACT(&wang, id, STR("add"), .login = STR("sun"));
    AGREE(&wang, id);
    step_is(id, "first"); /* sun is to sign after him */
    struct approval_shown s = look(&sun, id);
    assert_true(s.may_sign);
    assert_true(str_eq(s.row[s.n_rows - 1].added, STR("王编辑")));
    AGREE(&sun, id);
    step_is(id, "second");
    /* who is added beside a seat of his own role signs there, and not in it */
    ACT(&chen, id, STR("add"), .login = STR("sun"));
    NOT(&sun, id, "approval.not_yours", STR("agree"));
    NOT(&sun, id, "approval.not_yours", STR("add"), .login = STR("li"));
    AGREE(&chen, id);
    /* joint: the added one counts like the others */
    ACT(&boss, id, STR("add"), .login = STR("li"));
    AGREE(&boss, id);
    AGREE(&sun, id);
    step_is(id, "second");
    AGREE(&li, id);
    step_is(id, "third");
    AGREE(&chen, id);
    state_is(id, "done");
}

static void test_delegate(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "转办", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    AGREE(&wang, id);
    NOT(&boss, id, "approval.who", STR("delegate"), .login = STR("zhao"));
    NOT(&li, id, "approval.not_yours", STR("delegate"), .login = STR("wang"));
    ACT(&boss, id, STR("delegate"), .login = STR("li"));
    NOT(&boss, id, "approval.not_yours", STR("agree"));
    assert_int_equal(waits_for(&boss), 0);
    AGREE(&li, id);
    struct approval_shown s = look(&wang, id);
    bool told = false;
    for (uint32_t i = 0; i < s.n_rows; i++)
        told |= str_eq(s.row[i].deputed, STR("周院长")) && str_eq(s.row[i].who, STR("李职员"));
    assert_true(told);
    ACT(&wang, id, STR("withdraw"));
}

static void test_remind(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "催办", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    NOT(&li, id, "service.denied", STR("remind"));
    NOT(&audit, id, "service.denied", STR("remind"));
    ACT(&wang, id, STR("remind"));
    clock_now += APPROVAL_REMIND_SECONDS - 61;
    struct err why = {0};
    assert_int_equal(act(&chen, id, (struct approval_act){.action = STR("remind")}, &why), RC_USER);
    assert_string_equal(why.key, "approval.early");
    assert_string_equal(why.detail, "2");
    clock_now += 61;
    ACT(&chen, id, STR("remind"));
    ACT(&wang, id, STR("withdraw"));
}

/* ---- who may what ---- */

static void test_rights(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "权限", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    struct actor reader = wang, token = li;
    reader.read_only = token.read_only = true;
    NOT(&zhao, id, "service.missing", STR("agree"));
    NOT(&actor_visitor, id, "service.missing", STR("agree"));
    NOT(&audit, id, "approval.not_yours", STR("agree"));
    NOT(&token, id, "approval.not_yours", STR("agree"));
    NOT(&reader, id, "service.denied", STR("withdraw"));
    NOT(&li, id, "service.denied", STR("withdraw"));
    NOT(&chen, id, "service.denied", STR("withdraw"));
    NOT(&li, id, "approval.action", STR("approve"));
    struct approval_shown s = look(&audit, id);
    assert_true(s.found && !s.may_sign && !s.may_withdraw && !s.may_remind && !s.n_persons);
    REFUSED(approval_of(site, &zhao, kind_of("deed"), id, &mem, &s, &e), "service.missing");
    /* the approval itself is seen by whoever sees the record */
    struct shown shown;
    s = look(&wang, id);
    REFUSED(record_show(site, &zhao, kind_of("approval"), s.id, &mem, &shown, &e),
            "service.missing");
    REFUSED(record_show(site, &actor_visitor, kind_of("approval"), s.id, &mem, &shown, &e),
            "service.missing");
    OK(record_show(site, &li, kind_of("approval"), s.id, &mem, &shown, &e));
    static char longer[6100];
    memset(longer, 'x', sizeof longer - 1);
    NOT(&li, id, "service.invalid", STR("agree"), .comment = str_of(longer));
    ACT(&wang, id, STR("withdraw"));
}

/* ---- people leave ---- */

static void test_leaving(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "离任", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    AGREE(&li, id);
    AGREE(&chen, id);
    leaves(&boss, false);
    /* nobody can sign his seat: a broker, and no other, gives it to somebody */
    struct approval_shown s = look(&sun, id);
    assert_true(!s.may_sign && s.may_delegate);
    assert_false(look(&wang, id).may_delegate);
    NOT(&wang, id, "approval.not_yours", STR("delegate"), .login = STR("li"));
    ACT(&sun, id, STR("delegate"), .login = STR("li"));
    AGREE(&li, id);
    step_is(id, "third");
    leaves(&chen, false);
    leaves(&sun, false);
    leaves(&wang, false);
    leaves(&sun, true);
    ACT(&sun, id, STR("withdraw")); /* who submitted it has left */
    state_is(id, "draft");
    leaves(&boss, true);
    leaves(&chen, true);
    leaves(&wang, true);
}

/* Nobody was left when its step began: the seat is there and waits for a broker. */
static void test_nobody_left(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "空席", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    leaves(&boss, false);
    AGREE(&li, id);
    step_is(id, "second");
    assert_true(look(&sun, id).may_sign && look(&sun, id).may_delegate);
    AGREE(&sun, id);
    ACT(&chen, id, STR("delegate"), .login = STR("li"));
    AGREE(&li, id);
    step_is(id, "third");
    leaves(&boss, true);
    ACT(&wang, id, STR("withdraw"));
}

/* ---- declarations change ---- */

static void open_with(const char *model)
{
    struct site_options o = site_test_options();
    if (model)
        o.model_dir = model;
    site_close(site);
    OK(site_open(&site, &o, &e));
}

/* What has begun goes on by the chain that people were shown, changed or taken away since; what
 * begins now takes the new one. */
static void test_changed(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "流程将改", "price", "1元");
    int64_t gone = DEED("title", "流程将去", "price", "1元", "how", "each");
    STEP(&wang, "deed", id, "submit");
    STEP(&wang, "deed", gone, "submit");
    assert_false(look(&wang, id).differs);
    open_with("tests/unit/approval_model2"); /* one step is left, signed by a broker */
    struct approval_shown s = look(&wang, id);
    assert_true(s.running && s.differs && !s.vanished && s.n_steps == 3 && s.now == 0);
    int64_t fresh = DEED("title", "按新流程", "price", "1元");
    STEP(&wang, "deed", fresh, "submit");
    s = look(&wang, fresh);
    assert_true(s.running && !s.differs && s.n_steps == 1);
    AGREE(&li, id);
    step_is(id, "second");
    AGREE(&chen, id);
    assert_int_equal(waits_for(&boss), 2); /* this one, and that of everybody */
    ACT(&boss, id, STR("return"), .step = STR("first"), .comment = STR("请补"));
    step_is(id, "first");
    AGREE(&li, id);
    AGREE(&chen, id);
    AGREE(&boss, id);
    AGREE(&sun, id);
    approval_is(id, "passed");
    state_is(id, "done");
    assert_false(look(&wang, id).differs); /* it is over: it was as it was */
    assert_int_equal(look(&wang, id).n_steps, 3);
    assert_true(look(&wang, gone).differs);
    AGREE(&wang, gone);
    AGREE(&li, gone);
    AGREE(&boss, gone);
    state_is(gone, "done");
    AGREE(&chen, fresh);
    state_is(fresh, "done");
    open_with(NULL);
}

/* The kind has lost a step that ends the chain: it can only be withdrawn. */
static void test_vanished(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "类别已改", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    open_with("tests/unit/approval_model3");
    NOT(&li, id, "approval.vanished", STR("agree"));
    assert_int_equal(waits_for(&li), 0);
    struct approval_shown s = look(&wang, id);
    assert_true(s.vanished && s.running && !s.differs && !s.may_sign && s.may_withdraw);
    assert_int_equal(s.n_rows, 2);
    ACT(&chen, id, STR("withdraw"));
    state_is(id, "draft");
    open_with(NULL);
}

/* ---- races ---- */

struct racing {
    struct site *s;
    const struct actor *a;
    int64_t id, round;
    enum rc rc;
    struct err e;
};

static void *race(void *ctx)
{
    struct racing *x = ctx;
    struct arena a = {0};
    vec_fault faults = {0};
    struct approval_act what = {.id = x->id, .round = x->round, .action = STR("agree")};
    x->rc = approval_do(x->s, x->a, kind_find(site_kinds(x->s), STR("deed")), &what, &a, &faults,
                        &x->e);
    vec_free(&faults);
    arena_free(&a);
    return NULL;
}

static void race_both(struct racing x[2])
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&t[i], NULL, race, &x[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
}

/* Two processes. Of the two who could decide one does, and the other is told; two who sign jointly
 * both count. */
static void test_races(void **unused)
{
    (void)unused;
    struct site_options o = site_test_options();
    struct site *other;
    OK(site_open(&other, &o, &e));
    for (int i = 0; i < 12; i++) {
        int64_t id = DEED("title", "同时签", "price", "1元");
        STEP(&wang, "deed", id, "submit");
        struct racing any[2] = {{site, &li, id, 1, RC_OK, {0}}, {other, &chen, id, 1, RC_OK, {0}}};
        race_both(any);
        int lost = any[0].rc == RC_OK ? 1 : 0;
        assert_int_equal(any[!lost].rc, RC_OK);
        assert_int_equal(any[lost].rc, RC_USER);
        assert_string_equal(any[lost].e.key, "approval.changed");
        assert_non_null(strstr(any[lost].e.detail, lost ? "李职员" : "陈经理"));
        step_is(id, "second");
        struct racing joint[2] = {{site, &boss, id, 2, RC_OK, {0}},
                                  {other, &sun, id, 2, RC_OK, {0}}};
        race_both(joint);
        assert_int_equal(joint[0].rc, RC_OK);
        assert_int_equal(joint[1].rc, RC_OK);
        step_is(id, "third");
        /* one seat, two who could: without a round the second is still told */
        struct racing one[2] = {{site, &chen, id, 0, RC_OK, {0}}, {other, &sun, id, 0, RC_OK, {0}}};
        race_both(one);
        assert_true((one[0].rc == RC_OK) != (one[1].rc == RC_OK));
        assert_string_equal(one[one[0].rc == RC_OK].e.key, "approval.none");
        state_is(id, "done");
    }
    site_close(other);
}

/* A seat of a role that a colleague has signed: who it was is said. */
static void test_taken(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "同事已签", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    AGREE(&wang, id);
    AGREE(&chen, id);
    struct err why = {0};
    assert_int_equal(act(&sun, id, (struct approval_act){.action = STR("agree")}, &why), RC_USER);
    assert_string_equal(why.key, "approval.taken");
    assert_string_equal(why.detail, "陈经理");
    ACT(&wang, id, STR("withdraw"));
}

/* ---- lists ---- */

static size_t listed(const struct actor *a, enum approval_which which, int64_t record)
{
    vec_approval v = {0};
    size_t n = 0;
    OK(approval_list(site, a, which, &mem, &v, &e));
    for (size_t i = 0; i < v.n; i++)
        n += v.p[i].record == record && v.p[i].title.n > 0;
    vec_free(&v);
    return n;
}

static void test_lists(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "列表", "price", "1元");
    uint32_t before = waits_for(&li);
    STEP(&wang, "deed", id, "submit");
    assert_int_equal(waits_for(&li), before + 1);
    assert_int_equal(listed(&li, APPROVALS_WAITING, id), 1);
    assert_int_equal(listed(&wang, APPROVALS_MINE, id), 1);
    assert_int_equal(listed(&li, APPROVALS_MINE, id), 0);
    assert_int_equal(listed(&li, APPROVALS_DONE, id), 0);
    assert_int_equal(listed(&zhao, APPROVALS_WAITING, id), 0);
    AGREE(&li, id);
    assert_int_equal(listed(&li, APPROVALS_WAITING, id), 0);
    assert_int_equal(listed(&li, APPROVALS_DONE, id), 1);
    assert_int_equal(listed(&wang, APPROVALS_DONE, id), 0); /* could have, did not */
    ACT(&wang, id, STR("withdraw"));
    assert_int_equal(listed(&wang, APPROVALS_MINE, id), 1);
    vec_approval v = {0};
    OK(approval_list(site, &actor_visitor, APPROVALS_MINE, &mem, &v, &e));
    assert_int_equal(v.n, 0);
}

/* A chain that cannot work stops the site, and says where. */
static void test_refused_at_the_door(void **unused)
{
    (void)unused;
    struct site_options o = site_test_options();
    struct site *other = NULL;
    struct err why = {0};
    o.model_dir = "tests/unit/approval_bad";
    assert_int_equal(site_open(&other, &o, &why), RC_USER);
    assert_string_equal(why.key, "chain.cycle");
    assert_string_equal(why.file, "tests/unit/approval_bad/approval/turn.yaml");
    assert_int_equal(why.row, 7);
    o.model_dir = "tests/unit/approval_bad2";
    assert_int_equal(site_open(&other, &o, &why), RC_USER);
    assert_string_equal(why.key, "chain.readers");
}

/* ---- who is told ---- */

struct telling {
    int64_t account, about;
    const char *key;
    size_t n;
};
static enum rc count_notices(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    struct telling *t = ctx;
    vec_notice v = {0};
    (void)s;
    TRY(notice_list(tx, t->account, false, 0, 200, &mem, &v, err));
    for (size_t i = 0; i < v.n; i++)
        t->n += v.p[i].about == t->about && str_eq(v.p[i].key, str_of(t->key));
    vec_free(&v);
    return RC_OK;
}
static size_t told(const struct actor *a, int64_t about, const char *key)
{
    struct telling t = {a->account, about, key, 0};
    OK(site_read(site, count_notices, &t, &e));
    return t.n;
}

static enum rc count_unread(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    struct telling *t = ctx;
    uint32_t n;
    (void)s;
    TRY(notice_unread(tx, t->account, &n, err));
    t->n = n;
    return RC_OK;
}
static size_t unread_of(const struct actor *a)
{
    struct telling t = {a->account, 0, "", 0};
    OK(site_read(site, count_unread, &t, &e));
    return t.n;
}

static void test_told(void **unused)
{
    (void)unused;
    int64_t id = DEED("title", "通知", "price", "1元");
    STEP(&wang, "deed", id, "submit");
    assert_int_equal(told(&li, id, "approval.asked"), 1);
    assert_int_equal(told(&chen, id, "approval.asked"), 1);
    assert_int_equal(told(&zhao, id, "approval.asked") + told(&audit, id, "approval.asked"), 0);
    clock_now += APPROVAL_REMIND_SECONDS;
    ACT(&wang, id, STR("remind"));
    assert_int_equal(told(&li, id, "approval.reminded"), 1);
    size_t unread = unread_of(&li);
    AGREE(&li, id);
    assert_int_equal(unread_of(&li), unread - 2);           /* settled */
    assert_int_equal(told(&boss, id, "approval.asked"), 2); /* in the first step, and now */
    ACT(&boss, id, STR("delegate"), .login = STR("li"));
    assert_int_equal(told(&li, id, "approval.asked"), 2);
    AGREE(&li, id);
    assert_int_equal(told(&chen, id, "approval.asked"), 2); /* not again for a joint signature */
    AGREE(&chen, id);
    assert_int_equal(told(&wang, id, "approval.ended"), 0);
    AGREE(&sun, id);
    assert_int_equal(told(&wang, id, "approval.ended"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_locked),
        cmocka_unit_test(test_last_step_refused),
        cmocka_unit_test(test_send_back),
        cmocka_unit_test(test_condition_and_organisations),
        cmocka_unit_test(test_each),
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_delegate),
        cmocka_unit_test(test_remind),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_leaving),
        cmocka_unit_test(test_nobody_left),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_vanished),
        cmocka_unit_test(test_races),
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_refused_at_the_door),
        cmocka_unit_test(test_told),
    };
    return cmocka_run_group_tests(tests, open_all, site_close_all);
}
