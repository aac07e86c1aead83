/* Jobs: started, run, followed, stopped, taken again. */
#define _GNU_SOURCE
#include "site_help.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

static atomic_int runs;
static _Atomic bool go_on;

static enum rc quick(struct job_run *run, struct err *e)
{
    runs++;
    *run->result = arena_str(run->arena, run->job->args);
    return run->result->p ? RC_OK : err_nomem(e);
}

static enum rc broken(struct job_run *run, struct err *e)
{
    (void)run;
    return err_at(e, err_user(e, "service.missing", "%s", "\"x\""), "表.xlsx", NULL, 7, 2);
}

/* Until it is told to stop. */
static enum rc slow(struct job_run *run, struct err *e)
{
    runs++;
    while (!go_on) {
        TRY(jobs_progress(run, "half", 0.5, e));
        usleep(2000);
    }
    return RC_OK;
}

static const struct job_def defs[] = {
    {"quick", quick, 0, NULL}, {"broken", broken, 0, NULL},
    {"slow", slow, 0, NULL},   {"brokers", quick, (roles)(1u << ROLE_BROKER), NULL},
    {NULL, NULL, 0, NULL},
};

static struct actor mine, other, broker;

static int64_t account(const char *login, enum role role)
{
    struct tx *tx;
    struct account a = {.login = str_of(login),
                        .name = str_of(login),
                        .role = role,
                        .lang = STR("zh"),
                        .active = true};
    OK(tx_begin(&tx, site_store(site), TX_WRITE, &e));
    OK(account_put(tx, &a, &e));
    OK(tx_commit(tx, &e));
    return a.id;
}

static int set_up(void **state)
{
    if (site_open_all(state))
        return -1;
    site->job_defs = defs;
    mine = actor(ROLE_EDITOR, org_a);
    mine.account = account("mine", ROLE_EDITOR);
    other = actor(ROLE_EDITOR, org_b);
    other.account = account("other", ROLE_EDITOR);
    broker = actor(ROLE_BROKER, 0);
    broker.account = account("broker", ROLE_BROKER);
    return 0;
}

static struct job show(const struct actor *a, int64_t id)
{
    struct job j;
    OK(jobs_show(site, a, id, &mem, &j, &e));
    return j;
}

static void run_all(void)
{
    for (bool ran = true; ran;)
        OK(jobs_run_one(site, &ran, &e));
}

static void test_run(void **unused)
{
    int64_t id;
    bool ran;
    (void)unused;
    OK(jobs_run_one(site, &ran, &e));
    assert_false(ran);
    OK(jobs_start(site, &mine, "quick", STR("{\"a\":1}"), &id, &e));
    assert_int_equal(show(&mine, id).state, JOB_WAITING);
    OK(jobs_run_one(site, &ran, &e));
    assert_true(ran);
    struct job j = show(&mine, id);
    assert_int_equal(j.state, JOB_DONE);
    assert_true(str_eq(j.result, STR("{\"a\":1}")));
    assert_int_equal(j.done, j.all);
    OK(jobs_start(site, &mine, "broken", STR(""), &id, &e));
    run_all();
    j = show(&mine, id);
    assert_int_equal(j.state, JOB_FAILED);
    assert_true(str_find(j.result, STR("\"service.missing\""), 0) != SIZE_MAX);
    assert_true(str_find(j.result, STR("\"\\\"x\\\"\""), 0) != SIZE_MAX);
    assert_true(str_find(j.result, STR("\"row\":7"), 0) != SIZE_MAX);
}

static void test_rights(void **unused)
{
    int64_t id, none;
    struct job j;
    vec_job all = {0};
    (void)unused;
    OK(jobs_start(site, &mine, "quick", STR(""), &id, &e));
    REFUSED(jobs_show(site, &other, id, &mem, &j, &e), "service.missing");
    REFUSED(jobs_show(site, &actor_visitor, id, &mem, &j, &e), "service.missing");
    REFUSED(jobs_cancel(site, &other, id, &e), "service.missing");
    OK(jobs_show(site, &broker, id, &mem, &j, &e));
    OK(jobs_list(site, &other, 10, &mem, &all, &e));
    assert_int_equal(all.n, 0);
    OK(jobs_list(site, &broker, 10, &mem, &all, &e));
    assert_true(all.n > 0);
    vec_free(&all);
    REFUSED(jobs_list(site, &actor_visitor, 10, &mem, &all, &e), "service.denied");
    REFUSED(jobs_start(site, &mine, "no such", STR(""), &none, &e), "jobs.unknown");
    REFUSED(jobs_start(site, &actor_visitor, "quick", STR(""), &none, &e), "service.denied");
    REFUSED(jobs_start(site, &mine, "brokers", STR(""), &none, &e), "service.denied");
    struct actor reader = mine;
    reader.read_only = true;
    REFUSED(jobs_start(site, &reader, "quick", STR(""), &none, &e), "service.denied");
    OK(jobs_start(site, &broker, "brokers", STR(""), &none, &e));
    run_all();
    REFUSED(jobs_cancel(site, &mine, id, &e), "jobs.ended");
}

static void test_cancel_waiting(void **unused)
{
    int64_t id;
    int before = runs;
    (void)unused;
    OK(jobs_start(site, &mine, "quick", STR(""), &id, &e));
    OK(jobs_cancel(site, &mine, id, &e));
    run_all();
    assert_int_equal(show(&mine, id).state, JOB_CANCELLED);
    assert_int_equal(runs, before);
}

/* One whose account was closed meanwhile does nothing. */
static void test_closed_account(void **unused)
{
    int64_t id, gone = account("gone", ROLE_EDITOR);
    struct actor a = mine;
    struct tx *tx;
    struct account stored;
    bool found;
    (void)unused;
    a.account = gone;
    OK(jobs_start(site, &a, "quick", STR(""), &id, &e));
    OK(tx_begin(&tx, site_store(site), TX_WRITE, &e));
    OK(account_get(tx, gone, &mem, &stored, &found, &e));
    stored.active = false;
    OK(account_put(tx, &stored, &e));
    OK(tx_commit(tx, &e));
    run_all();
    assert_int_equal(show(&broker, id).state, JOB_FAILED);
}

/* ---- with threads ---- */

/* Its threads know these jobs before they look for one: the first look takes what waits. */
static struct site *open_second(void)
{
    struct site_options o = site_test_options();
    struct site *s = NULL;
    OK(site_open(&s, &o, &e));
    s->job_defs = defs;
    runner_close(s);
    s->o.jobs = true;
    OK(runner_open(s, &e));
    return s;
}

static struct job wait_for(struct site *s, int64_t id, enum job_state state)
{
    struct job j = {0};
    for (int i = 0; i < 1000; i++) {
        OK(jobs_show(s, &broker, id, &mem, &j, &e));
        if (j.state == state && (state != JOB_RUNNING || j.stage.n))
            return j;
        usleep(10000);
    }
    fail_msg("job %lld is %d, not %d", (long long)id, j.state, state);
    return j;
}

static bool runs_any(struct site *s)
{
    pthread_mutex_lock(&s->jobs_lock);
    bool any = s->running != NULL;
    pthread_mutex_unlock(&s->jobs_lock);
    return any;
}

static void test_threads(void **unused)
{
    int64_t id;
    (void)unused;
    go_on = false;
    struct site *s = open_second();
    OK(jobs_start(s, &mine, "slow", STR(""), &id, &e));
    struct job j = wait_for(s, id, JOB_RUNNING);
    assert_true(str_eq(j.stage, STR("half")));
    assert_int_equal(j.done * 2, j.all);
    /* The other process sees it from the store. */
    for (int i = 0; i < 500 && !str_eq(show(&mine, id).stage, STR("half")); i++)
        usleep(10000);
    assert_true(str_eq(show(&mine, id).stage, STR("half")));
    /* and stops it there. */
    OK(jobs_cancel(site, &mine, id, &e));
    wait_for(s, id, JOB_CANCELLED);
    for (int i = 0; i < 500 && runs_any(s); i++)
        usleep(10000);
    assert_false(runs_any(s));
    site_close(s);
}

/* Closing puts a running job back; the next start runs it. */
static void test_restart(void **unused)
{
    int64_t id;
    (void)unused;
    go_on = false;
    struct site *s = open_second();
    OK(jobs_start(s, &mine, "slow", STR(""), &id, &e));
    wait_for(s, id, JOB_RUNNING);
    site_close(s);
    assert_int_equal(show(&mine, id).state, JOB_WAITING);
    go_on = true;
    s = open_second();
    wait_for(s, id, JOB_DONE);
    site_close(s);
}

/* A runner that died gives no sign: after a minute the job is taken again. */
static void test_dead(void **unused)
{
    struct tx *tx;
    struct job j;
    int64_t id;
    bool ran, found;
    (void)unused;
    OK(jobs_start(site, &mine, "quick", STR(""), &id, &e));
    OK(tx_begin(&tx, site_store(site), TX_WRITE, &e));
    OK(job_claim(tx, clock_now, clock_now - 60, &mem, &j, &found, &e));
    OK(tx_commit(tx, &e));
    assert_true(found && j.id == id);
    clock_now += 30;
    OK(jobs_run_one(site, &ran, &e));
    assert_false(ran);
    clock_now += 31;
    OK(jobs_run_one(site, &ran, &e));
    assert_true(ran);
    assert_int_equal(show(&mine, id).state, JOB_DONE);
}

static enum rc deadly(struct job_run *run, struct err *e)
{
    (void)run, (void)e;
    raise(SIGKILL);
    return RC_OK;
}

/* One process that runs what waits, and is ended by it. */
static void run_in_a_process(void)
{
    static const struct job_def fatal[] = {{"deadly", deadly, 0, NULL}, {NULL, NULL, 0, NULL}};
    int status = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct site_options o = site_test_options();
        struct site *s = NULL;
        struct err why;
        bool ran = false;
        if (site_open(&s, &o, &why) != RC_OK)
            _exit(1);
        s->job_defs = fatal;
        (void)!jobs_run_one(s, &ran, &why);
        _exit(ran ? 2 : 3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* What kills its process is begun three times, not for ever, and says so. */
static void test_deadly(void **unused)
{
    static const struct job_def known[] = {{"deadly", deadly, 0, NULL}, {NULL, NULL, 0, NULL}};
    int64_t id;
    bool ran;
    (void)unused;
    site->job_defs = known;
    OK(jobs_start(site, &mine, "deadly", STR(""), &id, &e));
    for (int i = 1; i <= 3; i++) {
        run_in_a_process();
        struct job j = show(&mine, id);
        assert_int_equal(j.state, JOB_RUNNING);
        assert_int_equal(j.attempts, i);
        clock_now += 61;
    }
    OK(jobs_run_one(site, &ran, &e));
    assert_false(ran);
    struct job j = show(&mine, id);
    assert_int_equal(j.state, JOB_FAILED);
    assert_int_equal(j.ended, clock_now);
    assert_true(str_find(j.result, STR("jobs.crashed"), 0) != SIZE_MAX);
    site->job_defs = defs;
}

/* ---- files ---- */

static void test_files(void **unused)
{
    char key[65], same[65];
    struct str name, bytes;
    (void)unused;
    OK(file_keep(site, &mine, STR("我的.csv"), STR("a,b"), key, &e));
    OK(file_fetch(site, &mine, str_of(key), &mem, &name, &bytes, &e));
    assert_true(str_eq(bytes, STR("a,b")) && str_eq(name, STR("我的.csv")));
    REFUSED(file_fetch(site, &other, str_of(key), &mem, &name, &bytes, &e), "jobs.file");
    REFUSED(file_fetch(site, &actor_visitor, str_of(key), &mem, &name, &bytes, &e), "jobs.file");
    OK(file_fetch(site, &broker, str_of(key), &mem, &name, &bytes, &e));
    /* Who has the same bytes has the same file, under its own name. */
    OK(file_keep(site, &other, STR("他的.csv"), STR("a,b"), same, &e));
    assert_string_equal(same, key);
    OK(file_fetch(site, &other, str_of(key), &mem, &name, &bytes, &e));
    assert_true(str_eq(name, STR("他的.csv")));
    OK(file_fetch(site, &mine, str_of(key), &mem, &name, &bytes, &e));
    assert_true(str_eq(name, STR("我的.csv")));
    REFUSED(file_fetch(site, &broker, STR("no key"), &mem, &name, &bytes, &e), "jobs.file");
    REFUSED(file_keep(site, &actor_visitor, STR("x"), STR("x"), key, &e), "service.denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_cancel_waiting),
        cmocka_unit_test(test_closed_account),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_dead),
        cmocka_unit_test(test_deadly),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, set_up, site_close_all);
}
