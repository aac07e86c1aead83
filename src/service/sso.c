/* Single sign-on: what CAS and OIDC share, which is asking a server. */
#include "service/sso_int.h"

#include <curl/curl.h>
#include <stdlib.h>

static bool is_address(const char *url)
{
    return strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0;
}

enum rc sso_open(struct sso **out, const struct sso_options *o, struct err *e)
{
    const char *const given[] = {o->cas, o->issuer};
    for (size_t i = 0; i < ARRAY_LEN(given); i++)
        if (given[i] && !is_address(given[i]))
            return err_user(e, "sso.address", "%.120s", given[i]);
    if (o->issuer && !o->client)
        return err_user(e, "sso.client", "%s", "");
    struct sso *s = mem_calloc(1, sizeof *s);
    if (!s)
        return err_nomem(e);
    s->options = *o;
    if (s->options.timeout <= 0)
        s->options.timeout = 10;
    if (pthread_mutex_init(&s->lock, NULL) != 0) {
        mem_free(s);
        return err_nomem(e);
    }
    *out = s;
    return RC_OK;
}

void sso_close(struct sso *s)
{
    if (!s)
        return;
    json_decref(s->about);
    json_decref(s->keys);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

bool sso_has_cas(const struct sso *s)
{
    return s && s->options.cas;
}

bool sso_has_oidc(const struct sso *s)
{
    return s && s->options.issuer;
}

static size_t take(char *bytes, size_t size, size_t n, void *ctx)
{
    struct err ignored;
    return buf_put(ctx, bytes, size * n, &ignored) == RC_OK ? size * n : 0;
}

/* The id and the secret are percent-escaped before they are joined (RFC 6749, 2.3.1). */
static bool authorize(CURL *c, const struct sso *s)
{
    char *client = curl_easy_escape(c, s->options.client, 0);
    char *secret = curl_easy_escape(c, s->options.secret, 0);
    bool ok = client && secret &&
              curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BASIC) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_USERNAME, client) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_PASSWORD, secret) == CURLE_OK;
    curl_free(client);
    curl_free(secret);
    return ok;
}

static bool set_up(CURL *c, const struct sso *s, const struct sso_request *q, struct buf *answer)
{
    long ms = (long)(s->options.timeout * 1000);
    bool ok = curl_easy_setopt(c, CURLOPT_URL, q->url.p) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
              curl_easy_setopt(c, CURLOPT_WRITEDATA, answer) == CURLE_OK;
    if (ok && q->form)
        ok = curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->form) == CURLE_OK;
    return ok && (!q->authorize || !s->options.secret || authorize(c, s));
}

enum rc sso_ask(struct sso *s, const struct sso_request *q, struct buf *answer, long *status,
                struct err *e)
{
    CURL *c = curl_easy_init();
    if (!c)
        return err_nomem(e);
    enum rc rc = set_up(c, s, q, answer) ? RC_OK : err_nomem(e);
    if (rc == RC_OK) {
        CURLcode code = curl_easy_perform(c);
        if (code == CURLE_OK)
            code = curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
        if (code != CURLE_OK)
            rc = err_sys(e, "sso.unreachable", "%s", curl_easy_strerror(code));
        else if (*status != 200 && *status / 100 != 4)
            rc = err_sys(e, "sso.unreachable", "HTTP %ld", *status);
    }
    curl_easy_cleanup(c);
    return rc;
}

enum rc sso_escape(struct buf *out, struct str text, struct err *e)
{
    if (!text.n)
        return RC_OK;
    char *escaped = curl_easy_escape(NULL, text.p, (int)text.n);
    if (!escaped)
        return err_nomem(e);
    enum rc rc = buf_str(out, str_of(escaped), e);
    curl_free(escaped);
    return rc;
}

struct str sso_keep(struct arena *a, const struct buf *b)
{
    return arena_str(a, buf_view(b));
}
