/* What the outputs of `qiao read` take from the JSON of a page. */
#include "cli/read_int.h"

#include <stdio.h>

enum { QUOTE_CHARS = 60 };

struct str read_text(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    return (struct str){json_string_value(v), json_string_length(v)};
}

static uint32_t number_of(const json_t *object, const char *key)
{
    return (uint32_t)json_integer_value(json_object_get(object, key));
}

struct read_page read_page_of(const json_t *json)
{
    return (struct read_page){.json = json,
                              .number = number_of(json, "page"),
                              .duplicate_of = number_of(json, "duplicate_of"),
                              .status = read_text(json, "status"),
                              .text = read_text(json, "text")};
}

static uint32_t members(const json_t *json, const char *key)
{
    return (uint32_t)json_array_size(json_object_get(json, key));
}

void read_count(struct read_counts *c, const struct read_page *p)
{
    c->pages++;
    c->read += str_eq(p->status, STR("read"));
    c->refused += str_eq(p->status, STR("refused"));
    c->failed += str_eq(p->status, STR("failed"));
    c->duplicates += p->duplicate_of != 0;
    c->repairs += members(p->json, "repairs");
    if (p->duplicate_of || !str_eq(p->status, STR("read")))
        return;
    c->parties += members(p->json, "parties");
    c->people += members(p->json, "people");
    c->facts += members(p->json, "facts");
    size_t i;
    const json_t *party;
    json_array_foreach(json_object_get(p->json, "parties"), i, party)
    {
        struct str by = read_text(json_object_get(party, "known"), "by");
        bool doubt = str_eq(by, STR("doubt"));
        c->doubtful += doubt;
        c->known += by.n && !doubt && !str_eq(by, STR("new"));
    }
}

/* Byte where character n begins. */
static size_t byte_of(struct str s, uint32_t n)
{
    size_t i = 0;
    while (i < s.n && n--)
        utf8_next(s, &i);
    return i;
}

struct str read_at(const struct read_page *p, const json_t *place)
{
    size_t from = byte_of(p->text, number_of(place, "from"));
    struct str rest = str_sub(p->text, from, p->text.n);
    uint32_t n = number_of(place, "to") - number_of(place, "from");
    return str_sub(rest, 0, byte_of(rest, n));
}

static bool ends_sentence(uint32_t c)
{
    return c == 0x3002 || c == '!' || c == '?' || c == 0xFF01 || c == 0xFF1F || c == '\n';
}

struct str read_quote(const struct read_page *p, const json_t *place)
{
    struct str there = read_at(p, place);
    size_t from = (size_t)(there.p - p->text.p), to = from + there.n, chars = 0;
    if (!there.p || !there.n)
        return (struct str){0};
    while (from > 0 && chars < QUOTE_CHARS / 2) {
        size_t k = from - 1, i;
        while (k > 0 && ((unsigned char)p->text.p[k] & 0xC0) == 0x80)
            k--;
        i = k;
        if (ends_sentence(utf8_next(p->text, &i)))
            break;
        from = k;
        chars++;
    }
    for (chars += utf8_len(there); to < p->text.n && chars < QUOTE_CHARS; chars++) {
        size_t i = to;
        uint32_t c = utf8_next(p->text, &i);
        if (c == '\n')
            break;
        to = i;
        if (ends_sentence(c))
            break;
    }
    return str_trim(str_sub(p->text, from, to));
}

struct str read_party(const struct speaker *s, const struct read_page *p, const json_t *number)
{
    if (!json_is_integer(number))
        return (struct str){0};
    const json_t *party =
        json_array_get(json_object_get(p->json, "parties"), (size_t)json_integer_value(number));
    struct str name = read_text(party, "name");
    return name.n ? name : sentence(s, "read.unnamed");
}

struct str read_word(const struct speaker *s, const char *key, struct str code)
{
    char name[64];
    size_t head = strcspn(key, "%");
    snprintf(name, sizeof name, "%.*s%.*s", (int)head, key, (int)MIN(code.n, (size_t)40), code.p);
    const char *text = model_message(s->model, name, lang_name(s->lang));
    return text ? str_of(text) : code;
}

enum rc read_reason(struct buf *to, const struct speaker *s, const struct read_page *p,
                    struct err *e)
{
    struct str reason = read_text(p->json, "reason"), detail = read_text(p->json, "detail");
    struct err why = {.rc = RC_SYS};
    if (!str_eq(p->status, STR("failed")))
        return buf_str(to, read_word(s, "refused.%s", reason), e);
    snprintf(why.key, sizeof why.key, "%.*s", (int)reason.n, reason.p ? reason.p : "");
    snprintf(why.detail, sizeof why.detail, "%.*s", (int)detail.n, detail.p ? detail.p : "");
    return say_error(to, s, &why, e);
}
