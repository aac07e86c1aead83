/* A trie of words over code points. Every word has senses (class, value); a page is marked with
 * all of them in one pass. */
#ifndef QIAO_LEXICON_H
#define QIAO_LEXICON_H

#include "base/map.h"

/* What a word can be. The values say which one of its kind. */
enum sense_class {
    SENSE_PLACE,      /* value: division */
    SENSE_UNIVERSITY, /* value: university */
    SENSE_KNOWN,      /* value: known organisation */
    SENSE_SUFFIX,     /* value: suffix of an organisation's name */
    SENSE_PREFIX,     /* begins an organisation's name (国网) */
    SENSE_STOP,       /* ends the growth of a name */
    SENSE_INSIDE,     /* as a stop, but may stand inside a name that has a beginning (建设) */
    SENSE_AFTER,      /* may follow a name, but does not end its growth */
    SENSE_TITLE,      /* office of a person */
    SENSE_UNIT,       /* of a number */
    SENSE_GENERIC,    /* adjective of organisations, no name by itself */
    SENSE_AREA,       /* field of industry */
    SENSE_GROUP,      /* value: word group of facts.yaml */
    SENSE__COUNT
};

struct sense {
    uint32_t value, next; /* next sense of the same word, UINT32_MAX: none */
    uint8_t class;
};

struct lexicon {
    uint32_t *root; /* first code point (below LEXICON_ROOT) -> node, 0: none */
    struct map edge;
    VEC(uint32_t) node; /* first sense, UINT32_MAX: none; node 0 is unused */
    VEC(uint64_t) ends; /* bit set of the nodes that end a word */
    uint64_t *filter;   /* LEXICON_FILTER bits, by hash of node and c: spares most look-ups */
    VEC(struct sense) sense;
};

enum { LEXICON_ROOT = 0x10000, LEXICON_FILTER = 1 << 19 };

enum rc lexicon_init(struct lexicon *x, struct err *e) MUST_CHECK;
void lexicon_release(struct lexicon *x);
/* Add one sense of `word` (folded as news_fold does). A sense twice is kept once. */
enum rc lexicon_add(struct lexicon *x, struct str word, enum sense_class class, uint32_t value,
                    struct err *e) MUST_CHECK;

static inline uint32_t lexicon_bit(uint32_t node, uint32_t c)
{
    return (node * 0x9E3779B1u ^ c * 0x85EBCA6Bu) >> 13;
}

/* Walk: the node after `c`, 0 when no word goes on so. Start with node 0. */
uint32_t lexicon_edge(const struct lexicon *x, uint32_t node, uint32_t c);
static inline uint32_t lexicon_step(const struct lexicon *x, uint32_t node, uint32_t c)
{
    if (node == 0)
        return c < LEXICON_ROOT ? x->root[c] : 0;
    uint32_t bit = lexicon_bit(node, c);
    return x->filter[bit / 64] >> (bit & 63) & 1 ? lexicon_edge(x, node, c) : 0;
}
static inline bool lexicon_ends(const struct lexicon *x, uint32_t node)
{
    return x->ends.p[node / 64] >> (node & 63) & 1;
}

/* One code point as it is compared: full-width forms narrow, small letters stay. */
static inline uint32_t news_fold(uint32_t c)
{
    if (c >= 0x3100 && c <= 0x9FFF) /* most */
        return c;
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    switch (c) {
    case 0x3000:
    case 0xA0:
    case '\t':
    case '\r':
        return ' ';
    case 0x30FB: /* middle dots */
    case 0x2022:
    case 0x2027:
        return 0xB7;
    default:
        return c;
    }
}

#endif
