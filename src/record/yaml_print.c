/* Nodes as YAML again. Keys of plain letters stand as they are, every other text in double quotes.
 */
#include "record/yaml.h"

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(i && s.p[i] >= '0' && s.p[i] <= '9') &&
            s.p[i] != '_')
            return false;
    return s.n > 0;
}

/* Breaks lines, or is no text to a reader of YAML 1.1, or would not be seen. */
static bool is_odd(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
           c == 0xFFFE || c == 0xFFFF;
}

static enum rc put_text(struct buf *out, struct str s, struct err *e)
{
    TRY(buf_char(out, '"', e));
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (is_odd(c)) {
            TRY(buf_printf(out, e, "\\u%04x", c));
            continue;
        }
        if (c == '"' || c == '\\')
            TRY(buf_char(out, '\\', e));
        TRY(buf_str(out, str_sub(s, from, i), e));
    }
    return buf_char(out, '"', e);
}

static enum rc put_key(struct buf *out, struct str key, struct err *e)
{
    TRY(is_plain(key) ? buf_str(out, key, e) : put_text(out, key, e));
    return buf_char(out, ':', e);
}

static enum rc put_flow(struct buf *out, const struct node *n, struct err *e)
{
    bool map = n->type == NODE_MAP;
    if (n->type == NODE_TEXT)
        return put_text(out, n->text, e);
    TRY(buf_char(out, map ? '{' : '[', e));
    for (const struct node *c = n->child; c; c = c->next) {
        if (c != n->child)
            TRY(buf_str(out, STR(", "), e));
        if (map) {
            TRY(put_key(out, c->key, e));
            TRY(buf_char(out, ' ', e));
        }
        TRY(put_flow(out, c, e));
    }
    return buf_char(out, map ? '}' : ']', e);
}

static enum rc put_lines(struct buf *out, const struct node *map, unsigned depth, unsigned levels,
                         struct err *e)
{
    for (const struct node *c = map->child; c; c = c->next) {
        TRY(buf_printf(out, e, "%*s", (int)depth * 2, ""));
        TRY(put_key(out, c->key, e));
        if (c->type == NODE_MAP && c->child && depth + 1 < levels) {
            TRY(buf_char(out, '\n', e));
            TRY(put_lines(out, c, depth + 1, levels, e));
            continue;
        }
        TRY(buf_char(out, ' ', e));
        TRY(put_flow(out, c, e));
        TRY(buf_char(out, '\n', e));
    }
    return RC_OK;
}

enum rc yaml_print(struct buf *out, const struct node *n, unsigned levels, struct err *e)
{
    if (n->type == NODE_MAP && n->child && levels)
        return put_lines(out, n, 0, levels, e);
    TRY(put_flow(out, n, e));
    return buf_char(out, '\n', e);
}
