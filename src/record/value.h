/* The values that people write into fields: readiness, money, dates. Nothing is guessed: what is
 * not understood is refused. Full-width characters and Chinese numerals are understood. */
#ifndef QIAO_VALUE_H
#define QIAO_VALUE_H

#include "base/base.h"
#include "base/str.h"

/* "TRL 6", "6级", "六级", "TRL4-6" -> 1..9; of a range the higher end (what was reached).
 * "中试阶段" and other words: false. */
bool value_trl(struct str s, int *trl);

struct money {
    double low, high; /* yuan; high is INFINITY for "50万元以上" */
};
/* "50万元", "50-100万", "1.2亿", "不超过80万元", "￥300,000". False for other currencies, for
 * words ("面议") and for a text with a second amount. A bare number is yuan. */
bool value_money(struct str s, struct money *m);

struct date {
    int year, month, day; /* month or day 0: not given */
};
/* "2026-03-01", "2026/3/1", "2026.3", "2026年3月", "二〇二六年三月", "20260301", a serial number of
 * Excel (20000..80000), each with a time of day after it or not. Of a range
 * ("2026年1月1日至12月31日") the end, for that is what a deadline means. False where there is no
 * year. */
bool value_date(struct str s, struct date *d);
/* "2026-03-01", "2026-03" or "2026" to `to`. */
struct str value_date_iso(char to[16], struct date d);

#endif
