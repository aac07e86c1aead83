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

/* While words are added: nodes by number, edges in a map. Frozen, a double array (Aoe, "An
 * efficient digital search algorithm by using a double-array structure", 1989): the child of slot s
 * by the letter k is slot base[s] + k, if that one's parent is s. A step is one load, and all of it
 * some hundred KiB, which stay in the cache. */
struct lexicon_slot {
    uint32_t base;   /* with LEXICON_END: a word ends here */
    uint32_t parent; /* LEXICON_FREE: nobody's */
};

struct lexicon {
    struct map edge;    /* of node and code point, to a node */
    VEC(uint32_t) node; /* first sense, UINT32_MAX: none; node 0 is the root */
    VEC(struct sense) sense;
    uint16_t *letter;              /* number of a code point below LEXICON_CHARS, 0: in no word */
    VEC(struct lexicon_slot) slot; /* slot 0 is the root */
    VEC(uint32_t) slot_sense;      /* first sense of a slot, UINT32_MAX: none */
    uint32_t most;                 /* senses of the words on one way from the root */
};

enum { LEXICON_CHARS = 0x10000 };
#define LEXICON_END  0x80000000u
#define LEXICON_FREE UINT32_MAX

enum rc lexicon_init(struct lexicon *x, struct err *e) MUST_CHECK;
void lexicon_release(struct lexicon *x);
/* Add one sense of `word` (folded as news_fold does; RC_USER "news.word" where it is empty or has a
 * character past LEXICON_CHARS). A sense twice is kept once. Not once it is frozen. */
enum rc lexicon_add(struct lexicon *x, struct str word, enum sense_class class, uint32_t value,
                    struct err *e) MUST_CHECK;
/* No more words: from here on it can be walked. O(words). */
enum rc lexicon_freeze(struct lexicon *x, struct err *e) MUST_CHECK;

static inline uint32_t lexicon_letter(const struct lexicon *x, uint32_t c)
{
    return c < LEXICON_CHARS ? x->letter[c] : 0;
}
/* Walk: the slot after a letter, 0 when no word goes on so. Start with slot 0. */
static inline uint32_t lexicon_step(const struct lexicon *x, uint32_t slot, uint32_t letter)
{
    uint32_t to = (x->slot.p[slot].base & ~LEXICON_END) + letter;
    return x->slot.p[to].parent == slot ? to : 0;
}
static inline bool lexicon_ends(const struct lexicon *x, uint32_t slot)
{
    return x->slot.p[slot].base & LEXICON_END;
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
