/* Numbers, amounts and moments as people write them: private to record. */
#ifndef QIAO_VAL_NUMBER_H
#define QIAO_VAL_NUMBER_H

#include "record/val_int.h"

/* mant * 10^exp */
struct dec {
    int64_t mant;
    int exp;
};

enum { ASCII_MAX = 200 };
/* Trimmed, half-width, lower case (A-Z), without blanks but between digits; NUL-terminated. Empty
 * where it is longer. */
struct str ascii_fold(char to[ASCII_MAX], struct str s);

/* "1,234.5", "-3e5", "1.2万", "三百二十" at the start of s (folded), which moves past it. */
bool dec_eat(struct dec *d, struct str *s);
/* d * 10^shift where that is whole and within ±NUMBER_LIMIT. */
bool dec_int(const struct dec *d, int shift, int64_t *out);
bool dec_real(const struct dec *d, double *out);

/* Fen. *range: it gives two amounts. */
bool money_read(struct str s, int64_t *fen, bool *range);

enum date_rc { DATE_OK, DATE_BAD, DATE_NO_DAY };
enum date_rc day_read(struct str s, int64_t *days);

#endif
