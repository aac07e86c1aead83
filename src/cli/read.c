/* qiao read: pages in, what they say out. */
#define _POSIX_C_SOURCE 200809L
#include "base/file.h"
#include "cli/progress.h"
#include "cli/read_int.h"
#include "service/bulk.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROBLEMS_SHOWN = 20, PATH_BYTES = 4096 };

struct read_args {
    struct common common;
    const char *out, *urls, *known, *kind;
    uint32_t threads;
    double timeout, delay;
    bool json;
    struct option_list allow;
};
#define HERE(member) offsetof(struct read_args, member)

static const struct option options[] = {
    {.letter = 'o',
     .kind = OPTION_TEXT,
     .to = HERE(out),
     .value = {"文件.xlsx|.jsonl", "FILE.xlsx|.jsonl"},
     .help = {"写出工作簿或 JSON Lines；中断后重新运行会接着读",
              "write a workbook or JSON Lines; run again to go on after an interruption"}},
    {.name = "urls",
     .kind = OPTION_TEXT,
     .to = HERE(urls),
     .value = {"文件", "FILE"},
     .help = {"读此文件中的网址，每行一个", "read the addresses in this file, one a line"}},
    {.name = "known",
     .kind = OPTION_TEXT,
     .to = HERE(known),
     .value = {"文件", "FILE"},
     .help = {"已有单位的表格：名称、简称、编号",
              "spreadsheet of known organisations: name, short names, id"}},
    {.name = "kind",
     .kind = OPTION_TEXT,
     .to = HERE(kind),
     .value = {"类型", "KIND"},
     .help = {"--known 的表没有类型列时，其中单位的类型",
              "kind of the organisations of --known where the sheet has none"}},
    {.name = "json",
     .kind = OPTION_FLAG,
     .to = HERE(json),
     .help = {"输出 JSON Lines，每页一行", "print JSON Lines, one a page"}},
    {.name = "timeout",
     .kind = OPTION_REAL,
     .to = HERE(timeout),
     .min = 0.1,
     .max = 3600,
     .value = {"秒", "SECONDS"},
     .help = {"每个网页最多等多久（默认 30）",
              "longest wait for a page of the web (30 if not given)"}},
    {.name = "delay",
     .kind = OPTION_REAL,
     .to = HERE(delay),
     .max = 3600,
     .value = {"秒", "SECONDS"},
     .help = {"同一网站两次访问的间隔（默认 1）",
              "time between two pages of one site (1 if not given)"}},
    {.name = "allow-private",
     .kind = OPTION_LIST,
     .to = HERE(allow),
     .value = {"地址", "ADDRESS"},
     .help = {"允许访问这个内网地址，可多次",
              "this private address may be asked; may be repeated"}},
    {.name = "threads",
     .kind = OPTION_COUNT,
     .to = HERE(threads),
     .min = 1,
     .max = 1024,
     .value = {"数", "N"},
     .help = {"线程数（默认：处理器数）", "threads (one for every processor if not given)"}},
};

/* One run of the command. */
struct run {
    const struct read_args *args;
    struct speaker speaker;
    struct sources sources;
    struct reader *reader;
    struct known *known;
    struct read_book *book;
    struct file_out *lines;
    struct progress progress;
    struct page page, problems;
    struct read_counts counts;
    uint32_t shown, again;
    char journal[PATH_BYTES];
    struct buf goodbye;
};

/* ---- the command line ---- */

static enum rc check_out(const struct read_args *a, int n, char **words, struct err *e)
{
    struct stat out, in;
    if (!cli_ends_in(a->out, ".xlsx") && !cli_ends_in(a->out, ".jsonl"))
        return err_at(e, err_user(e, "cli.out_not_read", "%s", ""), a->out, NULL, 0, 0);
    if (stat(a->out, &out) != 0)
        return RC_OK;
    for (int i = 0; i < n + 2; i++) {
        const char *input = i < n ? words[i] : i == n ? a->urls : a->known;
        if (input && stat(input, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return err_at(e, err_user(e, "cli.out_is_input", "%s", ""), a->out, NULL, 0, 0);
    }
    return RC_OK;
}

static enum rc check_args(const struct read_args *a, int n, char **words, struct err *e)
{
    if (n == 0 && !a->urls)
        return err_user(e, "cli.read_words", "%s", "");
    if (a->kind && !a->known)
        return err_user(e, "cli.needs_option", "--kind\t--known");
    if (a->urls)
        TRY(cli_check_input(a->urls, e));
    if (a->known)
        TRY(cli_check_input(a->known, e));
    return a->out ? check_out(a, n, words, e) : RC_OK;
}

/* ---- pages as they come ---- */

/* With an output, pages that were not read are listed at the end. */
static enum rc note_problem(struct run *x, const struct read_page *p, struct err *e)
{
    if (str_eq(p->status, STR("read")) || x->shown > PROBLEMS_SHOWN)
        return RC_OK;
    if (x->shown++ == PROBLEMS_SHOWN)
        return page_wrap(&x->problems, STR("…"), 2, 1, PAGE_PLAIN, e);
    struct buf b;
    buf_init(&b, 1 << 20);
    enum rc rc = buf_str(&b, read_text(p->json, "source"), e);
    if (rc == RC_OK)
        rc = buf_str(&b, sentence(&x->speaker, "cli.colon"), e);
    if (rc == RC_OK)
        rc = read_reason(&b, &x->speaker, p, e);
    if (rc == RC_OK)
        rc = page_wrap(&x->problems, buf_view(&b), 2, 2, PAGE_PLAIN, e);
    buf_free(&b);
    return rc;
}

static enum rc show(struct run *x, const struct read_page *p, struct err *e)
{
    read_count(&x->counts, p);
    if (x->book)
        TRY(read_book_add(x->book, p, e));
    if (x->args->json || x->args->common.quiet)
        return RC_OK;
    if (x->args->out)
        return note_problem(x, p, e);
    TRY(read_show(&x->page, &x->speaker, p, e));
    return page_print(&x->page, e);
}

static enum rc take(void *ctx, const struct bulk_page *p, struct err *e)
{
    struct run *x = ctx;
    if (x->lines) {
        TRY(file_out_write(x->lines, p->line.p, p->line.n, e));
        TRY(file_out_write(x->lines, "\n", 1, e));
    }
    if (x->args->json) {
        TRY(cli_print(p->line, e));
        TRY(cli_print(STR("\n"), e));
    }
    if (!x->book && (x->args->json || x->args->common.quiet))
        return RC_OK; /* nobody asks what stands in it */
    json_t *json = json_loadb(p->line.p, p->line.n, JSON_ALLOW_NUL, NULL);
    if (!json)
        return err_nomem(e); /* what we wrote ourselves can only fail so */
    struct read_page page = read_page_of(json);
    enum rc rc = show(x, &page, e);
    json_decref(json);
    return rc;
}

/* ---- the run ---- */

static enum rc say_reason(void *speaker, struct buf *to, const struct read_page *p, struct err *e)
{
    return read_reason(to, speaker, p, e);
}

static enum rc open_output(struct run *x, struct err *e)
{
    const char *out = x->args->out;
    if (!out)
        return RC_OK;
    int n = snprintf(x->journal, sizeof x->journal, "%s.journal", out);
    if (n < 0 || (size_t)n >= sizeof x->journal)
        return err_at(e, err_user(e, "cli.out_not_read", "%s", ""), out, NULL, 0, 0);
    if (cli_ends_in(out, ".jsonl"))
        return file_out_open(&x->lines, out, e);
    struct read_words words = {x->speaker.model, lang_name(x->speaker.lang), say_reason,
                               &x->speaker};
    return read_book_open(&x->book, out, &words, e);
}

/* The sentence for Ctrl-C must be there before it is needed. */
static enum rc prepare_goodbye(struct run *x, struct err *e)
{
    TRY(buf_str(&x->goodbye, STR("qiao: "), e));
    const char *key = x->args->out ? "read.interrupted" : "base.cancelled";
    TRY(buf_str(&x->goodbye, sentence(&x->speaker, key), e));
    TRY(buf_char(&x->goodbye, '\n', e));
    cli_goodbye(x->goodbye.p);
    return RC_OK;
}

static enum rc open_input(struct run *x, int n, char **words, struct err *e)
{
    const struct read_args *a = x->args;
    for (int i = 0; i < n; i++)
        TRY(sources_add(&x->sources, words[i], e));
    if (a->urls)
        TRY(sources_add_urls(&x->sources, a->urls, e));
    if (a->known)
        TRY(known_open(&x->known, a->known, a->kind, a->common.model, e));
    return reader_open(&x->reader, a->common.model, e);
}

static enum rc write_output(struct run *x, uint32_t *left_out, struct err *e)
{
    struct file_out *lines = x->lines;
    struct read_book *book = x->book;
    x->lines = NULL;
    x->book = NULL;
    if (lines)
        TRY(file_out_commit(lines, e));
    if (book)
        TRY(read_book_close(book, left_out, e));
    cli_goodbye(NULL); /* from here on there is a file */
    if (x->args->out && !x->again)
        bulk_forget(x->journal);
    return RC_OK;
}

static enum rc put_count(struct run *x, const char *key, uint32_t n, struct err *e)
{
    char number[16];
    struct buf b;
    buf_init(&b, 4096);
    snprintf(number, sizeof number, "%u", n);
    enum rc rc = SAY(&b, &x->speaker, key, e, {"n", str_of(number)});
    if (rc == RC_OK)
        rc = page_wrap(&x->page, buf_view(&b), 0, 3, PAGE_PLAIN, e);
    buf_free(&b);
    return rc;
}

static enum rc summarise(struct run *x, uint32_t left_out, struct err *e)
{
    const char *out = x->args->out;
    if (x->args->json || x->args->common.quiet)
        return RC_OK;
    if (x->shown) {
        TRY(page_wrap(&x->page, sentence(&x->speaker, "read.not_read"), 0, 1, PAGE_PLAIN, e));
        TRY(page_print(&x->page, e));
        TRY(page_print(&x->problems, e));
    }
    TRY(read_show_counts(&x->page, &x->speaker, &x->counts, e));
    if (left_out)
        TRY(put_count(x, "read.left_out", left_out, e));
    if (x->again && out)
        TRY(put_count(x, "read.again", x->again, e));
    if (out) {
        struct buf b;
        buf_init(&b, PATH_BYTES + 1024);
        enum rc rc = SAY(&b, &x->speaker, "cli.written", e, {"path", str_of(out)});
        if (rc == RC_OK)
            rc = page_put(&x->page, buf_view(&b), e);
        buf_free(&b);
        TRY(rc);
        TRY(page_line(&x->page, e));
    }
    return page_print(&x->page, e);
}

static enum rc read_all(struct run *x, int n, char **words, struct err *e)
{
    const struct read_args *a = x->args;
    uint32_t left_out = 0;
    TRY(open_input(x, n, words, e));
    TRY(prepare_goodbye(x, e));
    TRY(open_output(x, e));
    struct bulk_options o = {
        .sources = &x->sources,
        .reader = x->reader,
        .known = x->known,
        .fetch = {a->timeout, a->delay, a->allow.words.p, a->allow.words.n},
        .threads = a->threads,
        .journal = a->out ? x->journal : NULL,
        .take = take,
        .ctx = x,
        .progress = progress_step,
        .progress_ctx = &x->progress,
    };
    enum rc rc = bulk_read(&o, &x->again, e);
    progress_end(&x->progress);
    TRY(rc);
    TRY(write_output(x, &left_out, e));
    return summarise(x, left_out, e);
}

static enum rc read_with(struct cli *c, const struct read_args *a, int n, char **words,
                         struct err *e)
{
    struct run x = {.args = a, .speaker = {c->model, c->lang}};
    page_init(&x.page);
    page_init(&x.problems);
    buf_init(&x.goodbye, 1024);
    /* what is shown on the terminal page by page is progress enough */
    progress_init(&x.progress, x.speaker, a->common.quiet || (!a->out && isatty(STDOUT_FILENO)));
    enum rc rc = read_all(&x, n, words, e);
    cli_goodbye(NULL);
    file_out_abandon(x.lines);
    read_book_abandon(x.book);
    sources_free(&x.sources);
    known_close(x.known);
    reader_close(x.reader);
    page_free(&x.page);
    page_free(&x.problems);
    buf_free(&x.goodbye);
    return rc;
}

static enum rc read_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct read_args a = {.timeout = 30, .delay = 1};
    int n;
    bool done;
    enum rc rc = cli_parse(c, &read_command, &a, argc, argv, &n, &done, e);
    if (rc == RC_OK && !done)
        rc = check_args(&a, n, argv, e);
    if (rc == RC_OK && !done)
        rc = cli_model(c, e);
    if (rc == RC_OK && !done)
        rc = read_with(c, &a, n, argv, e);
    vec_free(&a.allow.words);
    return rc;
}

const struct command read_command = {
    .name = "read",
    .run = read_run,
    .options = options,
    .n_options = ARRAY_LEN(options),
    .usage = {"[选项] 文件、目录或网址…\n[选项] --urls 文件",
              "[OPTION]... PATH|URL...\n[OPTION]... --urls FILE"},
    .what = {"从新闻网页读出谁与谁合作、何时、多少，附原句",
             "read news of cooperation: who agreed what with whom, with the sentence"},
    .more = {"读 HTML 和纯文本，任何编码；目录连同其下各级；zip 压缩包里的页面；“-” 是标准输入。\n"
             "文件“页面.url”里可放该页面的网址，“页面.charset”里可放网站在 HTTP 头中所称的编码，\n"
             "压缩包里也一样。",
             "Reads HTML and plain text in any charset; a folder with all below it; the pages in a "
             "zip;\n"
             "\"-\" is standard input. The file PAGE.url may hold the address of PAGE, "
             "PAGE.charset the\n"
             "charset that the HTTP header named, in a zip as well."},
};
