/* Kept pages are answered while everybody who makes pages is busy: two requests wait for the
 * store's one writer, and a visitor reads on. */
#define _GNU_SOURCE
#include "http_help.h"

#include <pthread.h>
#include <stdatomic.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static bool writing, enough;
static atomic_uint begun, answered;

static enum rc hold(struct site *s, struct tx *tx, void *ctx, struct err *why)
{
    (void)s, (void)tx, (void)ctx, (void)why;
    pthread_mutex_lock(&lock);
    writing = true;
    pthread_cond_broadcast(&wake);
    while (!enough)
        pthread_cond_wait(&wake, &lock);
    pthread_mutex_unlock(&lock);
    return RC_OK;
}

static void *write_long(void *unused)
{
    struct err why;
    (void)unused;
    return site_write(site, hold, NULL, &why) == RC_OK ? NULL : "site_write";
}

static size_t drop_bytes(char *p, size_t size, size_t n, void *ctx)
{
    (void)p, (void)ctx;
    return size * n;
}

/* Somebody's first visit begins a session, which is written. */
static void *visit_first(void *unused)
{
    char url[100];
    long status = 0;
    CURL *c = curl_easy_init();
    (void)unused;
    snprintf(url, sizeof url, "http://127.0.0.1:%u/sign-in", (unsigned)web_port(web));
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, 120L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop_bytes);
    atomic_fetch_add(&begun, 1);
    CURLcode rc = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(c);
    atomic_fetch_add(&answered, 1);
    return rc == CURLE_OK && status == 200 ? NULL : "visit";
}

static void test_kept_while_busy(void **state)
{
    struct browser b;
    pthread_t writer, visit[2];
    void *failed;
    (void)state;
    browser_open(&b);
    assert_int_equal(get(&b, "/need"), 200);
    assert_int_equal(pthread_create(&writer, NULL, write_long, NULL), 0);
    pthread_mutex_lock(&lock);
    while (!writing)
        pthread_cond_wait(&wake, &lock);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&visit[i], NULL, visit_first, NULL), 0);
    while (atomic_load(&begun) < 2)
        usleep(1000);
    usleep(200000); /* until both are at it; sooner, the test shows less and does not fail */
    for (int i = 0; i < 10; i++)
        assert_int_equal(get(&b, "/need"), 200);
    assert_int_equal(atomic_load(&answered), 0);
    pthread_mutex_lock(&lock);
    enough = true;
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
    pthread_join(writer, &failed);
    assert_null(failed);
    for (int i = 0; i < 2; i++) {
        pthread_join(visit[i], &failed);
        assert_null(failed);
    }
    browser_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kept_while_busy)};
    return cmocka_run_group_tests(tests, web_start, web_stop);
}
