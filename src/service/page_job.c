/* The job "read": files, archives and addresses become kept pages, one transaction each. A page
 * that is bad is told and passed over. After a restart it begins anew, and what is kept already (by
 * its bytes; of this job's addresses, by address) costs next to nothing. At the end what was read
 * is written as JSON Lines and as a workbook, as `qiao read` writes them. */
#include "base/file.h"
#include "service/fetch.h"
#include "service/packed.h"
#include "service/pages.h"
#include "service/pages_int.h"
#include "service/reading_book.h"
#include "service/reading_json.h"
#include "service/sheets_int.h"
#include "service/sources.h"

#include <stdio.h>
#include <unistd.h>

enum { PAGES_MOST = 20000, TOLD_MOST = 2000, BOOK_MOST = 64 << 20, PATH_MOST = 4096 };
#define PAGE_BYTES (16u << 20)
#define LINE_BYTES (64u << 20)
#define FETCH_TIME 30.0
#define FETCH_WAIT 1.0
#define READ_SHARE 0.9

/* A page of the job: a member of an archive, a file, an address. */
struct source_of {
    struct str name, key; /* key: of the kept file; "" an address */
    struct archive *archive;
    struct packed_page page; /* in it */
    int64_t id;              /* the kept page, 0: failed */
    bool already, refused;
    struct str title;   /* "" for none, or not written to the outputs any more */
    const char *reason; /* of a refused one; NULL: not told */
    struct err why;
};

struct reading_job {
    struct job_run *run;
    struct arena files; /* uploaded archives stay for the run */
    struct arena scratch;
    VEC(struct source_of) all;
    VEC(struct archive *) archives;
    struct fetcher *fetcher;
    struct buf page, address, charset;
    uint32_t read, refused, failed, already;
};

/* ---- what there is to read ---- */

static enum rc add_source(struct reading_job *j, struct source_of s, struct err *e)
{
    if (j->all.n >= PAGES_MOST)
        return err_too_big(e, "read.too_many", "%d", PAGES_MOST);
    return vec_push(&j->all, s, e);
}

static enum rc add_members(struct reading_job *j, struct archive *a, const vec_packed *pages,
                           struct err *e)
{
    for (size_t i = 0; i < pages->n; i++) {
        struct source_of s = {.archive = a, .page = pages->p[i]};
        s.name = archive_name(a, s.page.member);
        TRY(add_source(j, s, e));
    }
    return RC_OK;
}

/* A file is a page, or an archive of pages. */
static enum rc add_file(struct reading_job *j, struct str key, struct err *e)
{
    struct archive *a = NULL;
    struct source_of s = {.key = key};
    struct str bytes;
    struct err why;
    TRY(file_fetch(j->run->site, &j->run->actor, key, &j->files, &s.name, &bytes, e));
    if (!packed_is(bytes))
        return source_is_no_page(s.name.p) ? RC_OK : add_source(j, s, e);
    vec_packed pages = {0};
    enum rc rc = packed_open(&a, &pages, bytes, &why);
    if (rc == RC_USER || rc == RC_TOO_BIG) {
        s.why = why;
        rc = add_source(j, s, e);
    } else if (rc != RC_OK) {
        rc = err_nomem(e);
    } else if ((rc = vec_push(&j->archives, a, e)) != RC_OK) {
        archive_close(a);
    } else {
        rc = add_members(j, a, &pages, e);
    }
    vec_free(&pages);
    return rc;
}

static enum rc list_sources(struct reading_job *j, const json_t *args, struct err *e)
{
    const json_t *list = json_object_get(args, "sources"), *one;
    size_t i;
    json_array_foreach(list, i, one)
    {
        struct str file = read_text(one, "file"), url = read_text(one, "url");
        struct source_of s = {.name = arena_str(&j->files, url)};
        if (!s.name.p)
            return err_nomem(e);
        if (file.n)
            TRY(add_file(j, arena_str(&j->files, file), e));
        else if (url.n)
            TRY(add_source(j, s, e));
    }
    return j->all.n ? RC_OK : err_user(e, "read.no_urls", "%s", "");
}

/* ---- one page ---- */

static bool is_address(const struct source_of *s)
{
    return !s->key.n && !s->archive;
}

static enum rc get_bytes(struct reading_job *j, struct source_of *s, struct page_given *from,
                         struct err *e)
{
    struct str name, bytes;
    buf_clear(&j->page);
    buf_clear(&j->address);
    buf_clear(&j->charset);
    *from = (struct page_given){.name = s->name, .job = j->run->job->id};
    if (s->archive)
        TRY(packed_read(s->archive, &s->page, &j->page, &j->address, &j->charset, e));
    else if (s->key.n) {
        TRY(file_fetch(j->run->site, &j->run->actor, s->key, &j->scratch, &name, &bytes, e));
        from->bytes = bytes;
        return RC_OK;
    } else
        TRY(fetch_page(j->fetcher, 0, s->name.p, &j->page, &j->address, e));
    from->bytes = buf_view(&j->page);
    from->address = str_trim(buf_view(&j->address));
    from->charset = str_trim(buf_view(&j->charset));
    if (is_address(s))
        from->charset = fetch_charset(j->fetcher, 0);
    return RC_OK;
}

/* Does the page come earlier in the list? */
static bool is_second(const struct reading_job *j, const struct source_of *s)
{
    for (const struct source_of *o = j->all.p; s->id && o < s; o++)
        if (o->id == s->id)
            return true;
    return false;
}

static enum rc read_one(struct reading_job *j, struct source_of *s, struct err *e)
{
    struct page_kept kept = {0};
    struct page_given from;
    if (s->why.rc != RC_OK)
        return s->why.rc;
    if (is_address(s)) {
        TRY(page_of_address(j->run->site, s->name, j->run->job->id, &kept, e));
        s->id = kept.id;
        s->refused = kept.refused;
        s->already = is_second(j, s); /* else it was read before the site was started again */
        if (s->id)
            return RC_OK;
    }
    TRY(get_bytes(j, s, &from, e));
    TRY(page_keep(j->run->site, &j->run->actor, &from, &j->scratch, &kept, e));
    s->id = kept.id;
    s->already = kept.already;
    s->refused = kept.refused;
    return RC_OK;
}

static enum rc read_all(struct reading_job *j, struct err *e)
{
    for (size_t i = 0; i < j->all.n; i++) {
        struct source_of *s = &j->all.p[i];
        struct err why = {0};
        TRY(jobs_progress(j->run, "read", READ_SHARE * (double)i / (double)j->all.n, e));
        enum rc rc = read_one(j, s, &why);
        arena_reset(&j->scratch);
        if (rc == RC_OK) {
            j->already += s->already;
            j->refused += s->refused;
            j->read += !s->refused;
            continue;
        }
        if (rc != RC_USER && rc != RC_TOO_BIG && strncmp(why.key, "read.", 5) != 0) {
            if (e)
                *e = why;
            return rc;
        }
        if (s->why.rc == RC_OK)
            s->why = why;
        s->why.rc = rc;
        j->failed++;
    }
    return RC_OK;
}

/* ---- what came of it ---- */

struct outputs {
    struct reading_job *j;
    struct read_book *book;
    struct buf lines, line;
    const struct known *known;
    bool full; /* more than a kept file may have: the rest is on the site only */
};

static enum rc blob_of(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct source_of *x = ((void **)ctx)[0];
    struct str *bytes = ((void **)ctx)[1], name;
    struct article_source *known = ((void **)ctx)[2];
    struct arena *to = ((void **)ctx)[3];
    struct viewed v;
    bool found;
    (void)s;
    TRY(view_get(tx, &actor_system, NULL, x->id, to, &v, e));
    if (!v.found)
        return view_missing(e);
    *known = (struct article_source){rec_text(&v.full, "address"), rec_text(&v.full, "charset")};
    return blob_get(tx, rec_text(&v.full, "hash"), to, &name, bytes, &found, e);
}

/* What the list of the job's pages says of it. */
static enum rc keep_head(struct reading_job *j, struct source_of *s, const struct reading *x,
                         struct err *e)
{
    s->reason = x->news.refused;
    s->title = arena_str(&j->files, str_sub(x->article.text, 0, x->article.title));
    return s->title.p ? RC_OK : err_nomem(e);
}

/* Its JSON again, from its bytes: reading is a function of them. */
static enum rc line_of(struct outputs *o, struct source_of *s, uint32_t number, struct err *e)
{
    struct reading_job *j = o->j;
    struct str bytes = {0};
    struct article_source known = {.url = STR("")};
    const struct reader *reader;
    struct reading x = {0};
    void *ctx[] = {s, &bytes, &known, &j->scratch};
    buf_clear(&o->line);
    TRY(buf_printf(&o->line, e, "{\"page\":%u,\"duplicate_of\":null,", number));
    if (!s->id) {
        struct reading_source from = {.name = s->name};
        TRY(reading_put_failure(&o->line, &from, &s->why, e));
        return buf_char(&o->line, '}', e);
    }
    TRY(site_read(j->run->site, blob_of, ctx, e));
    TRY(site_reader(j->run->site, &reader, e));
    struct reading_source from = {s->name, known.url, bytes};
    enum rc rc = reading_make_from(&x, bytes, known, reader, &j->scratch, e);
    if (rc == RC_OK)
        rc = reading_put_json(&o->line, &from, &x, o->known, e);
    if (rc == RC_OK)
        rc = keep_head(j, s, &x, e);
    reading_release(&x);
    TRY(rc);
    return buf_char(&o->line, '}', e);
}

static enum rc put_outputs(struct outputs *o, struct err *e)
{
    struct reading_job *j = o->j;
    for (size_t i = 0; i < j->all.n && !o->full; i++) {
        TRY(jobs_progress(j->run, "write",
                          READ_SHARE + (1 - READ_SHARE) * (double)i / (double)j->all.n, e));
        TRY(line_of(o, &j->all.p[i], (uint32_t)i + 1, e));
        arena_reset(&j->scratch);
        o->full = o->lines.n + o->line.n + 1 > BOOK_MOST;
        if (o->full)
            break;
        TRY(buf_str(&o->lines, buf_view(&o->line), e));
        TRY(buf_char(&o->lines, '\n', e));
        json_t *json = json_loadb(o->line.p, o->line.n, JSON_ALLOW_NUL, NULL);
        if (!json)
            return err_nomem(e);
        struct read_page page = read_page_of(json);
        enum rc rc = read_book_add(o->book, &page, e);
        json_decref(json);
        TRY(rc);
    }
    return RC_OK;
}

static enum rc keep_book(struct reading_job *j, const char *path, char key[65], struct err *e)
{
    struct buf b;
    buf_init(&b, BOOK_MOST);
    enum rc rc = file_read(&b, path, e);
    if (rc == RC_OK)
        rc = file_keep(j->run->site, &j->run->actor, STR("news.xlsx"), buf_view(&b), key, e);
    buf_free(&b);
    return rc;
}

/* The organisations on record now, for the column that says who is known. */
static enum rc take_known(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct outputs *o = ctx;
    return newsroom_known(s, tx, false, &o->known, e);
}

static enum rc make_outputs(struct reading_job *j, const char *path, char lines[65], char book[65],
                            bool *full, struct err *e)
{
    struct outputs o = {.j = j};
    uint32_t left_out;
    struct read_words words = {.model = site_model(j->run->site),
                               .lang = j->run->actor.zh ? "zh" : "en"};
    buf_init(&o.lines, BOOK_MOST + 1);
    buf_init(&o.line, LINE_BYTES);
    enum rc rc = site_read(j->run->site, take_known, &o, e);
    if (rc == RC_OK)
        rc = read_book_open(&o.book, path, &words, e);
    if (rc == RC_OK)
        rc = put_outputs(&o, e);
    newsroom_done(j->run->site, o.known);
    if (rc == RC_OK) {
        rc = read_book_close(o.book, &left_out, e);
        o.book = NULL;
    }
    read_book_abandon(o.book);
    if (rc == RC_OK)
        rc = keep_book(j, path, book, e);
    if (rc == RC_OK)
        rc = file_keep(j->run->site, &j->run->actor, STR("news.jsonl"), buf_view(&o.lines), lines,
                       e);
    *full = o.full;
    unlink(path);
    buf_free(&o.lines);
    buf_free(&o.line);
    return rc;
}

static json_t *text_json(struct str s)
{
    return json_stringn_nocheck(s.p ? s.p : "", s.n);
}

/* A line for each page that failed, and for the first of the others. */
static json_t *pages_json(const struct reading_job *j)
{
    json_t *list = json_array();
    uint32_t told = 0;
    for (size_t i = 0; list && i < j->all.n; i++) {
        const struct source_of *s = &j->all.p[i];
        if (told++ >= TOLD_MOST)
            break;
        json_array_append_new(
            list, json_pack("{s:o,s:o,s:I,s:b,s:b,s:s,s:s,s:s}", "name", text_json(s->name),
                            "title", text_json(s->title), "id", (json_int_t)s->id, "already",
                            s->already, "refused", s->refused, "reason", s->reason ? s->reason : "",
                            "key", s->id ? "" : s->why.key, "detail", s->id ? "" : s->why.detail));
    }
    return list;
}

static enum rc give(struct reading_job *j, const char *lines, const char *book, bool full,
                    struct err *e)
{
    json_t *o = json_pack("{s:I,s:I,s:I,s:I,s:I,s:s,s:s,s:b,s:o}", "all", (json_int_t)j->all.n,
                          "read", (json_int_t)j->read, "refused", (json_int_t)j->refused, "failed",
                          (json_int_t)j->failed, "already", (json_int_t)j->already, "lines", lines,
                          "book", book, "full", full, "pages", pages_json(j));
    char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
    if (text)
        *j->run->result = arena_str(j->run->arena, str_of(text));
    json_decref(o);
    bool kept = text && j->run->result->p;
    mem_free(text);
    return kept ? RC_OK : err_nomem(e);
}

static enum rc run_job(struct reading_job *j, const json_t *args, struct err *e)
{
    struct fetch_options fetch = site_fetch_options(j->run->site, FETCH_TIME, FETCH_WAIT);
    const char *dir = site_dir(j->run->site);
    char path[PATH_MOST], lines[65] = "", book[65] = "";
    bool full = false;
    int n = snprintf(path, sizeof path, "%s/job-%lld.xlsx", dir && *dir ? dir : "/tmp",
                     (long long)j->run->job->id);
    if (n < 0 || n >= PATH_MOST)
        return err_sys(e, "file.create", "%s", "path");
    TRY(list_sources(j, args, e));
    TRY(fetcher_open(&j->fetcher, &fetch, 1, e));
    TRY(read_all(j, e));
    TRY(make_outputs(j, path, lines, book, &full, e));
    return give(j, lines, book, full, e);
}

enum rc job_read(struct job_run *run, struct err *e)
{
    struct reading_job j = {.run = run};
    json_t *args = json_loadb(run->job->args.p, run->job->args.n, 0, NULL);
    buf_init(&j.page, PAGE_BYTES);
    buf_init(&j.address, 8192);
    buf_init(&j.charset, 256);
    enum rc rc = json_is_object(args) ? run_job(&j, args, e) : err_user(e, "job.args", "%s", "");
    for (size_t i = 0; i < j.archives.n; i++)
        archive_close(j.archives.p[i]);
    vec_free(&j.archives);
    vec_free(&j.all);
    fetcher_close(j.fetcher);
    buf_free(&j.page);
    buf_free(&j.address);
    buf_free(&j.charset);
    json_decref(args);
    arena_free(&j.files);
    arena_free(&j.scratch);
    return rc;
}
