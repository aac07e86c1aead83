#include "service/page_chat.h"

#include "service/pages_int.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>

#define TEXT_CHARS  20000u
#define QUOTE_CHARS 300u
#define QUOTE_LEAST 4u
#define NAME_CHARS  200u
#define TIMEOUT     30.0

static const char instructions[] =
    "你阅读一篇中文合作报道，列出文中写明的合作事实。只用 JSON 回答，形如 "
    "{\"facts\":[{\"type\":\"…\",\"subject\":\"…\",\"predicate\":\"…\",\"object\":\"…\","
    "\"value\":\"…\",\"deadline\":\"…\",\"evidence\":\"…\"}]}。"
    "type 只能是 agreement、joint_platform、project、target、coverage、dual_appointment、"
    "results_transfer、instrument_sharing、internship、scholarship、talent_training、statistic、"
    "commitment、other。evidence 必须是原文中一字不差的一段，不超过 60 字；文中没有的不写。";

struct chatting {
    struct site *s;
    const struct actor *a;
    struct arena *to;
    const struct chat_options *o;
    struct rec page;
    vec_rec facts;
    struct chat_report *out;
};

/* ---- asking ---- */

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct err ignored;
    return buf_put(ctx, bytes, size * n, &ignored) == RC_OK ? size * n : 0;
}

static bool set_up(CURL *c, const struct chat_options *o, const char *url, const char *body,
                   struct curl_slist *head, struct buf *answer)
{
    long ms = (long)(1000 * (o->timeout > 0 ? o->timeout : TIMEOUT));
    return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, head) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

static struct curl_slist *headers(struct chatting *x)
{
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
    if (!list || !x->o->key)
        return list;
    struct str bearer = text_made(x->to, "Authorization: Bearer %s", x->o->key);
    struct curl_slist *more = bearer.p ? curl_slist_append(list, bearer.p) : NULL;
    if (!more)
        curl_slist_free_all(list);
    return more;
}

static enum rc perform(CURL *c, struct err *e)
{
    long status = 0;
    CURLcode code = curl_easy_perform(c);
    if (code == CURLE_WRITE_ERROR) /* the ceiling of the answer */
        return err_user(e, "chat.answer", "%s", "> 1 MiB");
    if (code == CURLE_OK)
        code = curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        return err_user(e, "chat.unreachable", "%s", curl_easy_strerror(code));
    return status == 200 ? RC_OK : err_user(e, "chat.unreachable", "HTTP %ld", status);
}

static enum rc ask(struct chatting *x, const char *body, struct buf *answer, struct err *e)
{
    struct str url = text_made(x->to, "%s/chat/completions", x->o->url);
    CURL *c = curl_easy_init();
    struct curl_slist *head = headers(x);
    enum rc rc =
        c && head && url.p && set_up(c, x->o, url.p, body, head, answer) ? RC_OK : err_nomem(e);
    if (rc == RC_OK)
        rc = perform(c, e);
    curl_slist_free_all(head);
    curl_easy_cleanup(c);
    return rc;
}

static enum rc question(struct chatting *x, char **body, struct err *e)
{
    struct str text = text_cut(rec_text(&x->page, "text"), TEXT_CHARS);
    json_t *o =
        json_pack("{s:s,s:i,s:{s:s},s:[{s:s,s:s},{s:s,s:o}]}", "model",
                  x->o->model ? x->o->model : "default", "temperature", 0, "response_format",
                  "type", "json_object", "messages", "role", "system", "content", instructions,
                  "role", "user", "content", json_stringn(text.p ? text.p : "", text.n));
    *body = o ? json_dumps(o, JSON_COMPACT) : NULL;
    json_decref(o);
    return *body ? RC_OK : err_nomem(e);
}

/* ---- believing nothing ---- */

static struct str member(const json_t *o, const char *key, size_t chars)
{
    const json_t *v = json_object_get(o, key);
    struct str s = {json_string_value(v), json_string_length(v)};
    return str_trim(text_cut(s, chars));
}

static bool holds(struct str text, struct str part)
{
    return part.n && str_find(text, part, 0) != SIZE_MAX;
}

static bool is_type(const struct kind *fact, struct str type)
{
    uint32_t f = field_find(fact, STR("type"));
    return f != NO_FIELD && code_find(fact->field[f].codes, type) && !str_eq(type, STR("event"));
}

/* Told already: the same type, and one sentence holds the other. */
static bool is_known(const struct chatting *x, struct str type, struct str quote)
{
    for (size_t i = 0; i < x->facts.n; i++) {
        struct str there = rec_text(&x->facts.p[i], "quote");
        if (str_eq(rec_text(&x->facts.p[i], "type"), type) &&
            (holds(there, quote) || holds(quote, there)))
            return true;
    }
    return false;
}

/* What is not in the page is left out; the rest of the fact stands. */
static void put_told(struct rec *r, const char *field, struct str value, struct str within)
{
    if (holds(within, value))
        rec_put_text(r, field, value);
}

static enum rc add(struct chatting *x, const struct kind *k, const json_t *o, struct err *e)
{
    struct str text = rec_text(&x->page, "text"), type = member(o, "type", 40);
    struct str quote = member(o, "evidence", QUOTE_CHARS + 1);
    struct rec r;
    vec_fault faults = {0};
    struct err why = {0};
    bool sound = utf8_len(quote) >= QUOTE_LEAST && utf8_len(quote) <= QUOTE_CHARS;
    if (!sound || !holds(text, quote) || !is_type(k, type)) {
        x->out->refused++;
        return RC_OK;
    }
    if (is_known(x, type, quote)) {
        x->out->known++;
        return RC_OK;
    }
    TRY(rec_new(&r, k, x->to, e));
    rec_put_num(&r, "page", x->page.id);
    rec_put_text(&r, "type", type);
    rec_put_text(&r, "quote", arena_str(x->to, quote));
    rec_put_text(&r, "origin", STR("chat"));
    put_told(&r, "subject", arena_str(x->to, member(o, "subject", NAME_CHARS)), text);
    put_told(&r, "object", arena_str(x->to, member(o, "object", NAME_CHARS)), text);
    put_told(&r, "predicate", arena_str(x->to, member(o, "predicate", NAME_CHARS)), text);
    put_told(&r, "value", arena_str(x->to, member(o, "value", 100)), quote);
    put_told(&r, "deadline", arena_str(x->to, member(o, "deadline", 100)), text);
    enum rc rc = record_save_computed(x->s, x->a, &r, STR(""), x->to, &faults, &why);
    vec_free(&faults);
    if (rc == RC_USER && strcmp(why.key, "service.invalid") == 0) {
        x->out->refused++;
        return RC_OK;
    }
    if (rc != RC_OK) {
        if (e)
            *e = why;
        return rc;
    }
    x->out->added++;
    return vec_push(&x->facts, r, e);
}

static enum rc no_answer(struct err *e, const char *why)
{
    return err_user(e, "chat.answer", "%s", why);
}

/* The JSON within what the model says: it likes to put it into a fence or to talk around it. */
static json_t *inner_json(const json_t *answer)
{
    const json_t *choice = json_array_get(json_object_get(answer, "choices"), 0);
    const json_t *content = json_object_get(json_object_get(choice, "message"), "content");
    struct str s = {json_string_value(content), json_string_length(content)};
    size_t from = str_find(s, STR("{"), 0), to = s.n;
    while (to > 0 && s.p[to - 1] != '}')
        to--;
    return from == SIZE_MAX || to <= from ? NULL : json_loadb(s.p + from, to - from, 0, NULL);
}

static enum rc read_answer(struct chatting *x, struct str bytes, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(x->s), STR("fact"));
    json_t *answer = json_loadb(bytes.p ? bytes.p : "", bytes.n, 0, NULL);
    json_t *inner = answer ? inner_json(answer) : NULL;
    const json_t *facts = json_object_get(inner, "facts"), *one;
    enum rc rc = RC_OK;
    size_t i;
    if (!json_is_array(facts) || !k)
        rc = no_answer(e, "JSON");
    json_array_foreach(facts, i, one)
    {
        if (rc != RC_OK || i >= CHAT_FACTS)
            break;
        rc = add(x, k, one, e);
    }
    json_decref(inner);
    json_decref(answer);
    return rc;
}

/* ---- the whole ---- */

static enum rc load_facts(struct site *s, struct tx *tx, void *ctx, struct err *e)
{
    struct chatting *x = ctx;
    struct str filter = text_made(x->to, "page = %lld", (long long)x->page.id);
    return records_by(s, tx, x->a, "fact", filter, "id", x->to, &x->facts, e);
}

static enum rc chat(struct chatting *x, struct err *e)
{
    struct buf answer;
    char *body = NULL;
    TRY(site_read(x->s, load_facts, x, e));
    TRY(question(x, &body, e));
    buf_init(&answer, CHAT_ANSWER);
    enum rc rc = ask(x, body, &answer, e);
    if (rc == RC_OK)
        rc = read_answer(x, buf_view(&answer), e);
    buf_free(&answer);
    mem_free(body);
    return rc;
}

enum rc page_chat(struct site *s, const struct actor *a, int64_t page, const struct chat_options *o,
                  struct arena *to, struct chat_report *out, struct err *e)
{
    const struct kind *k = kind_find(site_kinds(s), STR("page"));
    const struct kind *fact = kind_find(site_kinds(s), STR("fact"));
    struct chatting x = {.s = s, .a = a, .to = to, .o = o, .out = out};
    struct shown shown = {0};
    *out = (struct chat_report){0};
    if (!o || !o->url)
        return err_user(e, "chat.off", "%s", "");
    if (strncmp(o->url, "http://", 7) != 0 && strncmp(o->url, "https://", 8) != 0)
        return err_user(e, "chat.address", "%.120s", o->url);
    if (!k || !fact)
        return view_missing(e);
    TRY(record_show(s, a, k, page, to, &shown, e));
    if (!shown.may_write || !actor_may(a, fact, RIGHT_CREATE, NULL))
        return err_user(e, "service.denied", "%s", "");
    x.page = shown.rec;
    enum rc rc = chat(&x, e);
    vec_free(&x.facts);
    return rc;
}
