/* Numbers of xlsx cells as text, and which number formats mean a date. */
#include "sheet/sheet_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    uint8_t from, to; /* builtin ids, inclusive */
    uint8_t format;
} builtins[] = {
    {9, 10, FORMAT_PERCENT},   {14, 17, FORMAT_DATE}, {18, 21, FORMAT_TIME},
    {22, 22, FORMAT_DATETIME}, {27, 31, FORMAT_DATE}, {32, 35, FORMAT_TIME},
    {36, 36, FORMAT_DATE},     {45, 47, FORMAT_TIME}, {50, 54, FORMAT_DATE},
    {55, 56, FORMAT_TIME},     {57, 58, FORMAT_DATE},
};

enum number_format format_builtin(uint32_t id)
{
    for (size_t i = 0; i < ARRAY_LEN(builtins); i++)
        if (id >= builtins[i].from && id <= builtins[i].to)
            return (enum number_format)builtins[i].format;
    return FORMAT_PLAIN;
}

/* Skip what is no placeholder: "text", \x, _x, *x, [colour]. Elapsed time [h] is kept. */
static size_t skip_literal(struct str code, size_t i)
{
    char c = code.p[i], end = c == '"' ? '"' : ']';
    if (c == '\\' || c == '_' || c == '*')
        return i + 2;
    if (c == '[' && i + 1 < code.n && strchr("hHmMsS", code.p[i + 1]))
        return i;
    if (c != '"' && c != '[')
        return i;
    for (i++; i < code.n && code.p[i] != end; i++)
        ;
    return i + 1;
}

static struct str skip_general(struct str code)
{
    return str_starts(code, STR("General")) || str_starts(code, STR("GENERAL"))
               ? str_sub(code, 7, code.n)
               : code;
}

/* The first section decides. "m" means minutes beside h or s, months otherwise. */
enum number_format format_of_code(struct str code)
{
    bool date = false, time = false, month = false, percent = false;
    code = skip_general(code);
    for (size_t i = 0; i < code.n && code.p[i] != ';';) {
        size_t next = skip_literal(code, i);
        if (next != i) {
            i = next;
            continue;
        }
        char c = code.p[i++];
        date |= c == 'y' || c == 'Y' || c == 'd' || c == 'D';
        time |= c == 'h' || c == 'H' || c == 's' || c == 'S';
        month |= c == 'm' || c == 'M';
        percent |= c == '%';
        if ((c == 'A' || c == 'a') && i < code.n) /* AM/PM */
            i += str_starts(str_sub(code, i, code.n), STR("M/PM")) ? 4 : 0;
    }
    if (date || (month && !time))
        return time ? FORMAT_DATETIME : FORMAT_DATE;
    if (time)
        return FORMAT_TIME;
    return percent ? FORMAT_PERCENT : FORMAT_PLAIN;
}

/* Write the digits d (n of them, d[0] nonzero) times 10^(exp - n + 1) without an exponent. */
static size_t put_plain(char *to, const char *d, int n, int exp)
{
    size_t k = 0;
    if (exp < 0) {
        to[k++] = '0';
        to[k++] = '.';
        for (int i = exp + 1; i < 0; i++)
            to[k++] = '0';
    }
    for (int i = 0; i < n; i++) {
        if (i == exp + 1 && exp >= 0)
            to[k++] = '.';
        to[k++] = d[i];
    }
    for (int i = n; i <= exp; i++)
        to[k++] = '0';
    return k;
}

struct str number_plain(char to[NUMBER_TEXT], double x)
{
    if (x == 0)
        return STR("0");
    char e15[NUMBER_TEXT], digits[16];
    if (!isfinite(x))
        return STR("");
    snprintf(e15, sizeof e15, "%.14e", fabs(x)); /* d?dddddddddddddde±xx */
    digits[0] = e15[0];
    memcpy(digits + 1, e15 + 2, 14);
    int n = 15, exp = (int)strtol(e15 + 17, NULL, 10);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    size_t k = 0;
    if (x < 0)
        to[k++] = '-';
    if (exp >= -10 && exp < 21) {
        k += put_plain(to + k, digits, n, exp);
    } else {
        k += put_plain(to + k, digits, n, 0);
        k += (size_t)snprintf(to + k, NUMBER_TEXT - k, "E%d", exp);
    }
    return (struct str){to, k};
}

/* Already the way a person writes it: -?digits(.digits)?, at most 15 digits, no idle zeros. */
static bool is_plain(struct str s)
{
    size_t i = s.n && s.p[0] == '-', digits = 0;
    bool point = false;
    if (i >= s.n || (s.p[i] == '0' && i + 1 < s.n && s.p[i + 1] != '.'))
        return false;
    for (; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9')
            digits++;
        else if (s.p[i] == '.' && digits && !point)
            point = true;
        else
            return false;
    }
    return digits && digits <= 15 && !str_eq(s, STR("-0")) &&
           (!point || (s.p[s.n - 1] != '0' && s.p[s.n - 1] != '.'));
}

/* Days since 1970-01-01 to a civil date (H. Hinnant, "chrono-compatible low-level date
 * algorithms", civil_from_days). */
static void civil(long days, long *y, unsigned *m, unsigned *d)
{
    days += 719468;
    long era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned long doe = (unsigned long)(days - era * 146097);
    unsigned long yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned long doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    unsigned long mp = (5 * doy + 2) / 153;
    *d = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
    *m = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
    *y = (long)yoe + era * 400 + (*m <= 2);
}

#define DAYS_1900 25569 /* serial of 1970-01-01 in the 1900 system, from 1900-03-01 on */
#define DAYS_1904 24107
#define DAYS_MAX  2958465 /* 9999-12-31 */

/* A serial number as ISO text; empty where it is no date. In the 1900 system serial 60 is a day
 * that never was (1900-02-29), so earlier ones are a day off. */
static struct str date_text(char to[NUMBER_TEXT], double x, enum number_format f, bool from_1904)
{
    if (!(x >= 0 && x < DAYS_MAX + 1.0))
        return STR("");
    long day = (long)x, second = lround((x - (double)day) * 86400);
    if (second == 86400) {
        day++;
        second = 0;
    }
    int n;
    if (f == FORMAT_TIME && day < 366) { /* a time of day or a duration */
        n = snprintf(to, NUMBER_TEXT, "%02ld:%02ld:%02ld", day * 24 + second / 3600,
                     second / 60 % 60, second % 60);
        return (struct str){to, (size_t)n};
    }
    long y;
    unsigned m, d;
    civil(from_1904 ? day - DAYS_1904 : day - DAYS_1900 + (day < 60), &y, &m, &d);
    n = snprintf(to, NUMBER_TEXT, "%04ld-%02u-%02u", y, m, d);
    if (second && f != FORMAT_DATE)
        n += snprintf(to + n, NUMBER_TEXT - (size_t)n, "T%02ld:%02ld:%02ld", second / 3600,
                      second / 60 % 60, second % 60);
    return (struct str){to, (size_t)n};
}

struct str number_text(char to[NUMBER_TEXT], struct str raw, enum number_format f, bool from_1904,
                       enum cell_kind *kind)
{
    *kind = CELL_NUMBER;
    raw = str_trim(raw);
    if (f == FORMAT_PLAIN && is_plain(raw))
        return raw;
    char copy[NUMBER_TEXT], *end = NULL;
    double x = NAN;
    if (raw.n && raw.n < sizeof copy) {
        memcpy(copy, raw.p, raw.n);
        copy[raw.n] = 0;
        x = strtod(copy, &end);
    }
    if (!isfinite(x) || end != copy + raw.n) {
        *kind = CELL_TEXT;
        return raw;
    }
    if (f == FORMAT_PERCENT) {
        struct str s = number_plain(copy, x * 100);
        memcpy(to, s.p, s.n);
        to[s.n] = '%';
        return (struct str){to, s.n + 1};
    }
    if (f != FORMAT_PLAIN) {
        struct str s = date_text(to, x, f, from_1904);
        if (s.n) {
            *kind = CELL_DATE;
            return s;
        }
    }
    return number_plain(to, x);
}
