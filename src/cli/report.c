/* qiao report: a ledger or table of a site, printed or as a file. */
#include "cli/page.h"
#include "cli/site_int.h"
#include "record/filter.h"
#include "service/tables.h"
#include "text/width.h"

#define FILE_MAX (64u << 20)

enum { COLUMN_MOST = 28, COLUMN_LEAST = 4, GAP = 2 };

struct report_args {
    struct site_args site;
    const char *out, *from, *until, *org;
    uint32_t year;
    bool tsv;
};
#define HERE(member) offsetof(struct report_args, member)

/* One run of the command. */
struct reporting {
    struct at_site at;
    const struct report_args *args;
    struct actor as;
    struct arena arena;
    struct page page;
};

/* ---- what is asked ---- */

static enum rc read_day(const char *option, const char *word, int64_t *day, struct err *e)
{
    if (!word || date_read(str_of(word), day))
        return RC_OK;
    return err_user(e, "cli.report_day", "%s\t%.40s", option, word);
}

/* "#12", "12" or a full name. */
static enum rc read_org(struct reporting *x, int64_t *id, struct err *e)
{
    const char *word = x->args->org;
    const struct kinds *kinds = site_kinds(x->at.site);
    struct filter_context c = {.kinds = kinds, .kind = kind_find(kinds, STR("org"))};
    struct list_request q = {.kind = c.kind, .limit = 1};
    struct list_answer a = {0};
    struct filter *f;
    size_t n = strspn(word + (*word == '#'), "0123456789");
    bool number = n && n < 16 && !word[(*word == '#') + n];
    if (!c.kind)
        return err_user(e, "cli.report_org", "%.120s", word);
    TRY(filter_test(&f, number ? STR("id") : STR("name"), FILTER_EQ,
                    str_of(word + (number && *word == '#')), &c, &x->arena, e));
    q.more = f;
    TRY(record_list(x->at.site, &x->as, &q, &x->arena, &a, e));
    *id = a.rec.n ? a.rec.p[0].id : 0;
    vec_free(&a.rec);
    return *id ? RC_OK : err_user(e, "cli.report_org", "%.120s", word);
}

static enum rc read_ask(struct reporting *x, struct report_ask *ask, struct err *e)
{
    const struct report_args *a = x->args;
    int year, month, day;
    days_to(day_of_time(site_now(x->at.site)), &year, &month, &day);
    if (a->year)
        year = (int)a->year;
    *ask = (struct report_ask){.from = days_of(year, 1, 1), .until = days_of(year, 12, 31)};
    TRY(read_day("--from", a->from, &ask->from, e));
    TRY(read_day("--until", a->until, &ask->until, e));
    return a->org ? read_org(x, &ask->org, e) : RC_OK;
}

/* ---- which there are ---- */

static enum rc put_tabs(struct page *p, const struct str *cell, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            TRY(page_put(p, STR("\t"), e));
        TRY(page_put(p, cell[i], e));
    }
    return page_line(p, e);
}

static enum rc print_names(struct reporting *x, struct err *e)
{
    vec_report all = {0};
    size_t widest = 0;
    enum rc rc = report_list(x->at.site, &x->as, &all, e);
    for (size_t i = 0; i < all.n; i++)
        widest = MAX(widest, report_name(all.p[i]).n);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        struct str name = report_name(all.p[i]);
        struct str label = label_text(report_label(all.p[i]), x->as.zh);
        if (x->args->tsv) {
            rc = put_tabs(&x->page, (struct str[]){name, label}, 2, e);
            continue;
        }
        rc = page_cell(&x->page, name, widest + GAP, PAGE_LEFT, PAGE_PLAIN, e);
        if (rc == RC_OK)
            rc = page_put(&x->page, label, e);
        if (rc == RC_OK)
            rc = page_line(&x->page, e);
    }
    vec_free(&all);
    return rc == RC_OK ? page_print(&x->page, e) : rc;
}

/* ---- one of them, printed ---- */

static bool is_number(enum cell_look look)
{
    return look != MADE_TEXT && look != MADE_DATE;
}

static enum rc head_of(struct reporting *x, const struct made_column *c, struct str *out,
                       struct err *e)
{
    struct buf b;
    buf_init(&b, 1u << 12);
    enum rc rc = buf_str(&b, c->under, e);
    if (rc == RC_OK && c->under.n && c->label.n)
        rc = buf_str(&b, STR(" "), e);
    if (rc == RC_OK)
        rc = buf_str(&b, c->label, e);
    *out = rc == RC_OK ? arena_str(&x->arena, buf_view(&b)) : STR("");
    buf_free(&b);
    return rc == RC_OK && !out->p ? err_nomem(e) : rc;
}

static enum rc print_row(struct reporting *x, const struct made_part *p, const struct str *cell,
                         const size_t *width, uint32_t n, enum page_style style, struct err *e)
{
    if (x->args->tsv)
        return put_tabs(&x->page, cell, n, e);
    for (uint32_t i = 0; i < n; i++) {
        bool right = is_number(p->column[i].look);
        if (i)
            TRY(page_blank(&x->page, GAP, e));
        if (n == 1)
            TRY(page_put(&x->page, cell[i], e));
        else
            TRY(page_cell(&x->page, cell[i], width[i], right ? PAGE_RIGHT : PAGE_LEFT, style, e));
    }
    return page_line(&x->page, e);
}

static enum rc print_part(struct reporting *x, const struct made_part *p, struct err *e)
{
    struct str *cell = arena_calloc(&x->arena, p->n, sizeof *cell);
    size_t *width = arena_calloc(&x->arena, p->n, sizeof *width);
    if (!cell || !width)
        return err_nomem(e);
    for (uint32_t i = 0; i < p->n; i++) {
        TRY(head_of(x, &p->column[i], &cell[i], e));
        width[i] = MAX(str_width(cell[i]), (size_t)COLUMN_LEAST);
        for (size_t r = 0; r < p->row.n; r++)
            if (p->row.p[r].look != ROW_GROUP)
                width[i] = MAX(width[i], str_width(p->row.p[r].cell[i].text));
        width[i] = MIN(width[i], (size_t)COLUMN_MOST);
    }
    TRY(page_line(&x->page, e));
    TRY(page_cell(&x->page, p->title, str_width(p->title), PAGE_LEFT, PAGE_BOLD, e));
    TRY(page_line(&x->page, e));
    TRY(print_row(x, p, cell, width, p->n, PAGE_DIM, e));
    for (size_t r = 0; r < p->row.n; r++) {
        const struct made_row *row = &p->row.p[r];
        uint32_t n = row->look == ROW_GROUP ? 1 : p->n;
        for (uint32_t i = 0; i < n; i++)
            cell[i] = row->cell[i].text;
        TRY(print_row(x, p, cell, width, n, row->look == ROW_PLAIN ? PAGE_PLAIN : PAGE_BOLD, e));
    }
    return p->more ? page_wrap(&x->page, STR("…"), 0, 1, PAGE_PLAIN, e) : RC_OK;
}

static enum rc print_report(struct reporting *x, const struct made_report *m, struct err *e)
{
    TRY(page_cell(&x->page, m->title, str_width(m->title), PAGE_LEFT, PAGE_BOLD, e));
    if (m->span.n) {
        TRY(page_blank(&x->page, GAP, e));
        TRY(page_put(&x->page, m->span, e));
    }
    TRY(page_line(&x->page, e));
    for (size_t i = 0; i < m->part.n; i++)
        TRY(print_part(x, &m->part.p[i], e));
    return page_print(&x->page, e);
}

/* ---- as a file ---- */

static enum rc write_report(struct reporting *x, const struct made_report *m, struct err *e)
{
    const char *out = x->args->out;
    struct buf b;
    if (cli_ends_in(out, ".xlsx"))
        TRY(report_xlsx(x->at.site, m, &x->as, out, e));
    else {
        buf_init(&b, FILE_MAX);
        enum rc rc = report_docx(x->at.site, m, &x->as, cli_ends_in(out, ".pdf"), &b, e);
        if (rc == RC_OK)
            rc = cli_write_out(out, &b, e);
        buf_free(&b);
        TRY(rc);
    }
    return at_site_say(&x->at, "cli.file_written", str_of(out), e);
}

/* ---- the command ---- */

static enum rc make(struct reporting *x, const char *name, struct err *e)
{
    const struct report *r = NULL;
    struct report_ask ask;
    struct made_report m;
    TRY(report_find(x->at.site, &x->as, str_of(name), &r, e));
    TRY(read_ask(x, &ask, e));
    TRY(report_make(x->at.site, &x->as, r, &ask, &x->arena, &m, e));
    enum rc rc = x->args->out ? write_report(x, &m, e) : print_report(x, &m, e);
    made_free(&m);
    return rc;
}

static enum rc run_at(struct cli *c, const struct report_args *a, char **word, int n, struct err *e)
{
    struct reporting x = {.args = a, .as = actor_system};
    struct site_options o = site_options_of(&a->site, word[0]);
    page_init(&x.page);
    enum rc rc = at_site_open(&x.at, c, &o, e);
    x.as.zh = c->lang == LANG_ZH;
    if (rc == RC_OK)
        rc = n > 1 ? make(&x, word[1], e) : print_names(&x, e);
    at_site_close(&x.at);
    page_free(&x.page);
    arena_free(&x.arena);
    return rc;
}

static enum rc report_run(struct cli *c, int argc, char **argv, struct err *e)
{
    struct report_args a = {0};
    int n;
    bool done;
    TRY(cli_parse(c, &report_command, &a, argc, argv, &n, &done, e));
    if (done)
        return RC_OK;
    if (n < 1 || (n < 2 && a.out))
        return err_user(e, "cli.report_words", "%s", "");
    if (n > 2)
        return err_user(e, "cli.too_many_words", "%.60s", argv[2]);
    if (a.out && !cli_ends_in(a.out, ".xlsx") && !cli_ends_in(a.out, ".docx") &&
        !cli_ends_in(a.out, ".pdf"))
        return err_user(e, "cli.report_out", "%s", "");
    return run_at(c, &a, argv, n, e);
}

static const struct option report_options[] = {
    OPTION_DB,
    {.letter = 'o',
     .kind = OPTION_TEXT,
     .to = HERE(out),
     .value = {"文件", "FILE"},
     .help = {"写到此 .xlsx、.docx 或 .pdf，不给则打印",
              "write this .xlsx, .docx or .pdf; printed if not given"}},
    {.name = "year",
     .kind = OPTION_COUNT,
     .to = HERE(year),
     .min = 1900,
     .max = 2200,
     .value = {"年", "YEAR"},
     .help = {"统计年度（默认今年）", "the year it is about (this one if not given)"}},
    {.name = "from",
     .kind = OPTION_TEXT,
     .to = HERE(from),
     .value = {"日期", "DAY"},
     .help = {"统计期间的起始日期，如 2026-01-01", "from this day on, such as 2026-01-01"}},
    {.name = "until",
     .kind = OPTION_TEXT,
     .to = HERE(until),
     .value = {"日期", "DAY"},
     .help = {"统计期间的截止日期（含）", "until this day, included"}},
    {.name = "org",
     .kind = OPTION_TEXT,
     .to = HERE(org),
     .value = {"单位", "ORG"},
     .help = {"只统计此单位：编号或全称", "only this organisation: its id or full name"}},
    {.name = "tsv",
     .kind = OPTION_FLAG,
     .to = HERE(tsv),
     .help = {"以制表符分隔", "separated by tabs"}},
};

const struct command report_command = {
    .name = "report",
    .run = report_run,
    .options = report_options,
    .n_options = ARRAY_LEN(report_options),
    .usage = {"[选项] 数据目录 [表名] [-o 文件]", "[OPTION]... DIR [NAME] [-o FILE]"},
    .what = {"台账、汇总表、年度报告表（打印或写成文件）", "ledgers, summaries and yearly tables"},
    .more = {"不给表名时列出有哪些表。表由记录计算，见 docs/tables.md。",
             "Without NAME it says which there are. Tables are computed from the records: "
             "docs/tables.md."},
};
