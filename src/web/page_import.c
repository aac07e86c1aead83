/* A spreadsheet comes in: template, upload, dry run, confirmation. The reading and the writing are
 * jobs; what they found is their result (service/sheet_jobs.c). */
#include "service/jobs.h"
#include "service/sheets.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <jansson.h>
#include <string.h>

#define LINES_SHOWN 50
#define XLSX        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

const struct page import_def = {"import", "kind{name label path} error upload_max", false};
#define RUN_SHAPE                                                                                  \
    "kind{name label path} path percent stage running failed cancelled error name rows new "       \
    "changed same wrong applied ready days gone nothing returned unknown[.] "                      \
    "mapping headers[place text sample guessed choices[name label on]] more sheets show "          \
    "problems[sheet row cell title words] tabs[label href here count] "                            \
    "lines[sheet row title href changes[label values before after]] lines_left "                   \
    "lines_gone " PAGER_SHAPE
const struct page import_run_def = {"import_run", "run{" RUN_SHAPE "}", false};
const struct page import_part_def = {"import_part", "run{" RUN_SHAPE "}", true};

enum rc template_do(struct request *rq, struct reply *re, struct err *e)
{
    char path[512];
    TRY(temp_path(rq, path, sizeof path, e));
    TRY(sheet_template(rq->site, rq->actor, rq->kind, rq->zh, path, e));
    struct str label = label_text(&rq->kind->label, rq->zh), word = msg(rq, "web.template_word");
    return reply_file(rq, re, path, true,
                      textf(rq, "%.*s%.*s.xlsx", (int)label.n, label.p, (int)word.n, word.p), XLSX,
                      e);
}

static enum rc upload_reply(struct request *rq, struct reply *re, const struct err *why,
                            struct err *e)
{
    struct view *v = view_new(rq->arena);
    view_kind(rq, v, rq->kind);
    view_int(v, "upload_max", (int64_t)(rq->web->o.upload_max >> 20));
    if (why) {
        view_str(v, "error", msg_error(rq, why));
        re->status = 422;
    }
    return reply_page(rq, re, &import_def,
                      msg_with(rq, "web.import_of", label_text(&rq->kind->label, rq->zh)), v, e);
}

enum rc import_page(struct request *rq, struct reply *re, struct err *e)
{
    if (!actor_may(rq->actor, rq->kind, RIGHT_CREATE, NULL))
        return err_user(e, "service.denied", "%s", "");
    return upload_reply(rq, re, NULL, e);
}

/* A job over a kept file; the page of its run. */
static enum rc start(struct request *rq, struct reply *re, json_t *args, struct err *e)
{
    int64_t id = 0;
    char *text = args ? json_dumps(args, JSON_COMPACT) : NULL;
    json_decref(args);
    if (!text)
        return err_nomem(e);
    enum rc rc = jobs_start(rq->site, rq->actor, "import", str_of(text), &id, e);
    mem_free(text);
    if (rc != RC_OK)
        return rc;
    return reply_seef(rq, re, NULL, e, "/%.*s/import/%lld", (int)rq->kind->name.n, rq->kind->name.p,
                      (long long)id);
}

static json_t *text_json(struct str s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

enum rc import_upload(struct request *rq, struct reply *re, struct err *e)
{
    const struct param *file = param_file(rq, "file");
    struct err why = {0};
    char key[65];
    if (!actor_may(rq->actor, rq->kind, RIGHT_CREATE, NULL))
        return err_user(e, "service.denied", "%s", "");
    if (!file || !file->value.n) {
        (void)err_user(&why, "web.no_file", "%s", "");
        return upload_reply(rq, re, &why, e);
    }
    struct str name = file->file.n ? file->file : STR("upload");
    TRY(file_keep_brief(rq->site, rq->actor, name, file->value, FILE_UPLOAD_SECONDS, key, e));
    return start(
        rq, re,
        json_pack("{s:o, s:s, s:b}", "kind", text_json(rq->kind->name), "file", key, "apply", 0),
        e);
}

/* ---- the run ---- */

static struct str in_arena(const struct request *rq, const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);
    return json_is_string(v)
               ? arena_str(rq->arena, (struct str){json_string_value(v), json_string_length(v)})
               : STR("");
}

static json_int_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void view_problems(const struct request *rq, struct view *v, const json_t *result)
{
    struct view *list = view_list(v, "problems"), *unknown = view_list(v, "unknown");
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(result, "problems"), i, one)
    {
        struct view *p = view_item(list);
        view_str(p, "sheet", in_arena(rq, one, "sheet_name"));
        view_int(p, "row", number(one, "row"));
        view_str(p, "cell", in_arena(rq, one, "cell"));
        view_str(p, "title", in_arena(rq, one, "title"));
        view_str(p, "words", in_arena(rq, one, "words"));
    }
    view_flag(v, "more", number(result, "wrong") > (json_int_t)i);
    json_array_foreach(json_object_get(result, "unknown"), i, one)
    {
        view_item_str(unknown, arena_str(rq->arena, (struct str){json_string_value(one),
                                                                 json_string_length(one)}));
    }
}

/* ---- which column each header is taken for ---- */

static void view_header(const struct request *rq, struct view *v, const json_t *one,
                        const vec_import_choice *choices)
{
    struct str name = in_arena(rq, one, "name"), guess = in_arena(rq, one, "guess");
    struct view *list = view_list(v, "choices");
    view_str(v, "text", in_arena(rq, one, "text"));
    view_str(v, "sample", in_arena(rq, one, "sample"));
    view_flag(v, "guessed", !name.n && guess.n);
    for (size_t c = 0; c < choices->n; c++) {
        struct view *o = view_item(list);
        view_str(o, "name", choices->p[c].name);
        view_str(o, "label", choices->p[c].label);
        view_flag(o, "on", str_eq(choices->p[c].name, name.n ? name : guess));
    }
}

static enum rc view_headers(struct request *rq, struct view *v, const json_t *result, struct err *e)
{
    vec_import_choice choices = {0};
    struct view *list = view_list(v, "headers");
    const json_t *headers = json_object_get(result, "headers");
    size_t i;
    json_t *one;
    if (json_is_true(json_object_get(result, "applied")) || !json_array_size(headers))
        return RC_OK;
    enum rc rc = import_choices(rq->kind, rq->zh, rq->arena, &choices, e);
    json_array_foreach(headers, i, one)
    {
        if (rc != RC_OK)
            break;
        struct view *h = view_item(list);
        view_int(h, "place", (int64_t)i);
        view_header(rq, h, one, &choices);
    }
    vec_free(&choices);
    view_flag(v, "mapping", true);
    return rc;
}

/* What the form says of the headers that the dry run had, as the job's argument. */
static json_t *columns_said(const struct request *rq, const json_t *result)
{
    json_t *all = json_object();
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(result, "headers"), i, one)
    {
        const char *text = json_string_value(json_object_get(one, "text"));
        const char *name = textf(rq, "column%zu", i).p;
        if (all && text && name)
            json_object_set_new(all, text, text_json(param_text(rq, name)));
    }
    return all;
}

/* ---- every row and what it does ---- */

static const char *const states[] = {"wrong", "new", "changed", "same"};

/* The state that is asked for; else the first that there is. */
static const char *shown_state(const struct request *rq, const json_t *result)
{
    struct str asked = param_text(rq, "show");
    const char *first = NULL;
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (number(result, states[i]) == 0)
            continue;
        if (str_eq(asked, str_of(states[i])))
            return states[i];
        first = first ? first : states[i];
    }
    return first;
}

static void view_tabs(struct request *rq, struct view *v, const json_t *result, const char *shown)
{
    static const char *const names[] = {"show", "from"};
    struct view *tabs = view_list(v, "tabs");
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        json_int_t n = number(result, states[i]);
        if (n == 0)
            continue;
        struct view *one = view_item(tabs);
        const struct str text[] = {str_of(states[i]), STR("")};
        view_str(one, "label", msg(rq, textf(rq, "web.import_%s", states[i]).p));
        view_str(one, "href", address_with(rq, names, text, 2));
        view_str(one, "count", show_count(rq, (uint64_t)n));
        view_flag(one, "here", states[i] == shown);
    }
}

static void view_line(const struct request *rq, struct view *v, const json_t *line)
{
    struct view *changes = view_list(v, "changes");
    json_int_t id = number(line, "id");
    size_t i;
    json_t *one;
    view_int(v, "row", number(line, "row"));
    view_str(v, "sheet", in_arena(rq, line, "sheet"));
    view_str(v, "title", in_arena(rq, line, "title"));
    if (id > 0)
        view_str(v, "href",
                 textf(rq, "/%.*s/%lld", (int)rq->kind->name.n, rq->kind->name.p, (long long)id));
    json_array_foreach(json_object_get(line, "changes"), i, one)
    {
        static const char *const parts[] = {"label", "before", "after"};
        struct view *c = view_item(changes);
        view_flag(c, "values", json_object_get(one, "before") != NULL);
        for (size_t k = 0; k < ARRAY_LEN(parts); k++)
            if (json_object_get(one, parts[k]))
                view_str(c, parts[k], in_arena(rq, one, parts[k]));
    }
}

/* One page of the rows in a state. The lines of the others are not parsed. */
static uint64_t view_lines(const struct request *rq, struct view *v, struct str text,
                           struct str begin, uint64_t from)
{
    struct view *list = view_list(v, "lines");
    uint64_t n = 0;
    for (size_t at = 0; at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t to = end ? (size_t)(end - text.p) : text.n;
        struct str line = str_sub(text, at, to);
        at = to + 1;
        if (!str_starts(line, begin) || n++ < from || n > from + LINES_SHOWN)
            continue;
        json_t *one = json_loadb(line.p, line.n, 0, NULL);
        view_line(rq, view_item(list), one);
        json_decref(one);
    }
    return n;
}

static enum rc view_rows(struct request *rq, struct view *v, const json_t *result, struct err *e)
{
    const char *shown = shown_state(rq, result);
    struct str key = in_arena(rq, result, "list"), name, text;
    int64_t from = MAX(param_int(rq, "from", 0), 0);
    if (!shown || !key.n)
        return RC_OK;
    view_tabs(rq, v, result, shown);
    view_str(v, "show", str_of(shown));
    view_flag(v, "sheets", number(result, "sheets") > 1);
    if (shown == states[0])
        return RC_OK; /* their problems are listed instead */
    bool there;
    TRY(file_there(rq->site, key, &there, e));
    view_flag(v, "lines_gone", !there);
    if (!there)
        return RC_OK;
    TRY(file_fetch(rq->site, rq->actor, key, rq->arena, &name, &text, e));
    from -= from % LINES_SHOWN;
    struct str begin = textf(rq, "{\"state\":\"%s\"", shown);
    uint64_t n = view_lines(rq, v, text, begin, (uint64_t)from);
    view_pager(rq, v, (uint64_t)from, LINES_SHOWN, n);
    view_flag(v, "lines_left", n < (uint64_t)number(result, shown));
    return RC_OK;
}

static enum rc view_result(struct request *rq, struct view *v, const json_t *args,
                           const json_t *result, struct err *e)
{
    static const char *const counts[] = {"rows", "new", "changed", "same", "wrong"};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        view_int(v, counts[i], number(result, counts[i]));
    bool applied = json_is_true(json_object_get(result, "applied"));
    bool work = number(result, "new") + number(result, "changed") > 0;
    view_flag(v, "applied", applied);
    bool ready = !applied && work && number(result, "wrong") == 0, there = false;
    if (!applied)
        TRY(file_there(rq->site, in_arena(rq, args, "file"), &there, e));
    view_flag(v, "ready", ready && there);
    view_flag(v, "gone", ready && !there);
    view_int(v, "days", FILE_UPLOAD_SECONDS / 86400);
    view_flag(v, "nothing", !applied && !work && number(result, "wrong") == 0);
    view_str(v, "name", in_arena(rq, result, "name"));
    view_str(v, "returned", in_arena(rq, result, "returned"));
    view_problems(rq, v, result);
    if (there) /* else nothing can be read once more */
        TRY(view_headers(rq, v, result, e));
    return view_rows(rq, v, result, e);
}

static enum rc view_run(struct request *rq, struct view *v, const struct job *j, const json_t *args,
                        const json_t *result, struct err *e)
{
    view_kind(rq, v, rq->kind);
    view_str(
        v, "path",
        textf(rq, "/%.*s/import/%lld", (int)rq->kind->name.n, rq->kind->name.p, (long long)j->id));
    view_int(v, "percent",
             j->state == JOB_DONE ? 100
             : j->all             ? (int64_t)(100 * j->done / j->all)
                                  : 0);
    view_str(v, "stage", j->stage);
    view_flag(v, "running", j->state == JOB_WAITING || j->state == JOB_RUNNING);
    view_flag(v, "cancelled", j->state == JOB_CANCELLED);
    if (j->state == JOB_FAILED) {
        view_flag(v, "failed", true);
        view_str(v, "error", job_error(rq, j->result));
    }
    return result ? view_result(rq, v, args, result, e) : RC_OK;
}

/* The job must be an import into this kind: a run is not shown under another's address. */
static enum rc load_run(struct request *rq, struct job *j, json_t **args, struct err *e)
{
    TRY(jobs_show(rq->site, rq->actor, rq->id, rq->arena, j, e));
    *args = json_loadb(j->args.p ? j->args.p : "", j->args.n, 0, NULL);
    const char *kind = json_string_value(json_object_get(*args, "kind"));
    if (str_eq(j->name, STR("import")) && kind && str_eq(rq->kind->name, str_of(kind)))
        return RC_OK;
    json_decref(*args);
    *args = NULL;
    return err_user(e, "service.missing", "%s", "");
}

enum rc import_run_page(struct request *rq, struct reply *re, struct err *e)
{
    struct job j = {0};
    json_t *args;
    TRY(load_run(rq, &j, &args, e));
    json_t *result =
        j.state == JOB_DONE ? json_loadb(j.result.p ? j.result.p : "", j.result.n, 0, NULL) : NULL;
    struct view *v = view_new(rq->arena);
    enum rc rc = view_run(rq, view_map(v, "run"), &j, args, result, e);
    if (rc == RC_OK)
        rc = reply_page(rq, re, rq->part ? &import_part_def : &import_run_def,
                        msg_with(rq, "web.import_of", label_text(&rq->kind->label, rq->zh)), v, e);
    json_decref(result);
    json_decref(args);
    return rc;
}

/* Confirmed: the same file, and only if the site is as the dry run saw it. Or, with `columns`, read
 * once more with other columns for its headers: a dry run again. */
enum rc import_apply_do(struct request *rq, struct reply *re, struct err *e)
{
    struct job j = {0};
    json_t *args;
    TRY(load_run(rq, &j, &args, e));
    json_t *result = json_loadb(j.result.p ? j.result.p : "", j.result.n, 0, NULL);
    const char *print = json_string_value(json_object_get(result, "print"));
    bool there = false;
    enum rc rc;
    if (j.state != JOB_DONE || !print || json_is_true(json_object_get(args, "apply")))
        rc = err_user(e, "web.import_not_ready", "%s", "");
    else
        rc = file_there(rq->site, in_arena(rq, args, "file"), &there, e);
    if (rc == RC_OK && !there)
        rc = err_user(e, "import.gone", "%d", (int)(FILE_UPLOAD_SECONDS / 86400));
    if (rc == RC_OK && param_text(rq, "columns").n) {
        json_object_set_new(args, "columns", columns_said(rq, result));
        rc = start(rq, re, json_incref(args), e);
    } else if (rc == RC_OK) {
        json_object_set_new(args, "apply", json_true());
        json_object_set_new(args, "print", json_string(print));
        rc = start(rq, re, json_incref(args), e);
    }
    json_decref(result);
    json_decref(args);
    return rc;
}

/* Not confirmed: what was uploaded is not kept. */
enum rc import_cancel_do(struct request *rq, struct reply *re, struct err *e)
{
    struct job j = {0};
    json_t *args;
    TRY(load_run(rq, &j, &args, e));
    json_decref(args);
    TRY(import_forget(rq->site, rq->actor, j.id, e));
    return reply_seef(rq, re, "import_cancelled", e, "/%.*s", (int)rq->kind->name.n,
                      rq->kind->name.p);
}

/* A file that a job made. */
enum rc file_do(struct request *rq, struct reply *re, struct err *e)
{
    struct str name, bytes;
    TRY(file_fetch(rq->site, rq->actor, rq->name, rq->arena, &name, &bytes, e));
    re->bytes = bytes;
    re->type = "application/octet-stream";
    return reply_attach(rq, re, name, e);
}
