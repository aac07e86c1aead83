#include "text/terms.h"

#include "base/map.h"
#include "text/english.h"
#include "text/norm.h"
#include "text/spelling.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MAX 256 /* bytes of a word that count; what follows is dropped */

/* Inverse of mix64 (the two multipliers' inverses modulo 2^64). */
static uint64_t unmix64(uint64_t x)
{
    x ^= x >> 31 ^ x >> 62;
    x *= 0x319642b2d24d8ec3u;
    x ^= x >> 27 ^ x >> 54;
    x *= 0x96de1b173f119089u;
    return x ^ x >> 30 ^ x >> 60;
}

/* Layout before mixing: class in bits 62-63, "hashed" in bit 61, the code below. */
static uint64_t make_key(enum term_class class, bool hashed, uint64_t code)
{
    return mix64((uint64_t) class << 62 | (uint64_t)hashed << 61 | (code & ((1ull << 61) - 1)));
}

enum term_class term_class(uint64_t key)
{
    return (enum term_class)(unmix64(key) >> 62);
}

bool term_is_han(uint64_t key)
{
    return (unmix64(key) >> 61 & 1) == 0 && term_class(key) <= TERM_SINGLE;
}

uint64_t term_han(uint32_t c)
{
    return make_key(TERM_SINGLE, false, c);
}

uint64_t term_han_pair(uint32_t a, uint32_t b)
{
    return make_key(TERM_PAIR, false, (uint64_t)a << 21 | b);
}

uint64_t term_word(struct str word, enum term_class class)
{
    return make_key(class, true, hash_bytes(word));
}

uint64_t term_in_class(uint64_t key, enum term_class class)
{
    uint64_t code = unmix64(key);
    return make_key(class, code >> 61 & 1, code);
}

uint64_t term_concept(uint32_t number)
{
    return make_key(TERM_CONCEPT, false, number);
}

struct reader {
    vec_term_at *out;
    unsigned flags;
    /* the run of Han characters being read */
    uint32_t han[2]; /* the last two */
    struct span han_at[2];
    size_t han_n;
    /* the word being read */
    char word[WORD_MAX];
    size_t word_n;
    struct span word_at;
    char whole[WORD_MAX]; /* a compound's parts end to end (English) */
    size_t whole_n;
    uint32_t whole_from;
    bool escaped, command; /* a backslash stands before what comes; before the word */
    char joint; /* a '.' or '-' that belongs to the word if an alphanumeric follows, else 0 */
    uint32_t joint_end;
    /* the word before, for pairs; empty when something other than blanks stood between */
    uint64_t prev;
    struct span prev_at;
    bool has_prev;
};

static enum rc emit(struct reader *r, uint64_t key, struct span at, struct err *e)
{
    struct term_at t = {key, at};
    return vec_push(r->out, t, e);
}

static enum rc end_han(struct reader *r, struct err *e)
{
    size_t n = r->han_n;
    r->han_n = 0;
    return n == 1 ? emit(r, term_han_pair(r->han[1], 0), r->han_at[1], e) : RC_OK;
}

static enum rc put_word(struct reader *r, uint64_t hash, struct err *e)
{
    TRY(emit(r, make_key(TERM_PAIR, true, hash), r->word_at, e));
    return emit(r, make_key(TERM_SINGLE, true, hash), r->word_at, e);
}

/* One term for a word in all its spellings and endings. */
static uint64_t hash_english(char *w, size_t n)
{
    return hash_bytes((struct str){w, stem_english(w, spell_alike(w, n))});
}

/* A word or a part of a compound. */
static enum rc put_english(struct reader *r, struct err *e)
{
    struct str word = {r->word, r->word_n};
    bool telling = !is_function_word(word) && (!r->command || is_greek_letter(word));
    if (telling) {
        uint64_t hash = hash_english(r->word, r->word_n);
        TRY(emit(r, make_key(TERM_PAIR, true, hash), r->word_at, e));
        if (r->has_prev)
            TRY(emit(r, make_key(TERM_WORDPAIR, true, mix64(r->prev) + hash),
                     (struct span){r->prev_at.from, r->word_at.to}, e));
        r->prev = hash;
        r->prev_at = r->word_at;
    }
    r->has_prev = telling;
    return RC_OK;
}

static void add_to_whole(struct reader *r)
{
    size_t n = MIN(r->word_n, WORD_MAX - r->whole_n);
    memcpy(r->whole + r->whole_n, r->word, n);
    r->whole_n += n;
}

/* A hyphen and more of the compound follow. */
static enum rc end_part(struct reader *r, struct err *e)
{
    if (!r->whole_n)
        r->whole_from = r->word_at.from;
    add_to_whole(r);
    TRY(put_english(r, e));
    r->word_n = 0;
    r->joint = 0;
    return RC_OK;
}

static enum rc end_word(struct reader *r, struct err *e)
{
    bool compound = r->whole_n > 0;
    if (!r->word_n)
        return RC_OK;
    if (compound)
        add_to_whole(r);
    if (r->flags & TERMS_ENGLISH)
        TRY(put_english(r, e));
    else
        TRY(put_word(r, hash_bytes((struct str){r->word, r->word_n}), e));
    if (compound) {
        TRY(emit(r, make_key(TERM_PAIR, true, hash_english(r->whole, r->whole_n)),
                 (struct span){r->whole_from, r->word_at.to}, e));
    }
    r->word_n = r->whole_n = 0;
    r->joint = 0;
    return RC_OK;
}

static enum rc take_han(struct reader *r, uint32_t c, struct span at, struct err *e)
{
    r->has_prev = false;
    r->han[0] = r->han[1];
    r->han_at[0] = r->han_at[1];
    r->han[1] = c;
    r->han_at[1] = at;
    if (r->han_n++)
        TRY(emit(r, term_han_pair(r->han[0], c), (struct span){r->han_at[0].from, at.to}, e));
    return emit(r, term_han(c), at, e);
}

static enum rc take_alnum(struct reader *r, char c, struct span at, struct err *e)
{
    if (r->joint == '-' && r->flags & TERMS_ENGLISH)
        TRY(end_part(r, e));
    if (!r->word_n) {
        r->word_at = at;
        r->command = r->escaped;
        r->escaped = false;
    }
    if (r->joint && r->word_n < WORD_MAX)
        r->word[r->word_n++] = r->joint;
    r->joint = 0;
    if (r->word_n < WORD_MAX)
        r->word[r->word_n++] = c;
    r->word_at.to = at.to;
    return RC_OK;
}

static enum rc take(struct reader *r, uint32_t c, struct span at, struct err *e)
{
    if (is_han(c)) {
        TRY(end_word(r, e));
        return take_han(r, c, at, e);
    }
    TRY(end_han(r, e));
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        return take_alnum(r, (char)c, at, e);
    if ((c == '.' || c == '-') && r->word_n && !r->joint) {
        r->joint = (char)c;
        return RC_OK;
    }
    bool joined = r->joint != 0;
    TRY(end_word(r, e));
    r->escaped = c == '\\';
    if (c != ' ' || joined)
        r->has_prev = false;
    return RC_OK;
}

enum rc terms_read(vec_term_at *out, struct str text, unsigned flags, struct err *e)
{
    struct reader r = {.out = out, .flags = flags};
    struct norm n;
    struct span at;
    norm_start(&n, text);
    for (int32_t c; (c = norm_next(&n, &at)) >= 0;)
        TRY(take(&r, (uint32_t)c, at, e));
    TRY(end_han(&r, e));
    return end_word(&r, e);
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const struct term_count *)a)->key, y = ((const struct term_count *)b)->key;
    return (x > y) - (x < y);
}

enum rc terms_count(vec_term_count *out, const vec_term_at *tokens, struct err *e)
{
    out->n = 0;
    TRY(vec_reserve(out, tokens->n, e));
    for (size_t i = 0; i < tokens->n; i++)
        out->p[i] = (struct term_count){tokens->p[i].key, 1};
    if (tokens->n)
        qsort(out->p, tokens->n, sizeof *out->p, by_key);
    size_t n = 0;
    for (size_t i = 0; i < tokens->n; i++) {
        if (n && out->p[n - 1].key == out->p[i].key)
            out->p[n - 1].tf++;
        else
            out->p[n++] = out->p[i];
    }
    out->n = n;
    return RC_OK;
}
