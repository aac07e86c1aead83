/* What the outputs of `qiao read` take from the JSON of a page. */
#include "cli/read_int.h"

#include <stdio.h>

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

struct str read_party(const struct speaker *s, const struct read_page *p, const json_t *number)
{
    struct read_words w = {.model = s->model, .lang = lang_name(s->lang)};
    return book_party(&w, p, number);
}

struct str read_word(const struct speaker *s, const char *key, struct str code)
{
    struct read_words w = {.model = s->model, .lang = lang_name(s->lang)};
    return book_word(&w, key, code);
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
