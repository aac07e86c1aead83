#include "record/ratio.h"

#define INT_MOST ((INT64_C(1) << 53) - 1)

static __int128 magnitude(__int128 v)
{
    return v < 0 ? -v : v;
}

static __int128 gcd(__int128 a, __int128 b)
{
    while (b) {
        __int128 t = a % b;
        a = b;
        b = t;
    }
    return a;
}

/* The least one has no magnitude; it never becomes part of a fraction. */
static bool is_least(__int128 v)
{
    return v < 0 && v == -v;
}

bool ratio_make(struct ratio *out, __int128 n, __int128 d)
{
    if (!d || is_least(n) || is_least(d))
        return false;
    __int128 g = gcd(magnitude(n), magnitude(d));
    if (d < 0)
        g = -g;
    *out = (struct ratio){n / g, d / g};
    return true;
}

bool ratio_mul(struct ratio *out, struct ratio a, struct ratio b)
{
    __int128 n, d;
    /* crosswise first, so that what would cancel does not overflow */
    __int128 g = gcd(magnitude(a.n), b.d), h = gcd(magnitude(b.n), a.d);
    if (__builtin_mul_overflow(a.n / g, b.n / h, &n) ||
        __builtin_mul_overflow(a.d / h, b.d / g, &d))
        return false;
    return ratio_make(out, n, d);
}

bool ratio_div(struct ratio *out, struct ratio a, struct ratio b)
{
    struct ratio turned;
    return b.n && ratio_make(&turned, b.d, b.n) && ratio_mul(out, a, turned);
}

bool ratio_add(struct ratio *out, struct ratio a, struct ratio b)
{
    __int128 g = gcd(a.d, b.d), x, y, n, d;
    if (__builtin_mul_overflow(a.n, b.d / g, &x) || __builtin_mul_overflow(b.n, a.d / g, &y) ||
        __builtin_add_overflow(x, y, &n) || __builtin_mul_overflow(a.d, b.d / g, &d))
        return false;
    return ratio_make(out, n, d);
}

bool ratio_sub(struct ratio *out, struct ratio a, struct ratio b)
{
    return ratio_add(out, a, (struct ratio){-b.n, b.d});
}

bool ratio_cmp(int *order, struct ratio a, struct ratio b)
{
    struct ratio d;
    if (!ratio_sub(&d, a, b))
        return false;
    *order = (d.n > 0) - (d.n < 0);
    return true;
}

bool ratio_round(struct ratio *out, struct ratio a, struct ratio unit, enum rounding way)
{
    struct ratio q;
    if (unit.n <= 0 || !ratio_div(&q, a, unit))
        return false;
    __int128 m = magnitude(q.n), whole = m / q.d, rest = m % q.d;
    if (rest && (way == ROUND_UP || (way == ROUND_HALF && rest >= q.d - rest)))
        whole++;
    return ratio_mul(out, (struct ratio){q.n < 0 ? -whole : whole, 1}, unit);
}

bool ratio_int(int64_t *out, struct ratio a)
{
    if (a.d != 1 || magnitude(a.n) > INT_MOST)
        return false;
    *out = (int64_t)a.n;
    return true;
}

double ratio_real(struct ratio a)
{
    return (double)a.n / (double)a.d;
}

static enum rc print_whole(struct buf *out, __int128 v, struct err *e)
{
    char digits[64];
    unsigned n = 0;
    do {
        if (n % 4 == 3)
            digits[n++] = ',';
        digits[n++] = (char)('0' + (int)(v % 10));
        v /= 10;
    } while (v);
    while (n)
        TRY(buf_char(out, digits[--n], e));
    return RC_OK;
}

enum rc ratio_print(struct buf *out, struct ratio a, unsigned least, unsigned most, struct err *e)
{
    __int128 m = magnitude(a.n), rest = m % a.d;
    char digits[10];
    unsigned n = 0;
    /* a digit at a time; a denominator near the ceiling has no room for them */
    while (rest && n < most && rest <= ((__int128)1 << 120)) {
        rest *= 10;
        digits[n++] = (char)('0' + (int)(rest / a.d));
        rest %= a.d;
    }
    if (rest)
        TRY(buf_str(out, STR("≈"), e));
    if (a.n < 0)
        TRY(buf_str(out, STR("−"), e));
    TRY(print_whole(out, m / a.d, e));
    if (n || least)
        TRY(buf_char(out, '.', e));
    for (unsigned i = 0; i < MAX(n, least); i++)
        TRY(buf_char(out, i < n ? digits[i] : '0', e));
    return RC_OK;
}
