/* Long work: what runs, how far it is, what came of it. */
#include "service/jobs.h"
#include "web/http_int.h"
#include "web/page_int.h"

#define JOBS_SHOWN 100u

#define JOB_SHAPE                                                                                  \
    "id name state tone stage done all percent created started ended running result error path"
const struct page jobs_def = {"jobs", "rows[" JOB_SHAPE "]", false};
const struct page job_def = {"job", "job{" JOB_SHAPE "}", false};
const struct page job_part_def = {"job_part", "job{" JOB_SHAPE "}", true};

static struct str job_name(const struct request *rq, struct str name)
{
    static const char *const names[][2] = {
        {"import", "web.job_import"}, {"export", "web.job_export"}, {"rebuild", "web.job_rebuild"},
        {"learn", "web.job_learn"},   {"read", "web.job_read"},
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(name, str_of(names[i][0])))
            return msg(rq, names[i][1]);
    return name;
}

void view_job_line(struct request *rq, struct view *v, const struct job *j)
{
    static const char *const keys[] = {"web.job_waiting", "web.job_running", "web.job_done",
                                       "web.job_failed", "web.job_cancelled"};
    static const char *const tones[] = {"neutral", "active", "good", "bad", "warn"};
    view_str(v, "name", job_name(rq, j->name));
    view_str(v, "state", msg(rq, keys[j->state]));
    view_text(v, "tone", tones[j->state]);
    view_str(v, "created", show_time(rq, j->created));
    view_str(v, "path", textf(rq, "/jobs/%lld", (long long)j->id));
}

static void view_job(struct request *rq, struct view *v, const struct job *j)
{
    view_job_line(rq, v, j);
    view_int(v, "id", j->id);
    view_str(v, "stage", j->stage);
    view_int(v, "done", (int64_t)j->done);
    view_int(v, "all", (int64_t)j->all);
    view_int(v, "percent",
             j->state == JOB_DONE ? 100
             : j->all             ? (int64_t)(100 * j->done / j->all)
                                  : 0);
    view_str(v, "started", show_time(rq, j->started));
    view_str(v, "ended", show_time(rq, j->ended));
    view_flag(v, "running", j->state == JOB_WAITING || j->state == JOB_RUNNING);
    if (j->state == JOB_FAILED)
        view_str(v, "error", job_error(rq, j->result));
    else
        view_str(v, "result", j->result);
}

enum rc jobs_page(struct request *rq, struct reply *re, struct err *e)
{
    vec_job all = {0};
    struct view *v = view_new(rq->arena), *list = view_list(v, "rows");
    enum rc rc = jobs_list(rq->site, rq->actor, JOBS_SHOWN, rq->arena, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++)
        view_job(rq, view_item(list), &all.p[i]);
    vec_free(&all);
    return rc == RC_OK ? reply_page(rq, re, &jobs_def, msg(rq, "web.jobs"), v, e) : rc;
}

/* The whole page, or, for htmx, its changing part. */
enum rc job_page(struct request *rq, struct reply *re, struct err *e)
{
    struct job j = {0};
    TRY(jobs_show(rq->site, rq->actor, rq->id, rq->arena, &j, e));
    struct view *v = view_new(rq->arena);
    view_job(rq, view_map(v, "job"), &j);
    return reply_page(rq, re, rq->part ? &job_part_def : &job_def, job_name(rq, j.name), v, e);
}

enum rc job_cancel(struct request *rq, struct reply *re, struct err *e)
{
    TRY(jobs_cancel(rq->site, rq->actor, rq->id, e));
    return reply_seef(rq, re, "cancelled", e, "/jobs/%lld", (long long)rq->id);
}
