/* What the outputs of reading take from the JSON of a page. */
#include "service/reading_book.h"

#include <stdio.h>

enum { QUOTE_CHARS = 60 };

struct str book_sentence(const struct read_words *w, const char *key)
{
    const char *text = model_message(w->model, key, w->lang);
    return str_of(text ? text : key);
}

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

struct str book_party(const struct read_words *w, const struct read_page *p, const json_t *number)
{
    if (!json_is_integer(number))
        return (struct str){0};
    const json_t *party =
        json_array_get(json_object_get(p->json, "parties"), (size_t)json_integer_value(number));
    struct str name = read_text(party, "name");
    return name.n ? name : book_sentence(w, "read.unnamed");
}

struct str book_word(const struct read_words *w, const char *key, struct str code)
{
    char name[64];
    size_t head = strcspn(key, "%");
    snprintf(name, sizeof name, "%.*s%.*s", (int)head, key, (int)MIN(code.n, (size_t)40), code.p);
    const char *text = model_message(w->model, name, w->lang);
    return text ? str_of(text) : code;
}
