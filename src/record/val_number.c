/* Numbers, amounts and moments as people write them. Exact: decimal digits and a power of ten. */
#include "record/val_number.h"

#include "record/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct str ascii_fold(char to[ASCII_MAX], struct str s)
{
    size_t n = 0;
    bool gap = false;
    s = str_trim(s);
    for (size_t i = 0; i < s.n;) {
        uint32_t c = utf8_next(s, &i);
        c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c == 0x2212 ? '-' : c == 0x3000 ? ' ' : c;
        if (n + 5 > ASCII_MAX)
            return (struct str){to, 0};
        if (c <= ' ') {
            gap = true;
            continue;
        }
        /* "50 万元" is one, "12 34" is not */
        if (gap && n && c < 0x80 && (is_digit((char)c) || c == '.') && is_digit(to[n - 1]))
            to[n++] = ' ';
        gap = false;
        n += utf8_put(to + n, c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    to[n] = 0;
    return (struct str){to, n};
}

static bool eat(struct str *s, const char *word)
{
    if (!str_starts(*s, str_of(word)))
        return false;
    *s = str_sub(*s, strlen(word), s->n);
    return true;
}

static bool eat_any(struct str *s, const char *const *words)
{
    for (; *words; words++)
        if (eat(s, *words))
            return true;
    return false;
}

static bool add_digit(struct dec *d, int digit)
{
    return !__builtin_mul_overflow(d->mant, 10, &d->mant) &&
           !__builtin_add_overflow(d->mant, digit, &d->mant);
}

/* "1,234.50", "1e5" */
static bool eat_digits(struct str *s, struct dec *d)
{
    size_t i = 0, whole = 0, comma = 0;
    bool point = false;
    for (; i < s->n; i++) {
        char c = s->p[i];
        if (c == ',' && !point && whole && i + 3 < s->n && is_digit(s->p[i + 3]) &&
            (!comma || i - comma == 4)) {
            comma = i;
            continue;
        }
        if (c == '.' && !point && i + 1 < s->n && is_digit(s->p[i + 1])) {
            point = true;
            continue;
        }
        if (!is_digit(c))
            break;
        whole += !point;
        d->exp -= point;
        if (!add_digit(d, c - '0'))
            return false;
    }
    if (!whole || (comma && !point && i - comma != 4))
        return false;
    if (i + 1 < s->n && s->p[i] == 'e' &&
        (is_digit(s->p[i + 1]) || (i + 2 < s->n && is_digit(s->p[i + 2])))) {
        bool minus = s->p[i + 1] == '-';
        int power = 0;
        i += 1 + (minus || s->p[i + 1] == '+');
        for (; i < s->n && is_digit(s->p[i]); i++)
            power = MIN(power * 10 + (s->p[i] - '0'), 1000);
        d->exp += minus ? -power : power;
    }
    *s = str_sub(*s, i, s->n);
    return true;
}

static const struct {
    uint32_t c;
    int64_t value;
} numerals[] = {{0x96F6, 0},     {0x3007, 0},        {0x4E00, 1},  {0x4E8C, 2},   {0x4E24, 2},
                {0x4E09, 3},     {0x56DB, 4},        {0x4E94, 5},  {0x516D, 6},   {0x4E03, 7},
                {0x516B, 8},     {0x4E5D, 9},        {0x5341, 10}, {0x767E, 100}, {0x5343, 1000},
                {0x4E07, 10000}, {0x4EBF, 100000000}};

static int64_t numeral(uint32_t c)
{
    for (size_t i = 0; i < ARRAY_LEN(numerals); i++)
        if (numerals[i].c == c)
            return numerals[i].value;
    return -1;
}

/* 三百二十, 十二, 两万, 二〇二六; below 10^13. 三百五 may be 350 or 305 and is refused. */
static bool eat_chinese(struct str *s, struct dec *d)
{
    int64_t total = 0, section = 0, digit = -1, before = 0, last = 0;
    size_t i = 0, n = 0;
    for (size_t next = 0; next < s->n && n < 24; n++) {
        int64_t v = numeral(utf8_next(*s, &next));
        if (v < 0)
            break;
        if (v < 10)
            digit = digit < 0 || section || total ? v : digit * 10 + v;
        else if (v < 10000)
            section += v * (digit < 0 ? 1 : digit), digit = -1;
        else
            total = (total + section + MAX(digit, 0)) * v, section = 0, digit = -1;
        if (digit > 10000000 || total > 10000000000000 || section > 100000000)
            return false;
        i = next;
        before = last;
        last = v;
    }
    if (last > 0 && last < 10 && before >= 100)
        return false;
    d->mant = total + section + MAX(digit, 0);
    *s = str_sub(*s, i, s->n);
    return n > 0;
}

bool dec_eat(struct dec *d, struct str *s)
{
    static const struct {
        const char *word;
        int power;
    } units[] = {{"万亿", 12}, {"亿", 8}, {"億", 8}, {"千万", 7}, {"百万", 6},
                 {"十万", 5},  {"万", 4}, {"萬", 4}, {"千", 3},   {"百", 2}};
    *d = (struct dec){0};
    bool minus = eat(s, "-") || eat(s, "负");
    if (!minus)
        eat(s, "+");
    if (!eat_digits(s, d) && (d->mant || d->exp || !eat_chinese(s, d)))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (eat(s, units[i].word)) {
            d->exp += units[i].power;
            break;
        }
    if (minus)
        d->mant = -d->mant;
    return true;
}

bool dec_int(const struct dec *d, int shift, int64_t *out)
{
    int64_t m = d->mant;
    int exp = d->exp + shift;
    for (; exp < 0 && m % 10 == 0 && m; exp++)
        m /= 10;
    for (; exp > 0 && m; exp--)
        if (__builtin_mul_overflow(m, 10, &m))
            return false;
    if (m && exp < 0)
        return false;
    *out = m;
    return m >= -NUMBER_LIMIT && m <= NUMBER_LIMIT;
}

bool dec_real(const struct dec *d, double *out)
{
    char text[48];
    snprintf(text, sizeof text, "%lldE%d", (long long)d->mant, d->exp);
    *out = strtod(text, NULL);
    return isfinite(*out);
}

bool money_read(struct str s, int64_t *fen, bool *range)
{
    static const char *const before[] = {"人民币", "rmb", "cny", "¥", "￥", NULL};
    static const char *const after[] = {"元人民币", "人民币", "元整", "元",
                                        "圆",       "rmb",    "cny",  NULL};
    char to[ASCII_MAX];
    struct str t = ascii_fold(to, s);
    struct dec d;
    struct money m;
    *range = false;
    while (eat_any(&t, before))
        ;
    if (dec_eat(&d, &t)) {
        eat_any(&t, after);
        if (!t.n)
            return dec_int(&d, 2, fen);
    }
    if (!value_money(s, &m))
        return false;
    double yuan = m.low == 0 || m.low == m.high ? m.high : m.low;
    *range = m.low != m.high && m.low != 0 && isfinite(m.high);
    if (*range || !(fabs(yuan) * 100 < (double)NUMBER_LIMIT))
        return false;
    *fen = llround(yuan * 100);
    return true;
}

/* "14:30", "14:30:05", "14时30分", "14点" at the start of t; then a zone. */
static bool eat_clock(struct str *t, int64_t *seconds)
{
    static const char *const hour_marks[] = {":", "时", "点", NULL};
    int part[3] = {0, 0, 0};
    for (int i = 0; i < 3; i++) {
        size_t n = 0;
        for (; n < t->n && n < 2 && is_digit(t->p[n]); n++)
            part[i] = part[i] * 10 + (t->p[n] - '0');
        *t = str_sub(*t, n, t->n);
        if (!n && i == 1 && !t->n)
            break; /* "14时" */
        if (!n && i < 2)
            return false;
        bool more = i == 0 ? eat_any(t, hour_marks) : i == 1 && (eat(t, ":") || eat(t, "分"));
        if (i == 0 && !more)
            return false;
        if (!more)
            break;
    }
    eat(t, "秒");
    if (eat(t, ".")) /* fractions are dropped */
        while (t->n && is_digit(t->p[0]))
            *t = str_sub(*t, 1, t->n);
    *seconds = part[0] * 3600 + part[1] * 60 + part[2];
    return part[0] < 24 && part[1] < 60 && part[2] < 60;
}

/* Z, +08:00, -0530; UTC+8 where there is none. */
static bool eat_zone(struct str *t, int64_t *offset)
{
    *offset = CHINA_SECONDS;
    if (!t->n)
        return true;
    if (eat(t, "z")) {
        *offset = 0;
        return !t->n;
    }
    bool minus = t->p[0] == '-';
    if (!minus && t->p[0] != '+')
        return false;
    char d[4];
    size_t n = 0, i = 1;
    for (; i < t->n && n < 4; i++)
        if (is_digit(t->p[i]))
            d[n++] = t->p[i];
        else if (t->p[i] != ':' || n != 2)
            return false;
    if (n != 4 || i != t->n)
        return false;
    int h = (d[0] - '0') * 10 + (d[1] - '0'), m = (d[2] - '0') * 10 + (d[3] - '0');
    *offset = (minus ? -1 : 1) * (h * 3600 + m * 60);
    return h < 15 && m < 60;
}

enum date_rc day_read(struct str s, int64_t *days)
{
    char to[ASCII_MAX];
    struct date d;
    if (date_read(ascii_fold(to, s), days))
        return DATE_OK;
    if (!value_date(s, &d))
        return DATE_BAD;
    if (!d.month || !d.day)
        return DATE_NO_DAY;
    *days = days_of(d.year, d.month, d.day);
    return DATE_OK;
}

bool time_read(struct str s, int64_t *seconds, bool *day)
{
    int64_t days, clock = 0, offset = CHINA_SECONDS;
    size_t cut = SIZE_MAX;
    s = str_trim(s);
    /* the clock stands behind the first blank, T or 日 that is followed by a digit */
    for (size_t i = 1; i + 1 < s.n && cut == SIZE_MAX; i++) {
        bool mark = s.p[i] == ' ' || s.p[i] == 'T' || s.p[i] == 't';
        bool han = i >= 3 && memcmp(s.p + i - 2, "\xE6\x97\xA5", 3) == 0;
        if (mark || han)
            cut = i + 1;
    }
    *day = cut == SIZE_MAX;
    if (!*day) {
        char to[ASCII_MAX];
        struct str t = ascii_fold(to, str_sub(s, cut, s.n));
        if (!t.n || !eat_clock(&t, &clock) || !eat_zone(&t, &offset))
            return false;
        struct str head = str_sub(s, 0, cut);
        char c = s.p[cut - 1];
        s = c == ' ' || c == 'T' || c == 't' ? str_sub(head, 0, cut - 1) : head;
    }
    if (day_read(s, &days) != DATE_OK)
        return false;
    *seconds = days * 86400 + clock - offset;
    return true;
}
