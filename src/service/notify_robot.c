/* Chat robots by webhook: one message, three payloads.
 *
 * Sources: WeCom developer documentation, "group robot"; DingTalk open platform, "custom robot"
 * with its signature; Feishu open platform, "custom bot" with its signature. */
#define _GNU_SOURCE
#include "service/fetch.h"
#include "service/notify_int.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <strings.h>

#define SECONDS    15L
#define ANSWER_MAX (64u << 10)
#define SIGN_MAX   64u
#define WORDS_MAX  120u

typedef json_t *(*body_fn)(struct site *s, const struct letter *l, size_t max);

/* ---- bodies ---- */

static json_t *text_json(struct str s)
{
    return json_stringn(s.p ? s.p : "", s.n);
}

/* Heading and lines; plain text, in which nothing of a title means anything. */
static json_t *lines(struct site *s, const struct letter *l, size_t max)
{
    struct buf b;
    struct err e;
    buf_init(&b, max + 1024);
    bool ok = (l->item.n == 1 ||
               (buf_str(&b, l->subject, &e) == RC_OK && buf_char(&b, '\n', &e) == RC_OK)) &&
              letter_text(&b, s, l, max, &e) == RC_OK;
    json_t *out = ok ? text_json(str_trim(buf_view(&b))) : NULL;
    buf_free(&b);
    return out;
}

static json_t *wecom_body(struct site *s, const struct letter *l, size_t max)
{
    return json_pack("{s:s, s:{s:o}}", "msgtype", "text", "text", "content", lines(s, l, max));
}

static json_t *dingtalk_body(struct site *s, const struct letter *l, size_t max)
{
    return json_pack("{s:s, s:{s:o}, s:{s:b}}", "msgtype", "text", "text", "content",
                     lines(s, l, max), "at", "isAtAll", 0);
}

/* A "post": in its text tags are not read, unlike in a "text". */
static json_t *feishu_item(struct site *s, const struct letter *l, size_t i)
{
    const struct letter_item *item = &l->item.p[i];
    json_t *line = json_pack("[{s:s, s:o}]", "tag", "text", "text", text_json(item->text));
    if (line && item->link.n)
        json_array_append_new(line, json_pack("{s:s, s:s, s:o}", "tag", "a", "text",
                                              site_message(s, "notify.open", l->zh), "href",
                                              text_json(item->link)));
    return line;
}

static json_t *feishu_body(struct site *s, const struct letter *l, size_t max)
{
    json_t *content = json_array();
    size_t used = 0;
    for (size_t i = 0; content && i < l->item.n; i++) {
        used += l->item.p[i].text.n + l->item.p[i].link.n + 100;
        if (used > max)
            break;
        json_array_append_new(content, feishu_item(s, l, i));
    }
    return json_pack("{s:s, s:{s:{s:{s:o, s:o}}}}", "msg_type", "post", "content", "post",
                     l->zh ? "zh_cn" : "en_us", "title", text_json(l->subject), "content", content);
}

/* ---- signatures ---- */

static void hmac(struct str key, struct str text, char out[SIGN_MAX])
{
    uint8_t mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state st;
    crypto_auth_hmacsha256_init(&st, (const uint8_t *)key.p, key.n);
    crypto_auth_hmacsha256_update(&st, (const uint8_t *)(text.n ? text.p : ""), text.n);
    crypto_auth_hmacsha256_final(&st, mac);
    sodium_bin2base64(out, SIGN_MAX, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
}

/* "time\nsecret" */
static enum rc stamped(struct buf *b, int64_t time, struct str secret, struct err *e)
{
    buf_init(b, 4096);
    return buf_printf(b, e, "%lld\n%.*s", (long long)time, (int)secret.n, secret.p);
}

/* Keyed with the secret, over "milliseconds\nsecret"; both in the address. */
static enum rc dingtalk_sign(const struct hook *h, int64_t now, json_t *body, struct buf *url,
                             struct err *e)
{
    struct buf b;
    char sign[SIGN_MAX];
    (void)body;
    enum rc rc = stamped(&b, now * 1000, h->secret, e);
    if (rc == RC_OK) {
        hmac(h->secret, buf_view(&b), sign);
        char *escaped = curl_easy_escape(NULL, sign, 0);
        rc = escaped ? buf_printf(url, e, "%stimestamp=%lld&sign=%s",
                                  str_find(h->url, STR("?"), 0) == SIZE_MAX ? "?" : "&",
                                  (long long)(now * 1000), escaped)
                     : err_nomem(e);
        curl_free(escaped);
    }
    buf_free(&b);
    return rc;
}

/* Keyed with "seconds\nsecret", over nothing; both in the body. */
static enum rc feishu_sign(const struct hook *h, int64_t now, json_t *body, struct buf *url,
                           struct err *e)
{
    struct buf b;
    char sign[SIGN_MAX], time[24];
    (void)url;
    enum rc rc = stamped(&b, now, h->secret, e);
    if (rc == RC_OK) {
        hmac(buf_view(&b), STR(""), sign);
        snprintf(time, sizeof time, "%lld", (long long)now);
        if (json_object_set_new(body, "timestamp", json_string(time)) != 0 ||
            json_object_set_new(body, "sign", json_string(sign)) != 0)
            rc = err_nomem(e);
    }
    buf_free(&b);
    return rc;
}

/* ---- the table ---- */

static const struct robot {
    enum channel channel;
    body_fn body;
    enum rc (*sign)(const struct hook *h, int64_t now, json_t *body, struct buf *url,
                    struct err *e); /* NULL: it has no secret */
    size_t max;                     /* bytes of text it takes */
    const char *code, *words;       /* of its answer; code 0: taken */
    int64_t busy[4];                /* codes that say: too many for now */
} robots[] = {
    {CHANNEL_WECOM, wecom_body, NULL, 2000, "errcode", "errmsg", {45009, 45033, -1}},
    {CHANNEL_DINGTALK,
     dingtalk_body,
     dingtalk_sign,
     15000,
     "errcode",
     "errmsg",
     {130101, 130102, -1}},
    {CHANNEL_FEISHU, feishu_body, feishu_sign, 15000, "code", "msg", {11232, 11233, 99991400}},
};

static const struct robot *robot_of(struct str channel)
{
    for (size_t i = 0; i < ARRAY_LEN(robots); i++)
        if (channel_find(channel) == robots[i].channel)
            return &robots[i];
    return NULL;
}

enum rc robot_payload(struct site *s, const struct hook *h, const struct letter *l, int64_t now,
                      struct buf *body, struct buf *url, struct err *e)
{
    const struct robot *r = robot_of(h->channel);
    if (!r)
        return err_user(e, "notify.channel", "%s", "");
    json_t *all = r->body(s, l, r->max);
    if (!all)
        return err_nomem(e);
    enum rc rc = buf_str(url, h->url, e);
    if (rc == RC_OK && r->sign && h->secret.n)
        rc = r->sign(h, now, all, url, e);
    char *text = rc == RC_OK ? json_dumps(all, JSON_COMPACT) : NULL;
    if (rc == RC_OK)
        rc = text ? buf_str(body, str_of(text), e) : err_nomem(e);
    mem_free(text);
    json_decref(all);
    return rc;
}

/* So many bytes of what the other side says, as whole characters. */
static struct str cut(const char *words)
{
    struct str s = str_of(words ? words : "");
    size_t at = 0;
    while (at < s.n) {
        size_t next = at;
        utf8_next(s, &next);
        if (next > WORDS_MAX)
            break;
        at = next;
    }
    return str_sub(s, 0, at);
}

enum rc robot_answer(struct str channel, long status, struct str answer, struct err *e)
{
    const struct robot *r = robot_of(channel);
    json_t *all = json_loadb(answer.n ? answer.p : "", answer.n, 0, NULL);
    json_t *code = r ? json_object_get(all, r->code) : NULL;
    const char *words = r ? json_string_value(json_object_get(all, r->words)) : NULL;
    enum rc rc = RC_OK;
    int64_t no = json_integer_value(code);
    if (status == 429)
        rc = err_sys(e, "notify.robot_busy", "HTTP %ld", status);
    else if (status >= 500)
        rc = err_sys(e, "notify.robot_failed", "HTTP %ld", status);
    else if (status == 200 && json_is_integer(code) && no == 0)
        rc = RC_OK;
    else if (!json_is_integer(code))
        rc = err_user(e, "notify.robot_refused", "HTTP %ld", status);
    else {
        bool busy = false;
        struct str said = cut(words);
        for (size_t i = 0; i < ARRAY_LEN(r->busy); i++)
            busy |= r->busy[i] == no;
        rc = busy ? err_sys(e, "notify.robot_busy", "%lld %.*s", (long long)no, (int)said.n, said.p)
                  : err_user(e, "notify.robot_refused", "%lld %.*s", (long long)no, (int)said.n,
                             said.p);
    }
    json_decref(all);
    return rc;
}

/* ---- sending ---- */

struct call {
    struct site *s;
    struct buf answer;
    bool private;
};

static bool is_loopback(const struct sockaddr *a)
{
    return a->sa_family == AF_INET &&
           ((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

/* The address of every connection is looked at after it was resolved. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct call *c = ctx;
    if (purpose != CURLSOCKTYPE_IPCXN ||
        (!address_is_public(&a->addr) && !(c->s->notices->local_robots && is_loopback(&a->addr)))) {
        c->private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct call *c = ctx;
    return buf_put(&c->answer, bytes, size * n, NULL) == RC_OK ? size * n : 0;
}

static int closing(void *ctx, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
    const struct call *c = ctx;
    (void)dt, (void)dn, (void)ut, (void)un;
    return runner_stopping(c->s);
}

static bool set_up(CURL *c, struct call *x, const char *url, const struct buf *body,
                   struct curl_slist *headers)
{
    return c && headers && curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR,
                            x->s->notices->local_robots ? "http,https" : "https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT, SECONDS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, x) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, closing) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFODATA, x) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, x) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, (long)body->n) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_POSTFIELDS, body->p) == CURLE_OK;
}

static enum rc post(struct call *x, CURL *c, struct str channel, struct err *e)
{
    long status = 0;
    CURLcode code = curl_easy_perform(c);
    if (x->private)
        return err_user(e, "notify.robot_private", "%s", "");
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return err_cancelled(e);
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
        return err_user(e, "notify.robot_url", "%s", "");
    if (code == CURLE_OK)
        code = curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK)
        return err_sys(e, "notify.robot_failed", "%s", curl_easy_strerror(code));
    return robot_answer(channel, status, buf_view(&x->answer), e);
}

enum rc robot_send(struct site *s, const struct hook *h, const struct letter *l, struct err *e)
{
    struct call x = {.s = s};
    struct arena a = {0};
    struct hook open;
    struct buf body, url;
    buf_init(&x.answer, ANSWER_MAX);
    buf_init(&body, 256u << 10);
    buf_init(&url, 8192);
    enum rc rc = notify_hook(&s->secrets, false, h, &a, &open, e);
    if (rc == RC_OK)
        rc = robot_payload(s, &open, l, site_now(s), &body, &url, e);
    if (rc == RC_OK) {
        CURL *c = curl_easy_init();
        struct curl_slist *headers =
            curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
        rc = set_up(c, &x, url.p, &body, headers) ? post(&x, c, h->channel, e) : err_nomem(e);
        curl_easy_cleanup(c);
        curl_slist_free_all(headers);
    }
    buf_free(&x.answer);
    buf_free(&body);
    buf_free(&url);
    arena_free(&a);
    return rc;
}
