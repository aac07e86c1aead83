/* Quantities in Chinese and English prose: 堆积密度≥1.80 g/cm³, 工作温度-40℃~85℃, at least 300
 * Wh/kg.
 *
 * What is read: a number (万/亿, 10^n, Chinese numerals, thousands separators, full width), its
 * unit, how it compares, and the noun phrase that it is a value of. What is not: dates, ordinals,
 * item numbers, codes and grades, products (20×30 mm), and a plain value whose name cannot be told.
 * Precision goes before recall. */
#ifndef QIAO_QUANTITY_H
#define QIAO_QUANTITY_H

#include "text/span.h"
#include "text/units.h"

enum compare {
    COMPARE_EQ, /* a plain value: 抗拉强度 500MPa */
    COMPARE_GE,
    COMPARE_GT,
    COMPARE_LE,
    COMPARE_LT,
    COMPARE_ABOUT,     /* within 10 % */
    COMPARE_RANGE,     /* 10~20 */
    COMPARE_PLUSMINUS, /* 20±2, ±0.05 */
};

/* What the sentence says of a value: 目前35%，要求控制在25%以内. */
enum stated {
    ASKED,     /* or offered; where nothing says otherwise */
    PRESENT,   /* how things are now */
    OTHERS,    /* what other products or usual methods reach */
    CONDITION, /* what it is measured or done under */
};

enum { QUANTITIES_MAX = 256 }; /* most quantities read from one text; the rest is left out */

struct quantity {
    struct span name;  /* may be empty */
    struct span whole; /* comparison, value and unit */
    struct span value; /* number(s) and unit */
    enum compare compare;
    enum stated stated;
    /* The interval it asserts, in the base unit; ±INFINITY where it is open. COMPARE_EQ has low ==
     * high, COMPARE_ABOUT is already widened. */
    double low, high;
    const struct unit *unit; /* NULL: a bare number */
    const struct unit *per;  /* the unit below the stroke of an undeclared unit A/B, else NULL */
    int8_t change;           /* 0 a level; +1, -1: by how much it rises, falls (成本降低20%) */
    int8_t better;           /* +1 higher is better, -1 lower, 0 not known */
    uint16_t same;           /* group of same_name in the table, 0 none */
};

struct vec_quantity {
    struct quantity *p;
    size_t n, cap;
};

/* Appends the quantities of `text` in text order. Spans are byte offsets into `text`. Malformed
 * UTF-8 is passed over. RC_NOMEM. O(n). `u` must outlive the quantities. */
enum rc quantities_read(struct vec_quantity *out, struct str text, const struct units *u,
                        struct err *e) MUST_CHECK;

enum verdict { VERDICT_MET, VERDICT_MISSED, VERDICT_UNKNOWN };

/* Does `offer` meet `need`, given that both are the same property? UNKNOWN where dimension or
 * change differ. ≥: met if the offer's low end is there, missed if its high end is below; ≤
 * likewise; a range or tolerance: met inside, missed disjoint; a plain value: as ≥ (≤) where higher
 * (lower) is better, else met when equal within 1 %. */
enum verdict quantity_judge(const struct quantity *need, const struct quantity *offer);

/* How well the names of two comparable quantities agree: 0 not at all … 3 equal or declared the
 * same. */
int quantity_names_agree(const struct quantity *a, struct str a_text, const struct quantity *b,
                         struct str b_text, const struct units *u);

#define INDICATOR_NONE UINT32_MAX

struct indicator {
    uint32_t need, offer; /* indexes; offer is INDICATOR_NONE where nothing is comparable */
    enum verdict verdict;
};

struct vec_indicator {
    struct indicator *p;
    size_t n, cap;
};

/* For every quantity that the need asks for the best comparable one of the offer: same dimension
 * and change, names that agree best; between equals what is offered before what is told of the
 * present, then one with a clear verdict, then the first. What others reach is never taken. Appends
 * one per asked quantity, in order. RC_NOMEM. O(needs * offers). */
enum rc indicators_judge(struct vec_indicator *out, const struct vec_quantity *needs,
                         struct str need_text, const struct vec_quantity *offers,
                         struct str offer_text, const struct units *u, struct err *e) MUST_CHECK;

#endif
