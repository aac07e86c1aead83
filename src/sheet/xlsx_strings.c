#include "sheet/xlsx_int.h"

#include <stdlib.h>

#define BLOCK   (256u << 10)
#define TOO_BIG UINT32_MAX /* length of a string over the ceiling; no bytes follow */

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character of an escape "_xHHHH_" at p, or -1. */
static long escape_at(const char *p, size_t n)
{
    long c = 0;
    if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        if (hex(p[i]) < 0)
            return -1;
        c = c * 16 + hex(p[i]);
    }
    return c;
}

size_t xlsx_unescape(char *p, size_t n)
{
    size_t to = 0;
    if (!n || !memchr(p, '_', n))
        return n;
    for (size_t i = 0; i < n;) {
        long c = escape_at(p + i, n - i);
        if (c < 0) {
            p[to++] = p[i++];
            continue;
        }
        if (c)
            to += utf8_put(p + to, (uint32_t)c); /* at most 3 bytes for 7 */
        i += 7;
    }
    return to;
}

static enum rc strings_add(struct strings *s, struct str text, bool too_big, struct err *e)
{
    uint32_t n = too_big ? TOO_BIG : (uint32_t)text.n;
    size_t need = sizeof n + (too_big ? 0 : text.n);
    if (need > s->left) {
        size_t block = MAX(need, (size_t)BLOCK);
        char *p = arena_alloc(&s->pool, block);
        if (!p)
            return err_nomem(e);
        s->block = p;
        s->left = block;
    }
    memcpy(s->block, &n, sizeof n);
    if (!too_big && text.n)
        memcpy(s->block + sizeof n, text.p, text.n);
    TRY(vec_push(&s->entry, (const char *)s->block, e));
    s->block += need;
    s->left -= need;
    return RC_OK;
}

bool strings_get(const struct strings *s, uint32_t i, struct cell *out)
{
    uint32_t n;
    if (i >= s->entry.n)
        return false;
    memcpy(&n, s->entry.p[i], sizeof n);
    if (n == TOO_BIG)
        *out = (struct cell){STR(""), CELL_TOO_BIG, false};
    else
        *out = (struct cell){{s->entry.p[i] + sizeof n, n}, n ? CELL_TEXT : CELL_EMPTY, false};
    return true;
}

void strings_free(struct strings *s)
{
    arena_free(&s->pool);
    vec_free(&s->entry);
}

struct strings_reader {
    struct xlsx *x;
    struct buf text;
    bool in_item, in_text, too_big;
    uint32_t phonetic; /* depth inside rPh: how it is read aloud, not what it says */
};

static enum rc strings_start(void *ctx, const char *name, const char **attributes, struct err *e)
{
    struct strings_reader *r = ctx;
    (void)attributes;
    if (strcmp(name, "si") == 0) {
        if (r->x->strings.entry.n >= r->x->src->limits->strings)
            return err_too_big(e, "sheet.strings", "%u", r->x->src->limits->strings);
        buf_clear(&r->text);
        r->in_item = true;
        r->too_big = false;
    } else if (strcmp(name, "rPh") == 0) {
        r->phonetic++;
    } else if (strcmp(name, "t") == 0) {
        r->in_text = r->in_item && !r->phonetic;
    }
    return RC_OK;
}

static enum rc strings_text(void *ctx, const char *bytes, size_t n, struct err *e)
{
    struct strings_reader *r = ctx;
    if (!r->in_text)
        return RC_OK;
    if (n > r->text.ceiling - r->text.n) {
        r->too_big = true;
        return RC_OK;
    }
    return buf_put(&r->text, bytes, n, e);
}

static enum rc strings_end(void *ctx, const char *name, struct err *e)
{
    struct strings_reader *r = ctx;
    if (strcmp(name, "t") == 0)
        r->in_text = false;
    else if (strcmp(name, "rPh") == 0 && r->phonetic)
        r->phonetic--;
    else if (strcmp(name, "si") == 0) {
        r->in_item = false;
        r->text.n = xlsx_unescape(r->text.p, r->text.n);
        return strings_add(&r->x->strings, buf_view(&r->text), r->too_big, e);
    }
    return RC_OK;
}

enum rc strings_read(struct xlsx *x, zip_int64_t part, struct err *e)
{
    struct strings_reader r = {.x = x};
    struct xml_handler h = {&r, strings_start, strings_end, strings_text, NULL};
    buf_init(&r.text, x->src->limits->cell);
    enum rc rc = part_parse(x, part, false, &h, e);
    buf_free(&r.text);
    return rc;
}

struct custom {
    uint32_t id;
    uint8_t format;
};

struct styles_reader {
    struct xlsx *x;
    VEC(struct custom) customs; /* numFmts stand before cellXfs */
    bool in_cells;
};

static uint32_t number_of(const char *text)
{
    return text ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static uint8_t format_of_id(const struct styles_reader *r, uint32_t id)
{
    for (size_t i = r->customs.n; i-- > 0;)
        if (r->customs.p[i].id == id)
            return r->customs.p[i].format;
    return (uint8_t)format_builtin(id);
}

static enum rc styles_start(void *ctx, const char *name, const char **attributes, struct err *e)
{
    struct styles_reader *r = ctx;
    if (strcmp(name, "cellXfs") == 0)
        r->in_cells = true;
    else if (strcmp(name, "numFmt") == 0) {
        const char *code = xml_attribute(attributes, "formatCode");
        struct custom c = {number_of(xml_attribute(attributes, "numFmtId")),
                           (uint8_t)format_of_code(str_of(code))};
        if (code && r->customs.n < 4096) /* no program writes more than some hundred */
            return vec_push(&r->customs, c, e);
    } else if (r->in_cells && strcmp(name, "xf") == 0 && r->x->styles.n < 65536) {
        uint32_t id = number_of(xml_attribute(attributes, "numFmtId"));
        return vec_push(&r->x->styles, format_of_id(r, id), e);
    }
    return RC_OK;
}

static enum rc styles_end(void *ctx, const char *name, struct err *e)
{
    struct styles_reader *r = ctx;
    (void)e;
    if (strcmp(name, "cellXfs") == 0)
        r->in_cells = false;
    return RC_OK;
}

enum rc styles_read(struct xlsx *x, zip_int64_t part, struct err *e)
{
    struct styles_reader r = {.x = x};
    struct xml_handler h = {&r, styles_start, styles_end, NULL, NULL};
    enum rc rc = part_parse(x, part, false, &h, e);
    vec_free(&r.customs);
    return rc;
}
