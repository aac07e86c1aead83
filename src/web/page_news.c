/* Reading one page of news: what it says, each with its sentence, for a person to accept. Nothing
 * is written here; accepting opens the form of a new record with the sentence in it. */
#include "service/fetch.h"
#include "service/reading.h"
#include "web/http_int.h"
#include "web/page_int.h"

#include <stdio.h>
#include <string.h>

#define PAGE_BYTES    (16u << 20)
#define FETCH_TIME    20.0
#define PARTIES_MOST  60u
#define QUOTE_MOST    1200u
#define REPAIRS_SHOWN 6u /* of a sort, as examples */

const struct page news_def = {"news", "error url text upload_max", false};
const struct page news_found_def = {
    "news_found",
    "title date url refused event event_date repairs[what count before] brands[.] "
    "parties[name kind aliases[.] href new_href] people[name title org] "
    "facts[number type who what value deadline quote accept[label href]] "
    "text[parts[text number]]",
    false};

static enum rc ask_reply(struct request *rq, struct reply *re, const struct err *why, struct err *e)
{
    struct view *v = view_new(rq->arena);
    view_str(v, "url", param_text(rq, "url"));
    view_str(v, "text", param_text(rq, "text"));
    view_int(v, "upload_max", (int64_t)(rq->web->o.upload_max >> 20));
    if (why) {
        view_str(v, "error", msg_error(rq, why));
        re->status = 422;
    }
    return reply_page(rq, re, &news_def, msg(rq, "web.news"), v, e);
}

enum rc news_page(struct request *rq, struct reply *re, struct err *e)
{
    return ask_reply(rq, re, NULL, e);
}

/* The bytes of the page: a file, an address or a text. */
static enum rc page_bytes(struct request *rq, struct buf *page, struct buf *address, struct err *e)
{
    struct fetch_options o = {.timeout = FETCH_TIME};
    const struct param *file = param_file(rq, "file");
    struct str url = str_trim(param_text(rq, "url")), text = param_text(rq, "text");
    struct fetcher *f = NULL;
    if (file && file->value.n)
        return buf_str(page, file->value, e);
    if (text.n)
        return buf_str(page, text, e);
    if (!url.n)
        return err_user(e, "web.news_nothing", "%s", "");
    struct str kept = arena_str(rq->arena, url);
    if (!kept.p)
        return err_nomem(e);
    enum rc rc = fetcher_open(&f, &o, 1, e);
    if (rc == RC_OK)
        rc = fetch_page(f, 0, kept.p, page, address, e);
    fetcher_close(f);
    return rc;
}

/* ---- what was found ---- */

struct found {
    struct request *rq;
    const struct reading *r;
    struct str url;
    struct str org[PARTIES_MOST]; /* the record's address, "" for none */
};

static const struct kind *kind_called(const struct found *f, const char *name)
{
    return kind_find(site_kinds(f->rq->site), str_of(name));
}

/* The record of an organisation that has exactly this name. */
static enum rc find_org(struct found *f, struct str name, struct str *href, struct err *e)
{
    const struct kind *org = kind_called(f, "org");
    struct list_answer a = {0};
    *href = STR("");
    if (!org || !name.n || str_find(name, STR("\""), 0) != SIZE_MAX || name.n > 300)
        return RC_OK;
    struct str filter = textf(f->rq, "%.*s = \"%.*s\"", (int)org->field[org->title].name.n,
                              org->field[org->title].name.p, (int)name.n, name.p);
    struct list_request q = {.kind = org, .filter = filter, .limit = 1};
    enum rc rc = record_list(f->rq->site, f->rq->actor, &q, f->rq->arena, &a, e);
    if (rc == RC_OK && a.rec.n)
        *href = record_path(f->rq, &a.rec.p[0]);
    vec_free(&a.rec);
    return rc;
}

static struct str label_of(const struct found *f, const char *group, const char *word)
{
    char key[80];
    snprintf(key, sizeof key, "web.%s_%s", group, word);
    return msg(f->rq, key);
}

static struct str escaped(const struct found *f, struct str s)
{
    struct err ignored;
    struct buf b;
    buf_init(&b, 16u << 10);
    struct str out = STR("");
    if (url_escape(&b, s, &ignored) == RC_OK)
        out = arena_str(f->rq->arena, buf_view(&b));
    buf_free(&b);
    return out;
}

static enum rc view_parties(struct found *f, struct view *v, struct err *e)
{
    struct view *list = view_list(v, "parties");
    const struct kind *org = kind_called(f, "org");
    bool may = org && actor_may(f->rq->actor, org, RIGHT_CREATE, NULL);
    for (size_t i = 0; i < f->r->news.party.n && i < PARTIES_MOST; i++) {
        const struct news_party *p = &f->r->news.party.p[i];
        struct view *row = view_item(list), *aliases = view_list(row, "aliases");
        TRY(find_org(f, p->name, &f->org[i], e));
        view_str(row, "name", p->name.n ? p->name : msg(f->rq, "web.news_unnamed"));
        view_str(row, "kind", label_of(f, "party", p->kind));
        view_str(row, "href", f->org[i]);
        if (!f->org[i].n && may && p->name.n)
            view_str(row, "new_href",
                     textf(f->rq, "/org/new?%.*s=%s", (int)org->field[org->title].name.n,
                           org->field[org->title].name.p, escaped(f, p->name).p));
        for (size_t j = 0; j < p->alias.n; j++)
            view_item_str(aliases, p->alias.p[j]);
    }
    return RC_OK;
}

static struct str party_name(const struct found *f, uint32_t i)
{
    return i < f->r->news.party.n ? f->r->news.party.p[i].name : STR("");
}

static void view_people(const struct found *f, struct view *v)
{
    struct view *list = view_list(v, "people");
    for (size_t i = 0; i < f->r->news.person.n; i++) {
        const struct news_person *p = &f->r->news.person.p[i];
        struct view *row = view_item(list);
        view_str(row, "name", p->name);
        view_str(row, "title", p->title);
        view_str(row, "org", party_name(f, p->org));
    }
}

/* As what a fact may be kept: the kind, and its fields that take the title, the sentence and the
 * page's address. */
static const struct {
    const char *kind, *title, *quote, *source;
} targets[] = {
    {"agreement", "title", "quote", "source"},
    {"commitment", "title", "quote", "source"},
    {"project", "title", "body", NULL},
    {"event", "title", "quote", "source"},
};

static void view_accept(const struct found *f, struct view *row, struct str what, struct str quote)
{
    struct view *list = view_list(row, "accept");
    quote = str_sub(quote, 0, QUOTE_MOST);
    while (quote.n && (quote.p[quote.n - 1] & 0xC0) == 0x80) /* whole characters */
        quote.n--;
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        const struct kind *k = kind_called(f, targets[i].kind);
        if (!k || !actor_may(f->rq->actor, k, RIGHT_CREATE, NULL))
            continue;
        struct view *one = view_item(list);
        struct str source = targets[i].source && f->url.n
                                ? textf(f->rq, "&%s=%s", targets[i].source, escaped(f, f->url).p)
                                : STR("");
        view_str(one, "label", label_text(&k->label, f->rq->zh));
        view_str(one, "href",
                 textf(f->rq, "/%s/new?%s=%s&%s=%s%.*s", targets[i].kind, targets[i].title,
                       escaped(f, what).p, targets[i].quote, escaped(f, quote).p, (int)source.n,
                       source.p ? source.p : ""));
    }
}

static void view_facts(const struct found *f, struct view *v)
{
    struct view *list = view_list(v, "facts");
    struct str text = f->r->article.text;
    for (size_t i = 0; i < f->r->news.fact.n; i++) {
        const struct news_fact *x = &f->r->news.fact.p[i];
        struct view *row = view_item(list);
        struct str who = party_name(f, x->subject), quote = span_str(text, x->evidence);
        struct str what = textf(f->rq, "%.*s%.*s%.*s", (int)who.n, who.p ? who.p : "",
                                (int)x->predicate.n, x->predicate.p ? x->predicate.p : "",
                                (int)x->object.n, x->object.p ? x->object.p : "");
        view_int(row, "number", (int64_t)i + 1);
        view_str(row, "type", label_of(f, "fact", fact_type_str(x->type)));
        view_str(row, "who", who);
        view_str(row, "what", x->object.n ? x->object : x->predicate);
        view_str(row, "value", x->value);
        view_str(row, "deadline", x->deadline);
        view_str(row, "quote", quote);
        view_accept(f, row, what.n ? what : quote, quote);
    }
}

/* The text in paragraphs, cut where a fact's sentence begins and ends; overlapping ones keep the
 * first. */
static void view_text_parts(const struct found *f, struct view *v)
{
    struct str text = f->r->article.text;
    struct view *paragraphs = view_list(v, "text");
    size_t at = f->r->article.title;
    while (at < text.n) {
        size_t end = MIN(str_find(text, STR("\n"), at), text.n);
        struct view *parts = view_list(view_item(paragraphs), "parts");
        for (size_t i = 0; i < f->r->news.fact.n && at < end; i++) {
            struct span s = f->r->news.fact.p[i].evidence;
            if (s.from < at || s.from >= end)
                continue;
            if (s.from > at)
                view_str(view_item(parts), "text", str_sub(text, at, s.from));
            struct view *marked = view_item(parts);
            view_str(marked, "text", str_sub(text, s.from, MIN(s.to, end)));
            view_int(marked, "number", (int64_t)i + 1);
            at = MIN(s.to, end);
        }
        if (at < end)
            view_str(view_item(parts), "text", str_sub(text, at, end));
        at = end + 1;
    }
}

static void view_damage(const struct found *f, struct view *v)
{
    static const char *const words[] = {"pinyin", "simplified", "lost_byte", "punctuation",
                                        "brand",  "spam",       "charset"};
    struct view *list = view_list(v, "repairs"), *brands = view_list(v, "brands");
    const struct article *a = &f->r->article;
    for (size_t code = 0; code < ARRAY_LEN(words); code++) {
        struct str before = STR("");
        uint32_t n = 0;
        for (size_t i = 0; i < a->repair.n; i++) {
            struct str o = str_sub(a->repair.p[i].original, 0, 60);
            if (a->repair.p[i].code != code)
                continue;
            if (n++ < REPAIRS_SHOWN)
                before = textf(f->rq, "%.*s%s%.*s", (int)before.n, before.p, before.n ? " " : "",
                               (int)o.n, o.p ? o.p : "");
        }
        if (!n)
            continue;
        struct view *row = view_item(list);
        view_str(row, "what", label_of(f, "repair", words[code]));
        view_int(row, "count", n);
        view_str(row, "before", before);
    }
    for (size_t i = 0; i < a->brand.n; i++)
        view_item_str(brands, a->brand.p[i]);
}

static enum rc found_reply(struct request *rq, struct reply *re, const struct reading *r,
                           struct str url, struct err *e)
{
    struct found f = {.rq = rq, .r = r, .url = url};
    struct view *v = view_new(rq->arena);
    struct str title = str_trim(str_sub(r->article.text, 0, r->article.title));
    if (!title.n)
        title = r->article.site;
    view_str(v, "title", title.n ? title : msg(rq, "web.news"));
    view_str(v, "date", r->article.publish_date);
    view_str(v, "url", url);
    if (r->news.refused)
        view_str(v, "refused", label_of(&f, "refused", r->news.refused));
    else {
        view_str(v, "event", label_of(&f, "event", r->news.event_type));
        struct str day = r->news.event_date; /* "--01-15": the page does not tell the year */
        view_str(v, "event_date",
                 str_starts(day, STR("--"))
                     ? msg_with(rq, "web.news_no_year", str_sub(day, 2, day.n))
                     : day);
        TRY(view_parties(&f, v, e));
        view_people(&f, v);
        view_facts(&f, v);
    }
    view_damage(&f, v);
    view_text_parts(&f, v);
    return reply_page(rq, re, &news_found_def, msg(rq, "web.news"), v, e);
}

enum rc news_read_do(struct request *rq, struct reply *re, struct err *e)
{
    struct reading r = {0};
    struct err why = {0};
    struct buf page, address;
    buf_init(&page, PAGE_BYTES);
    buf_init(&address, 8192);
    enum rc rc = page_bytes(rq, &page, &address, &why);
    if (rc == RC_OK)
        rc =
            reading_make(&r, buf_view(&page), buf_view(&address), rq->web->reader, rq->arena, &why);
    struct str url = arena_str(rq->arena, buf_view(&address));
    if (rc == RC_OK)
        rc = found_reply(rq, re, &r, url, e);
    else if (rc == RC_USER || rc == RC_TOO_BIG)
        rc = ask_reply(rq, re, &why, e);
    else
        *e = why;
    reading_release(&r);
    buf_free(&page);
    buf_free(&address);
    return rc;
}
