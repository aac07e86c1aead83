#include "web/form_int.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Replace what is no UTF-8, and NUL. */
static enum rc repair(struct str *out, struct str s, struct arena *a, struct err *e)
{
    char *to = arena_alloc(a, 3 * s.n + 1);
    size_t n = 0;
    if (!to)
        return err_nomem(e);
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        n += utf8_put(to + n, c ? c : 0xFFFD);
    }
    *out = (struct str){to, n};
    return RC_OK;
}

static bool is_clean(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (!c || (c == 0xFFFD && i - from == 1))
            return false;
    }
    return true;
}

enum rc url_decode(struct str *out, struct str s, bool plus, struct arena *a, struct err *e)
{
    char *to = arena_alloc(a, s.n + 1);
    size_t n = 0;
    if (!to)
        return err_nomem(e);
    for (size_t i = 0; i < s.n; i++) {
        int high = s.p[i] == '%' && i + 2 < s.n ? hex(s.p[i + 1]) : -1;
        int low = high >= 0 ? hex(s.p[i + 2]) : -1;
        if (low >= 0) {
            to[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            to[n++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
        }
    }
    *out = (struct str){to, n};
    return is_clean(*out) ? RC_OK : repair(out, *out, a, e);
}

static enum rc add(vec_param *out, struct param p, struct err *e)
{
    if (out->n >= FORM_FIELDS_MAX)
        return err_user(e, "web.form", "%u", FORM_FIELDS_MAX);
    return vec_push(out, p, e);
}

enum rc form_pairs(vec_param *out, struct str text, struct arena *a, struct err *e)
{
    for (size_t at = 0; at < text.n;) {
        size_t end = MIN(str_find(text, STR("&"), at), text.n);
        struct str pair = str_sub(text, at, end);
        at = end + 1;
        if (!pair.n)
            continue;
        size_t eq = MIN(str_find(pair, STR("="), 0), pair.n);
        struct param p = {0};
        TRY(url_decode(&p.name, str_sub(pair, 0, eq), true, a, e));
        TRY(url_decode(&p.value, str_sub(pair, eq + 1, pair.n), true, a, e));
        TRY(add(out, p, e));
    }
    return RC_OK;
}

/* ---- multipart ---- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool starts_nocase(struct str s, const char *head)
{
    size_t n = strlen(head);
    if (s.n < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(s.p[i]) != head[i])
            return false;
    return true;
}

/* The value of `name=` in a header's parameters: quoted (browsers write %22 for a quote, RFC
 * 7578 4.2) or a token. */
static bool header_param(struct str header, const char *name, struct str *out)
{
    bool quoted = false;
    for (size_t i = 0; i < header.n; i++) {
        if (header.p[i] == '"')
            quoted = !quoted;
        if (quoted || header.p[i] != ';')
            continue;
        struct str rest = str_trim(str_sub(header, i + 1, header.n));
        if (!starts_nocase(rest, name) || rest.n <= strlen(name) || rest.p[strlen(name)] != '=')
            continue;
        rest = str_sub(rest, strlen(name) + 1, rest.n);
        if (rest.n && rest.p[0] == '"')
            *out = str_sub(rest, 1, str_find(rest, STR("\""), 1));
        else
            *out = str_trim(str_sub(rest, 0, str_find(rest, STR(";"), 0)));
        return true;
    }
    return false;
}

struct str form_boundary(struct str type)
{
    struct str b = {0};
    if (!starts_nocase(type, "multipart/form-data") || !header_param(type, "boundary", &b))
        return STR("");
    if (b.n > 70)
        return STR("");
    for (size_t i = 0; i < b.n; i++)
        if ((unsigned char)b.p[i] <= ' ' || (unsigned char)b.p[i] > '~')
            return STR("");
    return b;
}

/* A file's name without folders: some browsers used to send them. */
static struct str base_name(struct str s)
{
    for (size_t i = s.n; i-- > 0;)
        if (s.p[i] == '/' || s.p[i] == '\\')
            return str_sub(s, i + 1, s.n);
    return s;
}

static enum rc text_of(struct str *out, struct str s, struct arena *a, struct err *e)
{
    *out = s;
    return is_clean(s) ? RC_OK : repair(out, s, a, e);
}

/* The headers of one part, up to its empty line. */
static enum rc part_head(struct param *p, struct str head, struct arena *a, struct err *e)
{
    bool named = false;
    for (size_t at = 0; at < head.n;) {
        size_t end = MIN(str_find(head, STR("\r\n"), at), head.n);
        struct str line = str_sub(head, at, end), s;
        at = end + 2;
        if (!starts_nocase(line, "content-disposition:"))
            continue;
        if (header_param(line, "name", &s)) {
            named = true;
            TRY(text_of(&p->name, s, a, e));
        }
        if (header_param(line, "filename", &s)) {
            p->is_file = true;
            TRY(text_of(&p->file, base_name(s), a, e));
        }
    }
    return named ? RC_OK : err_user(e, "web.form", "%s", "name");
}

static enum rc part(vec_param *out, struct str s, struct arena *a, struct err *e)
{
    struct param p = {0};
    size_t blank = str_starts(s, STR("\r\n")) ? 0 : str_find(s, STR("\r\n\r\n"), 0);
    if (blank == SIZE_MAX || blank == 0)
        return err_user(e, "web.form", "%s", "header");
    TRY(part_head(&p, str_sub(s, 0, blank + 2), a, e));
    p.value = str_sub(s, blank + 4, s.n);
    if (!p.is_file)
        TRY(text_of(&p.value, p.value, a, e));
    return add(out, p, e);
}

enum rc form_multipart(vec_param *out, struct str body, struct str boundary, struct arena *a,
                       struct err *e)
{
    char mark[80] = "\r\n--";
    if (!boundary.n || boundary.n > 70)
        return err_user(e, "web.form", "%s", "boundary");
    memcpy(mark + 4, boundary.p, boundary.n);
    struct str line = {mark, boundary.n + 4}, first = str_sub(line, 2, line.n);
    size_t at = first.n;
    if (!str_starts(body, first)) {
        at = str_find(body, line, 0);
        if (at == SIZE_MAX)
            return err_user(e, "web.form", "%s", "boundary");
        at += line.n;
    }
    while (!str_starts(str_sub(body, at, body.n), STR("--"))) {
        if (!str_starts(str_sub(body, at, body.n), STR("\r\n")))
            return err_user(e, "web.form", "%s", "boundary");
        size_t end = str_find(body, line, at + 2);
        if (end == SIZE_MAX)
            return err_user(e, "web.form", "%s", "boundary");
        TRY(part(out, str_sub(body, at + 2, end), a, e));
        at = end + line.n;
    }
    return RC_OK;
}
