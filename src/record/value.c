#include "record/value.h"

#include <math.h>
#include <stdlib.h>

#define PLAIN_MAX 256

static const struct {
    const char *han;
    char digit;
} numerals[] = {{"〇", '0'}, {"零", '0'}, {"○", '0'},  {"一", '1'}, {"二", '2'}, {"三", '3'},
                {"四", '4'}, {"五", '5'}, {"六", '6'}, {"七", '7'}, {"八", '8'}, {"九", '9'}};

static char numeral(struct str c)
{
    for (size_t i = 0; i < ARRAY_LEN(numerals); i++)
        if (str_eq(c, str_of(numerals[i].han)))
            return numerals[i].digit;
    return 0;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 十 as it stands: 十=10, 十二=12, 三十=30, 二十三=23. */
static size_t put_ten(char *to, size_t n, struct str rest)
{
    size_t i = 0;
    bool ones = false;
    if (rest.n) {
        utf8_next(rest, &i);
        ones = numeral(str_sub(rest, 0, i)) != 0;
    }
    if (!n || !digit(to[n - 1]))
        to[n++] = '1';
    if (!ones)
        to[n++] = '0';
    return n;
}

/* The text with half-width ASCII in lower case, blanks dropped and Chinese numerals as digits:
 * "二〇二六年十二月" becomes "2026年12月". Cut at PLAIN_MAX; '\0' at the end. */
static struct str plain(char to[PLAIN_MAX], struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n + 6 < PLAIN_MAX;) {
        size_t at = i;
        uint32_t c = utf8_next(s, &i);
        struct str one = str_sub(s, at, i);
        c = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
        if (c <= ' ' || c == 0x3000 || c == 0xA0) {
            /* "2026-3-1 14:30": the blank keeps the numbers apart */
            if (n && digit(to[n - 1]) && i < s.n && digit(s.p[i]))
                to[n++] = ' ';
            continue;
        }
        if (numeral(one))
            to[n++] = numeral(one);
        else if (c == 0x5341) /* 十 */
            n = put_ten(to, n, str_sub(s, i, s.n));
        else
            n += utf8_put(to + n, c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    to[n] = 0;
    return (struct str){to, n};
}

static bool eat(struct str *s, const char *word)
{
    struct str w = str_of(word);
    if (!str_starts(*s, w))
        return false;
    *s = str_sub(*s, w.n, s->n);
    return true;
}

/* One of the words, longest first in the table. */
static bool eat_any(struct str *s, const char *const *words)
{
    for (; *words; words++)
        if (eat(s, *words))
            return true;
    return false;
}

static bool eat_int(struct str *s, size_t digits_max, int *out)
{
    size_t n = 0;
    *out = 0;
    while (n < s->n && n < digits_max && digit(s->p[n]))
        *out = *out * 10 + (s->p[n++] - '0');
    *s = str_sub(*s, n, s->n);
    return n > 0;
}

static const char *const range_words[] = {"-", "~", "—", "–", "至", "到", "～", "－", NULL};

bool value_trl(struct str s, int *trl)
{
    static const char *const before[] = {"技术成熟度", "技术就绪度", "成熟度", "第", "trl", NULL};
    static const char *const after[] = {"级", "級", NULL};
    char bytes[PLAIN_MAX];
    int low, high;
    struct str t = plain(bytes, s);
    while (eat_any(&t, before) || eat(&t, ":") || eat(&t, "-") || eat(&t, "="))
        ;
    if (!eat_int(&t, 2, &low))
        return false;
    high = low;
    eat_any(&t, after);
    while (eat_any(&t, range_words)) {
        eat(&t, "trl");
        if (!eat_int(&t, 2, &high))
            return false;
        eat_any(&t, after);
    }
    if (t.n || low < 1 || high < low || high > 9)
        return false;
    *trl = high;
    return true;
}

static bool eat_number(struct str *s, double *out)
{
    char copy[32];
    size_t n = 0, i = 0;
    for (; i < s->n && n < sizeof copy - 1 && (digit(s->p[i]) || strchr(".,", s->p[i])); i++)
        if (s->p[i] != ',')
            copy[n++] = s->p[i];
    copy[n] = 0;
    char *end = copy;
    *out = n && digit(copy[0]) ? strtod(copy, &end) : 0;
    if (end == copy || *end)
        return false;
    *s = str_sub(*s, i, s->n);
    return true;
}

/* 0 where no unit of money stands there. */
static double eat_unit(struct str *s)
{
    static const struct {
        const char *word;
        double yuan;
    } units[] = {{"亿", 1e8}, {"億", 1e8}, {"千万", 1e7}, {"百万", 1e6}, {"万", 1e4},
                 {"萬", 1e4}, {"w", 1e4},  {"千", 1e3},   {"k", 1e3}};
    static const char *const yuan[] = {"元人民币", "人民币", "元整", "元",
                                       "圆",       "rmb",    "cny",  NULL};
    double factor = 0;
    for (size_t i = 0; i < ARRAY_LEN(units) && factor == 0; i++)
        if (eat(s, units[i].word))
            factor = units[i].yuan;
    if (eat_any(s, yuan) && factor == 0)
        factor = 1;
    return factor;
}

bool value_money(struct str s, struct money *m)
{
    static const char *const noise[] = {"人民币", "rmb", "cny",  "¥", "￥",
                                        "预算",   "约",  "大约", ":", NULL};
    static const char *const most[] = {"不超过", "不高于", "最高", "<=", "≤", "<", "低于", NULL};
    static const char *const least[] = {"不低于", "不少于", "至少", ">=", "≥", ">", "高于", NULL};
    static const char *const most_after[] = {"以内", "以下", "内", NULL};
    static const char *const least_after[] = {"以上", "及以上", "起", "+", NULL};
    static const char *const about[] = {"左右", "上下", NULL};
    char bytes[PLAIN_MAX];
    struct str t = plain(bytes, s);
    while (eat_any(&t, noise))
        ;
    bool upper = eat_any(&t, most), lower = !upper && eat_any(&t, least);
    while (eat_any(&t, noise))
        ;
    if (!eat_number(&t, &m->low))
        return false;
    double first = eat_unit(&t), second = first;
    m->high = m->low;
    if (eat_any(&t, range_words)) {
        if (!eat_number(&t, &m->high))
            return false;
        second = eat_unit(&t);
    }
    if (second == 0)
        second = 1;
    m->low *= first ? first : second; /* "50-100万": the unit serves both */
    m->high *= second;
    upper |= eat_any(&t, most_after);
    lower |= !upper && eat_any(&t, least_after);
    eat_any(&t, about);
    if (upper)
        m->low = 0;
    if (lower)
        m->high = INFINITY;
    return t.n == 0 && m->low <= m->high;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool is_date(struct date d)
{
    return d.year >= 1900 && d.year <= 2200 && d.month >= 0 && d.month <= 12 && d.day >= 0 &&
           (d.day == 0 || (d.month > 0 && d.day <= days_in(d.year, d.month)));
}

/* A day that Excel counts from 1899-12-30. */
static struct date of_serial(int serial)
{
    struct date d = {1899, 12, 30};
    while (serial > 0) {
        int left = days_in(d.year, d.month) - d.day;
        if (serial <= left) {
            d.day += serial;
            break;
        }
        serial -= left + 1;
        d.day = 1;
        d.month = d.month % 12 + 1;
        d.year += d.month == 1;
    }
    return d;
}

static bool eat_separator(struct str *s, const char *han, char *kind)
{
    static const char marks[] = "-/.";
    if (eat(s, han)) {
        *kind = 'h';
        return true;
    }
    if (s->n < 2 || !strchr(marks, s->p[0]) || !digit(s->p[1]) || (*kind && *kind != s->p[0]))
        return false;
    *kind = s->p[0];
    *s = str_sub(*s, 1, s->n);
    return true;
}

/* Eight digits 20260301, or five that are a serial number; nothing else may follow a digit. */
static bool eat_compact(struct str *s, struct date *d)
{
    size_t n = 0;
    while (n < s->n && digit(s->p[n]))
        n++;
    struct str t = *s;
    int serial = 0;
    if (n == 8) {
        eat_int(&t, 4, &d->year);
        eat_int(&t, 2, &d->month);
        eat_int(&t, 2, &d->day);
    } else if (n == 5 && eat_int(&t, 5, &serial) && serial >= 20000 && serial <= 80000) {
        *d = of_serial(serial);
    } else {
        return false;
    }
    *s = t;
    return n != 8 || (d->month && d->day);
}

/* A date; its year may come from the date before ("至12月31日"). */
static bool eat_date(struct str *s, int year, struct date *d)
{
    struct str t = *s;
    char kind = 0;
    *d = (struct date){0};
    if (eat_compact(s, d))
        return is_date(*d);
    if (!eat_int(&t, 4, &d->year))
        return false;
    if (d->year >= 1900) {
        if (eat_separator(&t, "年", &kind) && eat_int(&t, 2, &d->month)) {
            if (eat_separator(&t, "月", &kind) && eat_int(&t, 2, &d->day) && kind == 'h')
                (void)(eat(&t, "日") || eat(&t, "号"));
        }
    } else if (year && d->year <= 12 && eat_separator(&t, "月", &kind)) {
        d->month = d->year;
        d->year = year;
        if (eat_int(&t, 2, &d->day))
            (void)(eat(&t, "日") || eat(&t, "号"));
    } else {
        return false;
    }
    *s = t;
    return is_date(*d) && (d->month || !d->day);
}

/* " 14:30", "T14:30:00", "12:00:00.000Z". */
static void eat_time(struct str *s)
{
    size_t i = s->n && (s->p[0] == 't' || s->p[0] == ' '), from = i;
    while (i < s->n && (digit(s->p[i]) || strchr(":.", s->p[i])))
        i++;
    if (i == s->n || s->p[i] == 'z' || s->p[i] == '+')
        *s = str_sub(*s, s->n, s->n);
    else if (i > from)
        *s = str_sub(*s, i, s->n);
}

bool value_date(struct str s, struct date *d)
{
    static const char *const before[] = {"有效期至", "截止至", "截止到", "截止", "截至",
                                         "有效期",   "至",     ":",      NULL};
    static const char *const after[] = {"前", "以前", "之前", "止", "底", "末", NULL};
    char bytes[PLAIN_MAX];
    struct date next;
    struct str t = plain(bytes, s);
    while (eat_any(&t, before))
        ;
    if (!eat_date(&t, 0, d))
        return false;
    eat_any(&t, after);
    while (eat_any(&t, range_words) && eat_date(&t, d->year, &next))
        *d = next;
    eat_any(&t, after);
    eat_time(&t);
    return t.n == 0;
}

static size_t put2(char *to, int x)
{
    to[0] = '-';
    to[1] = (char)('0' + x / 10 % 10);
    to[2] = (char)('0' + x % 10);
    return 3;
}

struct str value_date_iso(char to[16], struct date d)
{
    size_t n = 4;
    for (int i = 3, y = d.year; i >= 0; i--, y /= 10)
        to[i] = (char)('0' + y % 10);
    if (d.month)
        n += put2(to + n, d.month);
    if (d.month && d.day)
        n += put2(to + n, d.day);
    return (struct str){to, n};
}
