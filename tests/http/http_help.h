/* A site that answers on a port of 127.0.0.1, and browsers that keep their cookie. */
#ifndef HTTP_HELP_H
#define HTTP_HELP_H

#include "../unit/site_help.h"

#include "service/auth.h"
#include "web/web.h"

#include <ctype.h>
#include <curl/curl.h>

#define PASSWORD "uncommon-Word-7"

static struct web *web;

/* Somebody with a browser. */
struct browser {
    CURL *curl;
    char cookie[200], csrf[100];
};
struct answer {
    long status;
    struct buf body, head;
};
static struct answer got; /* the last one */

static inline size_t take_bytes(char *p, size_t size, size_t n, void *to)
{
    struct err e;
    return buf_put(to, p, size * n, &e) == RC_OK ? size * n : 0;
}

/* The value of the last header called so in the answer; "" where there is none. */
static inline const char *header(const char *name)
{
    static char value[2000];
    const char *at = got.head.p;
    value[0] = 0;
    for (; at && *at; at = strchr(at, '\n'), at = at ? at + 1 : NULL) {
        size_t n = strlen(name);
        if (strncasecmp(at, name, n) != 0 || at[n] != ':')
            continue;
        snprintf(value, sizeof value, "%.*s", (int)strcspn(at + n + 2, "\r\n"), at + n + 2);
    }
    return value;
}

static inline bool shows(const char *text)
{
    return got.body.p && strstr(got.body.p, text) != NULL;
}

/* The token of the page's forms, where it has one. */
static inline void keep_state(struct browser *b)
{
    const char *set = header("Set-Cookie"), *at;
    if (strncmp(set, "qiao=", 5) == 0)
        snprintf(b->cookie, sizeof b->cookie, "%.*s", (int)strcspn(set, ";"), set);
    at = got.body.p ? strstr(got.body.p, "name=\"csrf\" value=\"") : NULL;
    if (at) {
        at += strlen("name=\"csrf\" value=\"");
        snprintf(b->csrf, sizeof b->csrf, "%.*s", (int)strcspn(at, "\""), at);
    }
}

static inline void browser_open(struct browser *b)
{
    *b = (struct browser){.curl = curl_easy_init()};
    assert_non_null(b->curl);
}

static inline void browser_close(struct browser *b)
{
    curl_easy_cleanup(b->curl);
}

/* Send; the answer is in `got`. `body` NULL: GET. `more`: further header lines, NULL none. */
static inline long ask_with(struct browser *b, const char *method, const char *path,
                            const char *body, struct curl_slist *more)
{
    char url[9000];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)web_port(web), path);
    buf_free(&got.body);
    buf_free(&got.head);
    buf_init(&got.body, 64u << 20);
    buf_init(&got.head, 1u << 20);
    curl_easy_reset(b->curl);
    curl_easy_setopt(b->curl, CURLOPT_URL, url);
    curl_easy_setopt(b->curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(b->curl, CURLOPT_TIMEOUT, 30L);
    curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(b->curl, CURLOPT_WRITEDATA, &got.body);
    curl_easy_setopt(b->curl, CURLOPT_HEADERFUNCTION, take_bytes);
    curl_easy_setopt(b->curl, CURLOPT_HEADERDATA, &got.head);
    if (b->cookie[0])
        curl_easy_setopt(b->curl, CURLOPT_COOKIE, b->cookie);
    if (body)
        curl_easy_setopt(b->curl, CURLOPT_POSTFIELDS, body);
    if (strcmp(method, body ? "POST" : "GET") != 0)
        curl_easy_setopt(b->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(b->curl, CURLOPT_HTTPHEADER, more);
    CURLcode rc = curl_easy_perform(b->curl);
    if (rc != CURLE_OK)
        fail_msg("%s %s: %s", method, path, curl_easy_strerror(rc));
    curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &got.status);
    keep_state(b);
    return got.status;
}

static inline long get(struct browser *b, const char *path)
{
    return ask_with(b, "GET", path, NULL, NULL);
}

/* A form with the browser's token; `form` is "a=1&b=2". */
static inline long post(struct browser *b, const char *path, const char *form)
{
    static char body[64 << 10];
    snprintf(body, sizeof body, "csrf=%s&%s", b->csrf, form);
    return ask_with(b, "POST", path, body, NULL);
}

static inline void sign_in(struct browser *b, const char *login)
{
    char form[200];
    snprintf(form, sizeof form, "login=%s&password=%s&back=/account", login, PASSWORD);
    get(b, "/sign-in");
    assert_int_equal(post(b, "/sign-in", form), 303);
    assert_string_equal(header("Location"), "/account");
    assert_int_equal(get(b, "/account"), 200);
}

static inline void add_account(const char *login, enum role role, int64_t org)
{
    int64_t id = 0;
    struct account_request r = {.login = str_of(login),
                                .name = str_of(login),
                                .role = str_of(role_name(role)),
                                .lang = STR("zh"),
                                .password = STR(PASSWORD),
                                .org = org,
                                .active = true};
    OK(auth_account_save(site, &actor_system, &r, &id, &e));
}

/* As site_open_all, then again with the engine. */
static inline int site_start(void **state)
{
    struct err e = {0};
    if (site_open_all(state) != 0)
        return -1;
    site_close(site);
    struct site_options o = site_test_options();
    o.engine = true;
    if (site_open(&site, &o, &e) == RC_OK)
        return 0;
    fprintf(stderr, "%s %s %s:%u\n", e.key, e.detail, e.file, e.row);
    return -1;
}

static inline int web_start(void **state)
{
    struct err e = {0};
    struct web_options o = {.port = 0, .threads = 2, .upload_max = 256u << 10};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (site_start(state) != 0)
        return -1;
    for (int r = ROLE_MEMBER; r < ROLE__COUNT; r++)
        add_account(role_name((enum role)r), (enum role)r,
                    r == ROLE_MEMBER || r == ROLE_EDITOR ? org_a : 0);
    if (web_open(&web, site, &o, &e) != RC_OK) {
        fprintf(stderr, "%s %s %s:%u\n", e.key, e.detail, e.file, e.row);
        return -1;
    }
    return 0;
}

static inline int web_stop(void **state)
{
    web_close(web);
    buf_free(&got.body);
    buf_free(&got.head);
    curl_global_cleanup();
    return site_close_all(state);
}

#endif
