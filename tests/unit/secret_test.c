/* Secrets stand sealed in the store, their key in a file beside it: what was plain is sealed once,
 * a key that is lost or another's stops sending and nothing else, a new one forgets. Run on SQLite
 * by tests/unit/run, on PostgreSQL by tests/store/run pg. */
#define _GNU_SOURCE
#include "site_help.h"

#include "service/auth_int.h"
#include "service/notify_int.h"
#include "service/totp.h"
#include "service/upkeep.h"

#include <pthread.h>
#include <sodium.h>
#include <sys/stat.h>

#define PASSWORD   "letmein-mail-4711"
#define URL        "https://robots.example/send?key=hush-hush-0815"
#define SIGNING    "SEChush0815"
#define LOGIN_WORD "correct horse battery"
#define SECOND     "HUSHHUSHHUSHHUSHHUSHHUSHHUSHHUSH" /* of a second factor */

static struct actor admin, editor;
static char key_path[300], aside_path[300];

static void new_password(void)
{
    struct account_request r = {
        .id = editor.account, .org = org_a, .password = STR(LOGIN_WORD), .active = true};
    int64_t id;
    OK(auth_account_save(site, &admin, &r, &id, &e));
}

static int up(void **state)
{
    if (site_open_all(state))
        return -1;
    snprintf(key_path, sizeof key_path, "%s/secret.key", site_path);
    snprintf(aside_path, sizeof aside_path, "%s/qiao.aside", site_path);
    admin = hire("boss", "boss", ROLE_ADMIN, 0, 0);
    editor = hire("li", "li", ROLE_EDITOR, org_a, 0);
    new_password();
    return 0;
}

static int down(void **state)
{
    unlink(aside_path);
    return site_close_all(state);
}

/* Closed and opened again, as `qiao migrate` and `qiao serve` open it, or as other commands do. */
static enum rc again(bool makes, struct err *e)
{
    struct site_options o = site_test_options();
    site_close(site);
    site = NULL;
    o.migrate = makes;
    return site_open(&site, &o, e);
}

/* ---- what stands in the store ---- */

struct raw {
    char mail[2000], robots[2000], print[100], second[300];
};

static enum rc read_raw(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    struct raw *r = ctx;
    struct str text = STR("");
    vec_hook all = {0};
    bool found;
    (void)s;
    TRY(meta_get(tx, STR("notify"), &mem, &text, &found, err));
    snprintf(r->mail, sizeof r->mail, "%.*s", found ? (int)text.n : 0, found ? text.p : "");
    TRY(meta_get(tx, STR("secret"), &mem, &text, &found, err));
    snprintf(r->print, sizeof r->print, "%.*s", found ? (int)text.n : 0, found ? text.p : "");
    TRY(hook_list_all(tx, &mem, &all, err));
    struct account who;
    TRY(account_get(tx, editor.account, &mem, &who, &found, err));
    snprintf(r->second, sizeof r->second, "%.*s", (int)who.totp.n, who.totp.p);
    r->robots[0] = 0;
    for (size_t i = 0; i < all.n; i++) {
        size_t n = strlen(r->robots);
        snprintf(r->robots + n, sizeof r->robots - n, "%.*s %.*s ", (int)all.p[i].url.n,
                 all.p[i].url.p, (int)all.p[i].secret.n, all.p[i].secret.p);
    }
    vec_free(&all);
    return RC_OK;
}

static struct raw raw(void)
{
    static struct raw r;
    OK(site_read(site, read_raw, &r, &e));
    return r;
}

static const char *code_now(void)
{
    static char code[9];
    OK(totp_code(STR(SECOND), clock_now, 6, code, &e));
    return code;
}

static void set_all(void)
{
    struct notify_site n = {.mail = {.host = STR("smtp.example"),
                                     .port = 465,
                                     .security = MAIL_TLS,
                                     .user = STR("robot"),
                                     .password = STR(PASSWORD),
                                     .from = STR("a@b.example")}};
    OK(notify_site_set(site, &admin, &n, &e));
    OK(notify_hook_set(site, &editor, false, STR("dingtalk"), STR(URL), STR(SIGNING), &e));
    OK(auth_totp_confirm(site, &editor, STR(SECOND), str_of(code_now()), &e));
}

static void nothing_plain(void)
{
    struct raw r = raw();
    assert_null(strstr(r.mail, PASSWORD));
    assert_null(strstr(r.robots, "hush"));
    assert_null(strstr(r.second, SECOND));
    assert_true(str_starts(str_of(r.second), STR("sealed1.")));
    assert_non_null(strstr(r.mail, "sealed1."));
    assert_non_null(strstr(r.robots, "sealed1."));
}

static enum rc open_all(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    struct notify_site n;
    struct str password;
    vec_hook all = {0};
    struct hook h;
    (void)ctx;
    TRY(notify_site_in(s, tx, &mem, &n, err));
    TRY(notify_password(&s->secrets, false, n.mail.password, &mem, &password, err));
    assert_true(str_eq(password, STR(PASSWORD)));
    TRY(hook_list_all(tx, &mem, &all, err));
    assert_int_equal(all.n, 1);
    enum rc rc = notify_hook(&s->secrets, false, &all.p[0], &mem, &h, err);
    vec_free(&all);
    TRY(rc);
    assert_true(str_eq(h.url, STR(URL)) && str_eq(h.secret, STR(SIGNING)));
    struct account who;
    struct second second;
    bool found;
    TRY(account_get(tx, editor.account, &mem, &who, &found, err));
    TRY(second_open(&s->secrets, &who, &mem, &second, err));
    assert_true(str_eq(second.secret, STR(SECOND)));
    return RC_OK;
}

static void all_opens(void)
{
    OK(site_read(site, open_all, NULL, &e));
}

/* The editor signs in with the code of the moment. */
static enum rc enters(struct err *err)
{
    struct signed_in first, full;
    OK(auth_password(site, STR("li"), STR(LOGIN_WORD), STR(""), &mem, &first, &e));
    assert_true(first.second_factor);
    clock_now += 30; /* a code is good once */
    TRY(auth_second(site, str_of(first.id), str_of(code_now()), &mem, &full, err));
    assert_int_equal(full.actor.account, editor.account);
    return RC_OK;
}

/* ---- one text ---- */

static void test_seal(void **state)
{
    (void)state;
    const struct secrets *k = &site->secrets;
    struct str sealed, twice, open;
    assert_int_equal(k->state, SECRET_READY);
    OK(secret_seal(k, STR("here"), STR("a word"), &mem, &sealed, &e));
    OK(secret_seal(k, STR("here"), STR("a word"), &mem, &twice, &e));
    assert_false(str_eq(sealed, twice)); /* a nonce of its own each */
    OK(secret_unseal(k, STR("here"), sealed, &mem, &open, &e));
    assert_true(str_eq(open, STR("a word")));
    REFUSED(secret_unseal(k, STR("there"), sealed, &mem, &open, &e), "sealed.damaged");
    for (size_t i = 0; i < sealed.n; i++) {
        char *copy = strndup(sealed.p, sealed.n);
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        struct err e = {0};
        /* the last character's low bits may be none of the text's */
        if (secret_unseal(k, STR("here"), str_of(copy), &mem, &open, &e) == RC_OK)
            fail_msg("byte %zu", i);
        free(copy);
    }
    for (size_t n = 1; n < sealed.n; n++)
        REFUSED(secret_unseal(k, STR("here"), str_sub(sealed, 0, n), &mem, &open, &e),
                "sealed.damaged");
    REFUSED(secret_unseal(k, STR("here"), STR("plain"), &mem, &open, &e), "sealed.damaged");
    OK(secret_seal(k, STR("here"), STR(""), &mem, &sealed, &e));
    assert_int_equal(sealed.n, 0);
}

/* ---- the site's ---- */

static void test_sealed(void **state)
{
    struct stat st;
    (void)state;
    assert_int_equal(stat(key_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    set_all();
    nothing_plain();
    all_opens();
    OK(again(true, &e));
    nothing_plain();
    all_opens();
    OK(enters(&e));
    nothing_plain(); /* with the code's time step after it */
    OK(enters(&e));
    struct notify_site n;
    struct str hook[CHANNEL__COUNT];
    OK(notify_site_get(site, &admin, &mem, &n, hook, &e));
    assert_true(str_eq(n.mail.password, STR("*")) && !n.locked);
    n.mail.password = STR(""); /* as it was */
    OK(notify_site_set(site, &admin, &n, &e));
    all_opens();
    OK(upkeep_verify(site, NULL, NULL, &e));
}

/* Neither in the database's files nor in a backup of it. */
static bool file_has(const char *path, const char *text)
{
    char *bytes = NULL;
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    size_t room = 64u << 20, n;
    bytes = malloc(room);
    n = fread(bytes, 1, room, f);
    fclose(f);
    bool has = memmem(bytes, n, text, strlen(text)) != NULL;
    free(bytes);
    return has;
}

static void test_files(void **state)
{
    static const char *const names[] = {"qiao.db", "qiao.db-wal"};
    char to[300], path[400];
    struct stat st;
    (void)state;
    snprintf(to, sizeof to, "%s-backup", site_path);
    OK(upkeep_backup(site, to, NULL, NULL, &e));
    snprintf(path, sizeof path, "%s/secret.key", to);
    assert_int_not_equal(stat(path, &st), 0);
    snprintf(path, sizeof path, "%s/qiao.db", to);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0077, 0);
    assert_true(file_has(path, "smtp.example"));
    assert_false(file_has(path, PASSWORD));
    assert_false(file_has(path, "hush"));
    assert_false(file_has(path, SECOND));
    for (size_t i = 0; i < ARRAY_LEN(names) && !pg_url[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", site_path, names[i]);
        assert_false(file_has(path, PASSWORD));
        assert_false(file_has(path, "hush"));
        assert_false(file_has(path, SECOND));
    }
}

/* The backup of the test before, elsewhere (SQLite): without the key, then with it. */
static void test_restored(void **state)
{
    char from[300], to[300], key[400], db[400];
    (void)state;
    snprintf(from, sizeof from, "%s-backup", site_path);
    snprintf(to, sizeof to, "%s-again", site_path);
    snprintf(key, sizeof key, "%s/secret.key", to);
    struct site_options o = {.dir = to, .model_dir = site_model_folder, .now = test_clock};
    struct site *second = NULL, *first = site;
    bool keyless = false;
    OK(upkeep_restore(&o, from, NULL, NULL, &keyless, &e));
    assert_true(keyless);
    assert_int_not_equal(access(key, F_OK), 0);
    o.migrate = true;
    OK(site_open(&second, &o, &e));
    assert_int_equal(second->secrets.state, SECRET_MISSING);
    OK(upkeep_verify(second, NULL, NULL, &e));
    site_close(second);
    assert_int_equal(link(key_path, key), 0);
    OK(site_open(&second, &o, &e));
    assert_int_equal(second->secrets.state, SECRET_READY);
    site = second;
    all_opens();
    site_close(second);
    site = first;
    static const char *const names[] = {"qiao.db", "qiao.db-wal", "qiao.db-shm", "secret.key"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        snprintf(db, sizeof db, "%s/%s", to, names[i]);
        unlink(db);
        snprintf(db, sizeof db, "%s/%s", from, names[i]);
        unlink(db);
    }
    rmdir(to);
    rmdir(from);
}

/* ---- the key is away ---- */

static enum rc put_due(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    struct notice n = {
        .account = editor.account, .key = STR("notice.other"), .text = STR("x"), .once = STR("")};
    (void)ctx;
    return notice_put(s, tx, &n, err);
}

static void test_missing(void **state)
{
    struct notify_site n;
    struct notify_own own;
    struct str hook[CHANNEL__COUNT];
    bool ran = true;
    (void)state;
    assert_int_equal(rename(key_path, aside_path), 0);
    OK(again(true, &e));
    assert_int_equal(site->secrets.state, SECRET_MISSING);
    assert_int_not_equal(access(key_path, F_OK), 0); /* none is made while one is needed */
    OK(notify_site_get(site, &admin, &mem, &n, hook, &e));
    assert_true(n.locked && str_eq(n.mail.host, STR("smtp.example")));
    OK(notify_own(site, &editor, &mem, &own, &e));
    assert_true(own.hook[CHANNEL_DINGTALK].n > 0);
    n.mail.password = STR("another");
    REFUSED(notify_site_set(site, &admin, &n, &e), "sealed.missing");
    REFUSED(notify_hook_set(site, &editor, false, STR("wecom"), STR(URL), STR(""), &e),
            "sealed.missing");
    REFUSED(enters(&e), "auth.second_locked");
    REFUSED(auth_totp_confirm(site, &admin, STR(SECOND), str_of(code_now()), &e),
            "auth.second_locked");
    /* the inbox goes on; what is to be sent waits */
    OK(site_write(site, put_due, NULL, &e));
    clock_now += 86400;
    OK(notify_deliver_one(site, &ran, &e));
    assert_false(ran);
    assert_int_equal(rename(aside_path, key_path), 0);
    OK(again(true, &e));
    assert_int_equal(site->secrets.state, SECRET_READY);
    all_opens();
    OK(enters(&e));
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void test_other(void **state)
{
    static const char other[] =
        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
    (void)state;
    assert_int_equal(rename(key_path, aside_path), 0);
    static const char *const wrong[] = {other, "no key\n", ""};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        write_file(key_path, wrong[i]);
        OK(again(true, &e));
        assert_int_equal(site->secrets.state, SECRET_OTHER);
        REFUSED(notify_hook_set(site, &editor, false, STR("wecom"), STR(URL), STR(""), &e),
                "sealed.other");
    }
    assert_int_equal(rename(aside_path, key_path), 0);
    OK(again(true, &e));
    REFUSED(upkeep_new_key(site, &e), "sealed.there");
    all_opens();
}

static void test_new_key(void **state)
{
    struct notify_site n;
    struct str hook[CHANNEL__COUNT];
    (void)state;
    assert_int_equal(unlink(key_path), 0);
    OK(again(true, &e));
    OK(upkeep_new_key(site, &e));
    assert_int_equal(site->secrets.state, SECRET_READY);
    OK(notify_site_get(site, &admin, &mem, &n, hook, &e));
    assert_true(!n.locked && n.mail.password.n == 0 && str_eq(n.mail.host, STR("smtp.example")));
    assert_string_equal(raw().robots, "");
    /* the password alone does not open what had a second factor */
    REFUSED(enters(&e), "auth.second_lost");
    OK(again(true, &e));
    REFUSED(enters(&e), "auth.second_lost");
    OK(upkeep_verify(site, NULL, NULL, &e));
    new_password();
    assert_string_equal(raw().second, "");
    set_all();
    OK(enters(&e));
    OK(again(true, &e));
    all_opens();
    OK(upkeep_verify(site, NULL, NULL, &e));
}

/* ---- from before there were keys ---- */

static enum rc second_in(struct tx *tx, const char *totp, struct err *err)
{
    struct account who;
    bool found;
    TRY(account_get(tx, editor.account, &mem, &who, &found, err));
    who.totp = str_of(totp);
    return account_put(tx, &who, err);
}

static enum rc plain_in(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    struct hook h = {editor.account, STR("dingtalk"), STR(URL), STR(SIGNING)};
    (void)s;
    (void)ctx;
    TRY(meta_put(tx, STR("secret"), STR(""), err));
    TRY(second_in(tx, SECOND, err));
    TRY(meta_put(
        tx, STR("notify"),
        STR("{\"host\":\"smtp.example\",\"user\":\"robot\",\"password\":\"" PASSWORD
            "\",\"from\":\"a@b.example\",\"key\":\"k\",\"port\":465,\"security\":\"tls\"}"),
        err));
    return hook_put(tx, &h, err);
}

static void as_before(void)
{
    OK(site_write(site, plain_in, NULL, &e));
    unlink(key_path);
}

static void test_migrated(void **state)
{
    (void)state;
    as_before();
    OK(again(false, &e)); /* a command that only looks changes nothing */
    assert_int_equal(site->secrets.state, SECRET_PLAIN);
    assert_non_null(strstr(raw().mail, PASSWORD));
    assert_int_not_equal(access(key_path, F_OK), 0);
    all_opens();
    OK(again(true, &e));
    assert_int_equal(site->secrets.state, SECRET_READY);
    nothing_plain();
    all_opens();
    struct raw first = raw();
    OK(again(true, &e)); /* once */
    assert_string_equal(raw().mail, first.mail);
    assert_string_equal(raw().robots, first.robots);
    assert_string_equal(raw().second, first.second);
    OK(enters(&e));
}

/* From when there was a key already, and second factors stood in plain: with a step and without. */
static enum rc forget_in(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    (void)s;
    (void)ctx;
    TRY(notify_secrets_forget(tx, err));
    return second_in(tx, SECOND, err);
}

static enum rc second_plain_in(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    (void)s;
    return second_in(tx, ctx, err);
}

static void test_second_migrated(void **state)
{
    static char used[80];
    (void)state;
    clock_now += 30;
    snprintf(used, sizeof used, SECOND ":%lld", (long long)clock_now / 30);
    char *const was[] = {(char[]){SECOND}, used};
    for (size_t i = 0; i < ARRAY_LEN(was); i++) {
        OK(site_write(site, second_plain_in, was[i], &e));
        OK(again(false, &e)); /* a command that only looks */
        assert_string_equal(raw().second, was[i]);
        all_opens();
        OK(again(true, &e));
        nothing_plain();
        all_opens();
    }
    struct signed_in first, full;
    OK(auth_password(site, STR("li"), STR(LOGIN_WORD), STR(""), &mem, &first, &e));
    REFUSED(auth_second(site, str_of(first.id), str_of(code_now()), &mem, &full, &e),
            "auth.code"); /* its step was taken before */
    OK(enters(&e));
    /* the key is lost, and nothing but this stands there, in plain: a new key, and it is sealed */
    OK(site_write(site, forget_in, NULL, &e));
    assert_int_equal(unlink(key_path), 0);
    OK(again(true, &e));
    assert_int_equal(site->secrets.state, SECRET_READY);
    set_all();
    nothing_plain();
    OK(enters(&e));
}

/* A secret of another account, or one that was touched. */
static void test_second_moved(void **state)
{
    static char text[300];
    (void)state;
    struct raw was = raw();
    size_t at = strlen("sealed1.") + 40;
    snprintf(text, sizeof text, "%s", was.second);
    text[at] = text[at] == 'A' ? 'B' : 'A';
    OK(site_write(site, second_plain_in, text, &e));
    REFUSED(enters(&e), "auth.second_lost");
    REFUSED(upkeep_verify(site, NULL, NULL, &e), "sealed.damaged");
    snprintf(text, sizeof text, "%s", was.second);
    int64_t own = editor.account;
    editor.account = admin.account;
    OK(site_write(site, second_plain_in, text, &e));
    editor.account = own;
    REFUSED(upkeep_verify(site, NULL, NULL, &e), "sealed.damaged");
    editor.account = admin.account;
    OK(site_write(site, second_plain_in, (char[]){""}, &e));
    editor.account = own;
    new_password();
    OK(upkeep_verify(site, NULL, NULL, &e));
    set_all();
    OK(enters(&e));
}

static void test_migrated_over_a_broken_file(void **state)
{
    (void)state;
    as_before();
    write_file(key_path, "what is this\n");
    REFUSED(again(true, &e), "sealed.form");
    assert_true(file_has(key_path, "what is this"));
    assert_int_equal(unlink(key_path), 0);
    struct site_options o = site_test_options();
    OK(site_open(&site, &o, &e));
    assert_non_null(strstr(raw().mail, PASSWORD)); /* nothing half-done */
    OK(again(true, &e));
    nothing_plain();
    all_opens();
}

/* Several that start at once make one key. */
static void *starts(void *out)
{
    struct site_options o = site_test_options();
    struct site **s = out;
    struct err e = {0};
    o.migrate = true;
    if (site_open(s, &o, &e) != RC_OK)
        *s = NULL;
    return NULL;
}

static void test_started_together(void **state)
{
    struct site *s[3];
    pthread_t t[3];
    (void)state;
    as_before();
    for (size_t i = 0; i < ARRAY_LEN(s); i++)
        assert_int_equal(pthread_create(&t[i], NULL, starts, &s[i]), 0);
    for (size_t i = 0; i < ARRAY_LEN(s); i++)
        assert_int_equal(pthread_join(t[i], NULL), 0);
    for (size_t i = 0; i < ARRAY_LEN(s); i++) {
        assert_non_null(s[i]);
        assert_int_equal(s[i]->secrets.state, SECRET_READY);
        assert_memory_equal(s[i]->secrets.key, s[0]->secrets.key, sizeof s[0]->secrets.key);
    }
    for (size_t i = 0; i < ARRAY_LEN(s); i++)
        site_close(s[i]);
    OK(again(true, &e));
    nothing_plain();
    all_opens();
}

/* A value that was put into another's row does not open; the page stands. */
static enum rc swap_in(struct site *s, struct tx *tx, void *ctx, struct err *err)
{
    vec_hook all = {0};
    (void)s;
    (void)ctx;
    TRY(hook_list_all(tx, &mem, &all, err));
    struct hook h = all.p[0];
    vec_free(&all);
    h.account = admin.account;
    return hook_put(tx, &h, err);
}

static void test_moved(void **state)
{
    struct notify_own own;
    (void)state;
    OK(site_write(site, swap_in, NULL, &e));
    OK(notify_own(site, &admin, &mem, &own, &e));
    assert_true(str_eq(own.hook[CHANNEL_DINGTALK], STR("…")));
    REFUSED(upkeep_verify(site, NULL, NULL, &e), "sealed.damaged");
    OK(notify_hook_set(site, &admin, false, STR("dingtalk"), STR(""), STR(""), &e));
    OK(upkeep_verify(site, NULL, NULL, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seal),
        cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_other),
        cmocka_unit_test(test_new_key),
        cmocka_unit_test(test_migrated),
        cmocka_unit_test(test_second_migrated),
        cmocka_unit_test(test_second_moved),
        cmocka_unit_test(test_migrated_over_a_broken_file),
        cmocka_unit_test(test_started_together),
        cmocka_unit_test(test_moved),
    };
    return cmocka_run_group_tests(tests, up, down);
}
