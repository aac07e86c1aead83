#include "base/calendar.h"

int64_t days_of(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void days_to(int64_t days, int *year, int *month, int *day)
{
    days = MIN(MAX(days, DAYS_MIN), DAYS_MAX) + 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

static int digits(const char *p, int n)
{
    int x = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        x = x * 10 + (p[i] - '0');
    }
    return x;
}

bool date_read(struct str s, int64_t *days)
{
    if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
        return false;
    int y = digits(s.p, 4), m = digits(s.p + 5, 2), d = digits(s.p + 8, 2), y2, m2, d2;
    if (y < 1 || m < 1 || m > 12 || d < 1 || d > 31)
        return false;
    *days = days_of(y, m, d);
    days_to(*days, &y2, &m2, &d2); /* 02-30 becomes another day */
    return d2 == d;
}

static void put(char *to, int n, int x)
{
    for (; n > 0; x /= 10)
        to[--n] = (char)('0' + x % 10);
}

struct str date_put(char to[12], int64_t days)
{
    int y, m, d;
    days_to(days, &y, &m, &d);
    put(to, 4, y);
    to[4] = to[7] = '-';
    put(to + 5, 2, m);
    put(to + 8, 2, d);
    to[10] = 0;
    return (struct str){to, 10};
}

int64_t day_of_time(int64_t seconds)
{
    /* far outside the calendar on either side, so that the sum cannot overflow */
    seconds = MIN(MAX(seconds, DAYS_MIN * 86400LL), DAYS_MAX * 86400LL) + CHINA_SECONDS;
    return seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
}
