/* Messages by SMTP (RFC 5321) as MIME (RFC 2045, 2047). */
#define _POSIX_C_SOURCE 200809L
#include "service/notify_int.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>

#define SECONDS  30L
#define BODY_MAX (512u << 10)
#define PIECE    45u /* bytes of a piece of a header: 60 characters of base64 */

/* ---- headers ---- */

static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < ' ' || s.p[i] > '~')
            return false;
    return s.n < 60 && str_find(s, STR("=?"), 0) == SIZE_MAX;
}

/* As many whole characters as fit into a piece. */
static size_t piece(struct str s, size_t from)
{
    size_t at = from;
    while (at < s.n) {
        size_t next = at;
        utf8_next(s, &next);
        if (next - from > PIECE)
            break;
        at = next;
    }
    return at;
}

enum rc mail_word(struct buf *out, struct str text, struct err *e)
{
    if (is_plain(text))
        return buf_str(out, text, e);
    for (size_t from = 0; from < text.n;) {
        char b64[sodium_base64_ENCODED_LEN(PIECE, sodium_base64_VARIANT_ORIGINAL)];
        size_t to = piece(text, from);
        sodium_bin2base64(b64, sizeof b64, (const unsigned char *)text.p + from, to - from,
                          sodium_base64_VARIANT_ORIGINAL);
        TRY(buf_printf(out, e, "%s=?UTF-8?B?%s?=", from ? "\r\n " : "", b64));
        from = to;
    }
    return RC_OK;
}

struct mail {
    struct site *s;
    const struct notify_mail *m;
    struct arena a;
    struct str password; /* opened */
    struct curl_slist *headers, *to;
    curl_mime *mime;
    CURL *curl;
};

static enum rc add_header(struct mail *x, struct buf *b, struct err *e)
{
    struct curl_slist *more = curl_slist_append(x->headers, b->p);
    buf_clear(b);
    if (!more)
        return err_nomem(e);
    x->headers = more;
    return RC_OK;
}

static enum rc put_date(struct buf *b, int64_t now, struct err *e)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t t = (time_t)now;
    struct tm tm;
    if (!gmtime_r(&t, &tm))
        return err_sys(e, "notify.mail_failed", "date");
    return buf_printf(b, e, "Date: %s, %d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday,
                      months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* The same for the same batch, however often it is sent. */
static enum rc put_id(struct buf *b, const struct notify_mail *m, int64_t number, struct err *e)
{
    size_t at = MIN(str_find(m->from, STR("@"), 0) + 1, m->from.n);
    struct str domain = str_sub(m->from, at, m->from.n);
    if (number)
        return buf_printf(b, e, "Message-ID: <qiao-%lld.%.*s@%.*s>", (long long)number,
                          (int)m->key.n, m->key.p, (int)domain.n, domain.p);
    return buf_printf(b, e, "Message-ID: <qiao-%08x%08x.%.*s@%.*s>", randombytes_random(),
                      randombytes_random(), (int)m->key.n, m->key.p, (int)domain.n, domain.p);
}

static enum rc headers(struct mail *x, struct str to, int64_t number, const struct letter *l,
                       struct buf *b, struct err *e)
{
    TRY(put_date(b, site_now(x->s), e));
    TRY(add_header(x, b, e));
    TRY(buf_printf(b, e, "From: <%.*s>", (int)x->m->from.n, x->m->from.p));
    TRY(add_header(x, b, e));
    TRY(buf_printf(b, e, "To: <%.*s>", (int)to.n, to.p));
    TRY(add_header(x, b, e));
    TRY(put_id(b, x->m, number, e));
    TRY(add_header(x, b, e));
    TRY(buf_str(b, STR("Subject: "), e));
    TRY(mail_word(b, l->subject, e));
    TRY(add_header(x, b, e));
    TRY(buf_str(b, STR("Auto-Submitted: auto-generated"), e)); /* RFC 3834 */
    return add_header(x, b, e);
}

/* ---- the body ---- */

static enum rc body(struct mail *x, const struct letter *l, struct buf *b, struct err *e)
{
    TRY(letter_text(b, x->s, l, BODY_MAX / 2, e));
    if (l->footer.n)
        TRY(buf_printf(b, e, "\n-- \n%.*s\n%.*s\n", (int)l->footer.n, l->footer.p,
                       (int)l->footer_link.n, l->footer_link.n ? l->footer_link.p : ""));
    x->mime = curl_mime_init(x->curl);
    curl_mimepart *part = x->mime ? curl_mime_addpart(x->mime) : NULL;
    if (!part || curl_mime_data(part, b->n ? b->p : "", b->n) != CURLE_OK ||
        curl_mime_type(part, "text/plain; charset=utf-8") != CURLE_OK ||
        curl_mime_encoder(part, "base64") != CURLE_OK)
        return err_nomem(e);
    return RC_OK;
}

/* ---- the conversation ---- */

static int closing(void *ctx, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
    (void)dt, (void)dn, (void)ut, (void)un;
    return runner_stopping(ctx);
}

bool mail_may_tell(const struct notify_mail *m)
{
    return m->security != MAIL_OPEN || !m->user.n || str_eq(m->host, STR("127.0.0.1")) ||
           str_eq(m->host, STR("::1")) || str_eq(m->host, STR("localhost"));
}

static bool set(CURL *c, CURLoption what, struct str text)
{
    char copy[512];
    return snprintf(copy, sizeof copy, "%.*s", (int)text.n, text.p) < (int)sizeof copy &&
           curl_easy_setopt(c, what, copy) == CURLE_OK;
}

static bool set_up(struct mail *x, struct str to)
{
    const struct notify_mail *m = x->m;
    const char *ca = getenv("QIAO_MAIL_CA");
    char text[512];
    bool v6 = str_find(m->host, STR(":"), 0) != SIZE_MAX;
    snprintf(text, sizeof text, "%s://%s%.*s%s:%u", m->security == MAIL_TLS ? "smtps" : "smtp",
             v6 ? "[" : "", (int)m->host.n, m->host.p, v6 ? "]" : "", m->port);
    bool ok = curl_easy_setopt(x->curl, CURLOPT_URL, text) == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_PROXY, "") == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_TIMEOUT, SECONDS) == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_CONNECTTIMEOUT, SECONDS / 3) == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_XFERINFOFUNCTION, closing) == CURLE_OK &&
              curl_easy_setopt(x->curl, CURLOPT_XFERINFODATA, x->s) == CURLE_OK;
    if (ok && ca && *ca)
        ok = curl_easy_setopt(x->curl, CURLOPT_CAINFO, ca) == CURLE_OK;
    if (ok && m->security == MAIL_STARTTLS)
        ok = curl_easy_setopt(x->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL) == CURLE_OK;
    if (ok && m->user.n)
        ok = set(x->curl, CURLOPT_USERNAME, m->user) && set(x->curl, CURLOPT_PASSWORD, x->password);
    snprintf(text, sizeof text, "<%.*s>", (int)m->from.n, m->from.p);
    ok = ok && curl_easy_setopt(x->curl, CURLOPT_MAIL_FROM, text) == CURLE_OK;
    snprintf(text, sizeof text, "<%.*s>", (int)to.n, to.p);
    x->to = ok ? curl_slist_append(NULL, text) : NULL;
    return x->to && curl_easy_setopt(x->curl, CURLOPT_MAIL_RCPT, x->to) == CURLE_OK &&
           curl_easy_setopt(x->curl, CURLOPT_HTTPHEADER, x->headers) == CURLE_OK &&
           curl_easy_setopt(x->curl, CURLOPT_MIMEPOST, x->mime) == CURLE_OK;
}

/* 5yz of what the server says about this message is its last word (RFC 5321, 4.2.1); that we may
 * not sign in is for the administrator to put right. */
static enum rc talk(struct mail *x, struct err *e)
{
    long code = 0;
    CURLcode rc = curl_easy_perform(x->curl);
    if (rc == CURLE_OK)
        return RC_OK;
    if (rc == CURLE_ABORTED_BY_CALLBACK)
        return err_cancelled(e);
    if (curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK && code >= 500 &&
        code < 600 && rc != CURLE_LOGIN_DENIED && rc != CURLE_USE_SSL_FAILED)
        return err_user(e, "notify.mail_refused", "%ld", code);
    return err_sys(e, "notify.mail_failed", code >= 400 ? "%s (%ld)" : "%s", curl_easy_strerror(rc),
                   code);
}

enum rc mail_send(struct site *s, const struct notify_mail *m, struct str to, int64_t number,
                  const struct letter *l, struct err *e)
{
    struct mail x = {.s = s, .m = m};
    struct buf b;
    if (!m->host.n)
        return err_sys(e, "notify.mail_none", "%s", "");
    if (!mail_may_tell(m))
        return err_sys(e, "notify.mail_open", "%s", "");
    buf_init(&b, BODY_MAX);
    x.curl = curl_easy_init();
    enum rc rc = x.curl ? headers(&x, to, number, l, &b, e) : err_nomem(e);
    if (rc == RC_OK)
        rc = notify_password(&s->secrets, false, m->password, &x.a, &x.password, e);
    if (rc == RC_OK)
        rc = body(&x, l, &b, e);
    if (rc == RC_OK)
        rc = set_up(&x, to) ? talk(&x, e) : err_nomem(e);
    curl_easy_cleanup(x.curl);
    curl_mime_free(x.mime);
    curl_slist_free_all(x.headers);
    curl_slist_free_all(x.to);
    arena_free(&x.a);
    buf_free(&b);
    return rc;
}
