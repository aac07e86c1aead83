#include "news/article_int.h"

#include "text/charset.h"

#include <string.h>
#include <strings.h>

enum { CONTROLS_PER_MILLE = 20, MALFORMED_PER_MILLE = 100 };

/* ---- bytes to blocks */

/* A picture or an archive: control characters or malformed ones throughout. */
static bool is_text(const struct page *p, struct str s)
{
    return p->controls * 1000 <= s.n * CONTROLS_PER_MILLE &&
           p->malformed * 1000 <= s.n * MALFORMED_PER_MILLE;
}

/* The charset that the page names in its first kilobytes: charset=gbk, encoding="gb2312". */
static struct str find_label(struct str s)
{
    static const char *const keys[] = {"charset=", "encoding="};
    struct str head = str_sub(s, 0, 4096);
    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        size_t at = str_find(head, str_of(keys[k]), 0);
        if (at == SIZE_MAX)
            continue;
        at += strlen(keys[k]);
        while (at < head.n && (head.p[at] == '"' || head.p[at] == '\'' || head.p[at] == ' '))
            at++;
        size_t end = at;
        while (end < head.n && (head.p[end] == '-' || head.p[end] == '_' ||
                                (head.p[end] >= '0' && head.p[end] <= '9') ||
                                ((head.p[end] | 32) >= 'a' && (head.p[end] | 32) <= 'z')))
            end++;
        return str_sub(head, at, end);
    }
    return STR("");
}

/* Do a label and what the bytes are name the same family? ASCII bytes fit every label. */
static bool label_fits(struct str label, const char *charset, struct str bytes)
{
    static const struct {
        const char *charset, *begins;
    } family[] = {
        {"UTF-8", "utf"},
        {"UTF-16LE", "utf"},
        {"UTF-16BE", "utf"},
        {"UTF-16LE", "unicode"},
        {"GB18030", "gb"},
        {"GB18030", "hz"},
        {"Big5", "big5"},
        {"windows-1252", "iso-8859"},
        {"windows-1252", "windows"},
        {"windows-1252", "latin"},
        {"windows-1252", "us-ascii"},
    };
    bool ascii = true;
    for (size_t i = 0; ascii && i < bytes.n; i++)
        ascii = (unsigned char)bytes.p[i] < 0x80;
    for (size_t i = 0; !ascii && i < ARRAY_LEN(family); i++)
        if (strcmp(charset, family[i].charset) == 0 && label.n >= strlen(family[i].begins) &&
            strncasecmp(label.p, family[i].begins, strlen(family[i].begins)) == 0)
            return true;
    return ascii || label.n == 0;
}

static enum rc read_text(struct page *p, struct buf *text, struct str bytes, struct str said,
                         const char **charset, struct err *e)
{
    TRY(charset_to_utf8_as(text, bytes, said.n ? said : find_label(bytes), charset, e));
    struct str s = buf_view(text), label = find_label(s);
    if (!str_trim(s).n)
        return err_user(e, "news.empty", "%s", "");
    bool header = !label_fits(said, *charset, bytes);
    if (!header && label_fits(label, *charset, bytes))
        return RC_OK;
    p->label = arena_str(p->arena, header ? said : label);
    return p->label.p ? RC_OK : err_nomem(e);
}

static enum rc add_line(struct page *p, struct str line, struct err *e)
{
    line = str_trim(line);
    if (!line.n)
        return RC_OK;
    struct str kept = arena_str(p->arena, line);
    if (!kept.p)
        return err_nomem(e);
    return vec_push(&p->block, ((struct block){.raw = kept, .box = NO_BOX}), e);
}

/* Where a paragraph that lost its line end begins: an indent behind a full stop. */
static size_t lost_break(struct str line, size_t from)
{
    size_t at = str_find(line, STR("。　　"), from);
    return at == SIZE_MAX ? line.n : at + 3;
}

/* A paragraph over several lines in one. */
static enum rc wrapped_blocks(struct page *p, struct str s, size_t width, struct err *e)
{
    struct buf whole;
    buf_init(&whole, 4 * PAGE_MAX);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < s.n && rc == RC_OK;) {
        struct str line = next_line(s, &i), next = {0};
        size_t at = i;
        while (at < s.n && (next = next_line(s, &at), is_page_number(next)))
            i = at; /* the foot of a page stands between two lines of a paragraph */
        if (at >= s.n && is_page_number(next))
            next = STR("");
        rc = buf_str(&whole, whole.n ? str_trim(line) : line, e);
        if (rc == RC_OK && !wrap_goes_on(width, line, next)) {
            rc = add_line(p, buf_view(&whole), e);
            buf_clear(&whole);
        }
    }
    if (rc == RC_OK)
        rc = add_line(p, buf_view(&whole), e);
    buf_free(&whole);
    return rc;
}

/* A line a block; the text must outlive the blocks. */
static enum rc plain_blocks(struct page *p, const struct article_tables *t, struct str s,
                            struct err *e)
{
    for (size_t i = 0; i < s.n;) {
        const char *end = memchr(s.p + i, '\n', s.n - i);
        size_t to = end ? (size_t)(end - s.p) : s.n;
        struct str line = str_sub(s, i, to);
        for (size_t from = 0, cut; from < line.n; from = cut) {
            cut = lost_break(line, from);
            struct str part = str_sub(line, from, cut);
            struct block b = {.raw = str_trim(part), .box = NO_BOX};
            if (!b.raw.n) {
                page_survey(p, t, part);
                continue;
            }
            TRY(line_survey(p, t, part, &b, e));
            TRY(vec_push(&p->block, b, e));
        }
        i = to + 1;
    }
    return RC_OK;
}

/* Blocks, and what is told of the whole page. */
static enum rc part_text(struct page *p, const struct article_tables *t, struct str s,
                         const char *charset, struct err *e)
{
    bool html = html_looks_like(s);
    size_t width = html ? 0 : wrap_width(s);
    if (html || width) {
        page_survey(p, t, s);
    } else {
        s = arena_str(p->arena, s);
        if (!s.p)
            return err_nomem(e);
        TRY(plain_blocks(p, t, s, e));
    }
    survey_end(p);
    if (!is_text(p, s))
        return err_user(e, "news.not_text", "%s", charset);
    return html ? html_blocks(p, t, s, e) : width ? wrapped_blocks(p, s, width, e) : RC_OK;
}

static enum rc repair_title(struct page *p, const struct article_tables *t, struct cells *work,
                            struct err *e)
{
    struct block b = {.raw = p->meta_title.n ? p->meta_title : p->title};
    TRY(block_repair(p, &b, t, work, e));
    p->title = b.text;
    p->repair.n = b.repair;
    return RC_OK;
}

static enum rc repair_all(struct page *p, const struct article_tables *t, struct err *e)
{
    struct cells work = {0};
    buf_init(&work.text, 16 * PAGE_MAX);
    enum rc rc = repair_title(p, t, &work, e);
    for (size_t i = 0; rc == RC_OK && i < p->block.n; i++)
        if ((rc = block_repair(p, &p->block.p[i], t, &work, e)) == RC_OK)
            p->of |= p->block.p[i].of;
    vec_free(&work.cell);
    buf_free(&work.text);
    return rc == RC_OK ? brands_find(p, t, e) : rc;
}

/* ---- blocks to the article */

struct out {
    struct article *x;
    const struct page *page;
    const struct article_tables *t;
    struct buf text;
};

/* Repairs that lie in `part` of the block, moved to where it now stands. */
static enum rc add_repairs(struct out *o, const struct block *b, struct str part, struct err *e)
{
    size_t head = (size_t)(part.p - b->text.p), tail = head + part.n;
    for (uint32_t i = 0; i < b->repairs; i++) {
        struct repair r = o->page->repair.p[b->repair + i];
        if (r.at.from < head || r.at.to > tail)
            continue;
        r.at.from += (uint32_t)(o->text.n - head);
        r.at.to += (uint32_t)(o->text.n - head);
        TRY(vec_push(&o->x->repair, r, e));
    }
    return RC_OK;
}

static enum rc add_plain(struct out *o, const struct block *b, struct str part, struct err *e)
{
    TRY(add_repairs(o, b, part, e));
    return buf_str(&o->text, part, e);
}

static enum rc add_cut(struct out *o, struct str cut, struct err *e)
{
    uint32_t at = (uint32_t)o->text.n;
    struct repair r = {REPAIR_SPAM, {at, at}, cut};
    return vec_push(&o->x->repair, r, e);
}

/* A sentence of an advertisement is left out, with the betting brand that it is for. */
static enum rc add_sentences(struct out *o, const struct block *b, struct str part, struct err *e)
{
    for (size_t i = 0; i < part.n;) {
        size_t end = str_find(part, STR("。"), i);
        end = end == SIZE_MAX ? part.n : end + 3;
        struct str s = str_sub(part, i, end);
        bool spam = is_spam(o->t, s) && s.n < 600;
        if (spam)
            TRY(add_cut(o, s, e));
        else
            TRY(add_plain(o, b, s, e));
        i = end;
    }
    return RC_OK;
}

static enum rc add_block(struct out *o, const struct block *b, struct str part, struct err *e)
{
    if (o->text.n)
        TRY(buf_char(&o->text, '\n', e));
    return b->spam && is_spam(o->t, part) ? add_sentences(o, b, part, e) : add_plain(o, b, part, e);
}

/* Brands of the finished text, in place of the smaller repairs inside them. */
static enum rc mark_brands(struct article *x, const struct page *p, const struct article_tables *t,
                           struct err *e)
{
    VEC(struct repair) all = {0};
    size_t k = 0;
    enum rc rc = RC_OK;
    bool game = p->of & OF_GAME && p->of & OF_SITE && brands_game(t, x->text);
    for (size_t i = 0; rc == RC_OK && (i = brand_next(t, x->text, i, game)) < x->text.n;) {
        size_t n = brand_at(p, t, x->text, i);
        if (!n) {
            utf8_sure(x->text, &i);
            continue;
        }
        struct span at = {(uint32_t)i, (uint32_t)(i + n)};
        while (rc == RC_OK && k < x->repair.n && x->repair.p[k].at.to <= at.from) {
            rc = vec_push(&all, x->repair.p[k], e);
            k++;
        }
        while (k < x->repair.n && x->repair.p[k].at.from < at.to)
            k++;
        if (rc == RC_OK)
            rc = vec_push(&all, ((struct repair){REPAIR_BRAND, at, span_str(x->text, at)}), e);
        i += n;
    }
    for (; rc == RC_OK && k < x->repair.n; k++)
        rc = vec_push(&all, x->repair.p[k], e);
    vec_free(&x->repair);
    x->repair.p = all.p;
    x->repair.n = all.n;
    x->repair.cap = all.cap;
    return rc;
}

static enum rc put_together(struct out *o, const struct choice *c, struct err *e)
{
    if (o->page->label.n)
        TRY(vec_push(&o->x->repair, ((struct repair){REPAIR_CHARSET, {0, 0}, o->page->label}), e));
    if (c->title != NO_BLOCK)
        TRY(add_plain(o, &o->page->block.p[c->title], c->title_text, e));
    else
        TRY(buf_str(&o->text, c->title_text, e));
    o->x->title = (uint32_t)o->text.n;
    for (size_t i = 0; i < c->block.n; i++) {
        const struct block *b = &o->page->block.p[c->block.p[i]];
        struct str part = without_credits(o->t, without_meta(o->t, str_trim(b->text)));
        if (part.n)
            TRY(add_block(o, b, part, e));
    }
    return RC_OK;
}

static enum rc finish(struct out *o, struct arena *a, struct err *e)
{
    struct article *x = o->x;
    x->text = arena_str(a, buf_view(&o->text));
    if (!x->text.p)
        return err_nomem(e);
    for (size_t i = 0; i < o->page->brand.n; i++)
        TRY(vec_push(&x->brand, o->page->brand.p[i], e));
    return x->brand.n ? mark_brands(x, o->page, o->t, e) : RC_OK;
}

static enum rc build(struct article *x, struct page *p, const struct article_tables *t,
                     struct arena *a, struct err *e)
{
    struct choice c = {0};
    struct out o = {.x = x, .page = p, .t = t};
    char date[DATE_SIZE];
    buf_init(&o.text, PAGE_MAX * 2);
    enum rc rc = article_choose(&c, p, t, e);
    if (rc == RC_OK)
        rc = put_together(&o, &c, e);
    if (rc == RC_OK)
        rc = finish(&o, a, e);
    if (rc == RC_OK) {
        x->site = arena_str(a, c.site);
        rc = x->site.p ? RC_OK : err_nomem(e);
    }
    if (rc == RC_OK && publish_date(date, p, &c, t, x->url)) {
        x->publish_date = arena_str(a, str_of(date));
        rc = x->publish_date.p ? RC_OK : err_nomem(e);
    }
    choice_free(&c);
    buf_free(&o.text);
    return rc;
}

static enum rc read_page(struct article *x, struct page *p, struct buf *text, struct str bytes,
                         struct str said, const struct article_tables *t, struct err *e)
{
    const char *charset = "";
    TRY(read_text(p, text, bytes, said, &charset, e));
    TRY(part_text(p, t, buf_view(text), charset, e));
    TRY(repair_all(p, t, e));
    return build(x, p, t, p->arena, e);
}

enum rc article_read(struct article *out, struct str bytes, struct article_source from,
                     const struct article_tables *t, struct arena *a, struct err *e)
{
    struct page p = {.arena = a};
    struct buf text;
    *out = (struct article){.text = STR(""), .site = STR(""), .publish_date = STR("")};
    if (bytes.n > PAGE_MAX)
        return err_too_big(e, "news.too_big", "%d", PAGE_MAX >> 20);
    out->url = arena_str(a, from.url);
    if (!out->url.p)
        return err_nomem(e);
    buf_init(&text, PAGE_MAX * 4);
    enum rc rc = read_page(out, &p, &text, bytes, from.charset, t, e);
    buf_free(&text);
    vec_free(&p.block);
    vec_free(&p.box);
    vec_free(&p.repair);
    vec_free(&p.suspect);
    vec_free(&p.brand);
    vec_free(&p.bare);
    return rc;
}

void article_release(struct article *x)
{
    vec_free(&x->repair);
    vec_free(&x->brand);
}
