#include "service/reading_json.h"

#include "service/places.h"
#include "sheet/text_out.h"

#include <sodium.h>

/* While one page is written. */
struct writer {
    struct buf *to;
    struct str text;
    struct places places;
    const struct reading *x;
    const struct known *known;
    struct err *e;
};

/* `,"key":"text"`; null for an empty text. */
static enum rc put_member(struct buf *to, const char *key, struct str s, struct err *e)
{
    TRY(buf_printf(to, e, ",\"%s\":", key));
    return s.n ? buf_json(to, s, e) : buf_str(to, STR("null"), e);
}

static enum rc put_span(struct writer *w, struct span s, bool text)
{
    TRY(buf_printf(w->to, w->e, "{\"from\":%u,\"to\":%u", places_char(&w->places, s.from),
                   places_char(&w->places, s.to)));
    if (text)
        TRY(put_member(w->to, "text", span_str(w->text, s), w->e));
    return buf_char(w->to, '}', w->e);
}

static enum rc put_texts(struct writer *w, const char *key, const struct str *s, size_t n)
{
    TRY(buf_printf(w->to, w->e, ",\"%s\":[", key));
    for (size_t i = 0; i < n; i++) {
        if (i)
            TRY(buf_char(w->to, ',', w->e));
        TRY(buf_json(w->to, s[i], w->e));
    }
    return buf_char(w->to, ']', w->e);
}

/* ---- parts ---- */

static enum rc put_link(struct writer *w, const struct news_party *p)
{
    struct known_link link;
    TRY(known_find(w->known, p, &link, w->e));
    TRY(buf_printf(w->to, w->e, ",\"known\":{\"by\":\"%s\",\"records\":[", known_by_str(link.by)));
    for (uint32_t i = 0; i < link.n; i++) {
        struct known_org o = known_at(w->known, link.org[i]);
        TRY(buf_printf(w->to, w->e, "%s{\"row\":%u", i ? "," : "", o.row));
        TRY(put_member(w->to, "id", o.id, w->e));
        TRY(put_member(w->to, "name", o.name, w->e));
        TRY(buf_char(w->to, '}', w->e));
    }
    return buf_str(w->to, STR("]}"), w->e);
}

static enum rc put_party(struct writer *w, const struct news_party *p)
{
    TRY(buf_printf(w->to, w->e, "{\"kind\":\"%s\"", p->kind));
    TRY(put_member(w->to, "name", p->name, w->e));
    TRY(put_texts(w, "aliases", p->alias.p, p->alias.n));
    if (w->known)
        TRY(put_link(w, p));
    TRY(buf_str(w->to, STR(",\"at\":["), w->e));
    for (size_t i = 0; i < p->at.n; i++) {
        if (i)
            TRY(buf_char(w->to, ',', w->e));
        TRY(put_span(w, p->at.p[i], false));
    }
    return buf_str(w->to, STR("]}"), w->e);
}

/* A party is named by its place in "parties", from 0. */
static enum rc put_party_number(struct writer *w, const char *key, uint32_t party)
{
    if (party < w->x->news.party.n)
        return buf_printf(w->to, w->e, ",\"%s\":%u", key, party);
    return buf_printf(w->to, w->e, ",\"%s\":null", key);
}

static enum rc put_person(struct writer *w, const struct news_person *p)
{
    TRY(buf_str(w->to, STR("{\"name\":"), w->e));
    TRY(buf_json(w->to, p->name, w->e));
    TRY(put_member(w->to, "title", p->title, w->e));
    TRY(put_party_number(w, "party", p->org));
    TRY(buf_str(w->to, STR(",\"at\":"), w->e));
    TRY(put_span(w, p->at, false));
    return buf_char(w->to, '}', w->e);
}

static enum rc put_fact(struct writer *w, const struct news_fact *f)
{
    TRY(buf_printf(w->to, w->e, "{\"type\":\"%s\"", fact_type_str(f->type)));
    TRY(put_party_number(w, "subject", f->subject));
    TRY(put_member(w->to, "predicate", f->predicate, w->e));
    TRY(put_member(w->to, "object", f->object, w->e));
    TRY(put_member(w->to, "value", f->value, w->e));
    TRY(put_member(w->to, "deadline", f->deadline, w->e));
    TRY(buf_str(w->to, STR(",\"evidence\":"), w->e));
    TRY(put_span(w, f->evidence, true));
    return buf_char(w->to, '}', w->e);
}

static enum rc put_repair(struct writer *w, const struct repair *r)
{
    static const char *const codes[] = {
        [REPAIR_PINYIN] = "pinyin",       [REPAIR_SIMPLIFIED] = "simplified",
        [REPAIR_LOST_BYTE] = "lost_byte", [REPAIR_PUNCTUATION] = "punctuation",
        [REPAIR_BRAND] = "brand",         [REPAIR_SPAM] = "spam",
        [REPAIR_CHARSET] = "charset",
    };
    TRY(buf_printf(w->to, w->e, "{\"code\":\"%s\",\"at\":", codes[r->code]));
    TRY(put_span(w, r->at, false));
    TRY(put_member(w->to, "original", r->original, w->e));
    return buf_char(w->to, '}', w->e);
}

#define PUT_LIST(w, name, vec, put)                                                                \
    do {                                                                                           \
        TRY(buf_str((w)->to, STR(",\"" name "\":["), (w)->e));                                     \
        for (size_t i_ = 0; i_ < (vec)->n; i_++) {                                                 \
            if (i_)                                                                                \
                TRY(buf_char((w)->to, ',', (w)->e));                                               \
            TRY(put(w, &(vec)->p[i_]));                                                            \
        }                                                                                          \
        TRY(buf_char((w)->to, ']', (w)->e));                                                       \
    } while (0)

/* ---- the whole ---- */

static enum rc put_source(struct buf *to, const struct reading_source *from, struct err *e)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    TRY(buf_str(to, STR("\"source\":"), e));
    TRY(buf_json(to, from->name, e));
    TRY(put_member(to, "address", from->address, e));
    if (!from->bytes.p)
        return buf_str(to, STR(",\"sha256\":null"), e);
    crypto_hash_sha256(hash, (const unsigned char *)from->bytes.p, from->bytes.n);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    return put_member(to, "sha256", str_of(hex), e);
}

static enum rc put_head(struct writer *w)
{
    const struct article *a = &w->x->article;
    const struct news *n = &w->x->news;
    TRY(buf_printf(w->to, w->e, ",\"status\":\"%s\"", n->refused ? "refused" : "read"));
    TRY(put_member(w->to, "reason", str_of(n->refused), w->e));
    TRY(put_member(w->to, "title", str_sub(a->text, 0, a->title), w->e));
    TRY(put_member(w->to, "publish_date", a->publish_date, w->e));
    TRY(put_member(w->to, "event_date", n->event_date, w->e));
    TRY(put_member(w->to, "event_date_end", n->event_date_end, w->e));
    TRY(buf_printf(w->to, w->e, ",\"year_inferred\":%s", n->year_inferred ? "true" : "false"));
    TRY(put_member(w->to, "event_type", str_of(n->event_type), w->e));
    return put_texts(w, "areas", n->area.p, n->area.n);
}

static enum rc put_all(struct writer *w)
{
    const struct article *a = &w->x->article;
    TRY(places_init(&w->places, w->text, w->e));
    TRY(put_head(w));
    PUT_LIST(w, "parties", &w->x->news.party, put_party);
    PUT_LIST(w, "people", &w->x->news.person, put_person);
    PUT_LIST(w, "facts", &w->x->news.fact, put_fact);
    PUT_LIST(w, "repairs", &a->repair, put_repair);
    TRY(put_texts(w, "brands", a->brand.p, a->brand.n));
    TRY(buf_str(w->to, STR(",\"text\":"), w->e));
    return buf_json(w->to, a->text, w->e);
}

enum rc reading_put_json(struct buf *to, const struct reading_source *from, const struct reading *x,
                         const struct known *known, struct err *e)
{
    struct writer w = {.to = to, .text = x->article.text, .x = x, .known = known, .e = e};
    TRY(put_source(to, from, e));
    enum rc rc = put_all(&w);
    places_free(&w.places);
    return rc;
}

enum rc reading_put_failure(struct buf *to, const struct reading_source *from,
                            const struct err *why, struct err *e)
{
    TRY(put_source(to, from, e));
    TRY(buf_str(to, STR(",\"status\":\"failed\""), e));
    TRY(put_member(to, "reason", str_of(why->key), e));
    return put_member(to, "detail", str_of(why->detail), e);
}
