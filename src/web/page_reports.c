/* Ledgers and tables: which there are, one of them on the screen, and as a file. */
#define _POSIX_C_SOURCE 200809L
#include "base/file.h"
#include "web/http_int.h"
#include "web/report_int.h"
#include "web/work_int.h"

#include <stdio.h>
#include <unistd.h>

#define ROWS_SHOWN 500u
#define WIDE       12u /* columns from which on a table is scrolled sideways */
#define FILE_MAX   (64u << 20)

const struct page reports_def = {"reports", "reports[label about href]", false};
const struct page report_def = {"report",
                                "title about org day span path asks spans asks_org from until asked"
                                " years[year href here] xlsx docx pdf"
                                " parts[title more empty wide heads[label num] unders[label span] "
                                "rows[look span cells[text href num day lines[text tone]]]]",
                                false};

enum rc reports_page(struct request *rq, struct reply *re, struct err *e)
{
    struct view *v = view_new(rq->arena), *list = view_list(v, "reports");
    vec_report all = {0};
    enum rc rc = report_list(rq->site, rq->actor, &all, e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        struct view *one = view_item(list);
        struct str name = report_name(all.p[i]);
        view_str(one, "label", label_text(report_label(all.p[i]), rq->zh));
        view_str(one, "about", label_text(report_about(all.p[i]), rq->zh));
        view_str(one, "href", textf(rq, "/reports/%.*s", (int)name.n, name.p));
    }
    vec_free(&all);
    return rc == RC_OK ? reply_page(rq, re, &reports_def, msg(rq, "web.reports"), v, e) : rc;
}

/* ---- what is asked ---- */

/* "#12 某大学" or "12" */
static int64_t asked_org(const struct request *rq)
{
    struct str t = str_trim(param_text(rq, "org"));
    int64_t id = 0;
    size_t i = t.n && t.p[0] == '#';
    for (; i < t.n && i < 18 && t.p[i] >= '0' && t.p[i] <= '9'; i++)
        id = id * 10 + (t.p[i] - '0');
    return id;
}

static void read_ask(const struct request *rq, struct report_ask *ask)
{
    int y, m, d;
    days_to(work_today(rq), &y, &m, &d);
    int64_t year = param_int(rq, "year", 0);
    if (year < 1900 || year > 2200)
        year = y;
    ask->from = param_day(rq, "from", days_of((int)year, 1, 1));
    ask->until = param_day(rq, "until", days_of((int)year, 12, 31));
    ask->org = asked_org(rq);
}

/* The page's address with what was asked; `as` NULL: the page itself. */
static struct str address(const struct request *rq, const struct made_report *m, const char *as)
{
    struct str name = report_name(m->report);
    char from[12], until[12];
    struct str f = date_put(from, m->ask.from), u = date_put(until, m->ask.until);
    return textf(rq, "/reports/%.*s?from=%.*s&until=%.*s&org=%lld%s%s", (int)name.n, name.p,
                 (int)f.n, f.p, (int)u.n, u.p, (long long)m->ask.org, as ? "&as=" : "",
                 as ? as : "");
}

static enum rc view_asked(struct request *rq, struct view *v, const struct made_report *m,
                          struct err *e)
{
    struct str title = STR("");
    const struct kind *k;
    int year, month, day;
    view_flag(v, "spans", report_spans(m->report));
    view_flag(v, "asks", report_spans(m->report) || report_asks_org(m->report));
    view_flag(v, "asks_org", report_asks_org(m->report));
    view_str(v, "from", show_day(rq, m->ask.from));
    view_str(v, "until", show_day(rq, m->ask.until));
    if (m->ask.org)
        TRY(record_titles(rq->site, rq->actor, &m->ask.org, 1, rq->arena, &title, &k, e));
    if (title.n)
        view_str(v, "asked", textf(rq, "#%lld %.*s", (long long)m->ask.org, (int)title.n, title.p));
    days_to(work_today(rq), &year, &month, &day);
    struct view *years = view_list(v, "years");
    struct str name = report_name(m->report);
    for (int i = 0; i < 4 && report_spans(m->report); i++) {
        struct view *one = view_item(years);
        view_int(one, "year", year - i);
        view_str(one, "href",
                 textf(rq, "/reports/%.*s?year=%d&org=%lld", (int)name.n, name.p, year - i,
                       (long long)m->ask.org));
        view_flag(one, "here",
                  m->ask.from == days_of(year - i, 1, 1) &&
                      m->ask.until == days_of(year - i, 12, 31));
    }
    view_str(v, "xlsx", address(rq, m, "xlsx"));
    view_str(v, "docx", address(rq, m, "docx"));
    view_str(v, "pdf", address(rq, m, "pdf"));
    return RC_OK;
}

/* ---- on the screen ---- */

static bool is_number(enum cell_look look)
{
    return look != MADE_TEXT && look != MADE_DATE;
}

static void view_heads(struct view *v, const struct made_part *p)
{
    struct view *heads = view_list(v, "heads"), *unders = view_list(v, "unders");
    bool any = false;
    for (uint32_t i = 0; i < p->n; i++) {
        struct view *h = view_item(heads);
        view_str(h, "label", p->column[i].label);
        view_flag(h, "num", is_number(p->column[i].look));
        any |= p->column[i].under.n > 0;
    }
    for (uint32_t i = 0, n; any && i < p->n; i += n) {
        struct view *u = view_item(unders);
        for (n = 1; p->column[i].under.n && i + n < p->n &&
                    str_eq(p->column[i].under, p->column[i + n].under);)
            n++;
        view_str(u, "label", p->column[i].under);
        view_int(u, "span", n);
    }
}

static const struct code *light_of(const struct request *rq, struct str line)
{
    const struct codes *lights = codes_find(site_kinds(rq->site), STR("light"));
    for (uint32_t i = 0; lights && i < lights->n; i++)
        if (line.n && str_eq(line, label_text(&lights->code[i].label, rq->zh)))
            return &lights->code[i];
    return NULL;
}

/* A cell with lights in it, line by line: they are seen in their colours. */
static void view_lights(const struct request *rq, struct view *cell, struct str text)
{
    bool any = false;
    for (int pass = 0; pass < 2 && (any || !pass); pass++) {
        struct view *lines = pass ? view_list(cell, "lines") : NULL;
        for (size_t from = 0, end; from < text.n; from = end + 1) {
            end = MIN(str_find(text, STR("\n"), from), text.n);
            struct str line = str_sub(text, from, end);
            const struct code *light = light_of(rq, line);
            any |= light != NULL;
            if (!lines)
                continue;
            struct view *one = view_item(lines);
            view_str(one, "text", line);
            view_str(one, "tone", light ? light->tone : STR(""));
        }
    }
}

static void view_row(const struct request *rq, struct view *list, const struct made_part *p,
                     const struct made_row *row)
{
    static const char *const looks[] = {"", "group", "subtotal", "total"};
    struct view *v = view_item(list), *cells = view_list(v, "cells");
    bool group = row->look == ROW_GROUP;
    view_text(v, "look", looks[row->look]);
    view_int(v, "span", group ? p->n : 1);
    for (uint32_t i = 0; i < (group ? 1 : p->n); i++) {
        struct view *c = view_item(cells);
        view_str(c, "text", row->cell[i].text);
        view_str(c, "href", row->cell[i].href);
        view_flag(c, "num", is_number(p->column[i].look) && !group);
        view_flag(c, "day", p->column[i].look == MADE_DATE);
        if (p->column[i].look == MADE_TEXT && !group && !row->cell[i].href.n)
            view_lights(rq, c, row->cell[i].text);
    }
}

static void view_part(const struct request *rq, struct view *parts, const struct made_part *p)
{
    struct view *v = view_item(parts);
    view_str(v, "title", p->title);
    view_heads(v, p);
    struct view *rows = view_list(v, "rows");
    size_t first = 0, cut = p->row.n > ROWS_SHOWN ? ROWS_SHOWN : p->row.n;
    for (size_t i = first; i < cut; i++)
        view_row(rq, rows, p, &p->row.p[i]);
    /* the last is the sum of all, also of those that are not shown */
    if (cut < p->row.n && p->row.p[p->row.n - 1].look == ROW_TOTAL)
        view_row(rq, rows, p, &p->row.p[p->row.n - 1]);
    view_flag(v, "more", cut < p->row.n || p->more);
    view_flag(v, "empty", !p->row.n);
    view_flag(v, "wide", p->n > WIDE);
}

static enum rc answer_page(struct request *rq, struct reply *re, const struct made_report *m,
                           struct err *e)
{
    struct view *v = view_new(rq->arena);
    struct str name = report_name(m->report);
    view_str(v, "title", m->title);
    view_str(v, "about", label_text(report_about(m->report), rq->zh));
    view_str(v, "org", m->org);
    view_str(v, "day", m->day);
    view_str(v, "span", m->span);
    view_str(v, "path", textf(rq, "/reports/%.*s", (int)name.n, name.p));
    TRY(view_asked(rq, v, m, e));
    struct view *parts = view_list(v, "parts");
    for (size_t i = 0; i < m->part.n; i++)
        view_part(rq, parts, &m->part.p[i]);
    return reply_page(rq, re, &report_def, m->title, v, e);
}

/* ---- as a file ---- */

static enum rc made_xlsx(struct request *rq, const struct made_report *m, struct buf *out,
                         struct err *e)
{
    char path[512];
    TRY(temp_path(rq, path, sizeof path, e));
    enum rc rc = report_xlsx(rq->site, m, rq->actor, path, e);
    if (rc == RC_OK)
        rc = file_read(out, path, e);
    unlink(path);
    return rc;
}

enum rc report_file(struct request *rq, struct reply *re, const struct made_report *m,
                    struct str as, struct err *e)
{
    static const struct {
        const char *as, *type;
    } types[] = {
        {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {"pdf", "application/pdf"}};
    struct buf made;
    size_t t = 0;
    while (t < ARRAY_LEN(types) && !str_eq(as, str_of(types[t].as)))
        t++;
    if (t == ARRAY_LEN(types))
        return err_user(e, "web.format", "%s", "");
    buf_init(&made, FILE_MAX);
    enum rc rc =
        t == 0 ? made_xlsx(rq, m, &made, e) : report_docx(rq->site, m, rq->actor, t == 2, &made, e);
    if (rc != RC_OK) {
        buf_free(&made);
        return rc;
    }
    buf_free(&re->body);
    re->body = made;
    re->type = types[t].type;
    return reply_attach(rq, re,
                        textf(rq, "%.*s-%.*s.%s", (int)m->title.n, m->title.p, (int)m->day.n,
                              m->day.p, types[t].as),
                        e);
}

enum rc report_page(struct request *rq, struct reply *re, struct err *e)
{
    const struct report *r = NULL;
    struct made_report m;
    struct report_ask ask;
    struct str as = param_text(rq, "as");
    TRY(report_find(rq->site, rq->actor, rq->name, &r, e));
    read_ask(rq, &ask);
    TRY(report_make(rq->site, rq->actor, r, &ask, rq->arena, &m, e));
    enum rc rc = as.n ? report_file(rq, re, &m, as, e) : answer_page(rq, re, &m, e);
    made_free(&m);
    return rc;
}
