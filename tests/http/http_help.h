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
    curl_easy_setopt(b->curl, CURLOPT_TIMEOUT, 120L);
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

/* Somebody who stays until the end: web_stop closes it. login NULL: a visitor. */
static struct browser *staying[16];
static unsigned n_staying;
static inline void browser_stays(struct browser *b, const char *login)
{
    assert_true(n_staying < ARRAY_LEN(staying));
    browser_open(b);
    staying[n_staying++] = b;
    if (login)
        sign_in(b, login);
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

/* Text of a format: an address, a form. The last 128 stay. */
static inline const char *pathf(const char *fmt, ...)
{
    static char text[128][1000];
    static unsigned n;
    char *to = text[n++ % 128];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(to, sizeof text[0], fmt, ap);
    va_end(ap);
    return to;
}

/* A need of 甲公司, as it is collected, or published ("open"). */
static inline int64_t make_need(const char *title, const char *state)
{
    int64_t id = MAKE(&actor_system, "need", "title", title, "body", "需要降低能耗并提高寿命",
                      "industry", "C32", "region", "330600", "owner", "甲公司");
    if (strcmp(state, "open") == 0) {
        OK(step_as(&actor_system, "need", id, "diagnose", "", "", &e));
        OK(step_as(&actor_system, "need", id, "publish", "", "", &e));
    }
    return id;
}

/* How often the answer has it. */
static inline unsigned times(const char *text)
{
    unsigned n = 0;
    for (const char *p = got.body.p; p && (p = strstr(p, text)); p++)
        n++;
    return n;
}

/* A multipart form: fields as "name=value" (no escapes), files as "@name=file name=bytes". */
static inline long send_form(struct browser *b, const char *path, const char *const *field)
{
    static char body[600 << 10];
    size_t n = (size_t)snprintf(
        body, sizeof body, "--XxX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n",
        b->csrf);
    for (; *field; field++) {
        const char *eq = strchr(*field, '='), *bytes = eq + 1;
        bool file = **field == '@';
        n += (size_t)snprintf(body + n, sizeof body - n,
                              "--XxX\r\nContent-Disposition: form-data; name=\"%.*s\"",
                              (int)(eq - *field - file), *field + file);
        if (file) {
            bytes = strchr(eq + 1, '=') + 1;
            n += (size_t)snprintf(body + n, sizeof body - n,
                                  "; filename=\"%.*s\"\r\nContent-Type: text/html",
                                  (int)(bytes - eq - 2), eq + 1);
        }
        n += (size_t)snprintf(body + n, sizeof body - n, "\r\n\r\n%s\r\n", bytes);
    }
    snprintf(body + n, sizeof body - n, "--XxX--\r\n");
    struct curl_slist *more =
        curl_slist_append(NULL, "Content-Type: multipart/form-data; boundary=XxX");
    long status = ask_with(b, "POST", path, body, more);
    curl_slist_free_all(more);
    return status;
}
#define FORM(b, path, ...) send_form(b, path, (const char *const[]){__VA_ARGS__, NULL})

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
    while (n_staying)
        browser_close(staying[--n_staying]);
    web_close(web);
    buf_free(&got.body);
    buf_free(&got.head);
    curl_global_cleanup();
    return site_close_all(state);
}

/* Signed in as the sample account of the role; a visitor has only a session. */
static inline void browser_as(struct browser *b, enum role role)
{
    browser_open(b);
    if (role == ROLE_VISITOR)
        get(b, "/sign-in");
    else
        sign_in(b, role_name(role));
}

#endif
