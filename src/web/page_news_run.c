/* A job that reads pages: how far it is, what came of each page. */
#include "service/jobs.h"
#include "web/page_int.h"

#include <jansson.h>
#include <stdio.h>

#define RUN_SHAPE                                                                                  \
    "run{id path percent stage running failed cancelled error done all read refused wrong "        \
    "already "                                                                                     \
    "full book lines pages[name href verdict tone words reason from]}"
const struct page news_run_def = {"news_run", RUN_SHAPE, false};
const struct page news_run_part_def = {"news_run_part", RUN_SHAPE, true};

static struct str in_arena(const struct request *rq, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    return arena_str(rq->arena, (struct str){json_string_value(v), json_string_length(v)});
}

/* Why a refused page is no news. */
static struct str reason_label(const struct request *rq, struct str reason)
{
    const struct kind *k = kind_find(site_kinds(rq->site), STR("page"));
    uint32_t f = k ? field_find(k, STR("reason")) : NO_FIELD;
    const struct code *c = f != NO_FIELD && reason.n ? code_find(k->field[f].codes, reason) : NULL;
    return c ? label_text(&c->label, rq->zh) : STR("");
}

static void view_pages(const struct request *rq, struct view *v, const json_t *result)
{
    struct view *list = view_list(v, "pages");
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(result, "pages"), i, one)
    {
        struct view *p = view_item(list);
        json_int_t id = json_integer_value(json_object_get(one, "id"));
        bool refused = json_is_true(json_object_get(one, "refused"));
        struct err why = {.rc = RC_USER};
        snprintf(why.key, sizeof why.key, "%s", in_arena(rq, one, "key").p);
        snprintf(why.detail, sizeof why.detail, "%s", in_arena(rq, one, "detail").p);
        struct str title = in_arena(rq, one, "title"), name = in_arena(rq, one, "name");
        view_str(p, "name", title.n ? title : name);
        view_str(p, "from", title.n ? name : STR(""));
        view_str(p, "reason", refused ? reason_label(rq, in_arena(rq, one, "reason")) : STR(""));
        if (id)
            view_str(p, "href", textf(rq, "/page/%lld", (long long)id));
        view_text(p, "tone", !id ? "bad" : refused ? "neutral" : "good");
        view_str(p, "verdict",
                 msg(rq, !id       ? "web.news_run_failed"
                         : refused ? "web.news_run_refused"
                                   : "web.news_run_read"));
        view_str(p, "words",
                 !id                                             ? msg_error(rq, &why)
                 : json_is_true(json_object_get(one, "already")) ? msg(rq, "web.news_run_already")
                                                                 : STR(""));
    }
}

static void view_result(const struct request *rq, struct view *v, const json_t *result)
{
    static const char *const counts[][2] = {{"all", "all"},
                                            {"read", "read"},
                                            {"refused", "refused"},
                                            {"failed", "wrong"},
                                            {"already", "already"}};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        view_int(v, counts[i][1], json_integer_value(json_object_get(result, counts[i][0])));
    view_flag(v, "done", true);
    view_flag(v, "full", json_is_true(json_object_get(result, "full")));
    view_str(v, "book", in_arena(rq, result, "book"));
    view_str(v, "lines", in_arena(rq, result, "lines"));
    view_pages(rq, v, result);
}

enum rc news_run_page(struct request *rq, struct reply *re, struct err *e)
{
    struct job j = {0};
    TRY(jobs_show(rq->site, rq->actor, rq->id, rq->arena, &j, e));
    if (!str_eq(j.name, STR("read")))
        return err_user(e, "service.missing", "%s", "");
    struct view *page = view_new(rq->arena), *v = view_map(page, "run");
    view_int(v, "id", j.id);
    view_str(v, "path", textf(rq, "/news/runs/%lld", (long long)j.id));
    view_int(v, "percent", j.state == JOB_DONE ? 100 : j.all ? (int64_t)(100 * j.done / j.all) : 0);
    view_str(v, "stage", j.stage);
    view_flag(v, "running", j.state == JOB_WAITING || j.state == JOB_RUNNING);
    view_flag(v, "cancelled", j.state == JOB_CANCELLED);
    if (j.state == JOB_FAILED) {
        view_flag(v, "failed", true);
        view_str(v, "error", job_error(rq, j.result));
    }
    json_t *result =
        j.state == JOB_DONE ? json_loadb(j.result.p ? j.result.p : "", j.result.n, 0, NULL) : NULL;
    if (result)
        view_result(rq, v, result);
    enum rc rc = reply_page(rq, re, rq->part ? &news_run_part_def : &news_run_def,
                            msg(rq, "web.news_run"), page, e);
    json_decref(result);
    return rc;
}
