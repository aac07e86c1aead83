/* Terms: what a text is indexed and compared by. For Chinese, every single Han character and
 * every pair of adjacent ones; for the rest, Latin words and (for English) pairs of adjacent
 * words. Exactly the tokens of the default measured in docs/matching.md.
 *
 * A term is a 64-bit key. Han terms are packed whole, so they never collide; words are hashed
 * to 61 bits. Keys are mixed bijectively, hence uniformly distributed: an index may address by
 * their top bits. */
#ifndef QIAO_TERMS_H
#define QIAO_TERMS_H

#include "base/mem.h"
#include "base/str.h"
#include "text/span.h"

enum term_class {
    TERM_PAIR,     /* two adjacent Han characters; a Han character that stands alone; a word */
    TERM_SINGLE,   /* one Han character, or a word once more: the class with its own weight */
    TERM_WORDPAIR, /* two adjacent words */
    TERM_CONCEPT,  /* a concept of the domain table, by number */
};

/* Flags of terms_read. For English: words by their stems, British and American spelling alike, and
 * once each (TERM_PAIR), without function words and what TeX does (\frac); a compound with hyphens
 * is its parts, then the whole without hyphens, so that multi-agent meets both "multi agent" and
 * "multiagent"; and pairs of adjacent words (TERM_WORDPAIR). */
enum { TERMS_ENGLISH = 1 };

struct term_at {
    uint64_t key;
    struct span at; /* source bytes */
};
typedef VEC(struct term_at) vec_term_at;

/* Append the terms of `text` to `out`, in text order. O(n). RC_NOMEM only. */
enum rc terms_read(vec_term_at *out, struct str text, unsigned flags, struct err *e) MUST_CHECK;

enum term_class term_class(uint64_t key);
/* Is it made of Han characters (not of a word)? */
bool term_is_han(uint64_t key);
/* Keys made by hand. `word` is normalised already (lower case, NFKC). */
uint64_t term_han(uint32_t c);                  /* TERM_SINGLE */
uint64_t term_han_pair(uint32_t a, uint32_t b); /* TERM_PAIR; b = 0 for a lone character */
uint64_t term_word(struct str word, enum term_class class);
uint64_t term_concept(uint32_t number);
/* The same word in another class: TERM_SINGLE beside TERM_PAIR. */
uint64_t term_in_class(uint64_t key, enum term_class class);

/* A term with how often it occurs. */
struct term_count {
    uint64_t key;
    uint32_t tf;
};
typedef VEC(struct term_count) vec_term_count;

/* Count tokens: `out` is replaced by the distinct keys in ascending order. O(n log n). */
enum rc terms_count(vec_term_count *out, const vec_term_at *tokens, struct err *e) MUST_CHECK;

#endif
