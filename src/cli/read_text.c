/* What `qiao read` shows on a terminal. */
#include "cli/read_int.h"

#include <stdio.h>

enum { FACTS_SHOWN = 8, PARTIES_SHOWN = 12, PEOPLE_SHOWN = 8, DATE_COLUMNS = 24 };

static enum rc put_separated(struct buf *to, struct str s, const struct speaker *speaker,
                             struct err *e)
{
    if (!s.n)
        return RC_OK;
    if (to->n)
        TRY(buf_str(to, sentence(speaker, "read.between"), e));
    return buf_str(to, s, e);
}

/* Number, title, kind of event and day. */
static enum rc show_head(struct page *to, const struct speaker *s, const struct read_page *p,
                         struct err *e)
{
    char number[16];
    struct str title = read_text(p->json, "title"), day = read_text(p->json, "event_date");
    struct buf right;
    buf_init(&right, 4096);
    snprintf(number, sizeof number, "%u", p->number);
    if (!day.n)
        day = read_text(p->json, "publish_date");
    enum rc rc = page_cell(to, str_of(number), 4, PAGE_RIGHT, PAGE_DIM, e);
    if (rc == RC_OK && str_eq(p->status, STR("read")))
        rc =
            put_separated(&right, read_word(s, "event.%s", read_text(p->json, "event_type")), s, e);
    if (rc == RC_OK)
        rc = put_separated(&right, day, s, e);
    if (rc == RC_OK)
        rc = page_blank(to, 2, e);
    if (rc == RC_OK)
        rc = page_cell(to, title.n ? title : read_text(p->json, "source"),
                       to->width - 6 - DATE_COLUMNS - 2, PAGE_LEFT, PAGE_BOLD, e);
    if (rc == RC_OK)
        rc = page_blank(to, 2, e);
    if (rc == RC_OK)
        rc = page_cell(to, buf_view(&right), DATE_COLUMNS, PAGE_LEFT, PAGE_DIM, e);
    if (rc == RC_OK)
        rc = page_line(to, e);
    buf_free(&right);
    return rc;
}

static enum rc put_known(struct buf *b, const struct speaker *s, const json_t *party, struct err *e)
{
    const json_t *known = json_object_get(party, "known");
    if (!known)
        return RC_OK;
    TRY(buf_str(b, sentence(s, "cli.comma"), e));
    return buf_str(b, read_word(s, "known.%s", read_text(known, "by")), e);
}

static enum rc put_parties(struct buf *b, const struct speaker *s, const struct read_page *p,
                           struct err *e)
{
    size_t i;
    const json_t *party, *all = json_object_get(p->json, "parties");
    TRY(buf_str(b, sentence(s, "read.parties"), e));
    json_array_foreach(all, i, party)
    {
        json_t *number = NULL;
        if (i >= PARTIES_SHOWN)
            return buf_str(b, STR("…"), e);
        if (i)
            TRY(buf_str(b, sentence(s, "read.list"), e));
        number = json_integer((json_int_t)i);
        struct str name = read_party(s, p, number);
        json_decref(number);
        TRY(buf_str(b, name, e));
        TRY(buf_str(b, sentence(s, "read.open"), e));
        TRY(buf_str(b, read_word(s, "kind.%s", read_text(party, "kind")), e));
        TRY(put_known(b, s, party, e));
        TRY(buf_str(b, sentence(s, "read.close"), e));
    }
    return RC_OK;
}

static enum rc put_people(struct buf *b, const struct speaker *s, const struct read_page *p,
                          struct err *e)
{
    size_t i;
    const json_t *person;
    TRY(buf_str(b, sentence(s, "read.people"), e));
    json_array_foreach(json_object_get(p->json, "people"), i, person)
    {
        if (i >= PEOPLE_SHOWN)
            return buf_str(b, STR("…"), e);
        if (i)
            TRY(buf_str(b, sentence(s, "read.list"), e));
        TRY(SAY(b, s, "read.person", e, {"name", read_text(person, "name")},
                {"title", read_text(person, "title")},
                {"org", read_party(s, p, json_object_get(person, "party"))}));
    }
    return RC_OK;
}

static enum rc put_fact(struct buf *b, const struct speaker *s, const struct read_page *p,
                        const json_t *fact, struct err *e)
{
    struct str value = read_text(fact, "value"), until = read_text(fact, "deadline");
    TRY(buf_str(b, read_word(s, "fact.%s", read_text(fact, "type")), e));
    TRY(buf_str(b, sentence(s, "cli.colon"), e));
    TRY(SAY(b, s, "reason.quoted", e,
            {"text", read_text(json_object_get(fact, "evidence"), "text")}));
    if (value.n)
        TRY(SAY(b, s, "read.value", e, {"value", value}));
    if (until.n)
        TRY(SAY(b, s, "read.until", e, {"day", until}));
    struct str who = read_party(s, p, json_object_get(fact, "subject"));
    if (who.n)
        TRY(SAY(b, s, "read.by", e, {"name", who}));
    return RC_OK;
}

static enum rc show_line(struct page *to, struct buf *b, size_t lines, enum page_style style,
                         struct err *e)
{
    TRY(page_wrap(to, buf_view(b), 6, lines, style, e));
    buf_clear(b);
    return RC_OK;
}

static enum rc show_read(struct page *to, const struct speaker *s, const struct read_page *p,
                         struct buf *b, struct err *e)
{
    size_t i;
    const json_t *fact;
    if (json_array_size(json_object_get(p->json, "parties"))) {
        TRY(put_parties(b, s, p, e));
        TRY(show_line(to, b, 6, PAGE_PLAIN, e));
    }
    if (json_array_size(json_object_get(p->json, "people"))) {
        TRY(put_people(b, s, p, e));
        TRY(show_line(to, b, 3, PAGE_DIM, e));
    }
    json_array_foreach(json_object_get(p->json, "facts"), i, fact)
    {
        if (i >= FACTS_SHOWN)
            return page_wrap(to, STR("…"), 6, 1, PAGE_PLAIN, e);
        TRY(put_fact(b, s, p, fact, e));
        TRY(show_line(to, b, 3, PAGE_PLAIN, e));
    }
    return RC_OK;
}

static enum rc show_rest(struct page *to, const struct speaker *s, const struct read_page *p,
                         struct buf *b, struct err *e)
{
    char number[16];
    snprintf(number, sizeof number, "%u", p->duplicate_of);
    if (p->duplicate_of) {
        TRY(SAY(b, s, "read.duplicate", e, {"page", str_of(number)}));
        return show_line(to, b, 2, PAGE_PLAIN, e);
    }
    if (str_eq(p->status, STR("read")))
        return show_read(to, s, p, b, e);
    TRY(buf_str(b, read_word(s, "status.%s", p->status), e));
    TRY(buf_str(b, sentence(s, "cli.colon"), e));
    TRY(read_reason(b, s, p, e));
    return show_line(to, b, 2, PAGE_PLAIN, e);
}

enum rc read_show(struct page *to, const struct speaker *s, const struct read_page *p,
                  struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 24);
    enum rc rc = show_head(to, s, p, e);
    if (rc == RC_OK)
        rc = show_rest(to, s, p, &b, e);
    if (rc == RC_OK)
        rc = page_line(to, e);
    buf_free(&b);
    return rc;
}

static enum rc put_counts(struct buf *b, const struct speaker *s, const struct read_counts *c,
                          struct err *e)
{
    char t[10][16];
    const uint32_t n[] = {c->pages,   c->read,  c->refused,  c->failed, c->duplicates,
                          c->parties, c->known, c->doubtful, c->people, c->facts};
    for (size_t i = 0; i < ARRAY_LEN(n); i++)
        snprintf(t[i], sizeof t[i], "%u", n[i]);
    TRY(SAY(b, s, "read.counts", e, {"pages", str_of(t[0])}, {"read", str_of(t[1])},
            {"refused", str_of(t[2])}, {"failed", str_of(t[3])}, {"duplicates", str_of(t[4])}));
    TRY(SAY(b, s, "read.found", e, {"parties", str_of(t[5])}, {"people", str_of(t[8])},
            {"facts", str_of(t[9])}));
    if (c->known || c->doubtful)
        return SAY(b, s, "read.known", e, {"known", str_of(t[6])}, {"doubtful", str_of(t[7])});
    return RC_OK;
}

enum rc read_show_counts(struct page *to, const struct speaker *s, const struct read_counts *c,
                         struct err *e)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    enum rc rc = put_counts(&b, s, c, e);
    if (rc == RC_OK)
        rc = page_wrap(to, buf_view(&b), 0, 6, PAGE_PLAIN, e);
    buf_free(&b);
    return rc;
}
