/* Numbers as they are written in Chinese and English prose. */
#include <math.h>

#include "text/quantity_int.h"

enum { NUMBER_MAX = 40 }; /* glyphs of one number */

static const struct {
    uint32_t c;
    double value; /* of a digit, or the power of ten it stands for */
} numerals[] = {
    {0x96F6, 0},  {0x3007, 0},   {0x4E00, 1},   {0x4E8C, 2},   {0x4E24, 2},   {0x4E09, 3},
    {0x56DB, 4},  {0x4E94, 5},   {0x516D, 6},   {0x4E03, 7},   {0x516B, 8},   {0x4E5D, 9},
    {0x5341, 10}, {0x767E, 100}, {0x5343, 1e3}, {0x4E07, 1e4}, {0x4EBF, 1e8},
};

enum { HAN_HALF = 0x534A, HAN_POINT = 0x70B9, HAN_HUNDRED = 0x767E, HAN_THOUSAND = 0x5343 };

static double numeral(uint32_t c)
{
    for (size_t i = 0; i < ARRAY_LEN(numerals); i++)
        if (numerals[i].c == c)
            return numerals[i].value;
    return -1;
}

bool is_numeral(uint32_t c)
{
    return is_han(c) && (c == HAN_HALF || numeral(c) > 0);
}

static size_t blanks(const struct glyphs *g, size_t i)
{
    return i + (g->ch[i] == ' ');
}

/* 一百二十, 三点五, 十五; false for a bare power (千) and for digits in a row (二零二三). */
static bool read_chinese(struct number *x, const struct glyphs *g, size_t at)
{
    double total = 0, section = 0, digit = -1;
    size_t i = at, run = 0;
    bool row = false, power = numeral(g->ch[at]) > 10;
    for (double v; i < g->n && i - at < NUMBER_MAX && (v = numeral(g->ch[i])) >= 0; i++) {
        run = v < 10 ? run + 1 : 0;
        row = row || (run > 1 && numeral(g->ch[i - 1]) > 0);
        if (v < 10) {
            digit = v;
        } else if (v < 1e4) {
            section += v * (digit < 0 ? 1 : digit);
            digit = -1;
        } else {
            total = (total + section + MAX(digit, 0)) * v;
            section = 0;
            digit = -1;
        }
    }
    x->value = total + section + MAX(digit, 0);
    x->chinese = true;
    x->weak = i - at == 1;
    double tenth = g->ch[i] == HAN_POINT ? numeral(g->ch[i + 1]) : -1;
    if (tenth >= 0 && tenth < 10) {
        x->value += tenth / 10;
        i += 2;
    }
    x->to = MAX(i, at + 1);
    return i > at && !row && !power;
}

/* 1,234,567 with ASCII commas; false when the digits at i are no such group. */
static bool is_group(const struct glyphs *g, size_t i)
{
    return g->ch[i] == ',' && g->at[i + 1] == g->at[i] + 1 && is_digit(g->ch[i + 1]) &&
           is_digit(g->ch[i + 2]) && is_digit(g->ch[i + 3]) && !is_digit(g->ch[i + 4]);
}

static size_t read_digits(struct number *x, const struct glyphs *g, size_t i)
{
    bool grouped = false;
    for (; is_digit(g->ch[i]) || (i > x->from && (grouped || x->digits <= 3) && is_group(g, i));
         i++) {
        if (g->ch[i] == ',') {
            grouped = x->fraction = true;
            x->digits = 3;
            continue;
        }
        x->value = x->value * 10 + (g->ch[i] - '0');
        x->digits++;
    }
    if (g->ch[i] != '.' || !is_digit(g->ch[i + 1]))
        return i;
    x->fraction = true;
    double unit = 1, tail = 0;
    for (i++; is_digit(g->ch[i]); i++) {
        tail = tail * 10 + (g->ch[i] - '0');
        unit *= 10;
    }
    x->value += isfinite(unit) && isfinite(tail) ? tail / unit : 0;
    return i;
}

/* [+-]digits at i into *power; returns the end, or i where there are none. */
static size_t read_power(int *power, const struct glyphs *g, size_t i, bool sign_needed)
{
    size_t from = i;
    bool minus = g->ch[i] == '-', sign = minus || g->ch[i] == '+';
    i += sign;
    if (!is_digit(g->ch[i]) || (sign_needed && !sign))
        return from;
    int n = 0;
    for (; is_digit(g->ch[i]); i++)
        n = MIN(n * 10 + (int)(g->ch[i] - '0'), 999);
    *power = minus ? -n : n;
    return i;
}

/* e5, ×10^5, x10-5, and 10^5 itself. Returns the end; i where there is no exponent. */
static size_t read_exponent(struct number *x, const struct glyphs *g, size_t i)
{
    int power = 0;
    size_t end = i;
    if (g->low[i] == 'e') {
        end = read_power(&power, g, i + 1, false);
        if (end == i + 1 || is_letter(g->ch[end]))
            return i;
    } else if (g->ch[i] == '^' && x->value == 10) {
        end = read_power(&power, g, i + 1, false);
        if (end == i + 1)
            return i;
        power -= 1;
    } else {
        size_t j = blanks(g, i);
        if (g->ch[j] != 0xD7 && g->low[j] != 'x' && g->ch[j] != '*' && g->ch[j] != 0xB7)
            return i;
        j = blanks(g, j + 1);
        if (g->ch[j] != '1' || g->ch[j + 1] != '0' || is_digit(g->ch[j + 2]))
            return i;
        bool raised = g->ch[j + 2] == '^';
        end = read_power(&power, g, j + 2 + raised, !raised);
        if (end == j + 2 + raised)
            return i;
    }
    x->value *= pow(10, power);
    x->fraction = true;
    return end;
}

static const struct {
    struct str word;
    double value;
} scales[] = {
    {{"thousand", 8}, 1e3}, {{"million", 7}, 1e6}, {{"billion", 7}, 1e9}, {{"trillion", 8}, 1e12}};

static size_t read_scale(struct number *x, const struct units *u, const struct glyphs *g, size_t i)
{
    uint32_t c = g->ch[i];
    if (c == 0x4F59 || c == 0x591A) { /* 余, 多 */
        x->more = true;
        i++;
    }
    x->scale = 1;
    for (size_t j = blanks(g, i); j < g->n && x->scale < 1e12; j++) {
        double v = numeral(g->ch[j]);
        if (v < 100 || (v < 1e4 && unit_at(u, g, j, j, j).unit)) /* 5千克 */
            break;
        x->scale *= v;
        i = j + 1;
    }
    size_t j = blanks(g, i);
    for (size_t k = 0; k < ARRAY_LEN(scales); k++) {
        size_t n = 0;
        while (n < scales[k].word.n && g->low[j + n] == (unsigned char)scales[k].word.p[n])
            n++;
        if (n == scales[k].word.n && !is_letter(g->ch[j + n])) {
            x->scale *= scales[k].value;
            i = j + n;
        }
    }
    if (!x->more && x->scale > 1 && (g->ch[i] == 0x4F59 || g->ch[i] == 0x591A)) {
        x->more = true;
        i++;
    }
    x->value *= x->scale;
    return i;
}

/* Codes, versions and section numbers are skipped as a whole. */
static size_t skip_token(const struct glyphs *g, size_t i)
{
    while (is_digit(g->ch[i]) || is_letter(g->ch[i]) ||
           (g->ch[i] && strchr("._-/^:", g->ch[i] < 128 ? (int)g->ch[i] : ' ') &&
            (is_digit(g->ch[i + 1]) || is_letter(g->ch[i + 1]))))
        i++;
    return i;
}

/* 百分之 at i: 100, and *end behind it. */
static double percent_of(const struct glyphs *g, size_t i, size_t *end)
{
    double v = numeral(g->ch[i]);
    if (v < 100 || v > 1e4 || g->ch[i + 1] != 0x5206 || g->ch[i + 2] != 0x4E4B)
        return 0;
    *end = i + 3;
    return v;
}

bool number_read(struct number *x, const struct units *u, const struct glyphs *g, size_t at)
{
    *x = (struct number){.from = at, .to = at + 1, .scale = 1};
    size_t i = at;
    double of = is_han(g->ch[i]) ? percent_of(g, i, &i) : 0;
    if (is_digit(g->ch[i])) {
        i = read_digits(x, g, i);
        if (g->ch[i] == '.' && is_digit(g->ch[i + 1])) {
            x->to = skip_token(g, i);
            return false;
        }
        i = read_exponent(x, g, i);
        if (g->ch[i] == '^') {
            x->to = skip_token(g, i);
            return false;
        }
        i = of > 0 ? i : read_scale(x, u, g, i);
        x->to = i;
    } else if (g->ch[i] == HAN_HALF) {
        x->value = 0.5;
        x->chinese = x->weak = true;
        x->to = i + 1;
    } else if (!read_chinese(x, g, i)) {
        return false;
    }
    x->percent_of = of;
    x->weak = x->weak && of == 0;
    return isfinite(x->value);
}
