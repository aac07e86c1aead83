/* Imports and exports as jobs: files come and go by file_keep. */
#include "base/file.h"
#include "service/sheets_int.h"

#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

enum { PROBLEMS_MOST = 200, PATH_MOST = 4096, FILE_MOST = 64 << 20 };

static struct str text_of(const json_t *args, const char *name)
{
    const json_t *v = json_object_get(args, name);
    return json_is_string(v) ? (struct str){json_string_value(v), json_string_length(v)} : STR("");
}

static enum rc args_of(const struct job_run *run, json_t **args, const struct kind **k,
                       struct err *e)
{
    *args = json_loadb(run->job->args.p, run->job->args.n, 0, NULL);
    if (!json_is_object(*args))
        return err_user(e, "job.args", "%s", "");
    struct str name = text_of(*args, "kind");
    *k = kind_find(site_kinds(run->site), name);
    return *k ? RC_OK : err_user(e, "job.args", "%.*s", (int)MIN(name.n, 60u), name.p);
}

/* The result in the arena of the run. Takes `o`. */
static enum rc give(struct job_run *run, json_t *o, struct err *e)
{
    char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
    if (text)
        *run->result = arena_str(run->arena, str_of(text));
    json_decref(o);
    bool kept = text && run->result->p;
    mem_free(text);
    return kept ? RC_OK : err_nomem(e);
}

static json_t *string_of(struct str s)
{
    return json_stringn_nocheck(s.p ? s.p : "", s.n);
}

/* ---- files of the library's making ---- */

static enum rc temp_path(const struct job_run *run, const char *ending, char to[PATH_MOST],
                         struct err *e)
{
    const char *dir = site_dir(run->site);
    int n = snprintf(to, PATH_MOST, "%s/job-%lld.%s", dir && *dir ? dir : "/tmp",
                     (long long)run->job->id, ending);
    return n < PATH_MOST ? RC_OK : err_sys(e, "file.create", "%s", "path");
}

/* Keep the file at `path` under its name and remove it. */
static enum rc keep_file(const struct job_run *run, const char *path, struct str name, char key[65],
                         struct err *e)
{
    struct buf b;
    buf_init(&b, FILE_MOST);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = file_keep_brief(run->site, &run->actor, name, buf_view(&b), FILE_RESULT_SECONDS, key,
                             e);
    buf_free(&b);
    unlink(path);
    return rc;
}

/* ---- import ---- */

static enum rc problem_of(const struct import *i, uint32_t row, uint32_t f, bool zh, json_t **out,
                          struct err *e)
{
    struct import_row r = import_row(i, row);
    struct buf words;
    char letters[8];
    struct str col = words_column(letters, r.fault_col[f]);
    buf_init(&words, 1u << 16);
    enum rc rc = import_say(&words, i, row, f, zh, e);
    *out = rc != RC_OK
               ? NULL
               : json_pack("{s:I,s:o,s:I,s:o,s:s,s:o,s:o}", "sheet", (json_int_t)r.sheet,
                           "sheet_name", string_of(import_sheet(i, row)), "row", (json_int_t)r.row,
                           "cell", string_of(col), "key", r.fault[f].key, "title",
                           string_of(r.title), "words", string_of(buf_view(&words)));
    buf_free(&words);
    return rc != RC_OK || *out ? rc : err_nomem(e);
}

static enum rc problems_of(const struct import *i, bool zh, json_t *list, struct err *e)
{
    for (uint32_t r = 0; r < import_rows(i) && json_array_size(list) < PROBLEMS_MOST; r++)
        for (uint32_t f = 0; f < import_row(i, r).n_faults; f++) {
            json_t *one;
            TRY(problem_of(i, r, f, zh, &one, e));
            if (json_array_append_new(list, one) != 0)
                return err_nomem(e);
        }
    return RC_OK;
}

/* How many sheets have rows that count: else nobody needs a sheet's name. */
static uint32_t sheets_of(const struct import *i)
{
    uint32_t n = 0, last = 0;
    for (uint32_t r = 0; r < import_rows(i); r++) {
        uint32_t sheet = import_row(i, r).sheet;
        n += r == 0 || sheet != last;
        last = sheet;
    }
    return n;
}

static json_t *headers_of(const struct import *i)
{
    const struct import_header *h;
    uint32_t n = import_headers(i, &h);
    json_t *all = json_array();
    for (uint32_t c = 0; all && c < n; c++)
        json_array_append_new(all,
                              json_pack("{s:o,s:o,s:o,s:o}", "text", string_of(h[c].text), "name",
                                        string_of(h[c].name), "guess", string_of(h[c].guess),
                                        "sample", string_of(h[c].sample)));
    return all;
}

/* What was said by hand of the headers, for the options. */
static enum rc hand_of(const json_t *args, struct arena *to, struct import_options *o,
                       struct err *e)
{
    json_t *all = json_object_get(args, "columns");
    size_t n = json_object_size(all);
    struct import_header *h = arena_calloc(to, n + 1, sizeof *h);
    const char *text;
    json_t *name;
    if (!h)
        return err_nomem(e);
    o->columns = h;
    json_object_foreach(all, text, name)
    {
        h->text = str_of(text);
        h->name = str_of(json_is_string(name) ? json_string_value(name) : "");
        h++;
    }
    o->n_columns = (uint32_t)n;
    return RC_OK;
}

static json_t *counts_of(const struct import *i, struct str name, const char *print)
{
    const struct str *header;
    uint32_t n = import_unknown(i, &header);
    json_t *unknown = json_array();
    for (uint32_t u = 0; unknown && u < n; u++)
        json_array_append_new(unknown, string_of(header[u]));
    return json_pack("{s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:s}", "kind", string_of(i->k->name),
                     "name", string_of(name), "rows", (json_int_t)import_rows(i), "sheets",
                     (json_int_t)sheets_of(i), "new", (json_int_t)import_count(i, ROW_NEW),
                     "changed", (json_int_t)import_count(i, ROW_CHANGED), "same",
                     (json_int_t)import_count(i, ROW_SAME), "wrong",
                     (json_int_t)import_count(i, ROW_WRONG), "unknown", unknown, "headers",
                     headers_of(i), "print", print);
}

static enum rc keep_returned(struct job_run *run, struct import *i, struct str name, json_t *o,
                             struct err *e)
{
    char path[PATH_MOST], key[65];
    struct buf called;
    TRY(temp_path(run, "xlsx", path, e));
    TRY(import_returned(i, run->actor.zh, path, e));
    buf_init(&called, 4096);
    size_t stem = name.n;
    while (stem && name.p[stem - 1] != '.')
        stem--;
    enum rc rc = buf_printf(&called, e, "%.*s%s.xlsx", (int)(stem ? stem - 1 : name.n), name.p,
                            run->actor.zh ? "-问题" : "-problems");
    if (rc == RC_OK)
        rc = keep_file(run, path, buf_view(&called), key, e);
    buf_free(&called);
    TRY(rc);
    return json_object_set_new(o, "returned", json_string(key)) == 0 ? RC_OK : err_nomem(e);
}

/* Every row and what it does, kept beside: the result of a job is read whole by every list of jobs.
 */
static enum rc keep_list(struct job_run *run, struct import *i, json_t *o, struct err *e)
{
    struct buf lines;
    char key[65];
    buf_init(&lines, FILE_MOST);
    enum rc rc = import_list(i, run->actor.zh, &lines, e);
    if (rc == RC_OK || rc == RC_TOO_BIG) /* the first ones, then */
        rc = file_keep_brief(run->site, &run->actor, STR("rows.jsonl"), buf_view(&lines),
                             FILE_RESULT_SECONDS, key, e);
    buf_free(&lines);
    TRY(rc);
    return json_object_set_new(o, "list", json_string(key)) == 0 ? RC_OK : err_nomem(e);
}

static enum rc finish_import(struct job_run *run, struct import *i, const json_t *args,
                             struct str name, struct err *e)
{
    char print[20];
    snprintf(print, sizeof print, "%016llx", (unsigned long long)import_print(i));
    struct str confirmed = text_of(args, "print");
    bool apply = json_is_true(json_object_get(args, "apply"));
    if (apply && confirmed.n && !str_eq(confirmed, str_of(print)))
        return err_user(e, "import.changed", "%s", "");
    json_t *o = counts_of(i, name, print), *problems = json_array();
    enum rc rc =
        o && problems && json_object_set_new(o, "problems", problems) == 0 ? RC_OK : err_nomem(e);
    if (rc == RC_OK)
        rc = problems_of(i, run->actor.zh, problems, e);
    if (rc == RC_OK && import_count(i, ROW_WRONG))
        rc = keep_returned(run, i, name, o, e);
    apply &= import_count(i, ROW_WRONG) == 0;
    if (rc == RC_OK && apply)
        rc = import_apply(i, jobs_progress, run, e);
    if (rc == RC_OK)
        rc = keep_list(run, i, o, e); /* after the write: what is new has its number */
    if (rc == RC_OK && json_object_set_new(o, "applied", json_boolean(apply)) != 0)
        rc = err_nomem(e);
    if (rc == RC_OK)
        return give(run, o, e);
    json_decref(o);
    return rc;
}

static enum rc upload_of(struct job_run *run, struct str key, struct import_options *o,
                         struct err *e)
{
    bool there = false;
    if (key.n)
        TRY(file_there(run->site, key, &there, e));
    if (!there)
        return err_user(e, "import.gone", "%d", (int)(FILE_UPLOAD_SECONDS / 86400));
    return file_fetch(run->site, &run->actor, key, run->arena, &o->name, &o->bytes, e);
}

enum rc job_import(struct job_run *run, struct err *e)
{
    json_t *args = NULL;
    const struct kind *k = NULL;
    struct import *i = NULL;
    struct import_options o = {0};
    enum rc rc;
    GOTO_OUT(args_of(run, &args, &k, e));
    GOTO_OUT(upload_of(run, text_of(args, "file"), &o, e));
    struct str path = arena_str(run->arena, o.name);
    if (!path.p) {
        rc = err_nomem(e);
        goto out;
    }
    GOTO_OUT(hand_of(args, run->arena, &o, e));
    GOTO_OUT(import_open_with(&i, run->site, &run->actor, k, path.p, &o, jobs_progress, run, e));
    rc = finish_import(run, i, args, o.name, e);
out:
    import_close(i);
    json_decref(args);
    return rc;
}

/* ---- what was uploaded ---- */

/* A dry run that somebody may still confirm, or read once more with other columns. */
static bool waits(const struct job *job, const json_t *args)
{
    return job->state == JOB_DONE && !json_is_true(json_object_get(args, "apply"));
}

static enum rc drop_upload(struct tx *tx, const json_t *args, struct arena *to, struct err *e)
{
    return file_drop_in(tx, text_of(args, "file"), to, e);
}

enum rc job_import_ended(struct tx *tx, const struct job *job, struct arena *to, struct err *e)
{
    json_t *args = json_loadb(job->args.p, job->args.n, 0, NULL);
    enum rc rc = args && !waits(job, args) ? drop_upload(tx, args, to, e) : RC_OK;
    json_decref(args);
    return rc;
}

static enum rc forget(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct arena to = {0};
    (void)s;
    enum rc rc = drop_upload(tx, ctx, &to, e);
    arena_free(&to);
    return rc;
}

enum rc import_forget(struct site *s, const struct actor *a, int64_t id, struct err *e)
{
    struct arena to = {0};
    struct job job;
    json_t *args = NULL;
    enum rc rc;
    GOTO_OUT(a->read_only ? err_user(e, "service.denied", "%s", "") : RC_OK);
    GOTO_OUT(jobs_show(s, a, id, &to, &job, e));
    args = json_loadb(job.args.p, job.args.n, 0, NULL);
    if (!args || !str_eq(job.name, STR("import")))
        rc = view_missing(e);
    else if (job.state == JOB_WAITING || job.state == JOB_RUNNING)
        rc = jobs_cancel(s, a, id, e);
    else
        rc = site_write(s, forget, args, e);
out:
    json_decref(args);
    arena_free(&to);
    return rc;
}

/* ---- export ---- */

static const struct {
    const char *name;
    enum export_format format;
} formats[] = {{"xlsx", EXPORT_XLSX}, {"csv", EXPORT_CSV}, {"jsonl", EXPORT_JSONL}};

static enum rc finish_export(struct job_run *run, const struct kind *k, const char *ending,
                             struct export_request *r, struct err *e)
{
    char path[PATH_MOST], key[65];
    struct buf name;
    TRY(temp_path(run, ending, path, e));
    TRY(sheet_export(run->site, &run->actor, r, path, e));
    buf_init(&name, 4096);
    struct str label = label_text(&k->label, r->zh);
    enum rc rc = buf_printf(&name, e, "%.*s.%s", (int)label.n, label.p, ending);
    if (rc == RC_OK)
        rc = keep_file(run, path, buf_view(&name), key, e);
    if (rc == RC_OK)
        rc = give(run, json_pack("{s:s,s:o}", "file", key, "name", string_of(buf_view(&name))), e);
    buf_free(&name);
    return rc;
}

enum rc job_export(struct job_run *run, struct err *e)
{
    json_t *args = NULL;
    const struct kind *k = NULL;
    enum rc rc;
    size_t f = 0;
    GOTO_OUT(args_of(run, &args, &k, e));
    struct str format = text_of(args, "format");
    while (f < ARRAY_LEN(formats) && format.n && !str_eq(format, str_of(formats[f].name)))
        f++;
    if (f == ARRAY_LEN(formats)) {
        rc = err_user(e, "job.args", "%.*s", (int)MIN(format.n, 60u), format.p);
        goto out;
    }
    const json_t *zh = json_object_get(args, "zh");
    struct export_request r = {.columns = text_of(args, "columns"),
                               .format = formats[f].format,
                               .zh = zh ? json_is_true(zh) : run->actor.zh,
                               .progress = jobs_progress,
                               .progress_ctx = run};
    r.list = (struct list_request){
        .kind = k, .filter = text_of(args, "filter"), .sort = text_of(args, "sort")};
    rc = finish_export(run, k, formats[f].name, &r, e);
out:
    json_decref(args);
    return rc;
}
