/* Why a result fits a need, as facts from both texts: codes, spans and numbers. Sentences are
 * made of them by cli and web only. */
#ifndef QIAO_REASON_H
#define QIAO_REASON_H

#include "base/map.h"
#include "match/concepts.h"
#include "match/match.h"
#include "text/quantity.h"

enum reason_code {
    REASON_TERMS,     /* a phrase that both texts hold; need, result: its places */
    REASON_CONCEPT,   /* different words of one concept; need, result: the two words */
    REASON_INDICATOR, /* a number that was asked for; verdict; need, result: the two values */
    REASON_INDUSTRY,  /* verdict MET same, MISSED different; no spans: the columns say it */
    REASON_REGION,
    REASON_TRL,      /* MET: at least what was asked */
    REASON_PRICE,    /* MET: within the budget */
    REASON_DEADLINE, /* MET: finished before the need's deadline */
};

struct reason {
    enum reason_code code;
    enum verdict verdict; /* VERDICT_UNKNOWN for REASON_TERMS and REASON_CONCEPT */
    double share; /* REASON_TERMS: of the cosine, 0..1; REASON_CONCEPT: how closely related, 0..1 */
    /* Bytes of the full texts (match/match.h); empty where there is no place. */
    struct span need, result;
    struct span need_name, result_name; /* REASON_INDICATOR: the indicator's name */
};
typedef VEC(struct reason) vec_reason;

#define REASON_PHRASES 6 /* shared phrases named at most */

/* What is made of a need once, where its reasons with several results are asked for in turn.
 * `struct reason_desk d = {0};` is empty; of one matcher, one table of concepts and one thread. */
struct reason_desk {
    uint32_t need; /* 1 + the need it is of; 0: none */
    struct ready ready;
    vec_term_at token;  /* what its phrases are made of, in text order */
    VEC(uint32_t) next; /* next token of the same key */
    struct map first;   /* key -> first token */
    vec_concept_hit hit;
};
void reason_desk_free(struct reason_desk *d);

/* The phrases that both texts hold and that carried the score, most telling first, at most
 * REASON_PHRASES. A phrase is a longest run of terms that stands in both texts, narrowed to what
 * reads as a term (match/phrase.h; `c` may be NULL); its share is that of its terms' products x y
 * in the cosine. Phrases of less than two characters and those with less than 2 % are left out.
 * Appends. O(need * repeats + result). `desk` NULL: one of its own. */
enum rc reasons_phrases(const struct matcher *m, const struct concepts *c, struct reason_desk *desk,
                        uint32_t need, uint32_t result, vec_reason *out, struct err *e) MUST_CHECK;

/* Different words of one concept, the need's and the result's, closest first, at most
 * REASON_CONCEPTS; a word that both texts hold is no such reason. Appends. */
#define REASON_CONCEPTS 3
enum rc reasons_concepts(const struct concepts *c, struct str need, struct str result,
                         vec_reason *out, struct err *e) MUST_CHECK;

/* What the need asks in numbers and what the result offers (text/quantity.h), in the need's
 * order. Appends. */
enum rc reasons_indicators(const struct units *u, struct str need, struct str result,
                           vec_reason *out, struct err *e) MUST_CHECK;

#endif
