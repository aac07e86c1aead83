/* The API's ledgers and tables: which there are, one of them as rows or as a file. */
#include "web/api_int.h"
#include "web/report_int.h"
#include "web/work_int.h"

#include <inttypes.h>

/* ---- which there are ---- */

static enum rc print_flag(struct buf *out, const char *name, bool on, struct err *e)
{
    return buf_printf(out, e, ",\"%s\":%s", name, on ? "true" : "false");
}

static enum rc print_name(struct request *rq, struct buf *out, const struct report *r,
                          struct err *e)
{
    TRY(buf_char(out, '{', e));
    TRY(api_pair(out, "name", report_name(r), true, e));
    TRY(api_pair(out, "title", label_text(report_label(r), rq->zh), false, e));
    TRY(api_pair(out, "about", label_text(report_about(r), rq->zh), false, e));
    TRY(print_flag(out, "period", report_spans(r), e));
    TRY(print_flag(out, "org", report_asks_org(r), e));
    return buf_char(out, '}', e);
}

enum rc api_reports(struct request *rq, struct reply *re, struct err *e)
{
    vec_report all = {0};
    re->type = "application/json";
    enum rc rc = report_list(rq->site, rq->actor, &all, e);
    if (rc == RC_OK)
        rc = buf_str(&re->body, STR("{\"items\":["), e);
    for (size_t i = 0; rc == RC_OK && i < all.n; i++) {
        if (i)
            rc = buf_char(&re->body, ',', e);
        if (rc == RC_OK)
            rc = print_name(rq, &re->body, all.p[i], e);
    }
    vec_free(&all);
    return rc == RC_OK ? buf_str(&re->body, STR("]}"), e) : rc;
}

/* ---- what is asked: a program's mistake is told, not passed over ---- */

static enum rc ask_day(const struct request *rq, const char *name, int64_t *day, struct err *e)
{
    struct str text = str_trim(param_text(rq, name));
    return !text.n || date_read(text, day) ? RC_OK : err_user(e, "web.parameter", "%s", name);
}

static enum rc read_ask(const struct request *rq, struct report_ask *ask, struct err *e)
{
    int year, month, day;
    days_to(work_today(rq), &year, &month, &day);
    int64_t asked = param_int(rq, "year", year);
    if (asked < 1900 || asked > 2200)
        return err_user(e, "web.parameter", "%s", "year");
    *ask = (struct report_ask){.from = days_of((int)asked, 1, 1),
                               .until = days_of((int)asked, 12, 31),
                               .org = param_int(rq, "org", 0)};
    if (ask->org < 0)
        return err_user(e, "web.parameter", "%s", "org");
    TRY(ask_day(rq, "from", &ask->from, e));
    return ask_day(rq, "until", &ask->until, e);
}

/* ---- one ---- */

static const char *const look_names[] = {
    [MADE_TEXT] = "text",  [MADE_COUNT] = "count", [MADE_NUMBER] = "number",
    [MADE_MONEY] = "yuan", [MADE_WAN] = "wan",     [MADE_DATE] = "date"};

static enum rc print_cell(struct buf *out, const struct made_cell *c, struct err *e)
{
    TRY(buf_char(out, '{', e));
    TRY(api_pair(out, "text", c->text, true, e));
    if (c->set && c->look != MADE_TEXT && c->look != MADE_DATE)
        TRY(buf_printf(out, e, ",\"number\":%.15g", c->number));
    if (c->href.n)
        TRY(api_pair(out, "href", c->href, false, e));
    return buf_char(out, '}', e);
}

static enum rc print_row(struct buf *out, const struct made_part *p, const struct made_row *row,
                         struct err *e)
{
    static const char *const looks[] = {"row", "group", "subtotal", "total"};
    uint32_t n = row->look == ROW_GROUP ? 1 : p->n;
    TRY(buf_printf(out, e, "{\"is\":\"%s\",\"cells\":[", looks[row->look]));
    for (uint32_t i = 0; i < n; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(print_cell(out, &row->cell[i], e));
    }
    return buf_str(out, STR("]}"), e);
}

static enum rc print_columns(struct buf *out, const struct made_part *p, struct err *e)
{
    TRY(buf_str(out, STR(",\"columns\":["), e));
    for (uint32_t i = 0; i < p->n; i++) {
        const struct made_column *c = &p->column[i];
        TRY(buf_str(out, i ? STR(",{") : STR("{"), e));
        TRY(api_pair(out, "label", c->label, true, e));
        if (c->under.n)
            TRY(api_pair(out, "under", c->under, false, e));
        TRY(api_pair(out, "is", str_of(look_names[c->look]), false, e));
        TRY(buf_char(out, '}', e));
    }
    return buf_char(out, ']', e);
}

static enum rc print_part(struct buf *out, const struct made_part *p, struct err *e)
{
    TRY(buf_char(out, '{', e));
    TRY(api_pair(out, "title", p->title, true, e));
    TRY(print_columns(out, p, e));
    TRY(buf_str(out, STR(",\"rows\":["), e));
    for (size_t i = 0; i < p->row.n; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(print_row(out, p, &p->row.p[i], e));
    }
    TRY(buf_char(out, ']', e));
    TRY(print_flag(out, "more", p->more, e));
    return buf_char(out, '}', e);
}

static enum rc print_report(struct buf *out, const struct made_report *m, struct err *e)
{
    char day[12];
    TRY(buf_char(out, '{', e));
    TRY(api_pair(out, "name", report_name(m->report), true, e));
    TRY(api_pair(out, "title", m->title, false, e));
    TRY(api_pair(out, "by", m->org, false, e));
    TRY(api_pair(out, "day", m->day, false, e));
    if (report_spans(m->report)) {
        TRY(api_pair(out, "from", date_put(day, m->ask.from), false, e));
        TRY(api_pair(out, "until", date_put(day, m->ask.until), false, e));
    }
    if (m->ask.org)
        TRY(buf_printf(out, e, ",\"org\":%" PRId64, m->ask.org));
    TRY(buf_str(out, STR(",\"parts\":["), e));
    for (size_t i = 0; i < m->part.n; i++) {
        if (i)
            TRY(buf_char(out, ',', e));
        TRY(print_part(out, &m->part.p[i], e));
    }
    return buf_str(out, STR("]}"), e);
}

enum rc api_report(struct request *rq, struct reply *re, struct err *e)
{
    const struct report *r = NULL;
    struct made_report m;
    struct report_ask ask;
    struct str as = param_text(rq, "as");
    TRY(report_find(rq->site, rq->actor, rq->name, &r, e));
    TRY(read_ask(rq, &ask, e));
    TRY(report_make(rq->site, rq->actor, r, &ask, rq->arena, &m, e));
    enum rc rc;
    if (as.n && !str_eq(as, STR("json"))) {
        rc = report_file(rq, re, &m, as, e);
    } else {
        re->type = "application/json";
        rc = print_report(&re->body, &m, e);
    }
    made_free(&m);
    return rc;
}
