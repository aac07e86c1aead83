/* Signing in: passwords, lockout, sessions, second factor, tokens, accounts. */
#define _GNU_SOURCE
#include "site_help.h"

#include "service/auth_int.h"
#include "service/totp.h"

#define GOOD  "correct horse 42"
#define OTHER "battery staple 7"

static struct actor auditor;
static int64_t zhang, boss;

static int64_t account(const char *login, const char *role, int64_t org, const char *password)
{
    struct account_request r = {.login = str_of(login),
                                .name = STR("某人"),
                                .role = str_of(role),
                                .password = str_of(password),
                                .org = org,
                                .active = true};
    int64_t id = 0;
    OK(auth_account_save(site, &actor_system, &r, &id, &e));
    return id;
}

static int set_up(void **state)
{
    if (site_open_all(state))
        return -1;
    auditor = actor(ROLE_AUDITOR, 0);
    zhang = account("Zhang", "editor", org_a, GOOD);
    boss = account("boss", "admin", 0, GOOD);
    return 0;
}

static enum rc sign(const char *login, const char *password, struct signed_in *out, struct err *e)
{
    return auth_password(site, str_of(login), str_of(password), STR("127.0.0.1"), &mem, out, e);
}

static bool is_in(const struct signed_in *who)
{
    struct signed_in now;
    OK(auth_session(site, str_of(who->id), &mem, &now, &e));
    return now.id[0] && now.actor.account > 0;
}

static void test_password(void **unused)
{
    struct signed_in who, now;
    (void)unused;
    REFUSED(sign("zhang", "wrong password", &who, &e), "auth.wrong");
    REFUSED(sign("nobody", GOOD, &who, &e), "auth.wrong");
    REFUSED(sign("", "", &who, &e), "auth.wrong");
    REFUSED(sign("zhang", "", &who, &e), "auth.wrong");
    assert_int_equal(who.id[0], 0);
    OK(sign(" ZHANG ", GOOD, &who, &e));
    assert_int_equal(strlen(who.id), SESSION_ID - 1);
    assert_int_equal(who.actor.account, zhang);
    assert_int_equal(who.actor.org, org_a);
    assert_int_equal(who.actor.role, ROLE_EDITOR);
    OK(auth_session(site, str_of(who.id), &mem, &now, &e));
    assert_int_equal(now.actor.account, zhang);
    assert_true(str_eq(now.csrf, who.csrf) && now.csrf.n >= 32);
    assert_true(str_eq(now.actor.login, STR("zhang")));
    OK(auth_leave(site, str_of(who.id), &e));
    OK(auth_session(site, str_of(who.id), &mem, &now, &e));
    assert_int_equal(now.id[0], 0);
    assert_int_equal(now.actor.role, ROLE_VISITOR);
    char forged[SESSION_ID] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    OK(auth_session(site, str_of(forged), &mem, &now, &e));
    assert_int_equal(now.id[0], 0);
    OK(auth_session(site, STR("x"), &mem, &now, &e));
    assert_int_equal(now.id[0], 0);
}

static void test_lockout(void **unused)
{
    struct signed_in who;
    (void)unused;
    account("locked", "member", org_a, GOOD);
    for (int i = 0; i < 4; i++)
        REFUSED(sign("locked", OTHER, &who, &e), "auth.wrong");
    REFUSED(sign("locked", OTHER, &who, &e), "auth.locked");
    REFUSED(sign("locked", GOOD, &who, &e), "auth.locked");
    clock_now += 15 * 60 - 1;
    REFUSED(sign("locked", GOOD, &who, &e), "auth.locked");
    clock_now += 1;
    OK(sign("locked", GOOD, &who, &e));
    /* A right one in between starts the count anew. */
    for (int i = 0; i < 4; i++)
        REFUSED(sign("locked", OTHER, &who, &e), "auth.wrong");
    OK(sign("locked", GOOD, &who, &e));
    REFUSED(sign("locked", OTHER, &who, &e), "auth.wrong");
}

static void test_idle(void **unused)
{
    struct signed_in who;
    (void)unused;
    OK(sign("zhang", GOOD, &who, &e));
    for (int i = 0; i < 23; i++) { /* in use: it goes on, to twelve hours */
        clock_now += 30 * 60;
        assert_true(is_in(&who));
    }
    clock_now += 30 * 60 + 1;
    assert_false(is_in(&who));
    OK(sign("zhang", GOOD, &who, &e));
    clock_now += 30 * 60 + 1;
    assert_false(is_in(&who));
    OK(sign("zhang", GOOD, &who, &e));
    for (int i = 0; i < 24; i++) {
        clock_now += 30 * 60;
        assert_true(is_in(&who));
    }
    clock_now += 1;
    assert_false(is_in(&who)); /* twelve hours are over */
}

/* Another process signs out: this one believes the session for two seconds at most. */
static void test_other_process(void **unused)
{
    struct site_options o = site_test_options();
    struct site *second = NULL;
    struct signed_in who;
    (void)unused;
    OK(site_open(&second, &o, &e));
    OK(sign("zhang", GOOD, &who, &e));
    assert_true(is_in(&who));
    OK(auth_leave(second, str_of(who.id), &e));
    clock_now += SEEN_SECONDS + 1;
    assert_false(is_in(&who));
    site_close(second);
}

static void test_account_ends_session(void **unused)
{
    struct signed_in who;
    struct account_request r;
    int64_t id = account("leaver", "editor", org_a, GOOD), same;
    (void)unused;
    OK(sign("leaver", GOOD, &who, &e));
    assert_true(is_in(&who));
    r = (struct account_request){.id = id, .org = org_a, .active = false};
    OK(auth_account_save(site, &actor_system, &r, &same, &e));
    assert_int_equal(same, id);
    assert_false(is_in(&who));
    REFUSED(sign("leaver", GOOD, &who, &e), "auth.wrong");
    r.active = true;
    OK(auth_account_save(site, &actor_system, &r, &same, &e));
    OK(sign("leaver", GOOD, &who, &e));
    r.role = STR("broker");
    r.org = 0;
    OK(auth_account_save(site, &actor_system, &r, &same, &e));
    assert_false(is_in(&who));
    OK(sign("leaver", GOOD, &who, &e));
    assert_int_equal(who.actor.role, ROLE_BROKER);
}

static void test_visit(void **unused)
{
    struct signed_in who, now;
    (void)unused;
    OK(auth_visit(site, &mem, &who, &e));
    assert_int_equal(who.actor.role, ROLE_VISITOR);
    OK(auth_session_data(site, str_of(who.id), STR("{\"state\":\"x\"}"), &e));
    OK(auth_session(site, str_of(who.id), &mem, &now, &e));
    assert_string_equal(now.id, who.id);
    assert_true(str_eq(now.csrf, who.csrf));
    assert_true(str_eq(now.data, STR("{\"state\":\"x\"}")));
    OK(sign("zhang", GOOD, &who, &e));
    REFUSED(auth_session_data(site, str_of(who.id), STR("{}"), &e), "auth.session");
    REFUSED(auth_session_data(site, STR("unknown"), STR("{}"), &e), "auth.session");
}

static void test_own_password(void **unused)
{
    struct signed_in who, again;
    (void)unused;
    account("changer", "member", org_a, GOOD);
    OK(sign("changer", GOOD, &who, &e));
    struct actor a = who.actor;
    REFUSED(auth_change_password(site, &a, STR(OTHER), STR(OTHER), &e), "auth.old_password");
    REFUSED(auth_change_password(site, &a, STR(GOOD), STR("short"), &e), "auth.weak");
    OK(auth_change_password(site, &a, STR(GOOD), STR(OTHER), &e));
    assert_false(is_in(&who));
    REFUSED(sign("changer", GOOD, &again, &e), "auth.wrong");
    OK(sign("changer", OTHER, &again, &e));
    REFUSED(auth_change_password(site, &actor_visitor, STR(""), STR(OTHER), &e), "service.denied");
    a.read_only = true;
    REFUSED(auth_change_password(site, &a, STR(OTHER), STR(GOOD), &e), "service.denied");
}

static void test_weak(void **unused)
{
    static const char *const weak[] = {"short",      "123456789",  "1234567890", "aaaaaaaaaaaa",
                                       "abcdefghij", "0987654321", "1212121212", "Password123",
                                       "zhang.wei2", "QWERTYUIOP"};
    static const char *const strong[] = {"correct horse", "一二三四五六七八九十", "x7!kPq92,mZ"};
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(weak); i++)
        REFUSED(password_judge(str_of(weak[i]), STR("Zhang.Wei2"), &e), "auth.weak");
    for (size_t i = 0; i < ARRAY_LEN(strong); i++)
        OK(password_judge(str_of(strong[i]), STR("zhang.wei2"), &e));
}

/* ---- second factor ---- */

/* RFC 6238, appendix B, SHA-1: the secret is the ASCII text 12345678901234567890. */
static void test_totp_vectors(void **unused)
{
    static const struct {
        int64_t time;
        const char *code;
    } rows[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
    struct str secret = STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    char code[9];
    (void)unused;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool right;
        int64_t step;
        OK(totp_code(secret, rows[i].time, 8, code, &e));
        assert_string_equal(code, rows[i].code);
        struct str six = str_of(rows[i].code + 2);
        OK(totp_check(secret, six, rows[i].time, &right, &step, &e));
        assert_true(right);
        assert_int_equal(step, rows[i].time / 30);
        OK(totp_check(secret, six, rows[i].time + 30, &right, &step, &e));
        assert_true(right);
        OK(totp_check(secret, six, rows[i].time + 90, &right, &step, &e));
        assert_false(right);
    }
    REFUSED(totp_code(STR("not base32!"), 0, 6, code, &e), "auth.totp_secret");
}

static void test_second(void **unused)
{
    struct signed_in first, full;
    struct str secret, uri;
    char code[9];
    (void)unused;
    int64_t id = account("careful", "broker", 0, GOOD), same;
    OK(sign("careful", GOOD, &full, &e));
    struct actor a = full.actor;
    OK(auth_totp_begin(site, &a, &mem, &secret, &uri, &e));
    assert_true(str_starts(uri, STR("otpauth://totp/Qiao:careful?secret=")));
    REFUSED(auth_totp_confirm(site, &a, secret, STR("000000"), &e), "auth.code");
    OK(totp_code(secret, clock_now, 6, code, &e));
    OK(auth_totp_confirm(site, &a, secret, str_of(code), &e));

    OK(sign("careful", GOOD, &first, &e));
    assert_true(first.second_factor);
    assert_int_equal(first.actor.role, ROLE_VISITOR);
    assert_false(is_in(&first));
    REFUSED(auth_second(site, str_of(first.id), STR("12345"), &mem, &full, &e), "auth.code");
    OK(auth_second(site, str_of(first.id), str_of(code), &mem, &full, &e));
    assert_int_equal(full.actor.role, ROLE_BROKER);
    assert_true(is_in(&full));
    assert_string_not_equal(full.id, first.id);
    /* The half session is gone, and so is the code. */
    REFUSED(auth_second(site, str_of(first.id), str_of(code), &mem, &full, &e), "auth.second_gone");
    OK(sign("careful", GOOD, &first, &e));
    REFUSED(auth_second(site, str_of(first.id), str_of(code), &mem, &full, &e), "auth.code");
    clock_now += 5 * 60 + 1;
    OK(totp_code(secret, clock_now, 6, code, &e));
    REFUSED(auth_second(site, str_of(first.id), str_of(code), &mem, &full, &e), "auth.second_gone");
    /* Guessing locks as wrong passwords do; that the password is right forgives nothing. */
    OK(sign("careful", GOOD, &first, &e));
    for (int i = 0; i < 3; i++)
        REFUSED(auth_second(site, str_of(first.id), STR("000000"), &mem, &full, &e), "auth.code");
    REFUSED(auth_second(site, str_of(first.id), STR("000000"), &mem, &full, &e), "auth.locked");
    REFUSED(sign("careful", GOOD, &first, &e), "auth.locked");
    clock_now += 15 * 60;
    REFUSED(auth_totp_off(site, &a, STR(OTHER), &e), "auth.old_password");
    /* An administrator's new password takes it off. */
    struct account_request r = {.id = id, .active = true, .password = STR(OTHER)};
    OK(auth_account_save(site, &actor_system, &r, &same, &e));
    OK(sign("careful", OTHER, &first, &e));
    assert_false(first.second_factor);
}

/* ---- proved elsewhere ---- */

static void test_outside(void **unused)
{
    struct signed_in who;
    (void)unused;
    struct str name = STR("李老师"), from = STR("127.0.0.1");
    REFUSED(auth_outside(site, STR("cas:LiMing"), name, false, from, &mem, &who, &e),
            "auth.unknown_outside");
    OK(auth_outside(site, STR("cas:LiMing"), name, true, from, &mem, &who, &e));
    assert_int_equal(who.actor.role, ROLE_MEMBER);
    assert_int_equal(who.actor.org, 0);
    assert_true(str_eq(who.actor.login, STR("liming")));
    assert_true(is_in(&who));
    int64_t first = who.actor.account;
    OK(auth_outside(site, STR("cas:LiMing"), name, false, from, &mem, &who, &e));
    assert_int_equal(who.actor.account, first);
    OK(auth_outside(site, STR("oidc:https://x|liming"), name, true, from, &mem, &who, &e));
    assert_true(who.actor.account != first);
    assert_true(str_eq(who.actor.login, STR("liming-2")));
    REFUSED(sign("liming", "", &who, &e), "auth.wrong"); /* it has no password */

    /* A second factor of the account's own is asked for here as well. */
    struct str secret, uri;
    struct signed_in full;
    char code[9];
    OK(auth_outside(site, STR("cas:LiMing"), name, false, from, &mem, &who, &e));
    struct actor a = who.actor;
    OK(auth_totp_begin(site, &a, &mem, &secret, &uri, &e));
    OK(totp_code(secret, clock_now, 6, code, &e));
    OK(auth_totp_confirm(site, &a, secret, str_of(code), &e));
    OK(auth_outside(site, STR("cas:LiMing"), name, false, from, &mem, &who, &e));
    assert_true(who.second_factor);
    assert_int_equal(who.actor.role, ROLE_VISITOR);
    OK(auth_second(site, str_of(who.id), str_of(code), &mem, &full, &e));
    assert_int_equal(full.actor.account, first);
    /* Whoever has proved who he is is told that his account is closed. */
    struct account_request r = {.id = first, .active = false};
    OK(auth_account_save(site, &actor_system, &r, &first, &e));
    REFUSED(auth_outside(site, STR("cas:LiMing"), name, true, from, &mem, &who, &e), "auth.closed");
    assert_int_equal(who.actor.role, ROLE_VISITOR);
    assert_int_equal(who.id[0], 0);
}

/* ---- tokens ---- */

static void test_tokens(void **unused)
{
    struct signed_in who;
    struct actor by_token;
    char read[TOKEN_VALUE], write[TOKEN_VALUE];
    vec_token all = {0};
    vec_fault faults = {0};
    int64_t id;
    (void)unused;
    OK(sign("zhang", GOOD, &who, &e));
    struct actor a = who.actor;
    OK(auth_token_make(site, &a, STR("读"), false, 0, read, &e));
    OK(auth_token_make(site, &a, STR("写"), true, clock_now + 3600, write, &e));
    OK(auth_token(site, str_of(read), &mem, &by_token, &e));
    assert_int_equal(by_token.account, zhang);
    assert_true(by_token.read_only);
    const char *pairs[] = {"title", "令牌写的", NULL};
    REFUSED(make_as(&by_token, "probe", &id, &faults, &e, pairs), "service.denied");
    REFUSED(auth_token_make(site, &by_token, STR("再"), true, 0, write, &e), "service.denied");
    OK(auth_token(site, str_of(write), &mem, &by_token, &e));
    assert_false(by_token.read_only);
    OK(make_as(&by_token, "probe", &id, &faults, &e, pairs));
    REFUSED(auth_token(site, STR("qiao_nonsense"), &mem, &by_token, &e), "auth.token");
    REFUSED(auth_token(site, STR(""), &mem, &by_token, &e), "auth.token");
    clock_now += 3600;
    REFUSED(auth_token(site, str_of(write), &mem, &by_token, &e), "auth.token");
    OK(auth_tokens(site, &a, &mem, &all, &e));
    assert_int_equal(all.n, 2);
    struct actor other = actor(ROLE_BROKER, 0);
    OK(auth_token_drop(site, &other, all.p[0].id, &e)); /* not its own: nothing happens */
    all.n = 0;
    OK(auth_tokens(site, &a, &mem, &all, &e));
    assert_int_equal(all.n, 2);
    for (size_t i = 0; i < all.n; i++)
        OK(auth_token_drop(site, &a, all.p[i].id, &e));
    REFUSED(auth_token(site, str_of(read), &mem, &by_token, &e), "auth.token");
    REFUSED(auth_token_make(site, &a, STR(" "), true, 0, write, &e), "auth.token_name");
    REFUSED(auth_token_make(site, &a, STR("旧"), true, clock_now, write, &e), "auth.token_expires");
    REFUSED(auth_token_make(site, &actor_visitor, STR("旧"), true, 0, write, &e), "service.denied");
    vec_free(&all);
    vec_free(&faults);
}

/* ---- accounts ---- */

static enum rc save(const struct actor *a, struct account_request r, struct err *e)
{
    int64_t id;
    return auth_account_save(site, a, &r, &id, e);
}

static void test_accounts(void **unused)
{
    struct actor admin = actor(ROLE_ADMIN, 0), broker = actor(ROLE_BROKER, 0);
    struct account_request r = {.login = STR("new.one"),
                                .role = STR("editor"),
                                .org = org_b,
                                .password = STR(GOOD),
                                .active = true};
    vec_account all = {0};
    (void)unused;
    REFUSED(save(&broker, r, &e), "service.denied");
    REFUSED(save(&auditor, r, &e), "service.denied");
    REFUSED(save(&actor_visitor, r, &e), "service.denied");
    admin.read_only = true;
    REFUSED(save(&admin, r, &e), "service.denied");
    admin.read_only = false;
    OK(save(&admin, r, &e));
    REFUSED(save(&admin, r, &e), "auth.login_taken");
    r.login = STR("x");
    REFUSED(save(&admin, r, &e), "auth.login");
    r.login = STR("drop table");
    REFUSED(save(&admin, r, &e), "auth.login");
    r.login = STR("other");
    r.role = STR("visitor");
    REFUSED(save(&admin, r, &e), "auth.role");
    r.role = STR("broker");
    REFUSED(save(&admin, r, &e), "auth.org");
    r.role = STR("member");
    r.org = 987654;
    REFUSED(save(&admin, r, &e), "auth.org");
    r.org = org_b;
    r.person = 987654;
    REFUSED(save(&admin, r, &e), "auth.person");
    r.person = 0;
    r.password = STR("weak");
    REFUSED(save(&admin, r, &e), "auth.weak");
    r = (struct account_request){.id = boss, .active = false};
    REFUSED(save(&admin, r, &e), "auth.last_admin");
    r = (struct account_request){.id = 987654, .active = false};
    REFUSED(save(&admin, r, &e), "service.missing");
    OK(auth_accounts(site, &admin, &mem, &all, &e));
    assert_true(all.n >= 3);
    for (size_t i = 0; i < all.n; i++)
        assert_int_equal(all.p[i].hash.n + all.p[i].totp.n, 0);
    vec_free(&all);
    REFUSED(auth_accounts(site, &broker, &mem, &all, &e), "service.denied");
    REFUSED(auth_accounts(site, &auditor, &mem, &all, &e), "service.denied");
}

static void test_lang(void **unused)
{
    struct signed_in who;
    (void)unused;
    OK(sign("zhang", GOOD, &who, &e));
    assert_true(who.actor.zh);
    OK(auth_set_lang(site, &who.actor, false, &e));
    OK(auth_session(site, str_of(who.id), &mem, &who, &e));
    assert_false(who.actor.zh);
}

/* What happened stands in the trail; a name that nobody has does not. */
static void test_trail(void **unused)
{
    struct signed_in who;
    struct trail_query q = {.limit = 200};
    vec_entry all = {0};
    bool failed = false, in = false;
    (void)unused;
    REFUSED(sign("my secret password", "x", &who, &e), "auth.wrong");
    REFUSED(sign("mysecretpassword", "x", &who, &e), "auth.wrong");
    OK(auth_trail(site, &auditor, &q, &mem, &all, &e));
    for (size_t i = 0; i < all.n; i++) {
        failed |=
            str_eq(all.p[i].action, STR("login_failed")) && str_eq(all.p[i].login, STR("zhang"));
        in |= str_eq(all.p[i].action, STR("login")) && str_eq(all.p[i].login, STR("zhang"));
        assert_true(str_find(all.p[i].login, STR("secret"), 0) == SIZE_MAX);
    }
    assert_true(failed && in);
    vec_free(&all);
    struct actor others[] = {actor(ROLE_ADMIN, 0), actor(ROLE_BROKER, 0), actor_visitor};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        REFUSED(auth_trail(site, &others[i], &q, &mem, &all, &e), "service.denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_lockout),
        cmocka_unit_test(test_idle),
        cmocka_unit_test(test_other_process),
        cmocka_unit_test(test_account_ends_session),
        cmocka_unit_test(test_visit),
        cmocka_unit_test(test_own_password),
        cmocka_unit_test(test_weak),
        cmocka_unit_test(test_totp_vectors),
        cmocka_unit_test(test_second),
        cmocka_unit_test(test_outside),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_lang),
        cmocka_unit_test(test_trail),
    };
    return cmocka_run_group_tests(tests, set_up, site_close_all);
}
