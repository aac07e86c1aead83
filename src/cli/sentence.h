/* Keys and facts into sentences. The sentences are in model/messages; {name} in one is replaced. */
#ifndef QIAO_SENTENCE_H
#define QIAO_SENTENCE_H

#include "cli/options.h"
#include "service/matching.h"

struct speaker {
    const struct model *model;
    enum lang lang;
};

struct named {
    const char *name;
    struct str text;
};

/* The sentence as it stands in the table; the key itself when there is none. */
struct str sentence(const struct speaker *s, const char *key);
/* Append the sentence of `key`. O(length). */
enum rc say(struct buf *to, const struct speaker *s, const char *key, const struct named *names,
            size_t n, struct err *e) MUST_CHECK;
#define SAY(to, s, key, e, ...)                                                                    \
    say(to, s, key, (const struct named[]){__VA_ARGS__},                                           \
        sizeof((const struct named[]){__VA_ARGS__}) / sizeof(struct named), e)

/* A place: `FILE，表“Sheet1”，第 5 行 B 列`; empty parts are left out. */
struct place {
    struct str file, sheet;
    uint32_t row, col;
};
/* 1 -> A, 27 -> AA; empty for 0. */
struct str column_letters(char to[8], uint32_t col);
enum rc say_place(struct buf *to, const struct speaker *s, const struct place *at,
                  struct err *e) MUST_CHECK;
/* Place and sentence of an error, without a line break. A reason of the system is given in the
 * reader's language where it is a common one. */
enum rc say_error(struct buf *to, const struct speaker *s, const struct err *what,
                  struct err *e) MUST_CHECK;
/* What a problem of a row is, and what to do about it. */
enum rc say_problem(struct buf *to, const struct speaker *s, const struct row_problem *p,
                    struct err *e) MUST_CHECK;
struct str todo_of(const struct speaker *s, const struct row_problem *p);

/* Why a result fits a need. */
struct pair {
    const struct item *need, *result;
    const vec_reason *reasons;
};
/* At most `most` phrases that both texts hold, quoted, then words of one concept. */
enum rc say_words(struct buf *to, const struct speaker *s, const struct pair *pair, size_t most,
                  struct err *e) MUST_CHECK;
/* Indicators that both texts speak of, then in one piece those that the result does not mention;
 * `between` between them. */
enum rc say_indicators(struct buf *to, const struct speaker *s, const struct pair *pair,
                       struct str between, struct err *e) MUST_CHECK;
/* What the columns say: industry, region, readiness, price, deadline. */
enum rc say_columns(struct buf *to, const struct speaker *s, const struct pair *pair,
                    struct str between, struct err *e) MUST_CHECK;
/* "met", "indicator": for programs, the same in every language. */
const char *verdict_code(enum verdict v);
const char *reason_name(enum reason_code code);
/* The words of one indicator or column; nothing for others. */
enum rc say_fact(struct buf *to, const struct speaker *s, const struct pair *pair,
                 const struct reason *r, struct err *e) MUST_CHECK;

#endif
