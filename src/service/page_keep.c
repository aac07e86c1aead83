/* A page that was read becomes records: the page with its text, its repairs and whom it names, and
 * a fact for each thing it says. */
#include "service/pages_int.h"
#include "service/places.h"

#include <sodium.h>
#include <stdio.h>

#define TEXT_BYTES   (512u << 10) /* as much as news_read looks at */
#define REPAIR_BYTES (4u << 20)
#define FIRST_PARTS  (16u << 10)

static const char *const repair_names[] = {
    [REPAIR_PINYIN] = "pinyin",       [REPAIR_SIMPLIFIED] = "simplified",
    [REPAIR_LOST_BYTE] = "lost_byte", [REPAIR_PUNCTUATION] = "punctuation",
    [REPAIR_BRAND] = "brand",         [REPAIR_SPAM] = "spam",
    [REPAIR_CHARSET] = "charset",
};

/* One page on its way into the store. */
struct keeping {
    const struct actor *a;
    const struct page_given *from;
    struct arena *to;
    const struct reading *x;
    struct places places;
    struct str text, repairs;
    char hash[65];
    struct str key;
    struct page_kept *out;
    struct rec page, event;
    struct page_kept found; /* page_of_address */
    int64_t job;
};

/* ---- texts ---- */

static struct str text_of(const struct reading *x)
{
    struct str text = x->article.text;
    if (text.n <= TEXT_BYTES)
        return text;
    size_t end = TEXT_BYTES;
    while (end && text.p[end] != '\n')
        end--;
    return str_sub(text, 0, end);
}

static uint32_t place(const struct keeping *k, uint32_t byte)
{
    return places_char(&k->places, byte);
}

static enum rc put_escaped(struct buf *b, struct str s, struct err *e)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        const char *as = c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\\' ? "\\\\" : NULL;
        TRY(as ? buf_str(b, str_of(as), e) : buf_char(b, c, e));
    }
    return RC_OK;
}

static enum rc put_repairs(struct keeping *k, struct buf *b, struct err *e)
{
    for (size_t i = 0; i < k->x->article.repair.n; i++) {
        const struct repair *r = &k->x->article.repair.p[i];
        if (r->at.to > k->text.n)
            break;
        TRY(buf_printf(b, e, "%s%s\t%u\t%u\t", i ? "\n" : "", repair_names[r->code],
                       place(k, r->at.from), place(k, r->at.to)));
        TRY(put_escaped(b, r->original, e));
    }
    return RC_OK;
}

static enum rc make_repairs(struct keeping *k, struct err *e)
{
    struct buf b;
    buf_init(&b, REPAIR_BYTES);
    enum rc rc = put_repairs(k, &b, e);
    if (rc == RC_OK) {
        k->repairs = arena_str(k->to, buf_view(&b));
        rc = k->repairs.p ? RC_OK : err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

enum rc page_repairs(struct str kept, struct arena *a, vec_repair *out, struct err *e)
{
    for (size_t at = 0; at < kept.n;) {
        size_t end = MIN(str_find(kept, STR("\n"), at), kept.n);
        struct str line = str_sub(kept, at, end), part[3];
        struct page_repair r = {0};
        size_t from = 0;
        int n = 0;
        at = end + 1;
        for (; n < 3; n++) {
            size_t tab = str_find(line, STR("\t"), from);
            if (tab == SIZE_MAX)
                break;
            part[n] = str_sub(line, from, tab);
            from = tab + 1;
        }
        char *to = arena_alloc(a, line.n + 1);
        if (!to)
            return err_nomem(e);
        if (n < 3)
            continue;
        size_t k = 0;
        for (size_t i = from; i < line.n; i++) {
            char c = line.p[i];
            if (c == '\\' && i + 1 < line.n) {
                c = line.p[++i];
                c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
            }
            to[k++] = c;
        }
        r.code = part[0];
        for (size_t i = 0; i < part[1].n; i++)
            r.from = r.from * 10 + (uint32_t)(part[1].p[i] - '0') % 10;
        for (size_t i = 0; i < part[2].n; i++)
            r.to = r.to * 10 + (uint32_t)(part[2].p[i] - '0') % 10;
        r.original = (struct str){to, k};
        TRY(vec_push(out, r, e));
    }
    return RC_OK;
}

/* ---- groups ---- */

struct cells {
    const struct field_def *f;
    struct val *group;
};

static void cell_text(struct cells *c, const char *name, struct str s)
{
    uint32_t i = sub_find(c->f, str_of(name));
    if (i == NO_FIELD)
        return;
    s = str_trim(text_cut(s, field_chars(&c->f->sub[i])));
    c->group->list.item[i] = (struct val){.set = s.n > 0, .text = s};
}

static void cell_num(struct cells *c, const char *name, int64_t n)
{
    struct val *at = val_sub_at(c->f, c->group, name);
    if (at)
        *at = (struct val){.set = true, .num = n};
}

/* Room for n groups in a field; *f NULL where there is no such field. */
static enum rc make_groups(struct keeping *k, const char *field, size_t n,
                           const struct field_def **f, struct val **out, struct err *e)
{
    uint32_t at = field_find(k->page.kind, str_of(field));
    *f = NULL;
    if (at == NO_FIELD || !n)
        return RC_OK;
    const struct field_def *d = &k->page.kind->field[at];
    struct val *item = arena_calloc(k->to, n, sizeof *item);
    for (size_t i = 0; item && i < n; i++) {
        struct val *sub = arena_calloc(k->to, d->n_sub, sizeof *sub);
        if (!sub)
            return err_nomem(e);
        item[i].set = true;
        item[i].list.item = sub;
        item[i].list.n = d->n_sub;
    }
    if (!item)
        return err_nomem(e);
    k->page.val[at].set = true;
    k->page.val[at].list.item = item;
    k->page.val[at].list.n = (uint32_t)n;
    *f = d;
    *out = item;
    return RC_OK;
}

static enum rc joined(struct keeping *k, const struct str *s, size_t n, struct str *out,
                      struct err *e)
{
    struct buf b;
    buf_init(&b, FIRST_PARTS);
    enum rc rc = RC_OK;
    for (size_t i = 0; rc == RC_OK && i < n && b.n < FIRST_PARTS / 2; i++) {
        if (i)
            rc = buf_str(&b, STR("、"), e);
        if (rc == RC_OK)
            rc = buf_str(&b, text_cut(s[i], 100), e);
    }
    *out = arena_str(k->to, buf_view(&b));
    buf_free(&b);
    return rc != RC_OK || out->p ? rc : err_nomem(e);
}

static enum rc put_parties(struct keeping *k, struct err *e)
{
    const struct news *n = &k->x->news;
    struct cells c = {0};
    struct val *item = NULL;
    TRY(make_groups(k, "parties", MIN(n->party.n, (size_t)LIST_MAX), &c.f, &item, e));
    for (size_t i = 0; c.f && i < MIN(n->party.n, (size_t)LIST_MAX); i++) {
        const struct news_party *p = &n->party.p[i];
        struct str aliases;
        c.group = &item[i];
        cell_text(&c, "name", p->name);
        cell_text(&c, "type", str_of(p->kind));
        TRY(joined(k, p->alias.p, p->alias.n, &aliases, e));
        cell_text(&c, "aliases", aliases);
        if (p->at.n) {
            cell_num(&c, "from", place(k, p->at.p[0].from));
            cell_num(&c, "to", place(k, p->at.p[0].to));
        }
    }
    return RC_OK;
}

static struct str party_name(const struct news *n, uint32_t i)
{
    return i < n->party.n ? n->party.p[i].name : STR("");
}

static enum rc put_people(struct keeping *k, struct err *e)
{
    const struct news *n = &k->x->news;
    struct cells c = {0};
    struct val *item = NULL;
    TRY(make_groups(k, "people", MIN(n->person.n, (size_t)LIST_MAX), &c.f, &item, e));
    for (size_t i = 0; c.f && i < MIN(n->person.n, (size_t)LIST_MAX); i++) {
        const struct news_person *p = &n->person.p[i];
        c.group = &item[i];
        cell_text(&c, "name", p->name);
        cell_text(&c, "title", p->title);
        cell_text(&c, "org", party_name(n, p->org));
        cell_num(&c, "from", place(k, p->at.from));
        cell_num(&c, "to", place(k, p->at.to));
    }
    return RC_OK;
}

static enum rc put_list(struct keeping *k, const char *field, const struct str *s, size_t n,
                        struct err *e)
{
    uint32_t f = field_find(k->page.kind, str_of(field));
    n = MIN(n, (size_t)LIST_MAX);
    if (f == NO_FIELD || !n)
        return RC_OK;
    struct val *item = arena_calloc(k->to, n, sizeof *item);
    if (!item)
        return err_nomem(e);
    for (size_t i = 0; i < n; i++)
        item[i] = (struct val){
            .set = true, .text = str_trim(text_cut(s[i], field_chars(&k->page.kind->field[f])))};
    k->page.val[f].set = true;
    k->page.val[f].list.item = item;
    k->page.val[f].list.n = (uint32_t)n;
    return RC_OK;
}

/* ---- the page ---- */

static void put_code(struct rec *r, const char *field, const char *code)
{
    uint32_t f = field_find(r->kind, str_of(field));
    if (f == NO_FIELD || !code || r->kind->field[f].type != TYPE_CODE)
        return;
    if (!code_find(r->kind->field[f].codes, str_of(code)))
        code = "other";
    rec_put_text(r, field, str_of(code));
}

static void put_event(struct rec *r, const struct news *n)
{
    bool none = !n->event_type || strcmp(n->event_type, "none") == 0;
    put_code(r, "event_type", none ? "other" : n->event_type);
}

/* What the page calls itself, without what else the reader has found of its owner. */
static struct str site_of(const struct article *x)
{
    return text_cut(str_trim(str_sub(x->site, 0, str_find(x->site, STR("\n"), 0))), 200);
}

static struct str title_of(const struct keeping *k)
{
    struct str line = str_trim(str_sub(k->text, 0, k->x->article.title));
    if (line.n)
        return line;
    size_t end = MIN(str_find(k->text, STR("\n"), 0), k->text.n);
    line = text_cut(str_trim(str_sub(k->text, 0, end)), 60);
    return line.n ? line : site_of(&k->x->article).n ? site_of(&k->x->article) : k->from->name;
}

static bool is_web(struct str s)
{
    return str_starts(s, STR("http://")) || str_starts(s, STR("https://"));
}

static enum rc fill_page(struct keeping *k, struct err *e)
{
    const struct article *x = &k->x->article;
    const struct news *n = &k->x->news;
    struct rec *r = &k->page;
    int64_t day;
    rec_put_text(r, "title", title_of(k));
    if (is_web(k->from->address))
        rec_put_text(r, "address", k->from->address);
    rec_put_text(r, "source", k->from->name);
    rec_put_text(r, "site", site_of(x));
    if (date_read(x->publish_date, &day))
        rec_put_num(r, "published", day);
    put_code(r, "verdict", n->refused ? "refused" : "read");
    put_code(r, "reason", n->refused);
    if (!n->refused) {
        put_event(r, n);
        rec_put_text(r, "event_day", n->event_date);
        rec_put_text(r, "event_end", n->event_date_end);
        TRY(put_parties(k, e));
        TRY(put_people(k, e));
        TRY(put_list(k, "areas", n->area.p, n->area.n, e));
    }
    TRY(put_list(k, "brands", x->brand.p, x->brand.n, e));
    saving_set(r, "text", (struct val){.set = k->text.n > 0, .text = k->text});
    rec_put_num(r, "head", place(k, x->title));
    saving_set(r, "repairs", (struct val){.set = k->repairs.n > 0, .text = k->repairs});
    rec_put_text(r, "charset", k->from->charset);
    rec_put_text(r, "hash", str_of(k->hash));
    rec_put_text(r, "key", k->key);
    if (k->from->job)
        rec_put_num(r, "job", k->from->job);
    return RC_OK;
}

/* ---- the facts ---- */

static enum rc put_fact(struct site *s, struct tx *tx, struct keeping *k, struct rec *r,
                        struct err *e)
{
    vec_fault faults = {0};
    fact_defaults(r, &k->page, &k->event, k->to);
    TRY(fact_title(r, k->to, e));
    enum rc rc = record_save_computed_in(s, tx, k->a, r, STR(""), k->to, &faults, e);
    vec_free(&faults);
    return rc;
}

static enum rc begin_fact(struct keeping *k, const struct kind *kind, struct rec *r, int64_t n,
                          const char *type, struct span at, struct err *e)
{
    TRY(rec_new(r, kind, k->to, e));
    r->org = k->page.org;
    rec_put_num(r, "page", k->page.id);
    rec_put_num(r, "n", n);
    rec_put_text(r, "type", str_of(type));
    rec_put_text(r, "origin", STR("reader"));
    at.to = (uint32_t)MIN((size_t)at.to, k->text.n);
    rec_put_text(r, "quote", span_str(k->text, at));
    rec_put_num(r, "from", place(k, at.from));
    rec_put_num(r, "to", place(k, at.to));
    return RC_OK;
}

/* The event itself: its sentence is the headline, else the first paragraph's beginning. */
static enum rc put_event_fact(struct site *s, struct tx *tx, struct keeping *k,
                              const struct kind *kind, struct err *e)
{
    struct span at = {0, k->x->article.title};
    if (!at.to) {
        size_t end = MIN(str_find(k->text, STR("\n"), 0), k->text.n);
        at.to = (uint32_t)text_cut(str_sub(k->text, 0, end), 120).n;
    }
    TRY(begin_fact(k, kind, &k->event, 0, "event", at, e));
    put_event(&k->event, &k->x->news);
    rec_put_text(&k->event, "object", title_of(k));
    int64_t day;
    if (date_read(k->x->news.event_date, &day))
        rec_put_num(&k->event, "day", day);
    if (date_read(k->x->news.event_date_end, &day))
        rec_put_num(&k->event, "due", day);
    return put_fact(s, tx, k, &k->event, e);
}

static enum rc put_facts(struct site *s, struct tx *tx, struct keeping *k, struct err *e)
{
    const struct kind *kind = kind_find(s->kinds, STR("fact"));
    const struct news *n = &k->x->news;
    if (!kind || n->refused)
        return RC_OK;
    TRY(put_event_fact(s, tx, k, kind, e));
    for (size_t i = 0; i < n->fact.n; i++) {
        const struct news_fact *f = &n->fact.p[i];
        struct rec r;
        if (f->evidence.to > k->text.n)
            continue;
        TRY(begin_fact(k, kind, &r, (int64_t)i + 1, fact_type_str(f->type), f->evidence, e));
        rec_put_text(&r, "subject", party_name(n, f->subject));
        rec_put_text(&r, "predicate", f->predicate);
        rec_put_text(&r, "object", f->object);
        rec_put_text(&r, "value", f->value);
        rec_put_text(&r, "deadline", f->deadline);
        TRY(put_fact(s, tx, k, &r, e));
    }
    return RC_OK;
}

/* ---- the transaction ---- */

static enum rc find_kept(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct keeping *k = ctx;
    const struct kind *kind = kind_find(s->kinds, STR("page"));
    uint32_t f = kind ? field_find(kind, STR("key")) : NO_FIELD;
    struct viewed v;
    if (f == NO_FIELD)
        return view_missing(e);
    TRY(store_by_unique(tx, kind, f, k->key, &k->out->id, e));
    k->out->already = k->out->id != 0;
    if (!k->out->id)
        return RC_OK;
    TRY(view_get(tx, &actor_system, kind, k->out->id, k->to, &v, e));
    k->out->refused = v.found && !str_eq(rec_text(&v.full, "verdict"), STR("read"));
    return RC_OK;
}

static enum rc write_all(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct keeping *k = ctx;
    const struct kind *kind = kind_find(s->kinds, STR("page"));
    vec_fault faults = {0};
    char key[65];
    int64_t first = 0;
    TRY(find_kept(s, tx, k, e)); /* somebody may have been quicker */
    if (k->out->already)
        return RC_OK;
    TRY(rec_new(&k->page, kind, k->to, e));
    TRY(fill_page(k, e));
    if (!k->x->news.refused) {
        TRY(same_event(s, tx, k->a, &k->page, k->to, &first, e));
        if (first)
            rec_put_num(&k->page, "same", first);
    }
    enum rc rc = record_save_computed_in(s, tx, k->a, &k->page, STR(""), k->to, &faults, e);
    vec_free(&faults);
    TRY(rc);
    TRY(blob_put(tx, k->from->name, k->from->bytes, MAX(k->a->account, 0), site_now(s), key, e));
    TRY(put_facts(s, tx, k, e));
    k->out->id = k->page.id;
    k->out->refused = k->x->news.refused != NULL;
    return RC_OK;
}

static enum rc keep_read(struct site *s, struct keeping *k, const struct reading *x, struct err *e)
{
    k->x = x;
    k->text = text_of(x);
    TRY(places_init(&k->places, k->text, e));
    enum rc rc = make_repairs(k, e);
    if (rc == RC_OK)
        rc = site_write(s, write_all, k, e);
    places_free(&k->places);
    return rc;
}

static enum rc make_key(struct keeping *k, struct err *e)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)k->from->bytes.p, k->from->bytes.n);
    sodium_bin2hex(k->hash, sizeof k->hash, hash, sizeof hash);
    k->key =
        text_made(k->to, "%s.%lld", k->hash, (long long)(actor_writes_all(k->a) ? 0 : k->a->org));
    return k->key.p ? RC_OK : err_nomem(e);
}

enum rc page_keep(struct site *s, const struct actor *a, const struct page_given *from,
                  struct arena *to, struct page_kept *out, struct err *e)
{
    struct keeping k = {.a = a, .from = from, .to = to, .out = out};
    const struct kind *kind = kind_find(s->kinds, STR("page"));
    const struct reader *reader;
    struct reading x = {0};
    *out = (struct page_kept){0};
    if (!kind || !actor_may(a, kind, RIGHT_CREATE, NULL))
        return err_user(e, kind ? "service.denied" : "service.missing", "%s", "");
    TRY(make_key(&k, e));
    TRY(site_read(s, find_kept, &k, e));
    if (out->already)
        return RC_OK;
    TRY(site_reader(s, &reader, e));
    struct article_source known = {.url = from->address, .charset = from->charset};
    enum rc rc = reading_make_from(&x, from->bytes, known, reader, to, e);
    if (rc == RC_OK)
        rc = keep_read(s, &k, &x, e);
    reading_release(&x);
    return rc;
}

static enum rc find_address(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct keeping *k = ctx;
    vec_rec all = {0};
    if (str_find(k->key, STR("\""), 0) != SIZE_MAX)
        return RC_OK;
    struct str filter = text_made(k->to, "job = %lld and source = \"%.*s\"", (long long)k->job,
                                  (int)MIN(k->key.n, 2000u), k->key.p);
    enum rc rc = records_by(s, tx, &actor_system, "page", filter, NULL, k->to, &all, e);
    if (rc == RC_OK && all.n)
        k->found = (struct page_kept){all.p[0].id, false, rec_is(&all.p[0], "refused")};
    vec_free(&all);
    return rc;
}

enum rc page_of_address(struct site *s, struct str address, int64_t job, struct page_kept *out,
                        struct err *e)
{
    struct arena a = {0};
    struct keeping k = {.to = &a, .key = address, .job = job};
    enum rc rc = site_read(s, find_address, &k, e);
    *out = k.found;
    arena_free(&a);
    return rc;
}
