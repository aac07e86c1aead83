/* One table or ledger: its period and heads, then its parts in turn. */
#include "service/tables_int.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define FILTER_MAX (16u << 10)

struct str table_text(const struct making *m, const char *fmt, ...)
{
    va_list ap;
    struct str s = {0};
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : arena_alloc(m->to, (size_t)n + 1);
    if (!p)
        return s;
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (struct str){p, (size_t)n};
}

/* ---- filters ---- */

static enum rc put_and(struct buf *b, struct str condition, struct err *e)
{
    if (!condition.n)
        return RC_OK;
    return buf_printf(b, e, "%s(%.*s)", b->n ? " and " : "", (int)condition.n, condition.p);
}

/* The same days of the year before; 29 February becomes the 28th. */
static int64_t year_before(int64_t day)
{
    int y, m, d;
    days_to(day, &y, &m, &d);
    return days_of(y - 1, m, m == 2 && d == 29 ? 28 : d);
}

enum rc made_filter(const struct making *m, const struct str *condition, uint32_t n,
                    struct str date, enum period period, struct str org, struct str *out,
                    struct err *e)
{
    struct buf b;
    char from[12], until[12];
    enum rc rc = RC_OK;
    buf_init(&b, FILTER_MAX);
    for (uint32_t i = 0; rc == RC_OK && i < n; i++)
        rc = put_and(&b, condition[i], e);
    if (rc == RC_OK && date.n && period != PERIOD_ALL) {
        bool last = period == PERIOD_LAST;
        struct str f = date_put(from, last ? year_before(m->ask.from) : m->ask.from);
        struct str u = date_put(until, last ? year_before(m->ask.until) : m->ask.until);
        rc = buf_printf(&b, e, "%s%.*s >= %.*s and %.*s <= %.*s", b.n ? " and " : "", (int)date.n,
                        date.p, (int)f.n, f.p, (int)date.n, date.p, (int)u.n, u.p);
    }
    if (rc == RC_OK && org.n && m->ask.org)
        rc = buf_printf(&b, e, "%s%.*s = %lld", b.n ? " and " : "", (int)org.n, org.p,
                        (long long)m->ask.org);
    if (rc == RC_OK) {
        *out = arena_str(m->to, buf_view(&b));
        rc = out->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

static bool is_safe(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

enum rc made_href(const struct making *m, const struct kind *k, struct str filter, struct str *out,
                  struct err *e)
{
    struct buf b;
    buf_init(&b, 4 * FILTER_MAX);
    enum rc rc =
        buf_printf(&b, e, "/%.*s%s", (int)k->name.n, k->name.p, filter.n ? "?filter=" : "");
    for (size_t i = 0; rc == RC_OK && i < filter.n; i++) {
        unsigned char c = (unsigned char)filter.p[i];
        rc = is_safe(c) ? buf_char(&b, (char)c, e) : buf_printf(&b, e, "%%%02X", c);
    }
    if (rc == RC_OK) {
        *out = arena_str(m->to, buf_view(&b));
        rc = out->p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

/* ---- cells ---- */

enum rc made_row(const struct making *m, struct made_part *p, enum row_look look,
                 struct made_cell **cell, struct err *e)
{
    struct made_row row = {look, arena_calloc(m->to, p->n, sizeof *row.cell)};
    if (!row.cell)
        return err_nomem(e);
    for (uint32_t i = 0; i < p->n; i++)
        row.cell[i].text = row.cell[i].href = STR("");
    *cell = row.cell;
    return vec_push(&p->row, row, e);
}

/* 12,345.60 from 12345.6, `places` behind the point. */
static struct str grouped_digits(const struct making *m, double x, int places, bool trim)
{
    char plain[80], out[120];
    size_t n = 0;
    int len = snprintf(plain, sizeof plain, "%.*f", places, fabs(x));
    if (len < 0 || len >= (int)sizeof plain)
        return STR("");
    const char *point = strchr(plain, '.');
    int whole = point ? (int)(point - plain) : len;
    while (trim && point && len > whole && (plain[len - 1] == '0' || plain[len - 1] == '.'))
        len--;
    if (x < 0 && strspn(plain, "0.") < (size_t)len)
        out[n++] = '-';
    for (int i = 0; i < len; i++) {
        if (i && i < whole && (whole - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = plain[i];
    }
    return table_text(m, "%.*s", (int)n, out);
}

enum rc made_number(const struct making *m, struct made_cell *c, enum cell_look look, double number,
                    struct err *e)
{
    static const int places[] = {
        [MADE_COUNT] = 0, [MADE_NUMBER] = 2, [MADE_MONEY] = 2, [MADE_WAN] = 4};
    c->look = look;
    c->set = true;
    c->number = number;
    c->text = grouped_digits(m, number, look <= MADE_WAN ? places[look] : 0,
                             look == MADE_NUMBER || look == MADE_WAN);
    return c->text.p ? RC_OK : err_nomem(e);
}

/* ---- the whole ---- */

static enum rc fill_ask(struct making *m, struct err *e)
{
    int y, month, d;
    days_to(site_today(m->s), &y, &month, &d);
    if (!m->ask.from && !m->ask.until) {
        m->ask.from = days_of(y, 1, 1);
        m->ask.until = days_of(y, 12, 31);
    }
    return m->ask.from <= m->ask.until && m->ask.from > DAYS_MIN + 400 && m->ask.until < DAYS_MAX
               ? RC_OK
               : err_user(e, "tables.span", "%s", "");
}

static enum rc org_title(const struct making *m, int64_t id, struct str *out, struct err *e)
{
    const struct kind *k;
    *out = STR("");
    return id ? record_titles(m->s, m->a, &id, 1, m->to, out, &k, e) : RC_OK;
}

static enum rc head(struct making *m, struct made_report *out, struct err *e)
{
    char from[12], until[12], today[12];
    struct str asked;
    out->report = m->r;
    out->ask = m->ask;
    TRY(org_title(m, m->ask.org, &asked, e));
    TRY(org_title(m, m->a->org, &out->org, e));
    if (!out->org.n)
        out->org = str_of(site_message(m->s, "web.site", m->a->zh));
    struct str label = label_text(&m->r->label, m->a->zh);
    out->title = table_text(m, "%.*s%s%.*s", (int)label.n, label.p, asked.n ? " · " : "",
                            (int)asked.n, asked.p);
    struct str t = date_put(today, site_today(m->s));
    out->day = table_text(m, "%.*s", (int)t.n, t.p);
    struct str f = date_put(from, m->ask.from), u = date_put(until, m->ask.until);
    out->span = m->r->spans ? table_text(m, "%.*s – %.*s", (int)f.n, f.p, (int)u.n, u.p) : STR("");
    return out->title.p && out->day.p && out->span.p ? RC_OK : err_nomem(e);
}

static enum rc make_part(const struct making *m, const struct table_part *p, struct made_part *out,
                         struct err *e)
{
    out->title = label_text(&p->title, m->a->zh);
    return p->type == PART_LIST ? make_list(m, p, out, e)
           : p->type == PART_BY ? make_by(m, p, out, e)
                                : make_figures(m, p, out, e);
}

enum rc report_make(struct site *s, const struct actor *a, const struct report *r,
                    const struct report_ask *ask, struct arena *to, struct made_report *out,
                    struct err *e)
{
    struct making m = {s, a, r, *ask, to};
    *out = (struct made_report){0};
    TRY(fill_ask(&m, e));
    TRY(head(&m, out, e));
    enum rc rc = RC_OK;
    for (uint32_t i = 0; rc == RC_OK && i < r->n; i++) {
        struct made_part part = {0};
        rc = make_part(&m, &r->part[i], &part, e);
        if (rc == RC_OK)
            rc = vec_push(&out->part, part, e);
        if (rc != RC_OK)
            vec_free(&part.row);
    }
    if (rc != RC_OK)
        made_free(out);
    return rc;
}

void made_free(struct made_report *m)
{
    for (size_t i = 0; i < m->part.n; i++)
        vec_free(&m->part.p[i].row);
    vec_free(&m->part);
}
