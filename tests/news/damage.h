/* The damage seen on copied Chinese pages, applied to clean text: what repair has to undo. Each
 * kind works as on the sites it comes from; together they apply in the order of the enum. */
#ifndef NEWS_DAMAGE_H
#define NEWS_DAMAGE_H

#include "base/buf.h"

enum damage {
    DAMAGE_VARIANT = 1 << 0,     /* 为 → 爲, 只 → 衹, 管理 → 琯理 */
    DAMAGE_TRADITIONAL = 1 << 1, /* every character that has a Traditional form (OpenCC s2t) */
    DAMAGE_HALF = 1 << 2,        /* only some of them */
    DAMAGE_PINYIN = 1 << 3,      /* (shù) behind converted characters */
    DAMAGE_PLAIN = 1 << 4,       /* with DAMAGE_PINYIN: without tone */
    DAMAGE_WIDE = 1 << 5,        /* with DAMAGE_PINYIN: （ ） and blanks */
    DAMAGE_LOST = 1 << 6,        /* the first byte of 校 and 。 lost, the rest shifted */
    DAMAGE_FOLDED = 1 << 7,  /* with DAMAGE_LOST: full-width signs of the shifted run as ASCII */
    DAMAGE_DOUBLED = 1 << 8, /* ，， */
    DAMAGE__ALL = (1 << 9) - 1,
};

/* Appends the damaged `clean` to `out`; the same seed gives the same damage. false: no memory, or
 * OpenCC or ICU without data. */
bool damage_apply(struct buf *out, struct str clean, unsigned kinds, uint64_t seed) MUST_CHECK;

/* A number below n; *state is any number. */
unsigned damage_random(uint64_t *state, unsigned n);

#endif
