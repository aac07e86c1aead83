#include "record/json_int.h"

#include "record/val_int.h"

#include <math.h>
#include <stdlib.h>

static bool fail(struct json *j, const char *why)
{
    if (!j->bad)
        j->bad = why;
    return false;
}

static void blanks(struct json *j)
{
    while (*j->at == ' ' || *j->at == '\n' || *j->at == '\t' || *j->at == '\r')
        j->at++;
}

void json_start(struct json *j, char *bytes, size_t n)
{
    *j = (struct json){.start = bytes, .at = bytes, .end = bytes + n};
}

static bool word(struct json *j, const char *w)
{
    size_t n = strlen(w);
    return (size_t)(j->end - j->at) >= n && memcmp(j->at, w, n) == 0;
}

enum json_type json_peek(struct json *j)
{
    blanks(j);
    switch (*j->at) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        if (word(j, "true"))
            return JSON_TRUE;
        break;
    case 'f':
        if (word(j, "false"))
            return JSON_FALSE;
        break;
    case 'n':
        if (word(j, "null"))
            return JSON_NULL;
        break;
    default:
        if (*j->at == '-' || (*j->at >= '0' && *j->at <= '9'))
            return JSON_NUMBER;
    }
    fail(j, "a value is expected");
    return JSON_BAD;
}

bool json_enter(struct json *j)
{
    if (++j->depth > JSON_DEPTH)
        return fail(j, "nested too deep");
    j->at++;
    return true;
}

bool json_more(struct json *j, char close, bool *first)
{
    if (j->bad)
        return false;
    blanks(j);
    if (*j->at == close) {
        j->at++;
        j->depth--;
        return false;
    }
    if (!*first) {
        if (*j->at != ',')
            return fail(j, close == '}' ? "a comma or } is expected" : "a comma or ] is expected");
        j->at++;
        blanks(j);
    }
    *first = false;
    return true;
}

bool json_key(struct json *j, struct str *key)
{
    blanks(j);
    if (*j->at != '"')
        return fail(j, "a key in quotes is expected");
    if (!json_read_string(j, key))
        return false;
    blanks(j);
    if (*j->at != ':')
        return fail(j, "a colon is expected");
    j->at++;
    return true;
}

static int hex4(const char *p)
{
    int x = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0)
            return -1;
        x = x * 16 + d;
    }
    return x;
}

/* \uXXXX at p, with the second of a pair; *n bytes are read. 0: refused. */
static uint32_t unicode(const char *p, const char *end, size_t *n)
{
    int hi = end - p >= 6 ? hex4(p + 2) : -1;
    *n = 6;
    if (hi <= 0 || (hi >= 0xDC00 && hi < 0xE000))
        return 0;
    if (hi < 0xD800 || hi >= 0xE000)
        return (uint32_t)hi;
    int lo = end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : -1;
    *n = 12;
    if (lo < 0xDC00 || lo >= 0xE000)
        return 0;
    return 0x10000 + (((uint32_t)hi - 0xD800) << 10) + ((uint32_t)lo - 0xDC00);
}

/* The escape at j->at; its character goes to *to. */
static bool escape(struct json *j, char **to)
{
    static const char from[] = "\"\\/bfnrt", as[] = "\"\\/\b\f\n\r\t";
    char c = j->at[1];
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        *(*to)++ = as[known - from];
        j->at += 2;
        return true;
    }
    size_t n = 0;
    uint32_t u = c == 'u' ? unicode(j->at, j->end, &n) : 0;
    if (!u)
        return fail(j, "this escape is not known");
    *to += utf8_put(*to, u);
    j->at += n;
    return true;
}

bool json_read_string(struct json *j, struct str *out)
{
    char *start = ++j->at, *to = start;
    for (;;) {
        char *from = j->at, *p = from;
        unsigned n = 1;
        while (n) { /* what stays as it is */
            const unsigned char *u = (const unsigned char *)p;
            /* most of it: Han characters (the bytes end with '\0', so none is read behind them) */
            while (u[0] >= 0xE1 && u[0] <= 0xEC && (u[1] & 0xC0) == 0x80 && (u[2] & 0xC0) == 0x80)
                u += 3;
            p = (char *)u;
            if (*u == '"' || *u == '\\' || *u < ' ')
                break;
            n = *u < 0x80 ? 1 : utf8_whole(p, j->end);
            p += n;
        }
        if (to != from && p != from)
            memmove(to, from, (size_t)(p - from));
        to += p - from;
        j->at = p;
        if (!n)
            return fail(j, "this is not UTF-8");
        if (*p == '"')
            break;
        if (*p != '\\')
            return fail(j, p == j->end ? "a closing quote is missing" : "a control character");
        if (!escape(j, &to))
            return false;
    }
    j->at++;
    *out = (struct str){start, (size_t)(to - start)};
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool json_number(struct json *j, bool *whole, int64_t *num, double *real)
{
    char *start = j->at, *p = start + (*start == '-');
    bool fits = true;
    *num = 0;
    *whole = true;
    if (!is_digit(*p) || (*p == '0' && is_digit(p[1])))
        return fail(j, "a number is expected");
    for (; is_digit(*p); p++)
        fits = fits && !__builtin_mul_overflow(*num, 10, num) &&
               !__builtin_sub_overflow(*num, *p - '0', num); /* negative: INT64_MIN has no other */
    if (*p == '.') {
        *whole = false;
        if (!is_digit(*++p))
            return fail(j, "a digit is expected behind the point");
        while (is_digit(*p))
            p++;
    }
    if (*p == 'e' || *p == 'E') {
        *whole = false;
        p += 1 + (p[1] == '+' || p[1] == '-');
        if (!is_digit(*p))
            return fail(j, "a digit is expected in the exponent");
        while (is_digit(*p))
            p++;
    }
    if (*start != '-' && fits)
        fits = !__builtin_sub_overflow(0, *num, num);
    *whole = *whole && fits;
    if (!*whole) {
        char kept = *p; /* strtod reads more than JSON allows */
        *p = 0;
        *real = strtod(start, NULL);
        *p = kept;
        if (!isfinite(*real))
            return fail(j, "the number is too large");
    } else {
        *real = (double)*num;
    }
    j->at = p;
    return true;
}

bool json_skip(struct json *j)
{
    struct str s;
    int64_t num;
    double real;
    bool whole, first = true;
    enum json_type t = json_peek(j);
    switch (t) {
    case JSON_OBJECT:
    case JSON_ARRAY: {
        char close = t == JSON_OBJECT ? '}' : ']';
        if (!json_enter(j))
            return false;
        while (json_more(j, close, &first))
            if ((t == JSON_OBJECT && !json_key(j, &s)) || !json_skip(j))
                return false;
        return !j->bad;
    }
    case JSON_STRING:
        return json_read_string(j, &s);
    case JSON_NUMBER:
        return json_number(j, &whole, &num, &real);
    case JSON_TRUE:
    case JSON_NULL:
        j->at += 4;
        return true;
    case JSON_FALSE:
        j->at += 5;
        return true;
    default:
        return false;
    }
}

bool json_end(struct json *j)
{
    blanks(j);
    return j->at == j->end || fail(j, "something stands behind the end");
}

void json_place(struct str bytes, size_t at, uint32_t *line, uint32_t *col)
{
    *line = *col = 1;
    for (size_t i = 0; i < at && i < bytes.n; i++) {
        if (bytes.p[i] == '\n') {
            ++*line;
            *col = 1;
        } else if (((unsigned char)bytes.p[i] & 0xC0) != 0x80) {
            ++*col;
        }
    }
}
