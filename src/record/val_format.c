/* Formats of texts, with their check characters. */
#include "record/val_int.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Half-width upper-case letters and digits of s, hyphens and blanks left out; 0 where there is
 * anything else or more than `cap`. */
static size_t compact(char *to, size_t cap, struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
        if (c == ' ' || c == '-' || c == 0x3000 || c == 0x2010 || c == 0x2013)
            continue;
        if (c > 0x7F || !is_alnum((char)c) || n == cap)
            return 0;
        to[n++] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return n;
}

/* GB 32100-2015: the sum of value times 3^place (mod 31), and 31 less that. */
bool credit_read(char to[18], struct str s)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    unsigned sum = 0, weight = 1;
    if (compact(to, 18, s) != 18)
        return false;
    for (int i = 0; i < 18; i++) {
        const char *at = memchr(alphabet, to[i], 31);
        if (!at)
            return false;
        unsigned v = (unsigned)(at - alphabet);
        if (i == 17)
            return v == (31 - sum % 31) % 31;
        sum += v * weight;
        weight = weight * 3 % 31;
    }
    return false;
}

/* ISO 7064 mod 11-2, as ORCID uses it; hyphens after every fourth. */
bool orcid_read(char to[19], struct str s)
{
    static const char *const heads[] = {"https://orcid.org/", "http://orcid.org/", "orcid.org/",
                                        "ORCID:", "orcid:"};
    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        if (str_starts(s, str_of(heads[i]))) {
            s = str_trim(str_sub(s, strlen(heads[i]), s.n));
            break;
        }
    char c[16];
    unsigned sum = 0;
    if (compact(c, 16, s) != 16)
        return false;
    for (int i = 0; i < 15; i++) {
        if (!is_digit(c[i]))
            return false;
        sum = (sum + (unsigned)(c[i] - '0')) * 2 % 11;
    }
    unsigned check = (12 - sum) % 11;
    if (c[15] != (check == 10 ? 'X' : (char)('0' + check)))
        return false;
    for (int i = 0, n = 0; i < 16; i++) {
        if (i && i % 4 == 0)
            to[n++] = '-';
        to[n++] = c[i];
    }
    return true;
}

/* A host name: labels of letters, digits, hyphens and what is not ASCII, parted by dots. */
static bool host_ok(struct str s)
{
    size_t label = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '.' ? label == 0 : !is_alnum(c) && c != '-' && (unsigned char)c < 0x80)
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > 63)
            return false;
    }
    return label > 0 && s.n <= 253 && s.p[0] != '-';
}

bool email_ok(struct str s)
{
    size_t at = str_find(s, STR("@"), 0);
    if (at == SIZE_MAX || at == 0 || at > 64 || s.n > 254)
        return false;
    for (size_t i = 0; i < at; i++) {
        if (!s.p[i] || (!is_alnum(s.p[i]) && !strchr(".!#$%&'*+/=?^_`{|}~-", s.p[i])))
            return false;
        if (s.p[i] == '.' && (i == 0 || i + 1 == at || s.p[i + 1] == '.'))
            return false;
    }
    struct str host = str_sub(s, at + 1, s.n);
    return str_find(host, STR("."), 0) != SIZE_MAX && host_ok(host);
}

size_t text_narrow(char *p, size_t n)
{
    char *to = p;
    for (size_t i = 0; i < n;) {
        size_t from = i;
        uint32_t c = utf8_next((struct str){p, n}, &i);
        if (c == 0x3000)
            *to++ = ' ';
        else if (c >= 0xFF01 && c <= 0xFF5E && c != 0xFF08 && c != 0xFF09)
            *to++ = (char)(c - 0xFEE0);
        else {
            memmove(to, p + from, i - from);
            to += i - from;
        }
    }
    return (size_t)(to - p);
}

/* +86 138-0000-0000, 025-8359 0000转8012, (025) 83590000 */
bool phone_ok(struct str s)
{
    size_t digits = 0;
    for (size_t i = 0; i < s.n;) {
        size_t from = i;
        uint32_t c = utf8_next(s, &i);
        if (c < 0x80 && is_digit((char)c))
            digits++;
        else if (c == '+' ? from != 0
                          : c != 0x8F6C && c != 0xFF08 && c != 0xFF09 &&
                                !(c < 0x80 && strchr(" -()/.#,", (int)c) && c))
            return false;
    }
    return digits >= 3 && digits <= 24 && s.n <= 60;
}

bool url_ok(struct str s)
{
    size_t from = str_starts(s, STR("https://")) ? 8 : str_starts(s, STR("http://")) ? 7 : 0;
    if (!from || s.n > 2000)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || strchr("\"<>\\^`{|}\x7F", s.p[i]))
            return false;
    size_t end = from;
    while (end < s.n && !strchr("/?#", s.p[end]))
        end++;
    struct str host = str_sub(s, from, end);
    size_t port = str_find(host, STR(":"), 0);
    for (size_t i = port; i != SIZE_MAX && ++i < host.n;)
        if (!is_digit(host.p[i]) || i > port + 5)
            return false;
    return host_ok(port == SIZE_MAX ? host : str_sub(host, 0, port));
}

bool file_ok(struct str s)
{
    if (s.n < 66 || s.n > 400 || s.p[64] != ':')
        return false;
    for (size_t i = 0; i < 64; i++)
        if (!is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
            return false;
    for (size_t i = 65; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == '/' || s.p[i] == '\\')
            return false;
    return true;
}

static bool is_blank_at(const char *p, const char *end, size_t *n)
{
    if ((unsigned char)*p <= ' ')
        *n = 1;
    else if (end - p >= 3 && memcmp(p, "\xE3\x80\x80", 3) == 0)
        *n = 3;
    else
        return false;
    return true;
}

size_t text_clean(char *p, size_t n, bool lines)
{
    char *to = p;
    const char *end = p + n;
    for (const char *at = p; at < end;) {
        unsigned k = utf8_whole(at, end);
        unsigned char c = (unsigned char)*at;
        if (!k)
            return SIZE_MAX;
        if (k == 1 && (c < ' ' || c == 0x7F)) {
            bool line = c == '\n' || c == '\r' || c == '\v' || c == '\f';
            at += c == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1;
            if (line && lines)
                *to++ = '\n';
            else if (c == '\t' && lines)
                *to++ = '\t';
            else if ((line || c == '\t') && to > p && to[-1] != ' ')
                *to++ = ' ';
            continue;
        }
        /* U+FEFF and U+200B come with copied web pages and are seen by nobody */
        if (k == 3 && (memcmp(at, "\xEF\xBB\xBF", 3) == 0 || memcmp(at, "\xE2\x80\x8B", 3) == 0)) {
            at += 3;
            continue;
        }
        memmove(to, at, k);
        to += k;
        at += k;
    }
    struct str s = str_trim((struct str){p, (size_t)(to - p)});
    if (s.n)
        memmove(p, s.p, s.n);
    return s.n;
}

bool text_is_clean(struct str s, bool lines)
{
    size_t blank;
    const char *end = s.p + s.n;
    if (s.n && is_blank_at(s.p, end, &blank))
        return false;
    for (const char *at = s.p; at < end;) {
        unsigned k = utf8_whole(at, end);
        unsigned char c = (unsigned char)*at;
        if (!k || c == 0x7F || (c < ' ' && !(lines && (c == '\n' || c == '\t'))))
            return false;
        at += k;
    }
    return str_trim(s).n == s.n;
}
