/* Private to units.c, number.c, name.c, rules.c, stated.c, quantity.c and judge.c. */
#ifndef QIAO_QUANTITY_INT_H
#define QIAO_QUANTITY_INT_H

#include "text/glyphs.h"
#include "text/quantity.h"

/* What a word may be; one word can be several things. */
enum role {
    ROLE_BEFORE = 1 << 0, /* left of a number: how it compares */
    ROLE_AFTER = 1 << 1,  /* right of it */
    ROLE_CHANGE = 1 << 2,
    ROLE_TO = 1 << 3,
    ROLE_RANGE = 1 << 4,
    ROLE_FROM = 1 << 5,
    ROLE_FILLER = 1 << 6,
    ROLE_CUT = 1 << 7,
    ROLE_KEEP = 1 << 8,
    ROLE_NOT_NAME = 1 << 9,
    ROLE_NOT_BEHIND = 1 << 10,
    ROLE_ARRIVE = 1 << 11,
    ROLE_BETTER = 1 << 12,
    ROLE_SAME = 1 << 13,
    ROLE_VAGUE = 1 << 14,
    ROLE_MINUS = 1 << 15,
    ROLE_JOIN = 1 << 16,
    ROLE_CONDITION = 1 << 17,
    ROLE_BETWEEN = 1 << 18,
    ROLE_SHARE = 1 << 19,
    ROLE_SUFFIX = 1 << 20,
    ROLE_LABEL = 1 << 21,
    ROLE_PRESENT = 1 << 22,
    ROLE_OTHERS = 1 << 23,
    ROLE_DEMAND = 1 << 24,
    ROLE_REACH = 1 << 25,
    ROLE_TURN = 1 << 26,
    ROLE_PROBLEM = 1 << 27,
    ROLE_CONDITION_NAME = 1 << 28,
    ROLE_USUAL = 1 << 29,
    ROLE_LEFTOVER = 1 << 30,
};

enum { BETTER_AS_SHARE = 2 }; /* higher for a ratio, lower for a size */

/* Beyond enum compare, before its direction is known. */
enum { COMPARE_REACH = 16, COMPARE_BETTER };

struct word {
    uint32_t roles;
    uint16_t same;
    uint8_t before, after; /* enum compare */
    int8_t change, better;
};

struct opposite {
    const uint32_t *side[2];
    uint8_t n[2];
};

struct unit_hit {
    const struct unit *unit, *per; /* unit NULL: none here */
    size_t end;
    bool foreign; /* something here looks like a unit but is not known: read no number before it */
};

/* The longest word with one of `roles` that ends at `end` and begins at or after `from`; `*n` its
 * length. Letters are matched as whole words. NULL: none. */
const struct word *word_ending(const struct units *u, const uint32_t *low, size_t from, size_t end,
                               unsigned roles, size_t *n);
/* The same beginning at `at`; low[size] is readable. */
const struct word *word_starting(const struct units *u, const uint32_t *low, size_t at, size_t size,
                                 unsigned roles, size_t *n);
/* The unit at `at`; `near` … `number` is the text before the number, which decides between
 * meanings. */
struct unit_hit unit_at(const struct units *u, const struct glyphs *g, size_t at, size_t near,
                        size_t number);
/* The unit whose symbol leads the number and ends at `end`; `*from` where it begins. */
const struct unit *unit_leading(const struct units *u, const struct glyphs *g, size_t end,
                                size_t *from);
const struct opposite *units_opposites(const struct units *u, size_t *n);

/* A number as written, without its sign. */
struct number {
    size_t from, to;
    double value;      /* all in all; hundredths where it is 百分之 */
    double scale;      /* what 万, 亿, million … make of it, already in value */
    unsigned digits;   /* before the point */
    bool fraction;     /* has a decimal point, exponent or thousands separators */
    bool chinese;      /* Chinese numerals */
    bool weak;         /* one of them alone: 一, 半 */
    bool more;         /* 20余 */
    double percent_of; /* 百分之 100, 千分之 1000; else 0 */
};

/* Reads the number at `at`. False: none, and x->to (> at) tells where to go on. O(its length). */
bool number_read(struct number *x, const struct units *u, const struct glyphs *g, size_t at);
bool is_numeral(uint32_t c);

/* The noun phrase on the left of `end`, not beyond `from`. */
struct noun {
    size_t from, to; /* empty: from == to */
    int8_t change;
    bool start_value; /* 从60%提高到…: the value is the old one */
};

struct noun noun_left(const struct units *u, const struct glyphs *g, size_t from, size_t end);
struct noun noun_right(const struct units *u, const struct glyphs *g, size_t at);
bool is_boundary(uint32_t c);

/* ---- one reading: quantity.c puts it together, name.c names it, rules.c judges it ---- */

enum {
    HAN_THAN = 0x6BD4,
    HAN_AGAINST = 0x8F83,
    HAN_OF = 0x7684,
    HAN_WITHIN = 0x5185,
    HAN_YEAR = 0x5E74,
    HAN_MONTH = 0x6708
};

struct reader {
    const struct units *u;
    const struct unit *percent;
    struct str text;
    struct glyphs g;
    struct vec_quantity *out;
    size_t left;      /* names and comparisons reach back to here: the end of the last value */
    struct noun last; /* name of the last value, for the next one in a list */
    const struct unit *last_unit;
    bool last_used; /* there is one in this clause */
    size_t first;   /* index of the text's first quantity, and of its sentence's */
    size_t sentence;
    bool is_open[QUANTITIES_MAX]; /* nothing said whether it is asked */
    size_t told_to;               /* how far `told` was read */
    uint8_t told;                 /* state of stated.c */
    struct err *e;
};

/* One number with its unit. */
struct operand {
    struct number x;
    struct unit_hit unit;
    size_t from, to; /* glyphs, sign included */
    bool minus;
};

/* What stands at a number, as it is put together. */
struct reading {
    struct operand a, b;
    enum compare shape; /* EQ, RANGE or PLUSMINUS */
    unsigned before;    /* comparison read on the left, COMPARE_REACH and _BETTER included */
    bool explicit_eq;   /* 为, =, : */
    bool arrived;       /* rose from 60% to 85%: the value is 85% */
    size_t from, to;    /* whole */
    size_t value_from, value_to;
    struct noun noun;
    const struct unit *unit, *per;
    size_t lead_from, lead_to; /* a leading unit; lead_to 0: none */
};

/* Past, before one blank at i. */
static inline size_t blank(const struct reader *r, size_t i)
{
    return i + (r->g.ch[i] == ' ');
}

static inline size_t blank_left(const struct reader *r, size_t i)
{
    return i - (i > r->left && r->g.ch[i - 1] == ' ');
}

/* Fills q->noun from the left, the list that it continues or the right. */
void reading_find_name(struct reading *q, const struct reader *r);
/* Does 提高到 or the like follow within a few glyphs of `at`? */
bool reading_arrives(const struct reader *r, size_t at);
/* Is it a quantity worth having? The rules are on the side of leaving out. */
bool reading_is_worth(const struct reading *q, const struct reader *r, enum compare compare);
/* Asked for or only told? Called in text order. */
enum stated reading_stated(const struct reading *q, struct reader *r, enum compare compare);
/* Before `now` is appended: what it asks for contradicts an earlier sentence that only told a value
 * of the same name: that one was the present. O(quantities). */
void quantities_review(struct reader *r, const struct quantity *now, struct str text);
/* A plain value alone in brackets within a phrase: 抗拉强度（20℃）不低于… is at 20 ℃. */
bool reading_is_aside(const struct reading *q, const struct reader *r);

#endif
