/* --json: one object, one line a need, so that a reader may take it line by line. Keys keep their
 * order. jansson gets its memory from base/mem.h. */
#include "cli/match_int.h"

#include <jansson.h>
#include <math.h>

#define FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(9))

/* Put a new value into an object; a NULL value is an allocation that failed. */
static enum rc put(json_t *object, const char *key, json_t *value, struct err *e)
{
    return json_object_set_new(object, key, value) == 0 ? RC_OK : err_nomem(e);
}

static json_t *number(double x)
{
    return json_real(round(x * 1e6) / 1e6);
}

static bool is_utf8(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        if (utf8_next(s, &i) == 0xFFFD && i - from == 1)
            return false;
    }
    return true;
}

/* A text that is not valid UTF-8 everywhere is repaired with U+FFFD. */
static json_t *text(struct str s)
{
    if (is_utf8(s))
        return json_stringn(s.n ? s.p : "", s.n);
    struct buf b;
    buf_init(&b, 4 * s.n);
    enum rc rc = RC_OK;
    for (size_t i = 0; i < s.n && rc == RC_OK;) {
        char bytes[4];
        rc = buf_put(&b, bytes, utf8_put(bytes, utf8_next(s, &i)), NULL);
    }
    json_t *value = rc == RC_OK ? json_stringn(b.p, b.n) : NULL;
    buf_free(&b);
    return value;
}

/* What json_dump_callback writes to. jansson forgets some failures of its writer (2.14: those
 * within a key), so the first is kept here. */
struct line {
    struct buf text;
    enum rc rc;
    struct err *e;
};

static int take(const char *bytes, size_t n, void *ctx)
{
    struct line *line = ctx;
    if (line->rc == RC_OK)
        line->rc = buf_put(&line->text, bytes, n, line->e);
    return line->rc == RC_OK ? 0 : -1;
}

static enum rc print_json(json_t *value, struct err *e)
{
    struct line line = {.e = e};
    buf_init(&line.text, SIZE_MAX / 2);
    bool dumped = json_dump_callback(value, take, &line, FLAGS) == 0;
    enum rc rc = line.rc;
    if (rc == RC_OK)
        rc = dumped ? cli_print(buf_view(&line.text), e) : err_nomem(e);
    buf_free(&line.text);
    return rc;
}

/* A place: offsets in characters of the text that is compared, and the words there. */
static enum rc put_span(json_t *object, const char *key, struct str whole, struct span at,
                        struct err *e)
{
    if (at.from == at.to)
        return RC_OK;
    json_t *span = json_object();
    TRY(put(object, key, span, e));
    size_t from = utf8_len(str_sub(whole, 0, at.from));
    struct str words = span_str(whole, at);
    TRY(put(span, "from", json_integer((json_int_t)from), e));
    TRY(put(span, "to", json_integer((json_int_t)(from + utf8_len(words))), e));
    return put(span, "text", text(words), e);
}

static enum rc put_reason(json_t *list, const struct report *r, const struct view *v,
                          const struct reason *reason, struct buf *words, struct err *e)
{
    json_t *one = json_object();
    if (json_array_append_new(list, one) != 0)
        return err_nomem(e);
    TRY(put(one, "code", json_string(reason_name(reason->code)), e));
    if (reason->code == REASON_TERMS || reason->code == REASON_CONCEPT)
        TRY(put(one, "share", number(reason->share), e));
    else
        TRY(put(one, "verdict", json_string(verdict_code(reason->verdict)), e));
    TRY(put_span(one, "need", v->need.text, reason->need, e));
    TRY(put_span(one, "result", v->result.text, reason->result, e));
    TRY(put_span(one, "need_name", v->need.text, reason->need_name, e));
    TRY(put_span(one, "result_name", v->result.text, reason->result_name, e));
    buf_clear(words);
    TRY(say_fact(words, &r->speaker, &v->pair, reason, e));
    return words->n ? put(one, "words", text(buf_view(words)), e) : RC_OK;
}

static enum rc put_item(json_t *to, struct collection *c, uint32_t i, struct err *e)
{
    char space[COLLECTION_ID];
    struct item item = collection_item(c, i);
    TRY(put(to, "id", text(collection_id(c, i, space)), e));
    TRY(put(to, "title", text(item.field[FIELD_TITLE]), e));
    return put(to, "unit", text(item.field[FIELD_ORG]), e);
}

static enum rc put_match(json_t *list, const struct report *r, struct view *v, uint32_t need,
                         const struct match *match, struct buf *words, struct err *e)
{
    json_t *one = json_object(), *reasons;
    if (json_array_append_new(list, one) != 0)
        return err_nomem(e);
    TRY(put_item(one, matching_results(r->m), match->result, e));
    TRY(put(one, "score", number(match->score), e));
    TRY(put(one, "credible", json_boolean(match->credible), e));
    TRY(put(one, "reasons", reasons = json_array(), e));
    TRY(view_pair(v, r, need, match->result, e));
    for (size_t i = 0; i < v->reasons.n; i++)
        TRY(put_reason(reasons, r, v, &v->reasons.p[i], words, e));
    return RC_OK;
}

static enum rc put_expert(json_t *list, const struct report *r, const struct expert_match *match,
                          struct err *e)
{
    json_t *one = json_object(), *items;
    if (json_array_append_new(list, one) != 0)
        return err_nomem(e);
    struct expert expert = matching_expert(r->m, match->expert);
    TRY(put(one, "name", text(expert.name), e));
    TRY(put(one, "unit", text(expert.unit), e));
    TRY(put(one, "score", number(match->score), e));
    TRY(put(one, "credible", json_boolean(match->credible), e));
    TRY(put(one, "items", items = json_array(), e));
    for (uint32_t i = 0; i < match->n; i++) {
        json_t *item = json_object();
        if (json_array_append_new(items, item) != 0)
            return err_nomem(e);
        TRY(put_item(item, matching_results(r->m), match->item[i].result, e));
        TRY(put(item, "score", number(match->item[i].score), e));
    }
    return RC_OK;
}

static enum rc fill_need(json_t *to, const struct report *r, struct view *v, uint32_t need,
                         struct buf *words, struct err *e)
{
    json_t *list;
    struct item item = collection_item(matching_needs(r->m), need);
    TRY(put_item(to, matching_needs(r->m), need, e));
    TRY(put(to, "text", text(item.text), e));
    TRY(put(to, "credible", json_boolean(need_has_match(r, need)), e));
    TRY(put(to, r->experts ? "experts" : "matches", list = json_array(), e));
    if (r->experts) {
        const struct expert_match *match;
        uint32_t n = matching_experts_of(r->m, need, &match);
        for (uint32_t i = 0; i < n; i++)
            TRY(put_expert(list, r, &match[i], e));
        return RC_OK;
    }
    const struct match *match;
    uint32_t n = matching_of(r->m, need, &match);
    for (uint32_t i = 0; i < n; i++)
        TRY(put_match(list, r, v, need, &match[i], words, e));
    return RC_OK;
}

static enum rc print_needs(const struct report *r, struct view *v, struct buf *words, struct err *e)
{
    uint32_t n = collection_count(matching_needs(r->m));
    for (uint32_t need = 0; need < n; need++) {
        TRY(cli_print(need ? STR(",\n") : STR("\n"), e));
        json_t *one = json_object();
        enum rc rc = one ? fill_need(one, r, v, need, words, e) : err_nomem(e);
        if (rc == RC_OK)
            rc = print_json(one, e);
        json_decref(one);
        TRY(rc);
    }
    return RC_OK;
}

static enum rc print_idle(const struct report *r, struct err *e)
{
    uint32_t n = collection_count(matching_results(r->m));
    bool first = true;
    for (uint32_t i = 0; i < n; i++) {
        if (r->best[i].credible)
            continue;
        json_t *one = json_object();
        enum rc rc = one ? put_item(one, matching_results(r->m), i, e) : err_nomem(e);
        if (rc == RC_OK)
            rc = cli_print(first ? STR("\n") : STR(",\n"), e);
        if (rc == RC_OK)
            rc = print_json(one, e);
        json_decref(one);
        TRY(rc);
        first = false;
    }
    return RC_OK;
}

static enum rc fill_problem(json_t *to, const struct report *r, struct collection *c,
                            const struct row_problem *p, struct buf *words, struct err *e)
{
    buf_clear(words);
    TRY(say_problem(words, &r->speaker, p, e));
    TRY(put(to, "file", text(str_of(collection_path(c))), e));
    TRY(put(to, "sheet", text(p->sheet_name), e));
    TRY(put(to, "row", json_integer(p->row), e));
    TRY(put(to, "column", json_integer(p->col), e));
    TRY(put(to, "code", json_string(p->key), e));
    TRY(put(to, "words", text(buf_view(words)), e));
    return put(to, "dropped", json_boolean(p->dropped), e);
}

static enum rc print_problems(const struct report *r, struct collection *c, bool *first,
                              struct buf *words, struct err *e)
{
    const struct row_problem *problem;
    uint32_t n = collection_problems(c, &problem);
    for (uint32_t i = 0; i < n; i++) {
        TRY(cli_print(*first ? STR("\n") : STR(",\n"), e));
        *first = false;
        json_t *one = json_object();
        enum rc rc = one ? fill_problem(one, r, c, &problem[i], words, e) : err_nomem(e);
        if (rc == RC_OK)
            rc = print_json(one, e);
        json_decref(one);
        TRY(rc);
    }
    return RC_OK;
}

static enum rc print_all(const struct report *r, struct view *v, struct buf *words, struct err *e)
{
    bool first = true;
    TRY(cli_print(STR("{\"needs\":["), e));
    TRY(print_needs(r, v, words, e));
    TRY(cli_print(STR("],\n\"results_without_need\":["), e));
    TRY(print_idle(r, e));
    TRY(cli_print(STR("],\n\"problems\":["), e));
    TRY(print_problems(r, matching_needs(r->m), &first, words, e));
    TRY(print_problems(r, matching_results(r->m), &first, words, e));
    return cli_print(STR("]}\n"), e);
}

enum rc report_json(struct report *r, struct err *e)
{
    struct view v = {0};
    struct buf words;
    json_set_alloc_funcs(mem_alloc, mem_free);
    buf_init(&words, 1 << 20);
    enum rc rc = print_all(r, &v, &words, e);
    buf_free(&words);
    view_free(&v);
    return rc;
}
