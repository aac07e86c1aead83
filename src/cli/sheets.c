/* qiao import, export, template: spreadsheets of a site's records. */
#include "service/sheets.h"
#include "base/clock.h"
#include "cli/page.h"
#include "cli/site_int.h"
#include "service/pages.h"

#include <stdio.h>

enum { PROBLEMS_SHOWN = 20 };

struct sheets_args {
    struct site_args site;
    const char *out, *filter, *columns, *sort, *labels;
    bool apply, states;
};
#define HERE(member) offsetof(struct sheets_args, member)

/* One run of a command. */
struct sheeting {
    struct at_site at;
    const struct sheets_args *args;
    const struct kind *kind;
    char **word; /* DIR, KIND, FILE */
    struct page page;
    struct buf text;
};

static bool is_zh(const struct sheeting *x)
{
    return x->at.c->lang == LANG_ZH;
}

/* ---- import ---- */

static struct named count(const char *name, char to[16], uint32_t n)
{
    snprintf(to, 16, "%u", n);
    return (struct named){name, str_of(to)};
}

static enum rc put_line(struct sheeting *x, size_t indent, struct err *e)
{
    return page_wrap(&x->page, buf_view(&x->text), indent, indent + 2, PAGE_PLAIN, e);
}

static enum rc print_counts(struct sheeting *x, const struct import *i, struct err *e)
{
    char space[5][16];
    struct named names[] = {count("all", space[0], import_rows(i)),
                            count("new", space[1], import_count(i, ROW_NEW)),
                            count("changed", space[2], import_count(i, ROW_CHANGED)),
                            count("same", space[3], import_count(i, ROW_SAME)),
                            count("wrong", space[4], import_count(i, ROW_WRONG))};
    buf_clear(&x->text);
    TRY(say(&x->text, &x->at.speaker, "cli.import_counts", names, ARRAY_LEN(names), e));
    return put_line(x, 0, e);
}

static enum rc print_unknown(struct sheeting *x, const struct import *i, struct err *e)
{
    const struct str *header;
    uint32_t n = import_unknown(i, &header);
    if (!n)
        return RC_OK;
    buf_clear(&x->text);
    TRY(buf_str(&x->text, sentence(&x->at.speaker, "cli.import_unknown"), e));
    for (uint32_t h = 0; h < n; h++) {
        if (h)
            TRY(buf_str(&x->text, sentence(&x->at.speaker, "cli.comma"), e));
        TRY(buf_str(&x->text, header[h], e));
    }
    return put_line(x, 0, e);
}

static enum rc print_fault(struct sheeting *x, const struct import *i, uint32_t row, uint32_t fault,
                           struct err *e)
{
    struct place at = {.sheet = import_sheet(i, row), .row = import_row(i, row).row};
    buf_clear(&x->text);
    TRY(say_place(&x->text, &x->at.speaker, &at, e));
    TRY(buf_char(&x->text, ' ', e));
    TRY(import_say(&x->text, i, row, fault, is_zh(x), e));
    return put_line(x, 2, e);
}

static enum rc print_faults(struct sheeting *x, const struct import *i, struct err *e)
{
    uint32_t shown = 0;
    for (uint32_t r = 0; r < import_rows(i); r++)
        for (uint32_t f = 0; f < import_row(i, r).n_faults; f++)
            if (shown++ < PROBLEMS_SHOWN)
                TRY(print_fault(x, i, r, f, e));
    return shown > PROBLEMS_SHOWN ? page_wrap(&x->page, STR("…"), 2, 1, PAGE_PLAIN, e) : RC_OK;
}

static enum rc report(struct sheeting *x, const struct import *i, struct err *e)
{
    progress_end(&x->at.progress);
    if (x->args->site.common.quiet)
        return RC_OK;
    TRY(print_counts(x, i, e));
    TRY(print_unknown(x, i, e));
    TRY(print_faults(x, i, e));
    return page_print(&x->page, e);
}

/* Write it, or say how to. What is wrong ends the program with 2, so that a script notices. */
static enum rc conclude(struct sheeting *x, struct import *i, struct err *e)
{
    if (x->args->out && import_count(i, ROW_WRONG)) {
        TRY(import_returned(i, is_zh(x), x->args->out, e));
        TRY(at_site_say(&x->at, "cli.import_returned", str_of(x->args->out), e));
    }
    if (import_count(i, ROW_WRONG))
        return err_user(e, "import.wrong", "%u", import_count(i, ROW_WRONG));
    if (!x->args->apply)
        return at_site_say(&x->at, "cli.import_dry", STR(""), e);
    TRY(import_apply(i, progress_step, &x->at.progress, e));
    return at_site_say(&x->at, "cli.import_done", STR(""), e);
}

static enum rc import_file(struct sheeting *x, struct err *e)
{
    struct import *i = NULL;
    struct import_options o = {.states = x->args->states};
    TRY(cli_check_input(x->word[2], e));
    TRY(import_open_with(&i, x->at.site, &actor_system, x->kind, x->word[2], &o, progress_step,
                         &x->at.progress, e));
    enum rc rc = report(x, i, e);
    if (rc == RC_OK)
        rc = conclude(x, i, e);
    import_close(i);
    return rc;
}

/* ---- export ---- */

static enum rc export_file(struct sheeting *x, struct err *e)
{
    const struct sheets_args *a = x->args;
    struct export_request r = {.list = {.kind = x->kind,
                                        .filter = a->filter ? str_of(a->filter) : STR(""),
                                        .sort = a->sort ? str_of(a->sort) : STR("id")},
                               .columns = a->columns ? str_of(a->columns) : STR(""),
                               .format = cli_ends_in(a->out, ".csv")     ? EXPORT_CSV
                                         : cli_ends_in(a->out, ".jsonl") ? EXPORT_JSONL
                                                                         : EXPORT_XLSX,
                               .zh = is_zh(x),
                               .progress = progress_step,
                               .progress_ctx = &x->at.progress};
    enum rc rc = sheet_export(x->at.site, &actor_system, &r, a->out, e);
    if (rc == RC_USER && strncmp(e->key, "filter.", 7) == 0)
        e->col = 0; /* a place in the filter, not in a sheet; the sentence names the word */
    TRY(rc);
    return at_site_say(&x->at, "cli.file_written", str_of(a->out), e);
}

static enum rc template_file(struct sheeting *x, struct err *e)
{
    TRY(sheet_template(x->at.site, &actor_system, x->kind, is_zh(x), x->args->out, e));
    return at_site_say(&x->at, "cli.file_written", str_of(x->args->out), e);
}

/* ---- what the three have in common ---- */

static enum rc no_kind(const struct sheeting *x, const char *word, struct err *e)
{
    const struct kinds *all = site_kinds(x->at.site);
    struct buf names;
    buf_init(&names, 4096);
    enum rc rc = buf_printf(&names, e, "%.60s\t", word);
    for (uint32_t i = 0; rc == RC_OK && i < kinds_count(all); i++) {
        struct str name = kinds_at(all, i)->name;
        rc = buf_printf(&names, e, "%s%.*s", i ? ", " : "", (int)name.n, name.p);
    }
    if (rc == RC_OK)
        rc = err_user(e, "cli.no_kind", "%s", names.p);
    buf_free(&names);
    return rc;
}

/* By its name, or its label in either language. */
static enum rc find_kind(struct sheeting *x, struct err *e)
{
    const struct kinds *all = site_kinds(x->at.site);
    struct str word = str_of(x->word[1]);
    for (uint32_t i = 0; i < kinds_count(all) && !x->kind; i++) {
        const struct kind *k = kinds_at(all, i);
        if (str_eq(k->name, word) || str_eq(k->label.zh, word) || str_eq(k->label.en, word))
            x->kind = k;
    }
    return x->kind ? RC_OK : no_kind(x, x->word[1], e);
}

static enum rc check_out(const struct sheets_args *a, bool text_too, struct err *e)
{
    if (!a->out)
        return err_user(e, "cli.needs_out", "%s", "");
    bool text = cli_ends_in(a->out, ".csv") || cli_ends_in(a->out, ".jsonl");
    if (cli_ends_in(a->out, ".xlsx") || (text_too && text))
        return RC_OK;
    return err_user(e, text_too ? "cli.out_format" : "cli.out_not_xlsx", "%s", "");
}

typedef enum rc (*sheets_fn)(struct sheeting *x, struct err *e);
static enum rc write_labels(struct sheeting *x, struct err *e);

static enum rc run_at(struct cli *c, const struct sheets_args *a, char **word, sheets_fn fn,
                      struct err *e)
{
    struct sheeting x = {.args = a, .word = word};
    struct site_options o = site_options_of(&a->site, word[0]);
    page_init(&x.page);
    buf_init(&x.text, 1u << 20);
    enum rc rc = at_site_open(&x.at, c, &o, e);
    if (rc == RC_OK && fn != write_labels)
        rc = find_kind(&x, e);
    if (rc == RC_OK)
        rc = fn(&x, e);
    at_site_close(&x.at);
    page_free(&x.page);
    buf_free(&x.text);
    return rc;
}

static enum rc run(struct cli *c, const struct command *command, int words, sheets_fn fn, int argc,
                   char **argv, struct err *e)
{
    struct sheets_args a = {0};
    int n;
    bool done;
    TRY(cli_parse(c, command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (n < words)
        return err_user(e, words == 3 ? "cli.import_words" : "cli.sheet_words", "%s",
                        command->name);
    if (n > words)
        return err_user(e, "cli.too_many_words", "%.60s", argv[words]);
    if (fn != write_labels && (fn != import_file || a.out))
        TRY(check_out(&a, fn == export_file, e));
    return run_at(c, &a, argv, fn, e);
}

static enum rc import_run(struct cli *c, int argc, char **argv, struct err *e)
{
    return run(c, &import_command, 3, import_file, argc, argv, e);
}

/* qiao export DIR --labels FOLDER: what people decided about pages of news. */
static enum rc write_labels(struct sheeting *x, struct err *e)
{
    struct page_labels done;
    char text[80];
    TRY(page_labels_write(x->at.site, &actor_system, x->args->labels, &done, e));
    snprintf(text, sizeof text, "%u", done.pages);
    return at_site_say(&x->at, "cli.labels_written", str_of(text), e);
}

static enum rc export_run(struct cli *c, int argc, char **argv, struct err *e)
{
    for (int i = 0; i < argc; i++)
        if (strncmp(argv[i], "--labels", strlen("--labels")) == 0)
            return run(c, &export_command, 1, write_labels, argc, argv, e);
    return run(c, &export_command, 2, export_file, argc, argv, e);
}

static enum rc template_run(struct cli *c, int argc, char **argv, struct err *e)
{
    return run(c, &template_command, 2, template_file, argc, argv, e);
}

#define OPTION_OUT(zh_, en_)                                                                       \
    {                                                                                              \
        .letter = 'o', .kind = OPTION_TEXT, .to = HERE(out), .value = {"文件", "FILE"}, .help = {  \
            zh_,                                                                                   \
            en_                                                                                    \
        }                                                                                          \
    }

static const struct option import_options_[] = {
    OPTION_DB,
    {.name = "apply",
     .kind = OPTION_FLAG,
     .to = HERE(apply),
     .help = {"没有错时写入；不给则只预检", "write it when nothing is wrong; else only check"}},
    {.name = "states",
     .kind = OPTION_FLAG,
     .to = HERE(states),
     .help = {"状态也照文件写入（迁移旧数据用）",
              "take states from the file (for data that moves in)"}},
    OPTION_OUT("把问题写进此 xlsx 的最后一列",
               "write what is wrong into the last column of this xlsx"),
};

static const struct option export_options[] = {
    OPTION_DB,
    OPTION_OUT("写到此文件：.xlsx、.csv 或 .jsonl", "write this file: .xlsx, .csv or .jsonl"),
    {.name = "filter",
     .kind = OPTION_TEXT,
     .to = HERE(filter),
     .value = {"条件", "FILTER"},
     .help = {"只导出符合条件的，如“状态 = 公开”", "only these, such as \"state = open\""}},
    {.name = "columns",
     .kind = OPTION_TEXT,
     .to = HERE(columns),
     .value = {"列,列…", "NAMES"},
     .help = {"只导出这些列，如 title,owner", "only these columns, such as title,owner"}},
    {.name = "sort",
     .kind = OPTION_TEXT,
     .to = HERE(sort),
     .value = {"列", "NAME"},
     .help = {"按此列排序，前面加 - 为降序（默认 id）",
              "sort by it, - in front: down (id if not given)"}},
    {.name = "labels",
     .kind = OPTION_TEXT,
     .to = HERE(labels),
     .value = {"目录", "FOLDER"},
     .help = {"改为写出审阅过的新闻页及其标注，供 bench/news --dir 评测",
              "write the reviewed pages of news with their labels instead, for bench/news --dir"}},
};

static const struct option template_options[] = {
    OPTION_DB,
    OPTION_OUT("写到此 xlsx", "write this xlsx"),
};

const struct command import_command = {
    .name = "import",
    .run = import_run,
    .options = import_options_,
    .n_options = ARRAY_LEN(import_options_),
    .usage = {"[选项] 数据目录 类别 文件", "[OPTION]... DIR KIND FILE"},
    .what = {"导入表格；先预检，全部写入或全部不写",
             "read a spreadsheet into a site: all of it or nothing"},
    .more = {"类别：need、result、person、org、resource、introduction 等，也可写中文名称。",
             "KIND is need, result, person, org, resource, introduction or another of the site."},
};

const struct command export_command = {
    .name = "export",
    .run = export_run,
    .options = export_options,
    .n_options = ARRAY_LEN(export_options),
    .usage = {"[选项] 数据目录 类别 -o 文件\n数据目录 --labels 目录",
              "[OPTION]... DIR KIND -o FILE\nDIR --labels FOLDER"},
    .what = {"把记录导出为表格", "write records as a spreadsheet"},
};

const struct command template_command = {
    .name = "template",
    .run = template_run,
    .options = template_options,
    .n_options = ARRAY_LEN(template_options),
    .usage = {"[选项] 数据目录 类别 -o 文件.xlsx", "[OPTION]... DIR KIND -o FILE.xlsx"},
    .what = {"写出供填写的导入模板", "write an empty workbook to fill in and import"},
};
