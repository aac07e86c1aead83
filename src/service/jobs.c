#include "service/jobs.h"

#include "base/log.h"
#include "service/auth_int.h"
#include "service/notify.h"

#include <jansson.h>
#include <stdio.h>

#define LEASE   60 /* seconds without a sign of life after which a job is taken again */
#define PARTS   1000
#define BEGUN   3 /* times; a job whose process ended under it so often has failed */
#define CRASHED "jobs.crashed"

/* A job that this process runs. */
struct running {
    struct running *next;
    const struct job_run *run;
    int64_t id;
    uint64_t done;
    char stage[64];
    bool cancelled;
};

static enum rc denied(struct err *e)
{
    return err_user(e, "service.denied", "%s", "");
}

static int64_t account_of(const struct actor *a)
{
    return actor_is_system(a) ? 0 : a->account;
}

static bool sees_all_jobs(const struct actor *a)
{
    return actor_is_system(a) || a->role == ROLE_BROKER || a->role == ROLE_ADMIN;
}

/* ---- starting, showing ---- */

struct job_call {
    const struct actor *a;
    struct arena *to;
    struct job job;
    int64_t id, account;
    uint32_t limit;
    vec_job *out;
    bool found;
};

static const struct job_def *find_def(const struct site *s, struct str name)
{
    for (const struct job_def *d = s->job_defs; d->name; d++)
        if (str_eq(name, str_of(d->name)))
            return d;
    return NULL;
}

static enum rc put(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct job_call *c = ctx;
    (void)s;
    return job_put(tx, &c->job, e);
}

enum rc jobs_start(struct site *s, const struct actor *a, const char *name, struct str args,
                   int64_t *id, struct err *e)
{
    struct job_call c = {.a = a};
    const struct job_def *def = find_def(s, str_of(name));
    if (!def)
        return err_user(e, "jobs.unknown", "%.60s", name);
    if (!actor_is_system(a) &&
        (a->account <= 0 || a->read_only || (def->by && !(def->by & 1u << a->role))))
        return denied(e);
    c.job = (struct job){.account = account_of(a),
                         .name = str_of(name),
                         .args = args,
                         .state = JOB_WAITING,
                         .stage = STR(""),
                         .result = STR(""),
                         .created = site_now(s)};
    TRY(site_write(s, put, &c, e));
    *id = c.job.id;
    runner_wake(s);
    return RC_OK;
}

/* How far it is, when this process runs it: the store is told later. */
static enum rc overlay(struct site *s, struct job *job, struct arena *to, struct err *e)
{
    struct str stage = {0};
    bool here = false;
    pthread_mutex_lock(&s->jobs_lock);
    for (const struct running *r = s->running; r; r = r->next)
        if (r->id == job->id && job->state == JOB_RUNNING) {
            here = true;
            stage = arena_str(to, str_of(r->stage));
            job->done = r->done;
            job->all = PARTS;
        }
    pthread_mutex_unlock(&s->jobs_lock);
    if (here && !stage.p)
        return err_nomem(e);
    if (here)
        job->stage = stage;
    return RC_OK;
}

static enum rc get(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct job_call *c = ctx;
    (void)s;
    TRY(job_get(tx, c->id, c->to, &c->job, &c->found, e));
    if (!c->found ||
        (!sees_all_jobs(c->a) && (c->a->account <= 0 || c->job.account != account_of(c->a))))
        return view_missing(e);
    return RC_OK;
}

enum rc jobs_show(struct site *s, const struct actor *a, int64_t id, struct arena *to,
                  struct job *out, struct err *e)
{
    struct job_call c = {.a = a, .to = to, .id = id};
    TRY(site_read(s, get, &c, e));
    *out = c.job;
    return overlay(s, out, to, e);
}

static enum rc list(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct job_call *c = ctx;
    (void)s;
    return job_list(tx, c->account, c->limit, c->to, c->out, e);
}

enum rc jobs_list(struct site *s, const struct actor *a, uint32_t limit, struct arena *to,
                  vec_job *out, struct err *e)
{
    struct job_call c = {.a = a, .to = to, .limit = limit, .out = out};
    bool all = sees_all_jobs(a);
    if (!all && a->account <= 0)
        return denied(e);
    c.account = all ? 0 : a->account;
    TRY(site_read(s, list, &c, e));
    for (size_t i = 0; i < out->n; i++)
        TRY(overlay(s, &out->p[i], to, e));
    return RC_OK;
}

/* The job has ended: what was kept for it goes. */
static enum rc clear(struct site *s, struct tx *tx, const struct job *job, struct arena *to,
                     struct err *e)
{
    const struct job_def *def = find_def(s, job->name);
    return def && def->ended ? def->ended(tx, job, to, e) : RC_OK;
}

static enum rc cancel(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct job_call *c = ctx;
    TRY(get(s, tx, c, e));
    if (c->job.state != JOB_WAITING && c->job.state != JOB_RUNNING)
        return err_user(e, "jobs.ended", "%s", "");
    c->job.state = JOB_CANCELLED;
    c->job.ended = site_now(s);
    TRY(clear(s, tx, &c->job, c->to, e));
    return job_put(tx, &c->job, e);
}

enum rc jobs_cancel(struct site *s, const struct actor *a, int64_t id, struct err *e)
{
    struct arena to = {0};
    struct job_call c = {.a = a, .to = &to, .id = id};
    enum rc rc = a->read_only ? denied(e) : site_write(s, cancel, &c, e);
    arena_free(&to);
    if (rc != RC_OK)
        return rc;
    pthread_mutex_lock(&s->jobs_lock);
    for (struct running *r = s->running; r; r = r->next)
        r->cancelled |= r->id == id;
    pthread_mutex_unlock(&s->jobs_lock);
    return RC_OK;
}

/* ---- running ---- */

enum rc jobs_progress(void *ctx, const char *stage, double done, struct err *e)
{
    struct job_run *run = ctx;
    struct site *s = run->site;
    bool stop = runner_stopping(s);
    pthread_mutex_lock(&s->jobs_lock);
    for (struct running *r = s->running; r; r = r->next) {
        if (r->run != run)
            continue;
        snprintf(r->stage, sizeof r->stage, "%s", stage);
        r->done = (uint64_t)(PARTS * (done > 0 ? MIN(done, 1.0) : 0));
        stop |= r->cancelled;
    }
    pthread_mutex_unlock(&s->jobs_lock);
    return stop ? err_cancelled(e) : RC_OK;
}

static void enlist(struct site *s, struct running *r)
{
    pthread_mutex_lock(&s->jobs_lock);
    r->next = s->running;
    s->running = r;
    pthread_mutex_unlock(&s->jobs_lock);
}

static void delist(struct site *s, struct running *r)
{
    pthread_mutex_lock(&s->jobs_lock);
    for (struct running **at = &s->running; *at; at = &(*at)->next)
        if (*at == r) {
            *at = r->next;
            break;
        }
    pthread_mutex_unlock(&s->jobs_lock);
}

struct beat {
    int64_t id;
    uint64_t done;
    char stage[64];
    bool cancelled;
};

static enum rc beat(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct beat *b = ctx;
    return job_beat(tx, b->id, b->done, PARTS, str_of(b->stage), site_now(s), &b->cancelled, e);
}

/* The job after `id` in the list of the running. */
static bool next_running(struct site *s, int64_t id, struct beat *out)
{
    *out = (struct beat){0};
    pthread_mutex_lock(&s->jobs_lock);
    for (const struct running *r = s->running; r; r = r->next)
        if (r->id > id && (!out->id || r->id < out->id)) {
            out->id = r->id;
            out->done = r->done;
            snprintf(out->stage, sizeof out->stage, "%s", r->stage);
        }
    pthread_mutex_unlock(&s->jobs_lock);
    return out->id != 0;
}

enum rc jobs_beat(struct site *s, struct err *e)
{
    struct beat b = {0};
    while (next_running(s, b.id, &b)) {
        TRY(site_write(s, beat, &b, e));
        pthread_mutex_lock(&s->jobs_lock);
        for (struct running *r = s->running; r; r = r->next)
            r->cancelled |= r->id == b.id && b.cancelled;
        pthread_mutex_unlock(&s->jobs_lock);
    }
    return RC_OK;
}

static enum rc claim(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct job_call *c = ctx;
    int64_t now = site_now(s);
    static const char crashed[] = "{\"key\":\"" CRASHED "\",\"detail\":\"3\"}";
    TRY(job_give_up(tx, now, now - LEASE, BEGUN, str_of(crashed), e));
    return job_claim(tx, now, now - LEASE, c->to, &c->job, &c->found, e);
}

/* Who started it, with the rights it has now. */
static enum rc starter(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct job_run *run = ctx;
    struct account account;
    bool found = false;
    (void)s;
    run->actor = actor_system;
    if (!run->job->account)
        return RC_OK;
    TRY(account_get(tx, run->job->account, run->arena, &account, &found, e));
    if (!found || !account.active)
        return denied(e);
    run->actor = actor_of(&account);
    return RC_OK;
}

static enum rc work(struct site *s, struct job_run *run, struct err *e)
{
    const struct job_def *def = find_def(s, run->job->name);
    if (!def)
        return err_user(e, "jobs.unknown", "%.*s", (int)MIN(run->job->name.n, 60),
                        run->job->name.p);
    TRY(site_read(s, starter, run, e));
    if (def->by && !actor_is_system(&run->actor) && !(def->by & 1u << run->actor.role))
        return denied(e);
    return def->run(run, e);
}

/* An error as the job's result. */
static enum rc error_json(const struct err *why, struct arena *to, struct str *out, struct err *e)
{
    json_t *o = json_pack("{s:s, s:s, s:s, s:i, s:i}", "key", why->key, "detail", why->detail,
                          "file", why->file, "row", (int)why->row, "col", (int)why->col);
    char text[2048];
    size_t n = o ? json_dumpb(o, text, sizeof text, JSON_COMPACT) : 0;
    json_decref(o);
    *out = arena_str(to, n && n <= sizeof text ? (struct str){text, n} : STR("{}"));
    return out->p ? RC_OK : err_nomem(e);
}

struct ending {
    struct arena *to;
    int64_t id;
    enum rc rc;
    const struct err *why;
    struct str result;
    bool asked; /* to stop, by somebody */
};

/* Who started it, that it has ended. */
static enum rc tell(struct site *s, struct tx *tx, const struct job *job, struct err *e)
{
    char number[24], once[40];
    snprintf(number, sizeof number, "#%lld", (long long)job->id);
    snprintf(once, sizeof once, "job %lld", (long long)job->id);
    struct notice n = {.account = job->account,
                       .key = job->state == JOB_DONE ? STR("notice.job_done")
                                                     : STR("notice.job_failed"),
                       .text = str_of(number),
                       .once = str_of(once)};
    bool ended = job->state == JOB_DONE || job->state == JOB_FAILED;
    return ended && job->account > 0 ? notice_put(s, tx, &n, e) : RC_OK;
}

static enum rc end(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct ending *x = ctx;
    struct job job;
    bool found = false;
    TRY(job_get(tx, x->id, x->to, &job, &found, e));
    if (!found)
        return RC_OK;
    x->asked |= job.state == JOB_CANCELLED;
    job.ended = site_now(s);
    if (x->rc == RC_OK) {
        job.state = JOB_DONE;
        job.done = job.all = PARTS;
        job.result = x->result;
    } else if (x->rc == RC_CANCELLED && !x->asked) {
        job.state = JOB_WAITING; /* the site closes: it begins anew, and that was no failure */
        job.ended = 0;
        job.attempts--;
    } else if (x->rc == RC_CANCELLED) {
        job.state = JOB_CANCELLED;
    } else {
        job.state = JOB_FAILED;
        TRY(error_json(x->why, x->to, &job.result, e));
    }
    if (job.state != JOB_WAITING)
        TRY(clear(s, tx, &job, x->to, e));
    TRY(job_put(tx, &job, e));
    return tell(s, tx, &job, e);
}

static enum rc run_claimed(struct site *s, const struct job *job, struct arena *to, struct err *e)
{
    struct err why = {0};
    struct str result = STR("");
    struct job_run run = {.site = s, .job = job, .arena = to, .result = &result};
    struct running here = {.run = &run, .id = job->id};
    log_line(LOG_INFO, "job_start", "%lld %.*s", (long long)job->id, (int)job->name.n, job->name.p);
    enlist(s, &here);
    enum rc rc = work(s, &run, &why);
    delist(s, &here);
    log_line(rc == RC_OK || rc == RC_CANCELLED ? LOG_INFO : LOG_WARN, "job_end", "%lld %.*s %s %s",
             (long long)job->id, (int)job->name.n, job->name.p, rc == RC_OK ? "done" : why.key,
             why.detail);
    struct ending x = {to, job->id, rc, &why, result, here.cancelled};
    return site_write(s, end, &x, e);
}

enum rc jobs_run_one(struct site *s, bool *ran, struct err *e)
{
    struct arena to = {0};
    struct job_call c = {.to = &to};
    *ran = false;
    enum rc rc = site_write(s, claim, &c, e);
    if (rc == RC_OK && c.found) {
        *ran = true;
        rc = run_claimed(s, &c.job, &to, e);
    }
    arena_free(&to);
    return rc;
}
