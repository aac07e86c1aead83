/* The calendar: days as numbers, and their texts. All O(1). */
#ifndef QIAO_CALENDAR_H
#define QIAO_CALENDAR_H

#include "base/str.h"

/* Days since 1970-01-01 <-> year, month, day (proleptic Gregorian; H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms"). days_to keeps within years 1 to 9999. */
int64_t days_of(int year, int month, int day);
void days_to(int64_t days, int *year, int *month, int *day);
#define DAYS_MIN (-719162) /* 0001-01-01 */
#define DAYS_MAX 2932896   /* 9999-12-31 */
/* "2026-03-01", years 1 to 9999, nothing else. */
bool date_read(struct str s, int64_t *days);
struct str date_put(char to[12], int64_t days);
/* What a reader in China calls the day of a moment: all wall-clock time here is UTC+8. */
#define CHINA_SECONDS (8 * 3600)
int64_t day_of_time(int64_t seconds);

#endif
