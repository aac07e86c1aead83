/* Sentences and values in the reader's language. Everything made here lives in the request's arena;
 * where that is full it is "". */
#define _POSIX_C_SOURCE 200809L
#include "web/http_int.h"
#include "web/page_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

struct str textf(const struct request *rq, const char *fmt, ...)
{
    char small[512];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    va_end(ap);
    if (n < 0)
        return STR("");
    if ((size_t)n < sizeof small) {
        struct str s = arena_str(rq->arena, (struct str){small, (size_t)n});
        return s.p ? s : STR("");
    }
    char *big = arena_alloc(rq->arena, (size_t)n + 1);
    if (!big)
        return STR("");
    va_start(ap, fmt);
    vsnprintf(big, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return (struct str){big, (size_t)n};
}

struct str msg(const struct request *rq, const char *key)
{
    return str_of(site_message(rq->site, key, rq->zh));
}

/* The parts of `text` around the first `mark`, with `with` between them. */
static struct str put_in(const struct request *rq, struct str text, const char *mark,
                         struct str with)
{
    size_t at = str_find(text, str_of(mark), 0);
    if (at == SIZE_MAX)
        return text;
    struct str rest = str_sub(text, at + strlen(mark), text.n);
    return textf(rq, "%.*s%.*s%.*s", (int)at, text.p, (int)with.n, with.p ? with.p : "",
                 (int)rest.n, rest.p);
}

/* A detail of several arguments has them parted by tabs: {detail}, {other}, {third}. */
struct str msg_with(const struct request *rq, const char *key, struct str detail)
{
    static const char *const marks[] = {"{detail}", "{other}", "{third}"};
    struct str s = msg(rq, key);
    for (size_t i = 0, at = 0; i < ARRAY_LEN(marks); i++) {
        size_t tab = MIN(str_find(detail, STR("\t"), at), detail.n);
        s = put_in(rq, s, marks[i], str_sub(detail, at, tab));
        at = MIN(tab + 1, detail.n);
    }
    return s;
}

/* The store names fields as they are declared, several that stand once together as "a+b". */
static struct str field_labels(const struct request *rq, struct str names)
{
    struct str all = STR("");
    for (size_t at = 0; at < names.n;) {
        size_t plus = MIN(str_find(names, STR("+"), at), names.n);
        struct str one = str_sub(names, at, plus);
        uint32_t f = field_find(rq->kind, one);
        if (f != NO_FIELD)
            one = label_text(&rq->kind->field[f].label, rq->zh);
        else if (str_eq(one, STR("owner")))
            one = msg(rq, "web.owner");
        all = textf(rq, "%.*s%s%.*s", (int)all.n, all.n ? all.p : "",
                    !all.n   ? ""
                    : rq->zh ? "、"
                             : ", ",
                    (int)one.n, one.p);
        at = plus + 1;
    }
    return all;
}

static struct str store_detail(const struct request *rq, struct str detail, const char **key)
{
    bool unique = strcmp(*key, "store.unique") == 0;
    size_t tab = MIN(str_find(detail, STR("\t"), 0), detail.n);
    struct str other = str_sub(detail, tab + 1, detail.n);
    if (!rq->kind || (!unique && strcmp(*key, "store.ref") != 0))
        return detail;
    if (unique && !other.n)
        *key = "web.unique_hidden";
    struct str names = field_labels(rq, str_sub(detail, 0, tab));
    return textf(rq, "%.*s\t%.*s", (int)names.n, names.n ? names.p : "", (int)other.n,
                 other.n ? other.p : "");
}

struct str msg_error(const struct request *rq, const struct err *e)
{
    const char *key = e->key;
    struct str detail = store_detail(rq, str_of(e->detail), &key);
    struct str s = msg_with(rq, key, detail);
    s = put_in(rq, s, "{row}", textf(rq, "%u", e->row));
    return put_in(rq, s, "{col}", textf(rq, "%u", e->col));
}

struct str msg_fault(const struct request *rq, const struct fault_at *f)
{
    return msg_with(rq, f->key, f->detail);
}

#define CHINA_TIME (8 * 3600) /* one zone, as in record/rec.h; whatever the server's is */

struct str show_time(const struct request *rq, int64_t seconds)
{
    time_t t = (time_t)seconds + CHINA_TIME;
    struct tm tm;
    if (!seconds || !gmtime_r(&t, &tm))
        return STR("");
    return textf(rq, "%04d-%02d-%02d %02d:%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                 tm.tm_hour, tm.tm_min);
}

struct str show_day(const struct request *rq, int64_t days)
{
    int y, m, d;
    days_to(days, &y, &m, &d);
    return textf(rq, "%04d-%02d-%02d", y, m, d);
}

struct str show_count(const struct request *rq, uint64_t n)
{
    char digits[32], out[48];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t to = 0;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    out[to] = 0;
    return textf(rq, "%s", out);
}

int64_t local_midnight(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_isdst = -1};
    time_t t = mktime(&tm);
    return t == (time_t)-1 || tm.tm_mday != day ? 0 : (int64_t)t;
}
