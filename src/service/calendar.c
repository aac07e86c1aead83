/* Dates as a calendar: iCalendar, RFC 5545. */
#include "service/digest.h"
#include "service/site_int.h"
#include "service/special_int.h"

#include <stdio.h>

#define LINE_OCTETS 75u /* RFC 5545, 3.1: without the line break */
#define EVENTS_MOST 1000u

/* ---- lines ---- */

/* One content line: folded between characters, with CR LF. */
static enum rc put_line(struct buf *out, struct str line, struct err *e)
{
    size_t room = LINE_OCTETS;
    for (size_t i = 0; i < line.n;) {
        size_t next = i;
        (void)utf8_next(line, &next);
        if (next - i > room) {
            TRY(buf_str(out, STR("\r\n "), e));
            room = LINE_OCTETS - 1;
        }
        TRY(buf_put(out, line.p + i, next - i, e));
        room -= next - i;
        i = next;
    }
    return buf_str(out, STR("\r\n"), e);
}

/* TEXT of RFC 5545, 3.3.11. */
static enum rc put_text(struct buf *out, struct str s, struct err *e)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '\\' || c == ';' || c == ',')
            TRY(buf_char(out, '\\', e));
        if (c == '\n')
            TRY(buf_str(out, STR("\\n"), e));
        else if ((unsigned char)c >= ' ')
            TRY(buf_char(out, c, e));
    }
    return RC_OK;
}

static enum rc text_line(struct buf *out, const char *name, struct str text, struct str more,
                         struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    enum rc rc = buf_printf(&b, e, "%s:", name);
    if (rc == RC_OK)
        rc = put_text(&b, text, e);
    if (rc == RC_OK)
        rc = put_text(&b, more, e);
    if (rc == RC_OK)
        rc = put_line(out, buf_view(&b), e);
    buf_free(&b);
    return rc;
}

static enum rc day_line(struct buf *out, const char *name, int64_t day, struct err *e)
{
    int y, m, d;
    days_to(day, &y, &m, &d);
    return buf_printf(out, e, "%s;VALUE=DATE:%04d%02d%02d\r\n", name, y, m, d);
}

static enum rc stamp_line(struct buf *out, int64_t seconds, struct err *e)
{
    int y, m, d;
    int64_t day = seconds / 86400, rest = seconds % 86400;
    days_to(day, &y, &m, &d);
    return buf_printf(out, e, "DTSTAMP:%04d%02d%02dT%02d%02d%02dZ\r\n", y, m, d, (int)(rest / 3600),
                      (int)(rest / 60 % 60), (int)(rest % 60));
}

/* ---- events ---- */

struct calendar {
    struct site *s;
    const struct actor *a;
    const char *url;
    struct str host; /* of the address: what makes the names of events unique */
    struct buf *out;
};

/* "https://qiao.example:8443/x" -> "qiao.example" */
static struct str host_of(const char *url)
{
    struct str s = str_of(url);
    size_t at = str_find(s, STR("://"), 0);
    s = str_sub(s, at == SIZE_MAX ? 0 : at + 3, s.n);
    size_t n = 0;
    while (n < s.n && s.p[n] != '/' && s.p[n] != ':')
        n++;
    return n ? str_sub(s, 0, n) : STR("qiao");
}

/* The same record and field: the same UID, for ever. */
static enum rc put_event(struct calendar *c, const struct rec *r, uint32_t field, struct err *e)
{
    const struct field_def *f = &r->kind->field[field];
    const struct val *until = saving_val(r, "until");
    int64_t day = r->val[field].num, last = day;
    char line[400], more[200];
    struct str label = label_text(&f->label, c->a->zh),
               kind = label_text(&r->kind->label, c->a->zh);
    if (str_eq(f->name, STR("day")) && until && until->num > day)
        last = until->num;
    snprintf(line, sizeof line, "UID:%lld-%.*s@%.*s", (long long)r->id, (int)f->name.n, f->name.p,
             (int)MIN(c->host.n, 200u), c->host.p);
    snprintf(more, sizeof more, c->a->zh ? "（%.*s：%.*s）" : " (%.*s: %.*s)", (int)kind.n, kind.p,
             (int)label.n, label.p);
    TRY(buf_str(c->out, STR("BEGIN:VEVENT\r\n"), e));
    TRY(put_line(c->out, str_of(line), e));
    TRY(stamp_line(c->out, r->updated, e));
    TRY(buf_printf(c->out, e, "SEQUENCE:%lld\r\n", (long long)r->version));
    TRY(day_line(c->out, "DTSTART", day, e));
    TRY(day_line(c->out, "DTEND", last + 1, e));
    TRY(text_line(c->out, "SUMMARY", rec_title(r), str_of(more), e));
    snprintf(line, sizeof line, "URL:%.250s/%.*s/%lld", c->url, (int)r->kind->name.n,
             r->kind->name.p, (long long)r->id);
    TRY(put_line(c->out, str_of(line), e));
    return buf_str(c->out, STR("TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n"), e);
}

/* What of the kind concerns the organisation: its own records, and those that name it. */
static enum rc put_concern(struct buf *b, const struct kind *k, const char *field, struct err *e)
{
    bool any = false;
    TRY(buf_printf(b, e, "%s >= today - 1m and %s <= today + 1y and (", field, field));
    if (k->owned)
        TRY(buf_str(b, STR("owner = @org"), e));
    any = k->owned;
    for (uint32_t i = 0; i < k->n_fields; i++)
        if (k->field[i].type == TYPE_REF && k->field[i].of_kind && k->field[i].of_kind->is_self) {
            TRY(buf_printf(b, e, "%s%.*s = @org", any ? " or " : "", (int)k->field[i].name.n,
                           k->field[i].name.p));
            any = true;
        }
    return buf_str(b, any ? STR(")") : STR("id > 0)"), e);
}

static enum rc put_listed(struct calendar *c, const struct kind *k, const char *field,
                          struct str filter, struct err *e)
{
    struct arena to = {0};
    struct list_request q = {
        .kind = k, .filter = filter, .sort = str_of(field), .limit = EVENTS_MOST};
    struct list_answer answer;
    uint32_t f = field_find(k, str_of(field));
    enum rc rc = record_list(c->s, c->a, &q, &to, &answer, e);
    for (size_t i = 0; rc == RC_OK && i < answer.rec.n; i++)
        if (answer.rec.p[i].val[f].set &&
            !(strcmp(field, "due") == 0 && saving_val(&answer.rec.p[i], "done")))
            rc = put_event(c, &answer.rec.p[i], f, e);
    vec_free(&answer.rec);
    arena_free(&to);
    return rc;
}

static enum rc put_kind(struct calendar *c, const struct kind *k, const char *field, struct err *e)
{
    uint32_t f = field_find(k, str_of(field));
    struct buf b;
    if (f == NO_FIELD || k->field[f].type != TYPE_DATE || k->field[f].list)
        return RC_OK;
    buf_init(&b, 1 << 14);
    enum rc rc = c->a->org
                     ? put_concern(&b, k, field, e)
                     : buf_printf(&b, e, "%s >= today - 1m and %s <= today + 1y", field, field);
    if (rc == RC_OK)
        rc = put_listed(c, k, field, buf_view(&b), e);
    buf_free(&b);
    return rc;
}

enum rc calendar_print(struct site *s, const struct actor *a, const char *site_url, struct buf *out,
                       struct err *e)
{
    static const char *const fields[] = {"day", "due", "end", "deadline"};
    struct calendar c = {s, a, site_url, host_of(site_url), out};
    TRY(buf_str(out,
                STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Qiao//Qiao//ZH\r\n"
                    "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"),
                e));
    TRY(text_line(out, "X-WR-CALNAME", a->zh ? STR("桥：期限与活动") : STR("Qiao: dates"), STR(""),
                  e));
    for (uint32_t i = 0; i < kinds_count(s->kinds); i++)
        for (size_t j = 0; j < ARRAY_LEN(fields); j++)
            if (actor_reads_kind(a, kinds_at(s->kinds, i)))
                TRY(put_kind(&c, kinds_at(s->kinds, i), fields[j], e));
    return buf_str(out, STR("END:VCALENDAR\r\n"), e);
}
