/* Requests under faults: what people do in a browser and programs do by the API, with every step of
 * a database statement and many allocations made to fail. The answer is what it always is, or 503;
 * never 500. Then uploads of several at once while steps fail. Prints TAP. */
#define _GNU_SOURCE
#include "../http/http_help.h"

#include "base/fault.h"
#include "service/jobs.h"

#include <pthread.h>
#include <stdatomic.h>

#define SENDERS 4
#define UPLOADS 60
#define STRIDE  7 /* of allocations */

static struct browser broker, visitor;
static int64_t need;

/* The client's own memory does not fail: curl's, and what is static. */
static char said[400];
static size_t keep_said(char *p, size_t size, size_t n, void *to)
{
    size_t has = strlen(said);
    (void)to;
    snprintf(said + has, sizeof said - has, "%.*s", (int)(size * n), p);
    return size * n;
}

/* 0: no answer. `body` NULL: GET; `type` of a form that is not the usual one, else NULL. */
static long send_to(struct browser *b, const char *path, const char *body, const char *type)
{
    char url[1000];
    long status = 0;
    struct curl_slist *more = type ? curl_slist_append(NULL, type) : NULL;
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)web_port(web), path);
    said[0] = 0;
    curl_easy_reset(b->curl);
    curl_easy_setopt(b->curl, CURLOPT_URL, url);
    curl_easy_setopt(b->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(b->curl, CURLOPT_WRITEFUNCTION, keep_said);
    curl_easy_setopt(b->curl, CURLOPT_HTTPHEADER, more);
    if (b->cookie[0])
        curl_easy_setopt(b->curl, CURLOPT_COOKIE, b->cookie);
    if (body)
        curl_easy_setopt(b->curl, CURLOPT_POSTFIELDS, body);
    if (curl_easy_perform(b->curl) == CURLE_OK)
        curl_easy_getinfo(b->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(more);
    return status;
}

static const char *csrf_and(const struct browser *b, const char *form)
{
    static char body[2000];
    snprintf(body, sizeof body, "csrf=%s&%s", b->csrf, form);
    return body;
}

#define MULTIPART "Content-Type: multipart/form-data; boundary=XxX"

static const char *upload_of(const char *csrf)
{
    static _Thread_local char body[1000];
    snprintf(body, sizeof body,
             "--XxX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
             "--XxX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
             "需求名称\n甲\n\r\n--XxX--\r\n",
             csrf);
    return body;
}

static long ask_upload(void)
{
    return send_to(&broker, "/need/import", upload_of(broker.csrf), MULTIPART);
}

static long ask_create(void)
{
    static int n;
    return send_to(&broker, "/need/new",
                   csrf_and(&broker, pathf("has.title=1&title=n%d&has.body=1&body=x&owner=%%E7%%94%"
                                           "%B2%%E5%%85%%AC%%E5%%8F%%B8",
                                           ++n)),
                   NULL);
}

static long ask_step(void)
{
    return send_to(&broker, pathf("/need/%lld/step/renew", (long long)need),
                   csrf_and(&broker, "version=9999"), NULL);
}

static long ask_list(void)
{
    return send_to(&broker, "/need?filter=state+%3D+open&sort=-updated", NULL, NULL);
}

static long ask_show(void)
{
    return send_to(&broker, pathf("/need/%lld", (long long)need), NULL, NULL);
}

static long ask_search(void)
{
    return send_to(&visitor, "/search?q=%E9%99%8D%E4%BD%8E%E8%83%BD%E8%80%97", NULL, NULL);
}

static long ask_home(void)
{
    return send_to(&broker, "/", NULL, NULL);
}

static long ask_matches(void)
{
    return send_to(&broker, pathf("/need/%lld/matches", (long long)need), NULL, NULL);
}

static long ask_export(void)
{
    return send_to(&broker, "/need/export?format=csv", NULL, NULL);
}

static long ask_api(void)
{
    return send_to(&visitor, "/api/need?limit=3&count=1", NULL, NULL);
}

static long ask_wrong(void)
{
    return send_to(&visitor, "/sign-in", csrf_and(&visitor, "login=nobody&password=wrong-word-7"),
                   NULL);
}

static const struct asked {
    const char *name;
    long (*ask)(void);
    long usual[3];
} asked[] = {
    {"upload a spreadsheet", ask_upload, {303, 0, 0}},
    {"post a need", ask_create, {303, 0, 0}},
    {"take a step", ask_step, {409, 303, 422}},
    {"list", ask_list, {200, 0, 0}},
    {"show", ask_show, {200, 0, 0}},
    {"search", ask_search, {200, 0, 0}},
    {"home", ask_home, {200, 0, 0}},
    {"matches", ask_matches, {200, 0, 0}},
    {"export", ask_export, {200, 0, 0}},
    {"list by the API", ask_api, {200, 0, 0}},
    {"sign in with a wrong password", ask_wrong, {422, 0, 0}},
};

static bool is_usual(const struct asked *a, long status)
{
    return status && (status == a->usual[0] || status == a->usual[1] || status == a->usual[2]);
}

/* One request with the n-th failing; *hit: it came so far. */
static bool attempt(const struct asked *a, enum fault_kind kind, long n, bool *hit, unsigned *busy)
{
    fault_arm(kind, n);
    long status = a->ask();
    *hit = fault_count(kind) >= n;
    fault_arm(kind, 0);
    *busy += status == 503;
    /* without memory for the request itself the connection is closed */
    if (is_usual(a, status) || status == 503 || (!status && kind == FAULT_ALLOC))
        return true;
    printf("# %s, fault %d at %ld: %ld %s\n", a->name, (int)kind, n, status, said);
    return false;
}

static bool drive(const struct asked *a, enum fault_kind kind)
{
    bool good = true, hit = true;
    unsigned busy = 0;
    for (long n = 1; hit; n += kind == FAULT_STEP ? 1 : STRIDE)
        good &= attempt(a, kind, n, &hit, &busy);
    long status = a->ask();
    if (!is_usual(a, status))
        good = false, printf("# %s, afterwards: %ld\n", a->name, status);
    if (kind == FAULT_STEP && !busy)
        good = false, printf("# %s: nothing of it failed\n", a->name);
    return good;
}

/* ---- several at once ---- */

struct sender {
    pthread_t thread;
    struct browser b;
    unsigned answered[600];
    char example[400];
};

static size_t keep_body(char *p, size_t size, size_t n, void *to)
{
    struct sender *s = to;
    size_t has = strlen(s->example);
    snprintf(s->example + has, sizeof s->example - has, "%.*s", (int)(size * n), p);
    return size * n;
}

static void *send_many(void *ctx)
{
    struct sender *s = ctx;
    struct curl_slist *more = curl_slist_append(NULL, MULTIPART);
    const char *body = upload_of(s->b.csrf);
    char url[200];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/need/import", (unsigned)web_port(web));
    for (int i = 0; i < UPLOADS; i++) {
        long status = 0;
        char was[sizeof s->example];
        memcpy(was, s->example, sizeof was);
        s->example[0] = 0;
        curl_easy_reset(s->b.curl);
        curl_easy_setopt(s->b.curl, CURLOPT_URL, url);
        curl_easy_setopt(s->b.curl, CURLOPT_TIMEOUT, 60L);
        curl_easy_setopt(s->b.curl, CURLOPT_COOKIE, s->b.cookie);
        curl_easy_setopt(s->b.curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(s->b.curl, CURLOPT_HTTPHEADER, more);
        curl_easy_setopt(s->b.curl, CURLOPT_WRITEFUNCTION, keep_body);
        curl_easy_setopt(s->b.curl, CURLOPT_WRITEDATA, s);
        if (curl_easy_perform(s->b.curl) == CURLE_OK)
            curl_easy_getinfo(s->b.curl, CURLINFO_RESPONSE_CODE, &status);
        s->answered[MIN((unsigned long)status, 599ul)]++;
        if (status == 303 || status == 503 || !status)
            memcpy(s->example, was, sizeof was);
    }
    curl_slist_free_all(more);
    return NULL;
}

static atomic_bool sent;

/* What was sent is worked off, and something fails now and then. */
static void *disturb(void *ctx)
{
    unsigned *n = ctx;
    while (!atomic_load(&sent)) {
        struct err e = {0};
        bool ran;
        fault_arm(FAULT_STEP, 1 + (long)(++*n % 23));
        (void)!jobs_run_one(site, &ran, &e);
        if (*n % 3 == 0)
            fault_arm(FAULT_ALLOC, 1 + (long)(*n * 31 % 997));
        usleep(300);
    }
    fault_arm(FAULT_STEP, 0);
    fault_arm(FAULT_ALLOC, 0);
    return NULL;
}

/* An answer, or none where there was no memory. */
static bool together(void)
{
    static struct sender sender[SENDERS];
    pthread_t other;
    unsigned n = 0, failed = 0, done = 0, wrong = 0;
    for (int i = 0; i < SENDERS; i++) {
        browser_open(&sender[i].b);
        sign_in(&sender[i].b, i % 2 ? "editor" : "broker");
    }
    pthread_create(&other, NULL, disturb, &n);
    for (int i = 0; i < SENDERS; i++)
        pthread_create(&sender[i].thread, NULL, send_many, &sender[i]);
    for (int i = 0; i < SENDERS; i++)
        pthread_join(sender[i].thread, NULL);
    atomic_store(&sent, true);
    pthread_join(other, NULL);
    for (int i = 0; i < SENDERS; i++) {
        for (unsigned k = 0; k < ARRAY_LEN(sender[i].answered); k++)
            if (sender[i].answered[k] && k != 0 && k != 303 && k != 503)
                printf("# %u times %u: %s\n", sender[i].answered[k], k, sender[i].example);
        done += sender[i].answered[303];
        failed += sender[i].answered[503] + sender[i].answered[0];
        browser_close(&sender[i].b);
    }
    wrong = SENDERS * UPLOADS - done - failed;
    if (!done || !failed)
        printf("# %u done, %u refused: nothing was tried\n", done, failed);
    return done && failed && !wrong;
}

int main(void)
{
    int status = 0, n = 0;
    void *state = NULL;
    printf("1..%zu\n", ARRAY_LEN(asked) * 2 + 1);
    if (web_start(&state) != 0)
        return 1;
    browser_stays(&broker, "broker");
    browser_stays(&visitor, NULL);
    get(&visitor, "/sign-in");
    need = make_need("铝合金熔炼炉节能改造", "open");
    for (size_t i = 0; i < ARRAY_LEN(asked); i++)
        for (int k = 0; k < 2; k++) {
            bool good = drive(&asked[i], k ? FAULT_ALLOC : FAULT_STEP);
            printf("%sok %d - web: %s, %s fail\n", good ? "" : "not ", ++n, asked[i].name,
                   k ? "allocations" : "steps");
            status |= !good;
        }
    bool good = together();
    printf("%sok %d - web: uploads of several while steps fail\n", good ? "" : "not ", ++n);
    status |= !good;
    web_stop(&state);
    return status;
}
